//! Which post to advertise next.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use diwan_domain::campaigns::LEAST_SAMPLES;
use diwan_domain::promotion::{self as domain, Candidate, Reason};
use diwan_entity::calendar::post;
use diwan_entity::publishing::{publication, social_account};
use uuid::Uuid;

use crate::graphql::calendar::Post;
use crate::graphql::context::Op;
use crate::graphql::page::cost;
use crate::graphql::publishing::{Publication, SocialAccount};
use crate::graphql::scalars::{Kind, Long};

/// By what engagement is divided.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "domain::Basis", name = "EngagementBasis")]
pub enum EngagementBasis {
    /// Those whom the publication reached.
    Reach,
    /// How often it was seen.
    Views,
    /// The account's followers, as the newest number says.
    Followers,
}

/// What speaks for or against a candidate.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
pub enum PromotionReasonCode {
    /// `value`: how many times its account's median its engagement rate is.
    AboveMedian,
    /// Its account's median is 0, and its rate is more.
    AboveNothing,
    /// `value`: how many whole days old it is.
    Age,
    /// `value`: of how many publications the median is.
    SampleSize,
    /// `value`: how often it was advertised on this account.
    AlreadyAdvertised,
    /// Whoever made a file of it has not allowed advertising with it there now. It is not to be advertised.
    GrantForbids,
    /// A file of it may not be used now. It is not to be advertised.
    RightsForbid,
}

/// What speaks for or against a candidate.
#[derive(SimpleObject)]
pub struct PromotionReason {
    /// What.
    code: PromotionReasonCode,
    /// The number of it, as the code says; null where it has none.
    value: Option<f64>,
}

impl From<Reason> for PromotionReason {
    #[expect(clippy::cast_precision_loss, reason = "days and publications are far below 2^52")]
    fn from(reason: Reason) -> Self {
        use PromotionReasonCode as Told;
        let (code, value) = match reason {
            Reason::AboveMedian(times) => (Told::AboveMedian, Some(times)),
            Reason::AboveNothing => (Told::AboveNothing, None),
            Reason::Age(days) => (Told::Age, Some(days as f64)),
            Reason::Samples(publications) => (Told::SampleSize, Some(publications as f64)),
            Reason::Advertised(times) => (Told::AlreadyAdvertised, Some(times as f64)),
            Reason::NotGranted => (Told::GrantForbids, None),
            Reason::OutsideItsTerm => (Told::RightsForbid, None),
        };
        Self { code, value }
    }
}

/// A publication that might be advertised.
pub struct PromotionCandidate {
    op: Op,
    found: Candidate,
}

/// A publication that might be advertised, with what speaks for it and against it.
#[Object]
impl PromotionCandidate {
    /// The post; null when the caller does not see it.
    async fn post(&self) -> Result<Option<Post>> {
        let row = self.op.load::<post::Model>(self.found.post_id).await?;
        Ok(row.map(|row| Post { op: self.op.clone(), row }))
    }
    /// The publication; null when the caller does not see it.
    async fn publication(&self) -> Result<Option<Publication>> {
        let row = self.op.load::<publication::Model>(self.found.publication_id).await?;
        Ok(row.map(|row| Publication { op: self.op.clone(), row }))
    }
    /// On which account.
    async fn account(&self) -> Result<Option<SocialAccount>> {
        account(&self.op, self.found.account_id).await
    }
    /// Its engagement rate: likes, reposts, replies, quotes and bookmarks by one of the basis, before anything was paid for it.
    async fn engagement_rate(&self) -> f64 {
        self.found.rate
    }
    /// The median of the engagement rates of its account's publications.
    async fn account_median(&self) -> f64 {
        self.found.median
    }
    /// By what engagement is divided, for all publications of the account.
    async fn basis(&self) -> EngagementBasis {
        self.found.basis.into()
    }
    /// Whether a reason forbids to advertise it.
    async fn forbidden(&self) -> bool {
        self.found.reasons.iter().any(|reason| reason.forbids())
    }
    /// What speaks for it and against it.
    async fn reasons(&self) -> Vec<PromotionReason> {
        self.found.reasons.iter().copied().map(Into::into).collect()
    }
}

async fn account(op: &Op, id: Uuid) -> Result<Option<SocialAccount>> {
    Ok(op.load::<social_account::Model>(id).await?.map(|row| SocialAccount { op: op.clone(), row }))
}

/// An account of which nothing can be said, since too few of its publications have the numbers.
pub struct AccountWithoutMedian {
    op: Op,
    found: domain::Untold,
}

/// An account of which nothing can be said, since too few of its publications have the numbers.
#[Object]
impl AccountWithoutMedian {
    /// Which account.
    async fn account(&self) -> Result<Option<SocialAccount>> {
        account(&self.op, self.found.account_id).await
    }
    /// How many of its publications have the numbers.
    async fn publications(&self) -> Long {
        Long(self.found.publications)
    }
    /// How many are needed.
    async fn needed(&self) -> Long {
        Long(LEAST_SAMPLES)
    }
}

/// Which posts to advertise next.
#[derive(SimpleObject)]
pub struct PromotionCandidates {
    /// The best first: what may be advertised, what was not advertised yet, what is furthest above the median of its account.
    candidates: Vec<PromotionCandidate>,
    /// Accounts with publications of which nothing can be said.
    too_few: Vec<AccountWithoutMedian>,
}

/// The query for what to advertise next.
#[derive(Default)]
pub struct PromotionCandidateQuery;

#[Object]
impl PromotionCandidateQuery {
    /// Which posts to advertise next: publications of the last 30 days that are at least two days old, and whose organic engagement rate
    /// is above the median of their own account's publications of 90 days; an account with fewer than ten of those has none. For MID and above.
    #[graphql(complexity = "cost(Some(first), None, child_complexity)")]
    async fn promotion_candidates(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which brand.")] brand_id: ID,
        #[graphql(desc = "How many candidates, 1 to 50.")] first: i32,
    ) -> Result<PromotionCandidates> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let brand_id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let first = usize::try_from(first).unwrap_or_default();
        let told = op.query(domain::promotion_candidates(op, brand_id, first).await)?;
        let candidates = told.candidates.into_iter().map(|found| PromotionCandidate { op: op.clone(), found });
        let too_few = told.untold.into_iter().map(|found| AccountWithoutMedian { op: op.clone(), found });
        Ok(PromotionCandidates { candidates: candidates.collect(), too_few: too_few.collect() })
    }
}
