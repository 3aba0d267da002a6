//! The profile of a brand.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use diwan_domain::Context as Domain;
use diwan_domain::strategy::{self, ProfileContent};
use diwan_entity::strategy::brand_profile;
use diwan_entity::tenancy::app_user;

use super::checks::ProblemSeverity;
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;
use crate::graphql::tenancy::{Brand, User};

/// A word or phrase that the brand does not say.
#[derive(SimpleObject)]
struct BannedWord {
    /// The word or phrase. Case, diacritics and the like make no difference.
    text: String,
    /// BCP 47: only in texts of this language, or of none. Null: in any.
    language: Option<String>,
    /// How bad it is, where the brand's check blocks; where it warns, everything is a warning.
    severity: ProblemSeverity,
}

/// What a brand is and how it speaks, in one version.
pub struct BrandProfile {
    pub op: Op,
    pub row: brand_profile::Model,
}

/// What a brand is and how it speaks, in one version.
#[Object]
impl BrandProfile {
    /// The id of this version.
    pub async fn id(&self) -> ID {
        Kind::Profile.id(self.row.id)
    }
    /// Counts the changes; a change names the version from which it started.
    async fn version(&self) -> i32 {
        self.row.version
    }
    /// What the brand is.
    async fn identity(&self) -> &str {
        &self.row.identity
    }
    /// What it promises.
    async fn value_proposition(&self) -> &str {
        &self.row.value_proposition
    }
    /// How it sounds.
    async fn tone_of_voice(&self) -> &str {
        &self.row.tone_of_voice
    }
    /// What to do.
    async fn dos(&self) -> &[String] {
        &self.row.dos
    }
    /// What not to do.
    async fn donts(&self) -> &[String] {
        &self.row.donts
    }
    /// What the brand does not say.
    async fn banned_words(&self) -> Result<Vec<BannedWord>> {
        let words = self.op.query(strategy::banned_words(&self.row))?.into_iter();
        let shown = |word: strategy::BannedWord| BannedWord {
            text: word.text,
            language: word.language,
            severity: word.severity.into(),
        };
        Ok(words.map(shown).collect())
    }
    /// The languages that it speaks, BCP 47.
    async fn languages(&self) -> &[String] {
        &self.row.languages
    }
    /// The hashtags that its posts carry unless somebody says otherwise, without their sign.
    async fn hashtags(&self) -> &[String] {
        &self.row.hashtags
    }
    /// When this version was written.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// Who wrote this version; null when the caller does not see that person.
    async fn written_by(&self) -> Result<Option<User>> {
        let user = self.op.load::<app_user::Model>(self.row.written_by).await?;
        Ok(user.map(|row| User { op: self.op.clone(), row }))
    }
    /// Its brand.
    async fn brand(&self) -> Result<Brand> {
        Ok(Brand { op: self.op.clone(), row: self.op.must_load(self.row.brand_id).await? })
    }
}

/// A word or phrase that the brand does not say.
#[derive(InputObject)]
struct BannedWordInput {
    /// 1 to 100 characters, with a letter or digit among them.
    text: String,
    /// BCP 47: only in texts of this language, or of none. In any when left out.
    language: Option<String>,
    /// How bad it is.
    #[graphql(default_with = "ProblemSeverity::Block")]
    severity: ProblemSeverity,
}

/// What a brand is and how it speaks: the whole of it.
#[derive(InputObject)]
struct BrandProfileInput {
    /// What the brand is, up to 10 000 characters.
    #[graphql(default)]
    identity: String,
    /// What it promises, up to 10 000 characters.
    #[graphql(default)]
    value_proposition: String,
    /// How it sounds, up to 10 000 characters.
    #[graphql(default)]
    tone_of_voice: String,
    /// What to do, up to 100 of at most 1000 characters.
    #[graphql(default)]
    dos: Vec<String>,
    /// What not to do, likewise.
    #[graphql(default)]
    donts: Vec<String>,
    /// What the brand does not say, up to 500.
    #[graphql(default)]
    banned_words: Vec<BannedWordInput>,
    /// The languages that it speaks, BCP 47, up to 50.
    #[graphql(default)]
    languages: Vec<String>,
    /// The hashtags of its posts, up to 50 of at most 100 letters, digits and underscores each, a letter among them.
    #[graphql(default)]
    hashtags: Vec<String>,
}

/// A profile to set.
#[derive(InputObject)]
struct SetBrandProfileInput {
    /// Of which brand.
    brand_id: ID,
    /// The version of the profile from which the change started; left out for the first.
    version: Option<i32>,
    /// What it says from now on.
    profile: BrandProfileInput,
}

/// The answer of `setBrandProfile`.
#[derive(SimpleObject)]
struct SetBrandProfilePayload {
    /// The new version, when it was set.
    profile: Option<BrandProfile>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

impl From<BrandProfileInput> for ProfileContent {
    fn from(input: BrandProfileInput) -> Self {
        let word = |word: BannedWordInput| strategy::BannedWord {
            text: word.text,
            language: word.language,
            severity: word.severity.into(),
        };
        Self {
            identity: input.identity,
            value_proposition: input.value_proposition,
            tone_of_voice: input.tone_of_voice,
            dos: input.dos,
            donts: input.donts,
            banned_words: input.banned_words.into_iter().map(word).collect(),
            languages: input.languages,
            hashtags: input.hashtags,
        }
    }
}

/// Mutations of profiles.
#[derive(Default)]
pub struct ProfileMutation;

#[Object]
impl ProfileMutation {
    /// Sets what a brand is and how it speaks; the versions before stay to be read. For SENIOR and above.
    async fn set_brand_profile(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The profile.")] input: SetBrandProfileInput,
    ) -> Result<SetBrandProfilePayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            strategy::set_brand_profile(context, brand_id, input.version, input.profile.into()).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(SetBrandProfilePayload { profile: row.map(|row| BrandProfile { op: op.clone(), row }), user_errors })
    }
}
