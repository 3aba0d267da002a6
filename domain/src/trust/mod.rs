//! Trust: signing in, second factors, sessions, access tokens, the audit trail, idempotency, set-aside jobs.

mod api_tokens;
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
mod passkeys;
mod passwords;
mod second_factor;
mod sessions;
mod sign_in;
mod single_sign_on;
mod throttle;
mod tokens;

pub(crate) use api_tokens::revoke_tokens_made_by;
pub use api_tokens::{
    API_TOKEN, NewIntegration, NewToken, Watched, create_api_token, create_integration, end_integration, integrations,
    is_good, lost_ground, note_token_use, revoke_api_token, tokens_of,
};
pub use audit::{record, record_many};
pub use audit_anchor::{anchor_audit, anchor_keys};
pub use audit_export::{Export, Period, export_audit};
pub use audit_file::{AnchorClaims, AuditFileError, Jwk, Jwks, Verdict, verify as verify_audit_file};
pub use audit_trail::{EventFilter, audit_anchors, audit_events};
pub use idempotency::{Replay, begin as begin_idempotent, remember as remember_answer};
pub use jobs::{agency_jobs, jobs, jobs_by_ids, rerun_job};
pub use letter_job::SendLetter;
pub use letters::{Letter, letter_place, queue_letter, queue_letters};
pub use passkeys::{
    Answer as PasskeyAnswer, Ceremony, MAX_PASSKEYS, add_passkey, begin_passkey_proof, begin_passkey_registration,
    begin_passkey_sign_in, passkeys, remove_passkey, rename_passkey, sign_in_with_passkey,
};
pub use passwords::{
    MAX_PASSWORD, MIN_PASSWORD, change_password, check_password, request_password_reset, reset_password,
};
pub use second_factor::{
    Factors, NewTotp, Proof, begin_totp, confirm_totp, factors, remove_totp, renew_recovery_codes,
};
pub use sessions::{
    Proven, Session, refresh_session, revoke_other_sessions, revoke_session, sessions, sign_out, start_session,
};
pub use sign_in::{Challenge, Credentials, Origin, SignedIn, complete_sign_in, sign_in};
pub use single_sign_on::{
    BegunSignOn, DiscoverProvider, FinishSingleSignOn, NewProvider, ProviderChange, Returned, SignInProvider, SignOn,
    SignOnAnswer, accept_sign_on_answer, add_identity_provider, begin_single_sign_on, complete_single_sign_on,
    identity_providers, remove_identity_provider, sign_in_providers, update_identity_provider,
};
pub use tokens::{AccessClaims, KEY_AGE, TokenError, TokenIssuer, rotate_signing_key};

/// What comes of something whose refusal leaves a trace that must be committed, such as a failed attempt that counts.
pub type Outcome<T> = Result<T, crate::error::UserError>;
