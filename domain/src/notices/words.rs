//! A notice in words.

use diwan_entity::tenancy::agency::Locale;
use diwan_entity::trust::notice::{self, NoticeKind};
use serde_json::Value;

use crate::error::Arg;
use crate::messages;

/// What a notice says, with the next step, in this language.
pub fn in_words(locale: Locale, notice: &notice::Model) -> String {
    let text = |name: &str| notice.params.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let count = notice.params.get("count").and_then(Value::as_i64);
    let overdue = notice.params.get("overdue").and_then(Value::as_bool).unwrap_or_default();
    let paused = notice.params.get("paused").and_then(Value::as_bool).unwrap_or_default();
    let key = match (notice.kind, count) {
        (NoticeKind::PublicationFailed, _) => "notice-publication-failed",
        (NoticeKind::PublicationUnconfirmed, _) => "notice-publication-unconfirmed",
        (NoticeKind::PublicationMissed, None) => "notice-publication-missed",
        (NoticeKind::PublicationMissed, Some(_)) => "notice-publications-missed",
        (NoticeKind::AccountDisconnected, _) => "notice-account-disconnected",
        (NoticeKind::WebhookDisabled, _) => "notice-webhook-disabled",
        (NoticeKind::ContractEnding, _) => "notice-contract-ending",
        (NoticeKind::DeliverableDue, _) if overdue => "notice-deliverable-overdue",
        (NoticeKind::DeliverableDue, _) => "notice-deliverable-due",
        (NoticeKind::ContractCommented, _) => "notice-contract-commented",
        (NoticeKind::ReportNotSent, _) if paused => "notice-report-paused",
        (NoticeKind::ReportNotSent, _) => "notice-report-not-made",
        (NoticeKind::WebSourceFailed, _) => "notice-web-source-failed",
        (NoticeKind::ReportHostLost, _) if text("why") == "OTHER_ANSWER" => "notice-report-host-taken",
        (NoticeKind::ReportHostLost, _) => "notice-report-host-away",
        (NoticeKind::InsightAlert, _) => match text("why").as_str() {
            "ABOVE" => "notice-alert-above",
            "BELOW" => "notice-alert-below",
            "TARGET_MISSED" => "notice-alert-target",
            _ => "notice-alert-unusual",
        },
    };
    let network = text("network");
    let name = diwan_networks::network(&network).map_or(network, |known| known.capabilities().name.to_owned());
    let trouble = text("trouble");
    let trouble = match notice.kind {
        _ if trouble.is_empty() => trouble,
        NoticeKind::WebSourceFailed => messages::web_trouble(locale, &trouble),
        _ => messages::trouble(locale, &trouble),
    };
    let args = [
        ("title", Arg::Text(text("title").into())),
        ("account", Arg::Text(text("account").into())),
        ("network", Arg::Text(name.into())),
        ("trouble", Arg::Text(trouble.into())),
        ("url", Arg::Text(text("url").into())),
        ("who", Arg::Text(text("who").into())),
        ("until", Arg::Text(text("until").into())),
        ("value", Arg::Text(text("value").into())),
        ("expected", Arg::Text(text("expected").into())),
        ("low", Arg::Text(text("low").into())),
        ("high", Arg::Text(text("high").into())),
        ("count", Arg::Number(count.unwrap_or_default())),
    ];
    messages::message(locale, key, &args)
}
