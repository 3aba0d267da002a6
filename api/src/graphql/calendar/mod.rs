//! Calendars, the media library, posts.

mod calendars;
mod changes;
mod checklist_mutations;
mod checklist_templates;
mod checklists;
mod evergreen;
mod feeds;
mod mutations;
mod plan_files;
mod promises;
mod queries;
mod series;
mod slots;
mod special_days;
mod teamwork;
mod types;
mod versions;
mod view;

pub use calendars::CalendarsMutation;
pub use changes::{TextPiece, pieces as text_pieces};
pub use checklist_mutations::ChecklistMutation;
pub use checklist_templates::{ChecklistTemplate, ChecklistTemplateMutation};
pub use checklists::ChecklistItem;
pub use evergreen::{EvergreenItem, EvergreenMutation, EvergreenQueue};
pub use feeds::{CalendarFeed, FeedMutation};
pub use mutations::{CalendarMutation, CreatePostInput, PostOptionInput, options_by_name};
pub use plan_files::{ContentExport, ContentImport, PlanFileMutation, PlanFileQuery};
pub use promises::{ContentPromise, PromiseMutation, PromiseQuery};
pub use queries::CalendarQuery;
pub use series::{PostSeries, SeriesMutation};
pub use slots::{Slot, SlotMutation, SlotQuery};
pub use special_days::{SpecialDay, SpecialDayMutation};
pub use teamwork::{PostAssignment, PostComment, TeamworkMutation};
pub use types::{Calendar, Post, PostFilterInput, PostOption, PostVariant, storable};
pub use versions::VersionMutation;
pub use view::{CalendarView, CalendarViewQuery};
