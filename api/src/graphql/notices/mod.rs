//! Telling people and servers: notices, how somebody wants them, webhooks.

mod own;
mod settings;
mod webhooks;

pub use own::{NoticeMutation, NoticeQuery};
pub use settings::{NoticeSettingMutation, NoticeSettingQuery};
pub use webhooks::{WebhookMutation, WebhookQuery};
