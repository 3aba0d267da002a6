//! Holding publishing back, and letting it go on.

use async_graphql::{Context, ID, InputObject, Object, OneofObject, Result, SimpleObject};
use chrono::{DateTime, Utc};
use diwan_domain::publishing::{self, AccountPause, PauseTarget, PostPause};
use diwan_domain::{Code, Context as Domain, Failure, UserError};
use diwan_entity::publishing::publishing_pause;
use uuid::Uuid;

use super::types::SocialAccount;
use crate::graphql::calendar::Post;
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::loaders::Grouped;
use crate::graphql::scalars::Kind;
use crate::graphql::tenancy::{Brand, User};

/// What holds publishing back: of a post, an account, a brand, or the whole agency.
pub struct PublishingPause {
    pub op: Op,
    pub row: publishing_pause::Model,
}

/// What holds publishing back: of a post, an account, a brand, or the whole agency.
#[Object]
impl PublishingPause {
    /// The pause's id.
    pub async fn id(&self) -> ID {
        Kind::Pause.id(self.row.id)
    }
    /// Why.
    async fn reason(&self) -> &str {
        &self.row.reason
    }
    /// Since when.
    async fn paused_at(&self) -> DateTime<Utc> {
        self.row.paused_at
    }
    /// Who did it; null where the caller does not see them.
    async fn paused_by(&self) -> Result<Option<User>> {
        Ok(self.op.load(self.row.paused_by).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// Whether it holds the whole agency back.
    async fn of_agency(&self) -> bool {
        self.row.brand_id.is_none()
    }
    /// The brand that it is in; null where it is the agency's.
    async fn brand(&self) -> Result<Option<Brand>> {
        let Some(id) = self.row.brand_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| Brand { op: self.op.clone(), row }))
    }
    /// The post, where it holds but that.
    async fn post(&self) -> Result<Option<Post>> {
        let Some(id) = self.row.post_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| Post { op: self.op.clone(), row }))
    }
    /// The account, where it holds but that.
    async fn social_account(&self) -> Result<Option<SocialAccount>> {
        let Some(id) = self.row.social_account_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| SocialAccount { op: self.op.clone(), row }))
    }
    /// When it ended; null while it is in force.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.row.ended_at
    }
    /// Who ended it; null where the caller does not see them.
    async fn ended_by(&self) -> Result<Option<User>> {
        let Some(id) = self.row.ended_by else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| User { op: self.op.clone(), row }))
    }
}

impl Grouped for PostPause {
    async fn load(context: &Domain, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        publishing::pauses_of_posts(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.post_id
    }
}

impl Grouped for AccountPause {
    async fn load(context: &Domain, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        publishing::pauses_of_accounts(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.account_id
    }
}

/// What holds a post back.
pub async fn pauses_of_post(op: &Op, post_id: Uuid) -> Result<Vec<PublishingPause>> {
    let rows = op.load_of::<PostPause>(post_id).await?;
    Ok(rows.into_iter().map(|held| PublishingPause { op: op.clone(), row: held.pause }).collect())
}

/// What holds an account back.
pub async fn pauses_of_account(op: &Op, account_id: Uuid) -> Result<Vec<PublishingPause>> {
    let rows = op.load_of::<AccountPause>(account_id).await?;
    Ok(rows.into_iter().map(|held| PublishingPause { op: op.clone(), row: held.pause }).collect())
}

/// What is held back.
#[derive(OneofObject)]
enum PauseTargetInput {
    /// One post. For MID and above.
    PostId(ID),
    /// Whatever goes to one account. For SENIOR and above.
    SocialAccountId(ID),
    /// Whatever is one brand's. For SENIOR and above.
    BrandId(ID),
    /// Everything. For DIRECTOR and above, agency-wide. Always `true`.
    Agency(bool),
}

/// What is to be held back.
#[derive(InputObject)]
struct PausePublishingInput {
    /// What.
    target: PauseTargetInput,
    /// Why, 1 to 500 characters: for the team.
    reason: String,
}

/// A pause to end.
#[derive(InputObject)]
struct ResumePublishingInput {
    /// Which pause.
    pause_id: ID,
}

/// The answer of `pausePublishing`.
#[derive(SimpleObject)]
struct PausePublishingPayload {
    /// The pause, once it holds.
    pause: Option<PublishingPause>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `resumePublishing`.
#[derive(SimpleObject)]
struct ResumePublishingPayload {
    /// The pause that has ended.
    pause: Option<PublishingPause>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

impl PauseTargetInput {
    fn into_domain(self) -> Result<PauseTarget, Failure> {
        Ok(match self {
            Self::PostId(id) => PauseTarget::Post(Kind::Post.parse(&id, "target.postId")?),
            Self::SocialAccountId(id) => PauseTarget::Account(Kind::Account.parse(&id, "target.socialAccountId")?),
            Self::BrandId(id) => PauseTarget::Brand(Kind::Brand.parse(&id, "target.brandId")?),
            Self::Agency(true) => PauseTarget::Agency,
            Self::Agency(false) => return Err(UserError::at(Code::Invalid, "target.agency").into()),
        })
    }
}

/// Mutations that hold publishing back.
#[derive(Default)]
pub struct PauseMutation;

#[Object]
impl PauseMutation {
    /// Holds publishing back. What comes due meanwhile becomes `PAUSED`; what is being sent, or may have been, ends by itself.
    async fn pause_publishing(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What, and why.")] input: PausePublishingInput,
    ) -> Result<PausePublishingPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            publishing::pause_publishing(context, input.target.into_domain()?, &input.reason).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(PausePublishingPayload { pause: row.map(|row| PublishingPause { op: op.clone(), row }), user_errors })
    }

    /// Ends a pause. What it held and nothing else holds is sent within a moment if it is still within the brand's grace; otherwise it
    /// becomes `MISSED`, so that nothing comes as a flood. For whoever may pause the same.
    async fn resume_publishing(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which pause.")] input: ResumePublishingInput,
    ) -> Result<ResumePublishingPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            publishing::resume_publishing(context, Kind::Pause.parse(&input.pause_id, "pauseId")?).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(ResumePublishingPayload { pause: row.map(|row| PublishingPause { op: op.clone(), row }), user_errors })
    }
}
