//! Signing in, second factors, sessions and jobs.

mod audit;
mod identity_providers;
mod integrations;
mod mutations;
mod passkeys;
mod passwords;
mod second_factors;
mod sessions;
mod single_sign_on;
mod types;

pub use audit::{AuditMutation, AuditQuery};
pub use identity_providers::{IdentityProviderMutation, IdentityProviderQuery};
pub use integrations::{Integration, IntegrationMutation};
pub use mutations::TrustMutation;
pub use passkeys::PasskeyMutation;
pub use passwords::PasswordMutation;
pub use second_factors::{SecondFactorMutation, SecondFactors};
pub use sessions::{ActiveSession, SessionMutation};
pub use single_sign_on::{SingleSignOnMutation, SingleSignOnQuery};
pub use types::{Job, JobState, Session};
