//! Queries for conversions, their endpoints and imports, and what they are credited to.

use async_graphql::connection::Connection;
use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use diwan_domain::strategy::text_of;
use diwan_domain::tracking::{self as domain, Asked, By, ConversionFilter, Credited, Key, Model};

use super::conversion_mutations::ConversionImport;
use super::conversions::{Conversion, ConversionKind};
use super::endpoints::ConversionEndpoint;
use super::links::TrackedLink;
use crate::graphql::approvals::Money;
use crate::graphql::calendar::Post;
use crate::graphql::campaigns::Campaign;
use crate::graphql::context::Op;
use crate::graphql::page::{Window, connection, cost};
use crate::graphql::scalars::{Kind, Long};

/// How a conversion is credited to the links that were followed before it.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "Model")]
pub enum AttributionModel {
    /// The earliest has all of it.
    FirstTouch,
    /// The latest has all of it.
    LastTouch,
    /// Each has an equal part, in whole minor units; what is left over goes to the earliest, one unit each.
    Linear,
}

/// What is credited.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "By")]
pub enum AttributionBy {
    /// Each link.
    Link,
    /// The campaigns of the links.
    Campaign,
    /// The posts of the links.
    Post,
    /// The sources that the links name (`utm_source`).
    Source,
}

/// What something is credited with.
pub struct AttributedShare {
    op: Op,
    by: AttributionBy,
    credited: Credited,
}

impl AttributedShare {
    fn id_if(&self, by: AttributionBy) -> Option<uuid::Uuid> {
        match self.credited.key {
            Key::Id(id) if self.by == by => Some(id),
            Key::Id(_) | Key::Source(_) | Key::None => None,
        }
    }
}

/// What something is credited with: by the model that the answer names.
#[Object]
impl AttributedShare {
    /// The link, where links are credited.
    async fn link(&self) -> Result<Option<TrackedLink>> {
        let Some(id) = self.id_if(AttributionBy::Link) else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| TrackedLink { op: self.op.clone(), row }))
    }
    /// The campaign, where campaigns are credited; null for links of none.
    async fn campaign(&self) -> Result<Option<Campaign>> {
        let Some(id) = self.id_if(AttributionBy::Campaign) else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| Campaign { op: self.op.clone(), row }))
    }
    /// The post, where posts are credited; null for links of none.
    async fn post(&self) -> Result<Option<Post>> {
        let Some(id) = self.id_if(AttributionBy::Post) else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| Post { op: self.op.clone(), row }))
    }
    /// The source, where sources are credited; null for links that name none.
    async fn source(&self) -> Option<&str> {
        match &self.credited.key {
            Key::Source(source) => Some(source),
            Key::Id(_) | Key::None => None,
        }
    }
    /// How many conversions it has a part in. By `LINEAR` a conversion may be counted with several.
    async fn conversions(&self) -> Long {
        Long(self.credited.conversions)
    }
    /// Its parts of conversions, as a decimal with at most six digits behind the point: with those of the others, and with what is
    /// unattributed, exactly the total.
    async fn credit(&self) -> String {
        text_of(self.credited.credit_millionths)
    }
    /// Its parts of their values, once for each currency; empty where none of them has a value.
    async fn values(&self) -> Vec<Money> {
        let money = |money: &diwan_domain::approvals::Money| Money {
            minor: Long(money.minor),
            currency: money.currency.clone(),
        };
        self.credited.values.iter().map(money).collect()
    }
}

/// What a period's conversions are credited to.
#[derive(SimpleObject)]
struct Attribution {
    /// By which model every figure is.
    model: AttributionModel,
    /// What is credited.
    by: AttributionBy,
    /// The first day, by the brand's clock.
    from: NaiveDate,
    /// The last day, which is part of it.
    to: NaiveDate,
    /// Those that are credited, most credit first; at most 1000.
    shares: Vec<AttributedShare>,
    /// Conversions that no link led to, or whose sender named none.
    unattributed: AttributedShare,
    /// All conversions of the period: exactly the sum of the shares and of what is unattributed.
    total: AttributedShare,
}

