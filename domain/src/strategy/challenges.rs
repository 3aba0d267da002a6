//! What holds a brand back.

use diwan_entity::strategy::challenge::{self, ChallengeKind};
use sea_orm::{ActiveEnum as _, ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _, IntoActiveModel as _};
use uuid::Uuid;

use super::fields::{begin, live, maybe_text};
use super::items::{Thing, has_room};
use crate::context::Context;
use crate::error::{Complaints, Failure};
use crate::permission::Action;
use crate::trust;

/// What is said of a challenge.
#[derive(Debug, Clone)]
pub struct ChallengeContent {
    /// What kind of thing it is.
    pub kind: ChallengeKind,
    /// 1 to 300 characters.
    pub title: String,
    /// Up to 10 000 characters.
    pub description: String,
}

impl ChallengeContent {
    fn check(&self, wrong: &mut Complaints) -> Self {
        Self {
            kind: self.kind,
            title: wrong.text("challenge.title", &self.title, 300).to_owned(),
            description: maybe_text(wrong, "challenge.description", &self.description, 10_000),
        }
    }
}

/// Writes down what holds the brand back.
pub async fn create_challenge(
    context: &Context,
    brand_id: Uuid,
    content: ChallengeContent,
) -> Result<challenge::Model, Failure> {
    let permit = context.permit(Action::StrategyWrite, brand_id).await?;
    let mut wrong = Complaints::default();
    let content = content.check(&mut wrong);
    has_room(permit, &mut wrong, Thing::Challenge).await?;
    wrong.check()?;
    let row = challenge::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(brand_id),
        kind: Set(content.kind),
        title: Set(content.title),
        description: Set(content.description),
        created_at: Set(context.now),
        updated_at: Set(context.now),
        archived_at: Set(None),
        version: Set(1),
    };
    let row = challenge::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    let detail = serde_json::json!({ "kind": row.kind.to_value() });
    trust::record(permit, context.now, "challenge.create", row.id, detail).await?;
    Ok(row)
}

/// Says it anew: the whole of it.
pub async fn update_challenge(
    context: &Context,
    challenge_id: Uuid,
    version: i32,
    content: ChallengeContent,
) -> Result<challenge::Model, Failure> {
    let (permit, row) = begin::<challenge::Entity>(context, Action::StrategyWrite, challenge_id, "challengeId").await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    live(&mut wrong, row.archived_at, "challengeId");
    let content = content.check(&mut wrong);
    wrong.check()?;
    let changed = challenge::ActiveModel {
        kind: Set(content.kind),
        title: Set(content.title),
        description: Set(content.description),
        updated_at: Set(context.now),
        version: Set(row.version + 1),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    let detail = serde_json::json!({ "version": row.version });
    trust::record(permit, context.now, "challenge.update", row.id, detail).await?;
    Ok(row)
}
