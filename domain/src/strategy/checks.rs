//! What is checked on a brand's posts, and how strictly.

use diwan_entity::InBrand as _;
use diwan_entity::strategy::content_checks::{self, CheckMode};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
};
use uuid::Uuid;

use super::check::words::words;
use super::fields::texts;
use super::items::take_turns;
use super::mix::WHOLE;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::Action;
use crate::trust;

/// What holds from now on: the whole of it.
#[derive(Debug, Clone)]
pub struct ChecksChange {
    /// Of which brand.
    pub brand_id: Uuid,
    /// The version from which the change started; 0 where nothing has been set yet.
    pub version: i32,
    /// Words that the brand bans. `BLOCK` blocks those whose own severity says so.
    pub banned_words: CheckMode,
    /// A post without a pillar, in a brand that has pillars.
    pub missing_pillar: CheckMode,
    /// More posts of a pillar in a month than its share and the tolerance allow.
    pub off_mix: CheckMode,
    /// A text in a language that is not the brand's.
    pub language: CheckMode,
    /// An image without a description.
    pub missing_alt_text: CheckMode,
    /// A partnership that the text does not disclose.
    pub missing_disclosure: CheckMode,
    /// A text that was said before on the same account, or nearly so.
    pub duplicate_text: CheckMode,
    /// How many days before and after a post are looked at for that, 1 to 365.
    pub duplicate_days: i32,
    /// A required item of the checklist that is not ticked.
    pub open_checklist: CheckMode,
    /// In basis points, 0 to 10 000.
    pub mix_tolerance_bp: i32,
    /// Up to 100 of at most 100 characters: one of them discloses a partnership.
    pub disclosure_words: Vec<String>,
}

/// What holds in a brand that has not said otherwise.
pub fn default_checks(brand_id: Uuid) -> content_checks::Model {
    content_checks::Model {
        brand_id,
        banned_words: CheckMode::Block,
        missing_pillar: CheckMode::Warn,
        off_mix: CheckMode::Warn,
        language: CheckMode::Warn,
        missing_alt_text: CheckMode::Warn,
        missing_disclosure: CheckMode::Warn,
        duplicate_text: CheckMode::Warn,
        duplicate_days: 30,
        open_checklist: CheckMode::Warn,
        mix_tolerance_bp: 1000,
        disclosure_words: Vec::new(),
        updated_by: Uuid::nil(),
        updated_at: chrono::DateTime::UNIX_EPOCH,
        version: 0,
    }
}

/// Sets what is checked on the brand's posts.
pub async fn set_content_checks(context: &Context, change: ChecksChange) -> Result<content_checks::Model, Failure> {
    let permit = context.permit(Action::StrategyWrite, change.brand_id).await?;
    take_turns(permit).await?;
    let known = context.one(content_checks::Entity::in_brand(change.brand_id)).await?;
    let mut wrong = Complaints::default();
    wrong.version(known.as_ref().map_or(0, |known| known.version), change.version);
    if !(0..=WHOLE).contains(&i64::from(change.mix_tolerance_bp)) {
        wrong.add(UserError::at(Code::Invalid, "mixToleranceBasisPoints"));
    }
    if !(1..=365).contains(&change.duplicate_days) {
        wrong.add(UserError::at(Code::Invalid, "duplicateDays"));
    }
    let disclosure = texts(&mut wrong, "disclosureWords", &change.disclosure_words, 100, 100);
    for (place, word) in disclosure.iter().enumerate() {
        if words(word).is_empty() && !word.is_empty() {
            wrong.add(UserError::at(Code::Invalid, &format!("disclosureWords.{place}")));
        }
    }
    wrong.check()?;
    let is_new = known.is_none();
    let row = content_checks::ActiveModel {
        banned_words: Set(change.banned_words),
        missing_pillar: Set(change.missing_pillar),
        off_mix: Set(change.off_mix),
        language: Set(change.language),
        missing_alt_text: Set(change.missing_alt_text),
        missing_disclosure: Set(change.missing_disclosure),
        duplicate_text: Set(change.duplicate_text),
        duplicate_days: Set(change.duplicate_days),
        open_checklist: Set(change.open_checklist),
        mix_tolerance_bp: Set(change.mix_tolerance_bp),
        disclosure_words: Set(disclosure),
        updated_by: Set(permit.person()?),
        updated_at: Set(context.now),
        version: Set(change.version + 1),
        ..known.map_or_else(
            || content_checks::ActiveModel { brand_id: Set(change.brand_id), ..Default::default() },
            content_checks::Model::into_active_model,
        )
    };
    let row = if is_new {
        content_checks::Entity::insert(row).exec_with_returning(permit.tx()).await?
    } else {
        row.update(permit.tx()).await?
    };
    let detail = serde_json::json!({ "version": row.version });
    trust::record(permit, context.now, "content_checks.set", change.brand_id, detail).await?;
    Ok(row)
}

/// What is checked on the posts of these brands, where they have said so.
pub async fn content_checks(context: &Context, brand_ids: &[Uuid]) -> Result<Vec<content_checks::Model>, Failure> {
    let select =
        content_checks::Entity::find().filter(content_checks::Column::BrandId.is_in(brand_ids.iter().copied()));
    Ok(context.all(select).await?)
}
