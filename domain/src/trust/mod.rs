//! Trust: signing in, sessions, access tokens, the audit trail, idempotency, set-aside jobs.

mod audit;
mod idempotency;
mod jobs;
mod letter_html;
mod letter_job;
mod letters;
mod sessions;
mod tokens;

pub use audit::record;
pub use idempotency::{Replay, begin as begin_idempotent, remember as remember_answer};
pub use jobs::{jobs, jobs_by_ids, rerun_job};
pub use letter_job::SendLetter;
pub use letters::{Letter, letter_place, queue_letter};
pub use sessions::{
    Credentials, MAX_PASSWORD, MIN_PASSWORD, Session, refresh_session, sign_in, sign_out, start_session,
};
pub use tokens::{AccessClaims, TokenError, TokenIssuer};
