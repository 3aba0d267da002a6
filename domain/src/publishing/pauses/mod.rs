//! Pauses: publishing is held back, of a post, an account, a brand or the whole agency.
//!
//! A pause changes nothing by itself. A publication that comes due while one holds it becomes `PAUSED` ([`hold`]); what is being sent,
//! or may have been, is left alone. When the last pause that held it has ended, [`ResumePublishing`] sends it, if it is within the
//! brand's grace, and otherwise leaves it to a person as `MISSED`, so that nothing comes as a flood.

mod hold;
mod pause;
mod queries;
mod resume_job;

pub(super) use hold::{hold, hold_by};
pub use pause::{PauseTarget, pause_publishing, resume_publishing};
pub use queries::{AccountPause, PostPause, agency_pause, pauses_of_accounts, pauses_of_brand, pauses_of_posts};
pub use resume_job::ResumePublishing;
