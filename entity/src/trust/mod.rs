//! Trust: the tables of this domain, one file each.

pub mod api_token;
pub mod audit_anchor;
pub mod audit_event;
pub mod idempotency_record;
pub mod identity_provider;
pub mod job;
pub mod letter;
pub mod notice;
pub mod notice_setting;
pub mod passkey;
pub mod refresh_token;
pub mod session;
pub mod signing_key;
pub mod single_sign_on;
pub mod totp;
pub mod webhook_delivery;
pub mod webhook_endpoint;
