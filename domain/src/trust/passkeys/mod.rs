//! Passkeys (WebAuthn Level 3): signing in with one alone, showing one as a second factor, and keeping one's own.
//!
//! Every ceremony asks the authenticator to verify its user (a fingerprint, a PIN), so that one passkey is as good as two
//! factors. The user handle is the person's id: 16 bytes that say nothing to whoever finds them.

mod ceremony;
mod own;
mod show;

pub use ceremony::Ceremony;
pub use own::{
    MAX_PASSKEYS, add_passkey, begin_passkey_proof, begin_passkey_registration, passkeys, remove_passkey,
    rename_passkey,
};
pub use show::{begin_passkey_sign_in, sign_in_with_passkey};

pub(super) use ceremony::Purpose;
pub(super) use own::count;
pub(super) use show::take_passkey;

/// What a browser answers in a ceremony: the JSON of its `PublicKeyCredential`.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The token of the ceremony.
    pub ceremony_token: String,
    /// `PublicKeyCredential.toJSON()`.
    pub credential: serde_json::Value,
}
