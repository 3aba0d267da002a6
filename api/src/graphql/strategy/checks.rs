//! What is checked on a brand's posts.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use diwan_domain::Context as Domain;
use diwan_domain::calendar;
use diwan_domain::strategy::{self, ChecksChange};
use diwan_entity::strategy::content_checks;

use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;

/// How bad something is.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "calendar::ProblemSeverity")]
pub enum ProblemSeverity {
    /// Somebody should know; the post may go on.
    Warning,
    /// The post cannot go on so.
    Block,
}

/// What a check does about what it finds.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "content_checks::CheckMode")]
enum CheckMode {
    /// Nothing: it is not made.
    Off,
    /// It warns.
    Warn,
    /// It keeps the post from being submitted and scheduled.
    Block,
}

/// What is checked on a brand's posts.
#[derive(SimpleObject)]
pub struct ContentChecks {
    /// Words that the brand bans. `BLOCK` blocks those whose own severity says so.
    banned_words: CheckMode,
    /// A post without a pillar, in a brand that has pillars.
    missing_pillar: CheckMode,
    /// More posts of a pillar in a month than its share and the tolerance allow.
    off_mix: CheckMode,
    /// A text in a language that is not among the brand's.
    language: CheckMode,
    /// An image without a description.
    missing_alt_text: CheckMode,
    /// A partnership that the text does not disclose.
    missing_disclosure: CheckMode,
    /// A text that was said before on the same account, or nearly so.
    duplicate_text: CheckMode,
    /// How many days before and after a post are looked at for that.
    duplicate_days: i32,
    /// A required item of the post's checklist that is not ticked.
    open_checklist: CheckMode,
    /// By how much a pillar may go over its share, in ten-thousandths of the month's posts.
    mix_tolerance_basis_points: i32,
    /// One of these words discloses a partnership.
    disclosure_words: Vec<String>,
    /// Counts the changes; a change names the version from which it started. 0: the defaults hold.
    version: i32,
    /// When they were last set; null: never.
    updated_at: Option<DateTime<Utc>>,
}

impl From<content_checks::Model> for ContentChecks {
    fn from(row: content_checks::Model) -> Self {
        Self {
            banned_words: row.banned_words.into(),
            missing_pillar: row.missing_pillar.into(),
            off_mix: row.off_mix.into(),
            language: row.language.into(),
            missing_alt_text: row.missing_alt_text.into(),
            missing_disclosure: row.missing_disclosure.into(),
            duplicate_text: row.duplicate_text.into(),
            duplicate_days: row.duplicate_days,
            open_checklist: row.open_checklist.into(),
            mix_tolerance_basis_points: row.mix_tolerance_bp,
            disclosure_words: row.disclosure_words,
            version: row.version,
            updated_at: (row.version > 0).then_some(row.updated_at),
        }
    }
}

/// What is checked from now on: the whole of it.
#[derive(InputObject)]
struct SetContentChecksInput {
    /// On the posts of which brand.
    brand_id: ID,
    /// The version from which the change started; 0 where nothing has been set yet.
    version: i32,
    /// Words that the brand bans. `BLOCK` blocks those whose own severity says so.
    banned_words: CheckMode,
    /// A post without a pillar, in a brand that has pillars.
    missing_pillar: CheckMode,
    /// More posts of a pillar in a month than its share and the tolerance allow.
    off_mix: CheckMode,
    /// A text in a language that is not among the brand's.
    language: CheckMode,
    /// An image without a description.
    missing_alt_text: CheckMode,
    /// A partnership that the text does not disclose.
    missing_disclosure: CheckMode,
    /// A text that was said before on the same account, or nearly so.
    #[graphql(default_with = "CheckMode::Warn")]
    duplicate_text: CheckMode,
    /// How many days before and after a post are looked at for that, 1 to 365.
    #[graphql(default = 30)]
    duplicate_days: i32,
    /// A required item of the post's checklist that is not ticked.
    #[graphql(default_with = "CheckMode::Warn")]
    open_checklist: CheckMode,
    /// By how much a pillar may go over its share, in ten-thousandths of the month's posts: 0 to 10 000.
    #[graphql(default = 1000)]
    mix_tolerance_basis_points: i32,
    /// One of these words discloses a partnership: up to 100 of at most 100 characters.
    #[graphql(default)]
    disclosure_words: Vec<String>,
}

/// The answer of `setContentChecks`.
#[derive(SimpleObject)]
struct SetContentChecksPayload {
    /// The checks, when they were set.
    checks: Option<ContentChecks>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// Mutations of checks.
#[derive(Default)]
pub struct ChecksMutation;

#[Object]
impl ChecksMutation {
    /// Sets what is checked on a brand's posts, and how strictly. For SENIOR and above.
    async fn set_content_checks(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The checks.")] input: SetContentChecksInput,
    ) -> Result<SetContentChecksPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let change = ChecksChange {
                brand_id: Kind::Brand.parse(&input.brand_id, "brandId")?,
                version: input.version,
                banned_words: input.banned_words.into(),
                missing_pillar: input.missing_pillar.into(),
                off_mix: input.off_mix.into(),
                language: input.language.into(),
                missing_alt_text: input.missing_alt_text.into(),
                missing_disclosure: input.missing_disclosure.into(),
                duplicate_text: input.duplicate_text.into(),
                duplicate_days: input.duplicate_days,
                open_checklist: input.open_checklist.into(),
                mix_tolerance_bp: input.mix_tolerance_basis_points,
                disclosure_words: input.disclosure_words,
            };
            strategy::set_content_checks(context, change).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(SetContentChecksPayload { checks: row.map(Into::into), user_errors })
    }
}
