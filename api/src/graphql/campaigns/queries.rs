//! Queries for campaigns.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, InputObject, Object, Result};
use chrono::NaiveDate;
use diwan_domain::campaigns::{self, CampaignFilter};

use super::calculate::{CalculateCampaignInput, CampaignCalculation};
use super::types::{Campaign, CampaignState};
use crate::graphql::context::Op;
use crate::graphql::page::{Window, connection, cost};
use crate::graphql::scalars::Kind;

/// Which campaigns are wanted.
#[derive(InputObject, Default)]
struct CampaignFilterInput {
    /// In one of these states; in any when empty.
    #[graphql(default)]
    states: Vec<CampaignState>,
    /// Those that are not over before this day.
    from: Option<NaiveDate>,
    /// Those that have begun by this day.
    to: Option<NaiveDate>,
    /// Those that were put away, instead of those that were not.
    #[graphql(default)]
    archived: bool,
}

/// Queries for campaigns.
#[derive(Default)]
pub struct CampaignQuery;

#[Object]
impl CampaignQuery {
    /// The campaigns of a brand, newest first. For the agency's staff.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "a connection has four besides its own")]
    async fn campaigns(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which brand.")] brand_id: ID,
        #[graphql(desc = "Only these.")] filter: Option<CampaignFilterInput>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, Campaign>> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let page = Window { first, after, last, before }.page()?;
        let brand_id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let CampaignFilterInput { states, from, to, archived } = filter.unwrap_or_default();
        let filter = CampaignFilter { states: states.into_iter().map(Into::into).collect(), from, to, archived };
        let slice = op.query(campaigns::campaigns(op, brand_id, filter, page).await)?;
        Ok(connection(slice, |row| row.id, |row| Campaign { op: op.clone(), row }))
    }

    /// A dry run: what posts and a budget may bring, and what wanted results may cost, with every part that went in. Nothing is
    /// written. For MID and above.
    async fn calculate_campaign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is planned, and what is assumed.")] input: CalculateCampaignInput,
    ) -> Result<CampaignCalculation> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let wanted = op.query(input.into_domain())?;
        let found = op.query(campaigns::calculate_campaign(op, wanted).await)?;
        Ok(CampaignCalculation::of(op, found))
    }
}
