//! Queries for promotions.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, InputObject, Object, Result};
use diwan_domain::promotion::{self, BoostFilter};

use super::types::{AdBoost, AdBoostDay, AdBoostState};
use crate::graphql::context::Op;
use crate::graphql::page::{Window, connection, cost};
use crate::graphql::scalars::Kind;

/// Which promotions are wanted.
#[derive(InputObject, Default)]
struct AdBoostFilterInput {
    /// In one of these states; in any when empty.
    #[graphql(default)]
    states: Vec<AdBoostState>,
    /// For this campaign; for any or none when left out.
    campaign_id: Option<ID>,
    /// Of this post; of any or none when left out.
    post_id: Option<ID>,
}

/// Queries for promotions.
#[derive(Default)]
pub struct PromotionQuery;

#[Object]
impl PromotionQuery {
    /// The promotions of a brand, newest first. For MID and above.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "a connection has four besides its own")]
    async fn ad_boosts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which brand.")] brand_id: ID,
        #[graphql(desc = "Only these.")] filter: Option<AdBoostFilterInput>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, AdBoost>> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let page = Window { first, after, last, before }.page()?;
        let brand_id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let AdBoostFilterInput { states, campaign_id, post_id } = filter.unwrap_or_default();
        let parse = |kind: Kind, id: Option<ID>, field| op.query(id.map(|id| kind.parse(&id, field)).transpose());
        let filter = BoostFilter {
            states: states.into_iter().map(Into::into).collect(),
            campaign_id: parse(Kind::Campaign, campaign_id, "filter.campaignId")?,
            post_id: parse(Kind::Post, post_id, "filter.postId")?,
        };
        let slice = op.query(promotion::boosts(op, brand_id, filter, page).await)?;
        Ok(connection(slice, |row| row.id, |row| AdBoost { op: op.clone(), row }))
    }

    /// What was reported of the days of a promotion, what was first reported last first. For MID and above.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn ad_boost_days(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which promotion.")] boost_id: ID,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, AdBoostDay>> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let page = Window { first, after, last, before }.page()?;
        let id = op.query(Kind::AdBoost.parse(&boost_id, "boostId"))?;
        let (boost, slice) = op.query(promotion::boost_days(op, id, page).await)?;
        let shown = |row| AdBoostDay { op: op.clone(), row, currency: boost.currency.clone() };
        Ok(connection(slice, |row| row.id, shown))
    }
}
