//! Reading the directory and what brands have to do with it. Nothing is written.

use async_graphql::connection::Connection;
use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use chrono::NaiveDate;
use diwan_domain::influencers::{self as domain, FitCheck};
use uuid::Uuid;

use super::types::Influencer;
use super::work::{InfluencerOutreach, InfluencerResult, InfluencerShortlist};
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::page::{Window, connection, cost};
use crate::graphql::scalars::{Kind, Long};

/// Which influencers are wanted.
#[derive(InputObject, Default)]
struct InfluencerFilterInput {
    /// Whose name or handle holds this, in any case, up to 200 characters.
    search: Option<String>,
    /// Who has a profile on this network.
    network: Option<String>,
    /// Who has this tag.
    tag: Option<String>,
    /// Followed by at least so many on one profile: on `network`, where it is given. Where it is not known, nobody is found by numbers.
    followers_from: Option<Long>,
    /// Followed by at most so many there.
    followers_to: Option<Long>,
    /// Those who were put away, instead of those who were not.
    #[graphql(default)]
    archived: bool,
}

impl From<InfluencerFilterInput> for domain::InfluencerFilter {
    fn from(input: InfluencerFilterInput) -> Self {
        Self {
            search: input.search,
            network: input.network,
            tag: input.tag,
            followers_from: input.followers_from.map(|Long(number)| number),
            followers_to: input.followers_to.map(|Long(number)| number),
            archived: input.archived,
        }
    }
}

/// Something that is looked at to tell whether an influencer fits a brand.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "FitCheck")]
enum InfluencerFitCheck {
    /// Whether they named advertising as such before.
    Disclosure,
    /// Whether they speak a language of the brand.
    Language,
    /// Whether their public is where the brand wants to be heard.
    Market,
}

/// How an influencer fits a brand.
#[derive(SimpleObject)]
struct InfluencerFit {
    /// What speaks against them: `INFLUENCER_BLOCKED`, `INFLUENCER_EXCLUSIVE`, `INFLUENCER_UNDISCLOSED`, `INFLUENCER_LANGUAGE`,
    /// `INFLUENCER_MARKET`.
    warnings: Vec<Refused>,
    /// What could not be told, since nothing is known.
    unknown: Vec<InfluencerFitCheck>,
}

/// Queries for influencers.
#[derive(Default)]
pub struct InfluencerQuery;

fn whom(op: &Op, id: Option<&ID>) -> Result<Option<Uuid>> {
    id.map(|id| op.query(Kind::Influencer.parse(id, "influencerId"))).transpose()
}

#[Object]
impl InfluencerQuery {
    /// The influencers whom a brand has, who was added last first. Without a brand: the whole directory, for DIRECTOR and above,
    /// agency-wide.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "a filter, and the four arguments of a connection")]
    async fn influencers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose; everybody's when left out.")] brand_id: Option<ID>,
        #[graphql(desc = "Which of them.")] filter: Option<InfluencerFilterInput>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, Influencer>> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let page = Window { first, after, last, before }.page()?;
        let brand = brand_id.map(|id| op.query(Kind::Brand.parse(&id, "brandId"))).transpose()?;
        let filter = filter.unwrap_or_default().into();
        let slice = op.query(domain::influencers(op, brand, &filter, page).await)?;
        Ok(connection(slice, |row| row.id, |row| Influencer { op: op.clone(), row }))
    }

    /// How an influencer fits a brand, as far as it is known. Nothing is written. For the agency's staff.
    async fn influencer_fit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which brand.")] brand_id: ID,
        #[graphql(desc = "Who.")] influencer_id: ID,
        #[graphql(
            desc = "Where the brand wants to be heard, ISO 3166-1 alpha-2, up to 50; not looked at when empty.",
            default
        )]
        markets: Vec<String>,
    ) -> Result<InfluencerFit> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let brand = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let who = op.query(Kind::Influencer.parse(&influencer_id, "influencerId"))?;
        let fit = op.query(domain::influencer_fit(op, (brand, who), &markets).await)?;
        let warnings = fit.warnings.iter().map(|warning| Refused::new(op.locale(), warning));
        Ok(InfluencerFit { warnings: warnings.collect(), unknown: fit.unknown.into_iter().map(Into::into).collect() })
    }

    /// The shortlists of a brand, newest first. For the agency's staff.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "a filter, and the four arguments of a connection")]
    async fn influencer_shortlists(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which brand.")] brand_id: ID,
        #[graphql(desc = "Those that were put away, instead of those that were not.", default)] archived: bool,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, InfluencerShortlist>> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let page = Window { first, after, last, before }.page()?;
        let brand = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let slice = op.query(domain::shortlists(op, brand, archived, page).await)?;
        Ok(connection(slice, |row| row.id, |row| InfluencerShortlist { op: op.clone(), row }))
    }

    /// What was said to influencers for a brand, what was written down last first. For the agency's staff.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "a filter, and the four arguments of a connection")]
    async fn influencer_outreach(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "For which brand.")] brand_id: ID,
        #[graphql(desc = "To whom; to anybody when left out.")] influencer_id: Option<ID>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, InfluencerOutreach>> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let page = Window { first, after, last, before }.page()?;
        let brand = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let about = (brand, whom(op, influencer_id.as_ref())?);
        let slice = op.query(domain::outreach(op, about, page).await)?;
        Ok(connection(slice, |row| row.id, |row| InfluencerOutreach { op: op.clone(), row }))
    }

    /// What is to be followed up in a brand by a day, the longest overdue first; at most 200. For the agency's staff.
    #[graphql(complexity = "1 + 50 * child_complexity")]
    async fn influencer_follow_ups(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "In which brand.")] brand_id: ID,
        #[graphql(desc = "By the end of which day.")] by: NaiveDate,
    ) -> Result<Vec<InfluencerOutreach>> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let brand = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let rows = op.query(domain::follow_ups(op, brand, by).await)?;
        Ok(rows.into_iter().map(|row| InfluencerOutreach { op: op.clone(), row }).collect())
    }

    /// What influencers brought a brand, what was recorded last first. For the agency's staff.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "a filter, and the four arguments of a connection")]
    async fn influencer_results(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which brand.")] brand_id: ID,
        #[graphql(desc = "Who; anybody when left out.")] influencer_id: Option<ID>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, InfluencerResult>> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let page = Window { first, after, last, before }.page()?;
        let brand = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let about = (brand, whom(op, influencer_id.as_ref())?);
        let slice = op.query(domain::results(op, about, page).await)?;
        Ok(connection(slice, |row| row.id, |row| InfluencerResult { op: op.clone(), row }))
    }
}
