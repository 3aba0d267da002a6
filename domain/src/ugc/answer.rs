//! What came of asking: a grant with what proves it, a refusal, and taking a grant back.

use chrono::{DateTime, Datelike as _, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::calendar::asset::{self, AssetState};
use diwan_entity::ugc::ugc_grant::{self, GrantScope, GrantState};
use sea_orm::{ActiveEnum as _, ActiveModelTrait as _, ActiveValue::Set, IntoActiveModel as _, QuerySelect as _};
use serde_json::json;
use uuid::Uuid;

use super::ExpireUgcGrant;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::influencers::{at_most, is_known_network, web_address};
use crate::jobs::{Job as _, cancel, enqueue};
use crate::permission::{Action, Permit};
use crate::publishing;
use crate::strategy::maybe_text;
use crate::trust;

/// The most networks that are named.
const MOST_NETWORKS: usize = 50;

/// What somebody allowed.
#[derive(Debug, Clone)]
pub struct Allowed {
    /// What for.
    pub scope: GrantScope,
    /// Keys of the networks; empty: any.
    pub networks: Vec<String>,
    /// As they said it, up to 500 characters.
    pub territory: String,
    /// From when on; none: from now on.
    pub starts_at: Option<DateTime<Utc>>,
    /// Until when, not at this time any more; none: for ever.
    pub ends_at: Option<DateTime<Utc>>,
    /// What proves it: another file of the library, such as a picture of the conversation.
    pub evidence_asset_id: Option<Uuid>,
    /// What proves it: an address of the web. One of both is needed.
    pub evidence_url: Option<String>,
    /// Up to 2000 characters.
    pub evidence_note: String,
}

impl Allowed {
    fn check(&self, context: &Context, wrong: &mut Complaints) -> Self {
        if at_most(wrong, "networks", self.networks.len(), MOST_NETWORKS) {
            for (index, key) in self.networks.iter().enumerate() {
                let path = format!("networks.{index}");
                if !is_known_network(key) {
                    let shown: String = key.chars().take(64).collect();
                    wrong.add(UserError::at(Code::UnknownNetwork, &path).text("network", shown));
                } else if self.networks[..index].contains(key) {
                    wrong.add(UserError::at(Code::AlreadyExists, &path));
                }
            }
        }
        let starts_at = self.starts_at.unwrap_or(context.now);
        if !(1..=9999).contains(&starts_at.year()) {
            wrong.add(UserError::at(Code::Invalid, "startsAt"));
        }
        if let Some(ends_at) = self.ends_at {
            if ends_at <= starts_at || ends_at.year() > 9999 {
                wrong.add(UserError::at(Code::Invalid, "endsAt"));
            } else if ends_at <= context.now {
                wrong.add(UserError::at(Code::TimeInPast, "endsAt"));
            }
        }
        let unproved = self.evidence_url.as_deref().is_none_or(|url| url.trim().is_empty());
        if unproved && self.evidence_asset_id.is_none() {
            wrong.add(UserError::at(Code::Invalid, "evidenceAssetId"));
        }
        Self {
            territory: maybe_text(wrong, "territory", &self.territory, 500),
            starts_at: Some(starts_at),
            evidence_url: web_address(wrong, "evidenceUrl", self.evidence_url.as_deref()),
            evidence_note: maybe_text(wrong, "evidenceNote", &self.evidence_note, 2000),
            ..self.clone()
        }
    }
}

/// A grant that is about to change, with the right to it: the row is locked, and in this state.
async fn begin<'a>(
    context: &'a Context,
    (grant_id, version): (Uuid, i32),
    state: GrantState,
    wrong: &mut Complaints,
) -> Result<(Permit<'a>, ugc_grant::Model), Failure> {
    let not_there = || UserError::at(Code::NotFound, "grantId");
    let seen = context.one(ugc_grant::Entity::visible([grant_id])).await?.ok_or_else(not_there)?;
    let permit = context.permit(Action::UgcManage, seen.brand_id).await?;
    let row = context.one(ugc_grant::Entity::visible([grant_id]).lock_exclusive()).await?.ok_or_else(not_there)?;
    wrong.version(row.version, version);
    if row.state != state {
        wrong.add(UserError::at(Code::WrongState, "grantId").text("state", row.state.to_value()));
    }
    Ok((permit, row))
}

