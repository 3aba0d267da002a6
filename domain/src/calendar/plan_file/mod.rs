//! Content plans as files: what a person keeps in a spreadsheet comes in as drafts, and goes out again.
//!
//! The columns and their names are one table, [`Column`]. What holds for both forms:
//! - The first row names the columns, in any of the five languages; their order is free. A column that nobody knows is passed over
//!   with a warning. `title` must be there.
//! - A file is UTF-8 (with or without a byte order mark; separated by comma, semicolon or tab) or an XLSX workbook, of which the first
//!   sheet is read. Formulas are refused: what they show depends on who opens them.
//! - At most 10 MB, 5,000 rows, 64 columns, and 64 MB unfolded.
//! - A cell that would begin a formula when a spreadsheet opens it is written with an apostrophe before it, and read without.
//! - Dates are `2026-11-30` or `30.11.2026`, and by the Jalali or Hijri count for whoever counts so; digits of any of the languages.
//!   Times are by the brand's clocks, 24 hours; a date without a time is at 09:00.
//! - A link is a card beside the text where the network takes one. Elsewhere, unless the text holds it already, it is added to the text
//!   as a paragraph of its own: nothing that was planned is left out.
//! - An account whose text is left empty, or is the base text word for word, says the base text. So it does after an export, too; what
//!   does not come back is that an account was to say nothing of its own beside a base text.
//! - A thread is one cell, with a line `---` between its parts; such a line within a part is written with one hyphen more. Options
//!   are one cell, `name=value` in each line.
//! - Rows that follow each other with the same `key` are one post that says different things on different accounts. Without a key
//!   each row is a post.
//!
//! The same file makes its posts once: what became of a row is kept by the file's SHA-256 and the row's key (its number, where
//! it has none). Imported again, those rows are known and passed over; a file that was changed is another file.
//!
//! What `createPost` would refuse is an error and keeps a row out; what a network would refuse or the brand's checks find warns,
//! as it does of any draft.

/// The kinds under which files lie in the store: plans that came in, and plans that went out.
pub const PLAN_KINDS: &[&str] = &["import", "export"];

mod apply;
mod columns;
mod export;
mod export_job;
mod finding;
mod forms;
mod import_job;
mod plan;
mod read;
mod receive;
mod request;
mod run;
mod values;
mod write;

#[cfg(test)]
mod tests;

pub use columns::Column;
pub use export::{
    EXPORT_PURPOSE, NewExport, OpenedExport, content_export, export_by_ids, export_link, open_export,
    request_content_export,
};
pub use export_job::ExportContentPlan;
pub use finding::{Finding, RowOutcome, RowReport};
pub use import_job::ImportContentPlan;
pub use read::MAX_PLAN_BYTES;
pub use receive::{PlanReceiver, receive_content_import};
pub use request::{
    IMPORT_PURPOSE, RequestedImport, content_import, content_import_rows, imports_by_ids, request_content_import,
};
pub use run::{ImportRun, import_content_plan};
