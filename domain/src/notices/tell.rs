//! Writing notices: who is told, of what.
//!
//! Of what happens in a brand are told its staff from MID on, whoever of the staff wrote the post, and to whom it is given. Clients are
//! told nothing.

use chrono::{DateTime, Utc};
use diwan_entity::publishing::social_account;
use diwan_entity::trust::notice::{self, NoticeKind};
use diwan_entity::trust::webhook_endpoint;
use diwan_platform::{db, ids};
use sea_orm::{ActiveEnum as _, ActiveValue::Set, ConnectionTrait, DbErr, EntityTrait as _, FromQueryResult};
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

#[derive(FromQueryResult)]
struct Recipient {
    user_id: Uuid,
    in_app: bool,
    mail: bool,
}

/// Tells that these publications of the permit's brand failed, were missed or need a decision, as they are now. For the transaction
/// that has made them so.
pub(crate) async fn publication_trouble(
    permit: Permit<'_>,
    now: DateTime<Utc>,
    publication_ids: &[Uuid],
) -> Result<(), DbErr> {
    for row in troubles(permit, publication_ids).await? {
        let Some(kind) = row.kind() else { continue };
        let whom = recipients(permit, now, kind, Some(row.post_id), None).await?;
        let params =
            json!({ "title": row.title, "account": row.account, "network": row.network, "trouble": row.trouble });
        write(permit, now, (kind, row.id, params), whom).await?;
        webhooks::tell(permit, now, kind, json!({ "publications": [row.outside()] })).await?;
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
    let whom = recipients(permit, now, kind, None, None).await?;
    write(permit, now, (kind, pause_id, json!({ "count": publication_ids.len() })), whom).await?;
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
    let whom = recipients(permit, now, kind, None, Some(account.connected_by)).await?;
    let params = json!({ "account": account.display_name, "network": account.network });
    write(permit, now, (kind, account.id, params), whom).await?;
    let data = json!({ "socialAccountId": ids::encode("account", account.id), "network": account.network });
    webhooks::tell(permit, now, kind, data).await
}

/// Tells whoever made a webhook that it was switched off, in the product alone: what is wrong is for them to see there.
pub(super) async fn webhook_disabled(
    tx: &impl ConnectionTrait,
    now: DateTime<Utc>,
    endpoint: &webhook_endpoint::Model,
) -> Result<(), DbErr> {
    let row = notice::ActiveModel {
        id: Set(ids::new_id(now)),
        agency_id: Set(endpoint.agency_id),
        brand_id: Set(endpoint.brand_id),
        recipient_id: Set(endpoint.created_by),
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

/// Who is told, and how they want it. Those who want it in no way are left out.
async fn recipients(
    permit: Permit<'_>,
    now: DateTime<Utc>,
    kind: NoticeKind,
    post_id: Option<Uuid>,
    besides: Option<Uuid>,
) -> Result<Vec<Recipient>, DbErr> {
    let sql = "select h.user_id, coalesce(s.in_app, true) as in_app, coalesce(s.mail, true) as mail
      from app.brand_people($1, $2) h left join notice_setting s on s.user_id = h.user_id and s.kind = $3
      where (coalesce(s.in_app, true) or coalesce(s.mail, true)) and (
        (h.kind = 'STAFF' and (h.brand_level in ('MID', 'SENIOR', 'DIRECTOR', 'CMO') or h.user_id = $5
          or h.user_id in (select c.user_id from post_contributor c where c.brand_id = $1 and c.post_id = $4)
          or h.user_id = (select p.created_by from post p where p.brand_id = $1 and p.id = $4)))
        or (h.kind in ('STAFF', 'FREELANCER')
          and h.user_id in (select a.user_id from post_assignment a where a.brand_id = $1 and a.post_id = $4)))";
    let values = [permit.brand_id.into(), now.into(), kind.to_value().into(), post_id.into(), besides.into()];
    db::all(permit.tx(), sql, values).await
}

/// Writes a notice for everybody in one statement, and asks for the letters.
async fn write(
    permit: Permit<'_>,
    now: DateTime<Utc>,
    (kind, subject_id, params): (NoticeKind, Uuid, Value),
    whom: Vec<Recipient>,
) -> Result<(), DbErr> {
    if whom.is_empty() {
        return Ok(());
    }
    let by_mail = whom.iter().any(|recipient| recipient.mail);
    let rows = whom.into_iter().map(|Recipient { user_id, in_app, mail }| notice::ActiveModel {
        id: Set(ids::new_id(now)),
        agency_id: Set(permit.agency_id),
        brand_id: Set(Some(permit.brand_id)),
        recipient_id: Set(user_id),
        kind: Set(kind),
        subject_id: Set(subject_id),
        params: Set(params.clone()),
        in_app: Set(in_app),
        mail: Set(mail),
        created_at: Set(now),
        read_at: Set(None),
        mailed_at: Set(None),
    });
    notice::Entity::insert_many(rows).exec_without_returning(permit.tx()).await?;
    if by_mail {
        enqueue(permit, MailNotices.kind(), permit.brand_id, now, now).await?;
    }
    Ok(())
}
