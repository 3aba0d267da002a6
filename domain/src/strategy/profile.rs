//! The profile of a brand. Each change is a version of its own; the newest holds.

use diwan_entity::InBrand as _;
use diwan_entity::strategy::brand_profile;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::check::words::words;
use super::fields::{maybe_text, texts};
use super::hashtags::hashtags;
use crate::calendar::{ProblemSeverity, looks_like_a_language};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::paging::{Page, Slice, newest_first};
use crate::permission::Action;
use crate::trust;

/// The most words that a brand bans.
const MOST_WORDS: usize = 500;

/// A word or phrase that a brand does not say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BannedWord {
    /// 1 to 100 characters, with a letter or digit among them. Case, diacritics and the like make no difference.
    pub text: String,
    /// BCP 47: only in texts of this language, or of none. None: in any.
    pub language: Option<String>,
    /// How bad it is, where the brand's check blocks; where it warns, everything is a warning.
    pub severity: ProblemSeverity,
}

/// What a brand is and how it speaks.
#[derive(Debug, Clone, Default)]
pub struct ProfileContent {
    /// Up to 10 000 characters, as the two after it.
    pub identity: String,
    /// What the brand promises.
    pub value_proposition: String,
    /// How it sounds.
    pub tone_of_voice: String,
    /// What to do, up to 100 of at most 1000 characters.
    pub dos: Vec<String>,
    /// What not to do, likewise.
    pub donts: Vec<String>,
    /// Up to 500.
    pub banned_words: Vec<BannedWord>,
    /// BCP 47, up to 50.
    pub languages: Vec<String>,
    /// Up to 50, with or without their sign.
    pub hashtags: Vec<String>,
}

/// Sets what a brand is. `version` is that of the profile from which the change started, none for the first.
pub async fn set_brand_profile(
    context: &Context,
    brand_id: Uuid,
    version: Option<i32>,
    content: ProfileContent,
) -> Result<brand_profile::Model, Failure> {
    let permit = context.permit(Action::StrategyWrite, brand_id).await?;
    let current = newest(context, brand_id).await?.map_or(0, |row| row.version);
    let mut wrong = Complaints::default();
    wrong.version(current, version.unwrap_or(0));
    let at = |field: &str| format!("profile.{field}");
    let identity = maybe_text(&mut wrong, &at("identity"), &content.identity, 10_000);
    let value_proposition = maybe_text(&mut wrong, &at("valueProposition"), &content.value_proposition, 10_000);
    let tone_of_voice = maybe_text(&mut wrong, &at("toneOfVoice"), &content.tone_of_voice, 10_000);
    let dos = texts(&mut wrong, &at("dos"), &content.dos, 100, 1000);
    let donts = texts(&mut wrong, &at("donts"), &content.donts, 100, 1000);
    let languages = texts(&mut wrong, &at("languages"), &content.languages, 50, 35);
    for (place, tag) in languages.iter().enumerate() {
        if !looks_like_a_language(tag) {
            wrong.add(UserError::at(Code::Invalid, &at(&format!("languages.{place}"))));
        }
    }
    let hashtags = hashtags(&mut wrong, &at("hashtags"), &content.hashtags, 50);
    let banned = check_banned(&mut wrong, &at("bannedWords"), content.banned_words);
    wrong.check()?;
    let row = brand_profile::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(brand_id),
        version: Set(current + 1),
        identity: Set(identity),
        value_proposition: Set(value_proposition),
        tone_of_voice: Set(tone_of_voice),
        dos: Set(dos),
        donts: Set(donts),
        banned_words: Set(serde_json::to_value(&banned).map_err(|error| Fault::broken(error.to_string()))?),
        languages: Set(languages),
        hashtags: Set(hashtags),
        written_by: Set(permit.person()?),
        created_at: Set(context.now),
    };
    // Of two at once, the key lets one through: the other started from a version that is no longer the newest.
    let row = match brand_profile::Entity::insert(row).exec_with_returning(permit.tx()).await {
        Err(error) if matches!(error.sql_err(), Some(sea_orm::SqlErr::UniqueConstraintViolation(_))) => {
            return Err(UserError::at(Code::ChangedMeanwhile, "version").number("current", current + 1).into());
        }
        other => other?,
    };
    let detail = serde_json::json!({ "version": row.version });
    trust::record(permit, context.now, "brand_profile.set", row.id, detail).await?;
    Ok(row)
}

fn check_banned(wrong: &mut Complaints, path: &str, banned: Vec<BannedWord>) -> Vec<BannedWord> {
    if banned.len() > MOST_WORDS {
        wrong.add(UserError::at(Code::TooMany, path).number("limit", MOST_WORDS).number("actual", banned.len()));
        return Vec::new();
    }
    let mut seen = Vec::with_capacity(banned.len());
    let mut read = Vec::with_capacity(banned.len());
    for (place, word) in banned.into_iter().enumerate() {
        let at = |field: &str| format!("{path}.{place}.{field}");
        let text = wrong.text(&at("text"), &word.text, 100).to_owned();
        let plain = words(&text);
        if plain.is_empty() && !text.is_empty() {
            wrong.add(UserError::at(Code::Invalid, &at("text")));
        }
        if word.language.as_deref().is_some_and(|tag| !looks_like_a_language(tag)) {
            wrong.add(UserError::at(Code::Invalid, &at("language")));
        }
        // Two that differ in case alone are one.
        if seen.contains(&(plain.clone(), word.language.clone())) {
            wrong.add(UserError::at(Code::AlreadyExists, &at("text")));
        }
        seen.push((plain, word.language.clone()));
        read.push(BannedWord { text, ..word });
    }
    read
}

/// What a stored profile bans.
pub fn banned_words(row: &brand_profile::Model) -> Result<Vec<BannedWord>, Failure> {
    Ok(serde_json::from_value(row.banned_words.clone())
        .map_err(|error| Fault::broken(format!("banned words of profile {}: {error}", row.id)))?)
}

async fn newest(context: &Context, brand_id: Uuid) -> Result<Option<brand_profile::Model>, Failure> {
    let select = brand_profile::Entity::in_brand(brand_id).order_by_desc(brand_profile::Column::Version);
    Ok(context.one(select).await?)
}

/// The newest profiles of these brands. For everybody who sees the brand.
pub async fn brand_profile(context: &Context, brand_ids: &[Uuid]) -> Result<Vec<brand_profile::Model>, Failure> {
    let select = brand_profile::Entity::find()
        .filter(brand_profile::Column::BrandId.is_in(brand_ids.iter().copied()))
        .distinct_on([brand_profile::Column::BrandId])
        .order_by_asc(brand_profile::Column::BrandId)
        .order_by_desc(brand_profile::Column::Version);
    Ok(context.all(select).await?)
}

/// All versions of a brand's profile, newest first. For the team.
pub async fn brand_profiles(
    context: &Context,
    brand_id: Uuid,
    page: Page,
) -> Result<Slice<brand_profile::Model>, Failure> {
    context.permit(Action::StrategyRead, brand_id).await?;
    newest_first(context, brand_profile::Entity::in_brand(brand_id), brand_profile::Column::Id, page).await
}
