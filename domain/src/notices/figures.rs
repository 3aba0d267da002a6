//! Telling that figures of a brand are as its alerts describe.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use diwan_entity::insights::insight_alert::{self, AlertBound, AlertKind};
use diwan_entity::insights::insight_alert_event;
use diwan_entity::trust::notice::NoticeKind;
use diwan_platform::{db, ids};
use sea_orm::{ActiveEnum as _, DbErr};
use serde_json::{Value, json};
use uuid::Uuid;

use super::tell::{New, Recipient, write};
use super::webhooks;
use crate::permission::Permit;
use crate::strategy::text_of;

/// A figure of which people are told.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FigureNotice<'a> {
    /// The alert that describes it.
    pub alert: &'a insight_alert::Model,
    /// What it was.
    pub event: &'a insight_alert_event::Model,
}

impl FigureNotice<'_> {
    /// What the words of the notice are made of.
    fn params(self) -> Value {
        let Self { alert, event } = self;
        let why = match (alert.kind, alert.bound) {
            (AlertKind::Threshold, Some(AlertBound::Below)) => "BELOW",
            (AlertKind::Threshold, _) => "ABOVE",
            (AlertKind::TargetMissed, _) => "TARGET_MISSED",
            (AlertKind::Unusual, _) => "UNUSUAL",
        };
        let text = |micro: i64| match &event.currency {
            Some(code) => format!("{} {code}", text_of(micro)),
            None => text_of(micro),
        };
        json!({
            "title": alert.name,
            "why": why,
            "until": event.day,
            "value": text(event.figure_micro),
            "expected": text(event.expected_micro),
            "low": event.low_micro.map(text),
            "high": event.high_micro.map(text),
        })
    }

    /// What servers are told: ids and codes.
    fn outside(self) -> Value {
        json!({
            "insightAlertId": ids::encode("insightalert", self.alert.id),
            "insightAlertEventId": ids::encode("insightalertevent", self.event.id),
            "kpi": self.alert.kpi,
            "kind": self.alert.kind.to_value(),
            "day": self.event.day,
        })
    }
}

/// Of these people, each beside the event that they are to be told of, those who are staff of the brand and may read its numbers. Somebody who
/// wants to be told in no way is there all the same: whoever stands in for them is told only where nobody is.
const PEOPLE: &str = "
  select w.event_id as post_id, h.user_id, coalesce(s.in_app, true) as in_app, coalesce(s.mail, true) as mail
  from app.brand_people($1, $2) h join unnest($4::uuid[], $5::uuid[]) w (event_id, user_id) on w.user_id = h.user_id
    left join notice_setting s on s.user_id = h.user_id and s.kind = $3
  where h.kind = 'STAFF' and (h.brand_level in ('MID', 'SENIOR', 'DIRECTOR', 'CMO')
    or h.agency_level in ('MID', 'SENIOR', 'DIRECTOR', 'CMO'))
  order by h.user_id";

/// Tells of these figures those whom their alerts name; where none of them is there any more, whoever looks after the alert. For the
/// transaction that notes them, once. The number of statements does not grow with theirs.
pub(crate) async fn figure_alerts(
    permit: Permit<'_>,
    now: DateTime<Utc>,
    told: &[FigureNotice<'_>],
) -> Result<(), DbErr> {
    let kind = NoticeKind::InsightAlert;
    let (mut events, mut users) = (Vec::new(), Vec::new());
    for one in told {
        let whom: HashSet<Uuid> = one.alert.recipient_ids.iter().copied().chain([one.alert.owner_id]).collect();
        for user in whom {
            events.push(one.event.id);
            users.push(user);
        }
    }
    let values = [permit.brand_id.into(), now.into(), kind.to_value().into(), events.into(), users.into()];
    let there: Vec<Recipient> = db::all(permit.tx(), PEOPLE, values).await?;
    let mut notices = Vec::new();
    for one in told {
        let here: Vec<&Recipient> = there.iter().filter(|person| person.post_id == one.event.id).collect();
        let named = |person: &&Recipient| one.alert.recipient_ids.contains(&person.user_id);
        let nobody = !here.iter().any(named);
        let whom = here.into_iter().filter(|person| nobody || named(person));
        let wanting = whom.filter(|person| person.in_app || person.mail);
        notices.extend(wanting.map(|to| New { to, subject_id: one.event.id, params: one.params() }));
    }
    write(permit, now, kind, &notices).await?;
    let outside: Vec<Value> = told.iter().map(|one| one.outside()).collect();
    webhooks::tell(permit, now, kind, json!({ "alerts": outside })).await
}