/// Which conversions are wanted.
#[derive(InputObject, Default)]
struct ConversionFilterInput {
    /// Of one of these kinds; of any when empty.
    #[graphql(default)]
    kinds: Vec<ConversionKind>,
    /// From this source, 1 to 100 characters.
    source: Option<String>,
    /// That happened at this moment or later.
    from: Option<DateTime<Utc>>,
    /// That happened before this moment.
    to: Option<DateTime<Utc>>,
}

/// What an attribution is asked for.
#[derive(InputObject)]
struct AttributionInput {
    /// Of which brand.
    brand_id: ID,
    /// The first day, by the brand's clock.
    from: NaiveDate,
    /// The last day, which is part of it; at most 1100 days in all.
    to: NaiveDate,
    /// By which model.
    model: AttributionModel,
    /// What is credited.
    by: AttributionBy,
    /// Only conversions of these kinds; of any when empty.
    #[graphql(default)]
    kinds: Vec<ConversionKind>,
}

/// Queries for conversions.
#[derive(Default)]
pub struct ConversionQuery;

#[Object]
impl ConversionQuery {
    /// The conversions of a brand, those that were recorded last first. For MID and above.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "a connection has four besides its own")]
    async fn conversions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which brand.")] brand_id: ID,
        #[graphql(desc = "Only these.")] filter: Option<ConversionFilterInput>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, Conversion>> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let page = Window { first, after, last, before }.page()?;
        let brand_id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let ConversionFilterInput { kinds, source, from, to } = filter.unwrap_or_default();
        let filter = ConversionFilter { kinds: kinds.into_iter().map(Into::into).collect(), source, from, to };
        let slice = op.query(domain::conversions(op, brand_id, filter, page).await)?;
        Ok(connection(slice, |row| row.id, |row| Conversion { op: op.clone(), row }))
    }

    /// What a brand's conversions of a period are credited to, by a model of choice. For MID and above.
    #[graphql(complexity = "20 + 20 * child_complexity")]
    async fn attribution(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is asked.")] input: AttributionInput,
    ) -> Result<Attribution> {
        let op = Op::of(ctx)?;
        let AttributionInput { brand_id, from, to, model, by, kinds } = input;
        let brand_id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let kinds = kinds.into_iter().map(Into::into).collect();
        let asked = Asked { brand_id, from, to, model: model.into(), by: by.into(), kinds };
        let domain::Attribution { credited, unattributed, total } = op.query(domain::attribution(op, asked).await)?;
        let share = |credited| AttributedShare { op: op.clone(), by, credited };
        let (unattributed, total) = (share(unattributed), share(total));
        Ok(Attribution { model, by, from, to, shares: credited.into_iter().map(share).collect(), unattributed, total })
    }

    /// The endpoints of a brand to which servers send conversions, in the order in which they were made, up to 20. For SENIOR and above.
    #[graphql(complexity = "1 + 20 * child_complexity")]
    async fn conversion_endpoints(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which brand.")] brand_id: ID,
    ) -> Result<Vec<ConversionEndpoint>> {
        let op = Op::of(ctx)?;
        let brand_id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let rows = op.query(domain::conversion_endpoints(op, brand_id).await)?;
        Ok(rows.into_iter().map(|row| ConversionEndpoint { op: op.clone(), row }).collect())
    }

    /// What came of a file of conversions. For MID and above.
    async fn conversion_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which import.")] id: ID,
    ) -> Result<ConversionImport> {
        let op = Op::of(ctx)?;
        let id = op.query(Kind::ConversionImport.parse(&id, "id"))?;
        let row = op.query(domain::conversion_import(op, id).await)?;
        Ok(ConversionImport { op: op.clone(), row })
    }
}