/// Records what somebody allowed who was asked, with what proves it. It stays as it is written.
pub async fn grant_ugc(
    context: &Context,
    grant_id: Uuid,
    version: i32,
    allowed: &Allowed,
) -> Result<ugc_grant::Model, Failure> {
    let mut wrong = Complaints::default();
    let (permit, row) = begin(context, (grant_id, version), GrantState::Asked, &mut wrong).await?;
    let allowed = allowed.check(context, &mut wrong);
    if let Some(id) = allowed.evidence_asset_id {
        // What they made says nothing of what may be done with it.
        if id == row.asset_id {
            wrong.add(UserError::at(Code::Invalid, "evidenceAssetId"));
        }
        match context.one(asset::Entity::one_in_brand(row.brand_id, id)).await? {
            None => wrong.add(UserError::at(Code::NotFound, "evidenceAssetId")),
            Some(proof) if proof.state == AssetState::AwaitingUpload => {
                wrong.add(UserError::at(Code::AssetNotReady, "evidenceAssetId"));
            }
            Some(_) => {}
        }
    }
    wrong.check()?;
    let version = row.version + 1;
    let granted = ugc_grant::ActiveModel {
        state: Set(GrantState::Granted),
        scope: Set(Some(allowed.scope)),
        networks: Set(allowed.networks),
        territory: Set(allowed.territory),
        starts_at: Set(allowed.starts_at),
        ends_at: Set(allowed.ends_at),
        evidence_asset_id: Set(allowed.evidence_asset_id),
        evidence_url: Set(allowed.evidence_url),
        evidence_note: Set(allowed.evidence_note),
        answered_by: Set(permit.actor_id),
        answered_at: Set(Some(context.now)),
        version: Set(version),
        ..row.into_active_model()
    };
    let row = granted.update(permit.tx()).await?;
    if let Some(ends_at) = row.ends_at {
        enqueue(permit, ExpireUgcGrant.kind(), row.id, ends_at, context.now).await?;
    }
    let detail = json!({ "asset": row.asset_id, "scope": allowed.scope.to_value() });
    trust::record(permit, context.now, "ugc_grant.grant", row.id, detail).await?;
    Ok(row)
}

/// Records that somebody said no.
pub async fn refuse_ugc_grant(
    context: &Context,
    grant_id: Uuid,
    version: i32,
    note: &str,
) -> Result<ugc_grant::Model, Failure> {
    let mut wrong = Complaints::default();
    let (permit, row) = begin(context, (grant_id, version), GrantState::Asked, &mut wrong).await?;
    let note = maybe_text(&mut wrong, "note", note, 2000);
    wrong.check()?;
    let version = row.version + 1;
    let refused = ugc_grant::ActiveModel {
        state: Set(GrantState::Refused),
        evidence_note: Set(note),
        answered_by: Set(permit.actor_id),
        answered_at: Set(Some(context.now)),
        version: Set(version),
        ..row.into_active_model()
    };
    let row = refused.update(permit.tx()).await?;
    trust::record(permit, context.now, "ugc_grant.refuse", row.id, json!({ "asset": row.asset_id })).await?;
    Ok(row)
}

/// Records that somebody took back what they had allowed. What is planned and not covered by another grant is taken off the schedule.
/// Answers the grant, and how many publications were taken off.
pub async fn revoke_ugc_grant(
    context: &Context,
    grant_id: Uuid,
    version: i32,
    reason: &str,
) -> Result<(ugc_grant::Model, usize), Failure> {
    let mut wrong = Complaints::default();
    let (permit, row) = begin(context, (grant_id, version), GrantState::Granted, &mut wrong).await?;
    let reason = wrong.text("reason", reason, 1000).to_owned();
    wrong.check()?;
    let version = row.version + 1;
    let revoked = ugc_grant::ActiveModel {
        state: Set(GrantState::Revoked),
        ended_by: Set(permit.actor_id),
        ended_at: Set(Some(context.now)),
        end_reason: Set(reason),
        version: Set(version),
        ..row.into_active_model()
    };
    let row = revoked.update(permit.tx()).await?;
    cancel(permit, ExpireUgcGrant.kind(), &[row.id], context.now).await?;
    let stopped = publishing::withhold_without_grant(permit, context.now, row.asset_id).await?;
    let detail = json!({ "asset": row.asset_id, "publications": stopped });
    trust::record(permit, context.now, "ugc_grant.revoke", row.id, detail).await?;
    Ok((row, stopped))
}
