//! The posts that did best, or least well, and what they have in common, as the API shows them.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use chrono::NaiveDate;
use diwan_domain::insights::Period;
use diwan_domain::insights::explore::{self as domain, AskedRanking, Trait};
use diwan_domain::insights::kpi::Kpi;
use diwan_domain::{Code, Failure, UserError};

use super::explore::{ExploreFigure, ExploreFilterInput, brands, filters, text_of};
use crate::graphql::context::Op;
use crate::graphql::publishing::Publication;
use crate::graphql::scalars::{Kind, Long};

/// A number that a single post has.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
enum PostMetric {
    /// How many people or accounts saw it.
    Reach,
    /// How often it was seen, as its network counts it.
    Views,
    /// Likes, reposts, replies, quotes and bookmarks.
    Interactions,
    /// Interactions by the followers that the account had at the end of the period, in hundredths.
    EngagementRateByFollowers,
    /// Interactions by reach, in hundredths.
    EngagementRateByReach,
}

/// In what posts may be alike.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "Trait")]
enum PostTrait {
    /// The kind of content: `TEXT`, `LINK`, `IMAGE`, `CAROUSEL` or `VIDEO`.
    ContentType,
    /// The day of the week by the brand's clock: 1 is Monday, 7 is Sunday.
    Weekday,
    /// Six hours of the day by the brand's clock: `NIGHT` from midnight on, `MORNING`, `AFTERNOON`, `EVENING`.
    PartOfDay,
    /// The content pillar, by its id. Told to whoever may read the strategy.
    Pillar,
    /// The network.
    Network,
    /// Whether there is a link: `YES`.
    Link,
    /// How many hashtags: `NONE`, `FEW` (1 to 3) or `MANY`.
    Hashtags,
    /// How long the text is: `SHORT` (up to 100 characters), `MEDIUM` (up to 280) or `LONG`.
    Length,
}

/// Which posts are asked for.
#[derive(InputObject)]
pub(super) struct RankedPostsInput {
    /// Of which brands, 1 to 20, each once.
    brand_ids: Vec<ID>,
    /// The first day, by each brand's clock; not after today.
    from: NaiveDate,
    /// The last day, which is part of it; at most 1100 days in all.
    to: NaiveDate,
    /// By which number.
    metric: PostMetric,
    /// Of which posts alone; all of them must be true.
    #[graphql(default)]
    filters: Vec<ExploreFilterInput>,
    /// How many, 1 to 50.
    #[graphql(default = 10)]
    pub(super) first: i32,
}

/// A post in its place.
struct RankedPost {
    op: Op,
    row: domain::RankedPost,
}

/// A post in its place.
#[Object]
impl RankedPost {
    /// The publication.
    async fn publication(&self) -> Result<Option<Publication>> {
        let row = self.op.load(self.row.publication_id).await?;
        Ok(row.map(|row| Publication { op: self.op.clone(), row }))
    }
    /// Its place, from 1 on. Of equals the newest is first.
    async fn place(&self) -> Long {
        Long(self.row.place)
    }
    /// Its numbers.
    async fn figures(&self) -> Vec<ExploreFigure> {
        self.row.figures.iter().cloned().filter_map(ExploreFigure::of).collect()
    }
}

/// Something that these posts have more, or less, often than all posts of the period that have the number. They go together, which does
/// not say that one is because of the other.
#[derive(SimpleObject)]
struct SharedTrait {
    /// In what they are alike.
    of: PostTrait,
    /// What they have.
    key: String,
    /// What that is called, where it has a name of its own.
    label: Option<String>,
    /// How many of these posts have it.
    posts: Long,
    /// The same in hundredths: a decimal of at most four digits behind the point.
    share: String,
    /// How many of all posts have it, these among them.
    posts_of_all: Long,
    /// The same in hundredths.
    share_of_all: String,
    /// How probable it would be by chance alone, by Fisher's exact test of both sides, raised by Holm's procedure for how many traits were
    /// looked at. Below 0.05, or it is not told.
    probability: f64,
}

/// Posts in the order of a number.
pub(super) struct RankedPosts {
    op: Op,
    found: domain::Ranking,
}

/// Posts in the order of a number.
#[Object]
impl RankedPosts {
    /// The first of them.
    async fn posts(&self) -> Vec<RankedPost> {
        self.found.posts.iter().map(|row| RankedPost { op: self.op.clone(), row: row.clone() }).collect()
    }
    /// How many publications went out.
    async fn posts_in_all(&self) -> Long {
        Long(self.found.in_all)
    }
    /// How many of them have the number: the others have no place.
    async fn counted(&self) -> Long {
        Long(self.found.counted)
    }
    /// The networks of these others.
    async fn missing_networks(&self) -> Vec<String> {
        self.found.missing_networks.clone()
    }
    /// Whether there are enough to say what is in common: at least 20 posts with the number, and at least 5 and at most half of them in
    /// `posts`.
    async fn compared(&self) -> bool {
        self.found.compared
    }
    /// What these posts have in common, beyond what chance gives, the surest first: a correlation, not a cause. Of traits that at least 5 posts
    /// have, and at least 5 have not.
    async fn shared(&self) -> Vec<SharedTrait> {
        let kind = |of: Trait| (of == Trait::Pillar).then_some(Kind::Pillar);
        let told = self.found.shared.iter().map(|shared| SharedTrait {
            of: shared.of.into(),
            key: text_of(kind(shared.of), &shared.key),
            label: shared.label.clone(),
            posts: Long(shared.among),
            share: shared.share.clone(),
            posts_of_all: Long(shared.among_all),
            share_of_all: shared.share_of_all.clone(),
            probability: shared.probability,
        });
        told.collect()
    }
}

impl RankedPostsInput {
    fn into_domain(self, best: bool) -> Result<AskedRanking, Failure> {
        Ok(AskedRanking {
            brand_ids: brands(&self.brand_ids)?,
            period: Period { from: self.from, to: self.to },
            metric: match self.metric {
                PostMetric::Reach => Kpi::Reach,
                PostMetric::Views => Kpi::Views,
                PostMetric::Interactions => Kpi::Interactions,
                PostMetric::EngagementRateByFollowers => Kpi::EngagementRateByFollowers,
                PostMetric::EngagementRateByReach => Kpi::EngagementRateByReach,
            },
            filters: filters(self.filters)?,
            most: usize::try_from(self.first).map_err(|_| UserError::at(Code::Invalid, "first"))?,
            best,
        })
    }
}

/// What ranked posts cost: going through the posts of a period counts as much as a hundred fields.
pub(super) fn cost(first: i32, child: usize) -> usize {
    let most = i32::try_from(domain::MOST_RANKED).unwrap_or(i32::MAX);
    100 + usize::try_from(first.clamp(1, most)).unwrap_or(1) * child
}

/// The posts that did best, or least well.
pub(super) async fn ranked(ctx: &Context<'_>, input: RankedPostsInput, best: bool) -> Result<RankedPosts> {
    let op = Op::of(ctx)?;
    op.query(op.signed_in())?;
    let asked = op.query(input.into_domain(best))?;
    let found = op.query(domain::ranked_posts(op, asked).await)?;
    Ok(RankedPosts { op: op.clone(), found })
}
