//! Writing notices: who is told, of what.
//!
//! Of what happens in a brand are told its staff from MID on, whoever of the staff wrote the post, and to whom it is given. Clients are
//! told nothing. Of what is the agency's own are told those who lead it.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use diwan_entity::insights::{report_host, report_schedule, web_source};
use diwan_entity::payments::deliverable;
use diwan_entity::publishing::social_account;
use diwan_entity::trust::notice::{self, NoticeKind};
use diwan_entity::trust::webhook_endpoint;
use diwan_platform::{db, ids};
use sea_orm::{
    ActiveEnum as _, ActiveValue::Set, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait as _, FromQueryResult,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::MailNotices;
use super::webhooks;
use crate::jobs::{Job as _, enqueue};
use crate::permission::Permit;

#[derive(FromQueryResult)]
struct Affected {
    id: Uuid,
    state: String,
    trouble: Option<String>,
    post_id: Uuid,
    social_account_id: Uuid,
    title: String,
    account: String,
    network: String,
}

impl Affected {
    fn kind(&self) -> Option<NoticeKind> {
        Some(match self.state.as_str() {
            "FAILED" => NoticeKind::PublicationFailed,
            "NEEDS_ATTENTION" => NoticeKind::PublicationUnconfirmed,
            "MISSED" => NoticeKind::PublicationMissed,
            _ => return None,
        })
    }

    /// What servers are told: ids and codes.
    fn outside(&self) -> Value {
        json!({
            "publicationId": ids::encode("publication", self.id),
            "postId": ids::encode("post", self.post_id),
            "socialAccountId": ids::encode("account", self.social_account_id),
            "trouble": self.trouble,
        })
    }
}

/// Somebody who is told, of which post, and how.
#[derive(FromQueryResult)]
pub(super) struct Recipient {
    pub post_id: Uuid,
    pub user_id: Uuid,
    pub in_app: bool,
    pub mail: bool,
}

/// A notice to be written: to whom, about what.
pub(super) struct New<'a> {
    pub to: &'a Recipient,
    pub subject_id: Uuid,
    pub params: Value,
}

/// The most notices of one statement: PostgreSQL takes 65,535 values.
const AT_ONCE: usize = 4000;

/// Tells that these publications of the permit's brand failed, were missed or need a decision, as they are now. For the transaction
/// that has made them so. The number of statements does not grow with theirs.
pub(crate) async fn publication_trouble(
    permit: Permit<'_>,
    now: DateTime<Utc>,
    publication_ids: &[Uuid],
) -> Result<(), DbErr> {
    let mut by_kind: HashMap<NoticeKind, Vec<Affected>> = HashMap::new();
    for row in troubles(permit, publication_ids).await? {
        if let Some(kind) = row.kind() {
            by_kind.entry(kind).or_default().push(row);
        }
    }
    for (kind, rows) in by_kind {
        let posts: Vec<Uuid> = rows.iter().map(|row| row.post_id).collect::<HashSet<_>>().into_iter().collect();
        let whom = recipients(permit, now, kind, posts, None).await?;
        let mut notices = Vec::new();
        for row in &rows {
            let params =
                json!({ "title": row.title, "account": row.account, "network": row.network, "trouble": row.trouble });
            let of_post = whom.iter().filter(|recipient| recipient.post_id == row.post_id);
            notices.extend(of_post.map(|to| New { to, subject_id: row.id, params: params.clone() }));
        }
        write(permit, now, kind, &notices).await?;
        let outside: Vec<Value> = rows.iter().map(Affected::outside).collect();
        webhooks::tell(permit, now, kind, json!({ "publications": outside })).await?;
    }
    Ok(())
}

/// Tells once that these publications came due while publishing was paused, however many they are.
pub(crate) async fn missed_while_paused(
    permit: Permit<'_>,
    now: DateTime<Utc>,
    pause_id: Uuid,
    publication_ids: &[Uuid],
) -> Result<(), DbErr> {
    if publication_ids.is_empty() {
        return Ok(());
    }
    let kind = NoticeKind::PublicationMissed;
    let whom = recipients(permit, now, kind, vec![Uuid::nil()], None).await?;
    write_one(permit, now, (kind, pause_id, json!({ "count": publication_ids.len() })), &whom).await?;
    let rows = troubles(permit, publication_ids).await?;
    let outside: Vec<Value> = rows.iter().map(Affected::outside).collect();
    webhooks::tell(permit, now, kind, json!({ "publications": outside })).await
}

