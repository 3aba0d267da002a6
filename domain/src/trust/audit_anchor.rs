//! Anchors: the head of the audit trail's chain, signed. Whoever keeps one can tell later that nothing before it was changed
//! and nothing was cut off, whatever somebody who may write the whole database has done.

use diwan_entity::trust::{audit_anchor, signing_key};
use diwan_platform::{db, ids};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait as _, FromQueryResult, QueryOrder as _};
use uuid::Uuid;

use super::audit_file::{ANCHOR_TYPE, AnchorClaims, Jwk, Jwks};
use crate::context::Services;
use crate::error::Fault;

#[derive(FromQueryResult)]
struct Head {
    agency_id: Uuid,
    seq: i64,
    hash: Vec<u8>,
}

/// Signs the head of the chain, if it has moved since the last anchor. Several workers may do it at once: one of them does.
pub async fn anchor_audit(services: &Services) -> Result<Option<audit_anchor::Model>, Fault> {
    services.tokens.keep_fresh(services).await;
    let now = services.now();
    let tx = services.db.write().await?;
    let _agency: Option<Uuid> = db::scalar(&tx, "select app.enter_agency_work()", []).await?;
    let Some(head) = db::one::<Head>(&tx, "select * from app.audit_head()", []).await? else {
        return Ok(None);
    };
    let last = audit_anchor::Entity::find().order_by_desc(audit_anchor::Column::Seq).one(&tx).await?;
    if head.seq == 0 || last.is_some_and(|last| last.seq >= head.seq) {
        return Ok(None);
    }
    let claims = AnchorClaims {
        iss: services.public_url.to_string(),
        agency: head.agency_id,
        seq: head.seq,
        hash: data_encoding::HEXLOWER.encode(&head.hash),
        at: now,
    };
    let (kid, signature) = services
        .tokens
        .sign(ANCHOR_TYPE, &claims, now)
        .map_err(|error| Fault::broken(format!("an anchor could not be signed: {error}")))?;
    let anchor = audit_anchor::ActiveModel {
        id: Set(ids::new_id(now)),
        agency_id: Set(head.agency_id),
        seq: Set(head.seq),
        hash: Set(head.hash),
        at: Set(now),
        kid: Set(kid),
        signature: Set(signature),
    };
    let columns = [audit_anchor::Column::AgencyId, audit_anchor::Column::Seq];
    let conflict = OnConflict::columns(columns).do_nothing().to_owned();
    let written = audit_anchor::Entity::insert_many([anchor]).on_conflict(conflict).exec_with_returning(&tx).await?;
    tx.commit().await?;
    Ok(written.into_iter().next())
}

/// The public keys that anchors may have been signed with, also those that sign no more: an anchor outlives its key.
pub async fn anchor_keys(services: &Services) -> Result<Jwks, Fault> {
    let rows = signing_key::Entity::find()
        .order_by_asc(signing_key::Column::CreatedAt)
        .order_by_asc(signing_key::Column::Kid)
        .all(services.db.unscoped())
        .await?;
    Ok(Jwks { keys: rows.into_iter().map(|row| Jwk::ed25519(row.kid, &row.public_key)).collect() })
}
