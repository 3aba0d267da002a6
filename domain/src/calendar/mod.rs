//! Calendar and content: calendars, posts with one variant per account.
//!
//! A change of what is being approved, or was, takes the request or the approval away: the post is a draft again.
//!
//! A post that is scheduled does not change: it is taken off the schedule first. What a publication does to its post is
//! written by [`follow_publications`] and [`follow_posts`] alone.

mod assignments;
mod checklists;
mod clock;
mod comments;
mod composer;
mod content;
mod counting;
mod create_calendar;
mod create_post;
mod dates;
mod day_begins;
mod feeds;
mod follow;
mod plan_file;
mod promises;
mod queries;
mod relation;
mod review;
mod series;
mod slots;
mod span;
mod special_days;
mod update_calendar;
mod update_post;
mod validate;
mod view;

pub use assignments::{
    NewAssignment, assign_post, assignments_by_ids, assignments_of_posts, my_assignments, unassign_post,
};
pub(crate) use checklists::hand_over_items;
pub use checklists::{
    ChecklistItemChange, ChecklistTemplateContent, ChecklistTemplateItem, NewChecklistItem, add_checklist,
    add_checklist_item, archive_checklist_template, checklist_items_by_ids, checklist_templates,
    checklist_templates_by_ids, checklists_of_posts, create_checklist_template, items_of_checklist_templates,
    move_checklist_item, remove_checklist_item, restore_checklist_template, tick_checklist_item, untick_checklist_item,
    update_checklist_item, update_checklist_template,
};
pub use clock::{at_wall_clock, day_start, days_later};
pub use comments::{NewComment, comment_on_post, comments, comments_by_ids, delete_comment, mentions_of_comments};
pub use composer::{
    ContentChange, PartChange, Piece, PieceKind, RestorePost, SavedContent, SavedVariant, Similar, post_changes,
    post_versions, restore_post, saved_content, similar_posts,
};
pub(crate) use composer::{Said, said_before, text_pieces};
pub(crate) use content::{MOST_TEXT, from_violation, looks_like_a_language, refuse_blocked};
pub use content::{Measured, PostContent, Problem, ProblemSeverity, VariantContent, options_of};
pub(crate) use counting::count_for;
pub use counting::count_text;
pub use create_calendar::{Look, create_calendar, first_calendar};
pub use create_post::{NewPost, create_post};
pub use dates::{LocalDate, YearlyDay, local_date, month_around};
pub(crate) use day_begins::day_begins;
pub use feeds::{FeedFile, NewFeed, calendar_feeds, create_calendar_feed, read_calendar_feed, revoke_calendar_feed};
pub use follow::{LockedPost, follow_posts, follow_publications, lock_post, post_state};
pub use plan_file::{
    Column as PlanColumn, EXPORT_PURPOSE, ExportContentPlan, Finding, IMPORT_PURPOSE, ImportContentPlan, ImportRun,
    MAX_PLAN_BYTES, NewExport, OpenedExport, PLAN_KINDS, PlanReceiver, RequestedImport, RowOutcome, RowReport,
    content_export, content_import, content_import_rows, export_by_ids, export_link, import_content_plan,
    imports_by_ids, open_export, receive_content_import, request_content_export, request_content_import,
};
pub use promises::{
    MOST_WEEKS, PromiseRule, PromiseSubject, Severity, WatchedWeek, content_promises, content_promises_by_ids,
    content_watch, create_content_promise, delete_content_promise, update_content_promise,
};
pub use queries::{
    PostFilter, assets_by_ids, calendars, calendars_by_ids, posts, posts_by_ids, variant_assets, variants_by_ids,
    variants_of_posts,
};
pub use relation::relation_to;
pub use review::submit_post;
pub(crate) use review::{check_approved, review_ended, sent_to_client};
pub use series::{
    ExtendSeries, FillQueue, NewItem, NewSeries, QueueRule, Repeated, add_to_queue, create_queue, create_series,
    delete_queue, end_series, items_by_ids, items_of_queues, queues, queues_by_ids, remove_from_queue, repeated_of,
    series, series_by_ids, update_queue, update_series,
};
pub use slots::{
    BestTime, BestTimes, FreeSlot, FreeSlots, LEAST_PER_TIME, LEAST_POSTS, MOST_FREE, NewSlot, PlacePost, Recurrence,
    RuleDay, RuleInput, SlotRule, best_times, create_slot, delete_slot, free_slots, occurrences, place_in_slot, slots,
    slots_by_ids, update_slot,
};
pub use span::{Count, Day, LONGEST_AGENDA, Span};
pub use special_days::{
    DayRule, Occurrence, create_special_day, delete_special_day, special_days, special_days_by_ids, update_special_day,
};
pub use update_calendar::{CalendarChange, archive_calendar, restore_calendar, share_calendar, update_calendar};
pub use update_post::{PostChange, unschedule, update_post};
pub(crate) use validate::draft_with_media;
pub use validate::{check_post, load_post, validate_post};
pub use view::{
    MOST_BRANDS, MOST_POSTS, ONE_BRAND, View, ViewDay, ViewFilter, ViewPerson, ViewPost, ViewQuery, ViewVariant,
    calendar_view, month_sql,
};