/// Tells that the network of an account accepts it no longer, its team and whoever connected it. For the transaction that has marked
/// it so, once.
pub(crate) async fn account_needs_reconnect(
    permit: Permit<'_>,
    now: DateTime<Utc>,
    account: &social_account::Model,
) -> Result<(), DbErr> {
    let kind = NoticeKind::AccountDisconnected;
    let whom = recipients(permit, now, kind, vec![Uuid::nil()], Some(account.connected_by)).await?;
    let params = json!({ "account": account.display_name, "network": account.network });
    write_one(permit, now, (kind, account.id, params), &whom).await?;
    let data = json!({ "socialAccountId": ids::encode("account", account.id), "network": account.network });
    webhooks::tell(permit, now, kind, data).await
}

/// Tells the team, and whoever looks after it, that a contract ends on this day.
pub(crate) async fn contract_ending(
    permit: Permit<'_>,
    now: DateTime<Utc>,
    (contract_id, title, last): (Uuid, &str, NaiveDate),
    owner_id: Uuid,
) -> Result<(), DbErr> {
    let kind = NoticeKind::ContractEnding;
    let whom = recipients(permit, now, kind, vec![Uuid::nil()], Some(owner_id)).await?;
    write_one(permit, now, (kind, contract_id, json!({ "title": title, "until": last })), &whom).await
}

/// Tells the team, and whoever looks after it, that the other side of a contract, of this name, said something about it.
pub(crate) async fn contract_commented(
    permit: Permit<'_>,
    now: DateTime<Utc>,
    (contract_id, title, who): (Uuid, &str, &str),
    owner_id: Uuid,
) -> Result<(), DbErr> {
    let kind = NoticeKind::ContractCommented;
    let whom = recipients(permit, now, kind, vec![Uuid::nil()], Some(owner_id)).await?;
    write_one(permit, now, (kind, contract_id, json!({ "title": title, "who": who })), &whom).await
}

/// Tells the team, and whose it is where that is somebody of the staff, that something a contract promises is due soon, or overdue.
pub(crate) async fn deliverable_due(
    permit: Permit<'_>,
    now: DateTime<Utc>,
    (row, overdue): (&deliverable::Model, bool),
    whose: Uuid,
) -> Result<(), DbErr> {
    let kind = NoticeKind::DeliverableDue;
    let whom = recipients(permit, now, kind, vec![Uuid::nil()], Some(whose)).await?;
    let params = json!({ "title": row.title, "until": row.due_on, "overdue": overdue });
    write_one(permit, now, (kind, row.id, params), &whom).await
}

/// Tells the team, and whoever answers for it, that the report of a schedule was not sent; `paused`: and that none is made from now on.
pub(crate) async fn report_not_sent(
    permit: Permit<'_>,
    now: DateTime<Utc>,
    (row, paused): (&report_schedule::Model, bool),
) -> Result<(), DbErr> {
    let kind = NoticeKind::ReportNotSent;
    let whom = recipients(permit, now, kind, vec![Uuid::nil()], Some(row.in_name_of)).await?;
    write_one(permit, now, (kind, row.id, json!({ "title": row.name, "paused": paused })), &whom).await
}

/// Tells the team, and whoever connected it, that a server that counts visits is not asked any more, since it cannot be read.
pub(crate) async fn web_source_failed(
    permit: Permit<'_>,
    now: DateTime<Utc>,
    row: &web_source::Model,
) -> Result<(), DbErr> {
    let kind = NoticeKind::WebSourceFailed;
    let whom = recipients(permit, now, kind, vec![Uuid::nil()], Some(row.created_by)).await?;
    let params = json!({ "title": row.name, "trouble": row.trouble });
    write_one(permit, now, (kind, row.id, params), &whom).await?;
    let data = json!({ "webSourceId": ids::encode("websource", row.id), "kind": row.kind, "trouble": row.trouble });
    webhooks::tell(permit, now, kind, data).await
}

/// Tells those who lead the agency that its own host for reports was given up. For the agency's own work, in the transaction that has given it up.
pub(crate) async fn report_host_lost(
    tx: &DatabaseTransaction,
    now: DateTime<Utc>,
    row: &report_host::Model,
) -> Result<(), DbErr> {
    let permit = Permit { tx, brand_id: Uuid::nil(), actor_id: None, agency_id: row.agency_id };
    let kind = NoticeKind::ReportHostLost;
    let sql =
        "select $2::uuid as post_id, h.user_id, coalesce(s.in_app, true) as in_app, coalesce(s.mail, true) as mail
      from app.agency_chiefs() h left join notice_setting s on s.user_id = h.user_id and s.kind = $1
      where coalesce(s.in_app, true) or coalesce(s.mail, true)";
    let whom: Vec<Recipient> = db::all(tx, sql, [kind.to_value().into(), Uuid::nil().into()]).await?;
    let why = row.trouble.map(|trouble| trouble.to_value());
    write_one(permit, now, (kind, row.id, json!({ "title": row.host, "why": why })), &whom).await?;
    webhooks::tell(permit, now, kind, json!({ "host": row.host, "trouble": why })).await
}

