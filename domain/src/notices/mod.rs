//! Telling people and servers what they should know: in the product, by mail, and by webhooks.
//!
//! A notice keeps what it is about, not what it says: its words are made in the reader's language when they read it ([`words`]). It is
//! written in the transaction that makes it true, for everybody whom it concerns, in one statement. Mail goes out at once, and then
//! at most every ten minutes for the same person, brand and kind, with whatever has come up since ([`MailNotices`]).

mod figures;
mod mail_job;
mod own;
mod tell;
mod webhooks;
mod words;

pub(crate) use figures::{FigureNotice, figure_alerts};
pub use mail_job::MailNotices;
pub use own::{
    MOST_READ, NoticeSetting, NoticeWish, Read, mark_notices_read, notices, notification_settings, unread_notices,
    update_notification_settings,
};
pub(crate) use tell::{
    account_needs_reconnect, contract_commented, contract_ending, deliverable_due, missed_while_paused,
    publication_trouble, report_host_lost, report_not_sent, web_source_failed,
};
pub use webhooks::{
    DeliverWebhook, MOST_WEBHOOKS, NewWebhook, WEBHOOK_KINDS, WebhookChange, create_webhook, delete_webhook,
    deliveries_of, kinds_of, test_webhook, update_webhook, webhooks,
};
pub use words::in_words;
