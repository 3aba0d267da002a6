//! Rendering of reports: data in, bytes out.
//!
//! The crate knows no clock, no database and no network. A caller gathers the figures of a report, hands them over as
//! plain values and receives the finished file. What is missing in the figures stays missing on the page: it is shown
//! as an en dash with a legend, never as zero.
//!
//! Layout is done by Typst as a library, from the templates in `templates/` and the fonts in `fonts/`, both part of the
//! binary; nothing is read from disk or downloaded while rendering. Text from users reaches a template as a value and
//! is never parsed as markup.

mod acceptance;
mod contract;
mod fonts;
mod language;
mod model;
mod month;
mod proposal;
mod render;
pub mod report;
#[cfg(test)]
mod shown;
mod text;
mod words;
mod world;

pub use acceptance::ProposalAcceptance;
pub use contract::{Clause, ContractPaper, PaperSignature, contract_pdf};
pub use language::{Digits, Language};
pub use model::{AccountTotal, DayTotal, MetricValue, Month, MonthReport, PublishedPost};
pub use month::{RenderError, month_pdf};
pub use proposal::{ProposalFile, ProposalLine, ProposalPart, proposal_pdf};
pub use text::as_shown;
