//! Trust: signing in, sessions, access tokens, the audit trail, idempotency, set-aside jobs.

mod audit;
mod audit_anchor;
mod audit_export;
mod audit_file;
mod audit_trail;
mod idempotency;
mod jobs;
mod letter_html;
mod letter_job;
mod letters;
mod sessions;
mod tokens;

pub use audit::{record, record_many};
pub use audit_anchor::{anchor_audit, anchor_keys};
pub use audit_export::{Export, Period, export_audit};
pub use audit_file::{AnchorClaims, AuditFileError, Jwk, Jwks, Verdict, verify as verify_audit_file};
pub use audit_trail::{EventFilter, audit_anchors, audit_events};
pub use idempotency::{Replay, begin as begin_idempotent, remember as remember_answer};
pub use jobs::{jobs, jobs_by_ids, rerun_job};
pub use letter_job::SendLetter;
pub use letters::{Letter, letter_place, queue_letter, queue_letters};
pub use sessions::{
    Credentials, MAX_PASSWORD, MIN_PASSWORD, Session, refresh_session, sign_in, sign_out, start_session,
};
pub use tokens::{AccessClaims, TokenError, TokenIssuer};