/// Tells whoever made a webhook, or has taken it over, that it was switched off, in the product alone: what is wrong is for them to see
/// there.
pub(super) async fn webhook_disabled(
    tx: &impl ConnectionTrait,
    now: DateTime<Utc>,
    endpoint: &webhook_endpoint::Model,
) -> Result<(), DbErr> {
    let row = notice::ActiveModel {
        id: Set(ids::new_id(now)),
        agency_id: Set(endpoint.agency_id),
        brand_id: Set(endpoint.brand_id),
        recipient_id: Set(endpoint.owner_id.unwrap_or(endpoint.created_by)),
        kind: Set(NoticeKind::WebhookDisabled),
        subject_id: Set(endpoint.id),
        params: Set(json!({ "url": endpoint.url })),
        in_app: Set(true),
        mail: Set(false),
        created_at: Set(now),
        ..Default::default()
    };
    notice::Entity::insert(row).exec_without_returning(tx).await.map(|_| ())
}

async fn troubles(permit: Permit<'_>, publication_ids: &[Uuid]) -> Result<Vec<Affected>, DbErr> {
    if publication_ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql =
        "select u.id, u.state, u.trouble, u.post_id, u.social_account_id, p.title, a.display_name as account, a.network
      from publication u join post p on p.brand_id = u.brand_id and p.id = u.post_id
        join social_account a on a.brand_id = u.brand_id and a.id = u.social_account_id
      where u.brand_id = $1 and u.id = any ($2) order by u.id";
    db::all(permit.tx(), sql, [permit.brand_id.into(), publication_ids.to_vec().into()]).await
}

/// Who is told of each of these posts, and how they want it; the nil id stands for what is about no post. Those who want it in no way are
/// left out.
async fn recipients(
    permit: Permit<'_>,
    now: DateTime<Utc>,
    kind: NoticeKind,
    post_ids: Vec<Uuid>,
    besides: Option<Uuid>,
) -> Result<Vec<Recipient>, DbErr> {
    let sql = "select w.post_id, h.user_id, coalesce(s.in_app, true) as in_app, coalesce(s.mail, true) as mail
      from app.brand_people($1, $2) h cross join unnest($4::uuid[]) w (post_id)
        left join notice_setting s on s.user_id = h.user_id and s.kind = $3
      where (coalesce(s.in_app, true) or coalesce(s.mail, true)) and (
        (h.kind = 'STAFF' and (h.brand_level in ('MID', 'SENIOR', 'DIRECTOR', 'CMO') or h.user_id = $5
          or exists (select from post_contributor c where c.brand_id = $1 and c.post_id = w.post_id and c.user_id = h.user_id)
          or exists (select from post p where p.brand_id = $1 and p.id = w.post_id and p.created_by = h.user_id)))
        or (h.kind in ('STAFF', 'FREELANCER')
          and exists (select from post_assignment a where a.brand_id = $1 and a.post_id = w.post_id and a.user_id = h.user_id)))";
    let values = [permit.brand_id.into(), now.into(), kind.to_value().into(), post_ids.into(), besides.into()];
    db::all(permit.tx(), sql, values).await
}

/// Writes one notice for everybody, and asks for the letters.
async fn write_one(
    permit: Permit<'_>,
    now: DateTime<Utc>,
    (kind, subject_id, params): (NoticeKind, Uuid, Value),
    whom: &[Recipient],
) -> Result<(), DbErr> {
    let notices: Vec<New<'_>> = whom.iter().map(|to| New { to, subject_id, params: params.clone() }).collect();
    write(permit, now, kind, &notices).await
}

/// Writes notices of the permit's brand, or the agency's own, and asks for the letters.
pub(super) async fn write(
    permit: Permit<'_>,
    now: DateTime<Utc>,
    kind: NoticeKind,
    notices: &[New<'_>],
) -> Result<(), DbErr> {
    let is_of_brand = !permit.brand_id.is_nil();
    for some in notices.chunks(AT_ONCE) {
        let rows = some.iter().map(|New { to, subject_id, params }| notice::ActiveModel {
            id: Set(ids::new_id(now)),
            agency_id: Set(permit.agency_id),
            brand_id: Set(is_of_brand.then_some(permit.brand_id)),
            recipient_id: Set(to.user_id),
            kind: Set(kind),
            subject_id: Set(*subject_id),
            params: Set(params.clone()),
            in_app: Set(to.in_app),
            mail: Set(to.mail),
            created_at: Set(now),
            read_at: Set(None),
            mailed_at: Set(None),
        });
        notice::Entity::insert_many(rows).exec_without_returning(permit.tx()).await?;
    }
    if notices.iter().any(|notice| notice.to.mail) {
        let whose = if is_of_brand { permit.brand_id } else { permit.agency_id };
        enqueue(permit, MailNotices.kind(), whose, now, now).await?;
    }
    Ok(())
}
