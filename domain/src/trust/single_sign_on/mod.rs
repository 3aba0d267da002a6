//! Single sign-on by OpenID Connect: the agency's identity providers, and signing in at one of them.
//!
//! The API makes no call. It keeps what a provider's metadata said, sends the browser there, and takes the answer; the
//! worker reads the metadata ([`DiscoverProvider`]) and exchanges the code ([`FinishSingleSignOn`]).
//!
//! Three secrets belong to one sign-in, and none of them is enough alone: the `state`, which goes to the provider and back;
//! the *ticket*, which the client that began it holds; and the *code of return*, which the browser that came back is given.
//! Who wants the session shows ticket and code. So nobody is signed in as somebody else by an answer that was slipped to
//! them (they hold no ticket for it), and nobody who sent another person to the provider gets that person's session (they
//! hold no code of return).

mod answer;
mod begin;
mod complete;
mod discover_job;
mod finish_job;
mod oidc;
mod providers;

use chrono::Duration;
use diwan_platform::crypto::{Place, sha256};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use answer::{Returned, SignOnAnswer, accept_sign_on_answer};
pub use begin::{BegunSignOn, begin_single_sign_on};
pub use complete::{SignOn, complete_single_sign_on};
pub use discover_job::DiscoverProvider;
pub use finish_job::FinishSingleSignOn;
pub use providers::{
    NewProvider, ProviderChange, SignInProvider, add_identity_provider, identity_providers, remove_identity_provider,
    sign_in_providers, update_identity_provider,
};

use crate::context::Services;
use crate::error::Fault;

/// How long a sign-in may take, with a person at the provider.
const LIFETIME: Duration = Duration::minutes(10);

/// Where a provider's client secret is sealed to.
fn secret_place(provider_id: Uuid) -> Place {
    Place { brand_id: Uuid::nil(), row_id: provider_id, column: "identity_provider.client_secret" }
}

/// What a sign-in must remember until the code is exchanged.
#[derive(Serialize, Deserialize)]
struct Pending {
    nonce: String,
    verifier: String,
    /// The provider's, once it is there.
    code: Option<String>,
}

impl Pending {
    fn place(flow_id: Uuid) -> Place {
        Place { brand_id: Uuid::nil(), row_id: flow_id, column: "single_sign_on.secret" }
    }

    fn seal(&self, services: &Services, flow_id: Uuid) -> Result<Vec<u8>, Fault> {
        let text = serde_json::to_vec(self).map_err(|error| Fault::broken(error.to_string()))?;
        Ok(services.keys.seal(Self::place(flow_id), &text)?)
    }

    fn open(services: &Services, flow_id: Uuid, sealed: &[u8]) -> Result<Self, Fault> {
        let text = services.keys.open(Self::place(flow_id), sealed)?;
        serde_json::from_slice(&text).map_err(|_| Fault::broken("a sign-in's secret cannot be read"))
    }
}

/// What is kept of a code of return, however it is typed.
fn code_hash(code: &str) -> Vec<u8> {
    let typed: String = code.chars().filter(char::is_ascii_alphanumeric).take(64).collect();
    sha256(typed.to_ascii_lowercase().as_bytes()).to_vec()
}

#[cfg(test)]
mod tests {
    use super::code_hash;

    #[test]
    fn a_code_is_the_same_however_it_is_typed() {
        assert_eq!(code_hash("abcd-efgh"), code_hash(" ABCD EFGH "));
        assert_ne!(code_hash("abcd-efgh"), code_hash("abcd-efgi"));
    }
}
