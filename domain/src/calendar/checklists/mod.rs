//! Checklists: what is done to a post before it goes out.
//!
//! Decided here:
//! - A template is the brand's, and put away instead of deleted. One of them may be the default: every new post begins with it,
//!   copies of series and queues and posts of an imported plan as well. What a post has is its own from then on.
//! - A checklist is no content: its changes make no version of the post and void no approval. What is over (published, canceled, put
//!   away) takes none.
//! - What is ticked is what was read: a tick names the item's version, and other words take the tick away. Whoever ticks what is
//!   ticked already changes nothing: it stays with whoever was first.
//! - What a template requires is no writer's to waive: to take it off, or to write it otherwise, takes the right to every post.
//! - A required item that is not ticked warns or blocks, as the brand says (`openChecklist`), when the post is submitted or scheduled.
//!   What is ticked or not afterwards takes no post off the schedule.

mod default;
mod hand_over;
mod items;
mod templates;

pub(super) use default::give_default_checklist;
pub(crate) use hand_over::hand_over_items;
pub use items::{
    ChecklistItemChange, NewChecklistItem, add_checklist, add_checklist_item, checklist_items_by_ids,
    checklists_of_posts, move_checklist_item, remove_checklist_item, tick_checklist_item, untick_checklist_item,
    update_checklist_item,
};
pub use templates::{
    ChecklistTemplateContent, ChecklistTemplateItem, archive_checklist_template, checklist_templates,
    checklist_templates_by_ids, create_checklist_template, items_of_checklist_templates, restore_checklist_template,
    update_checklist_template,
};
