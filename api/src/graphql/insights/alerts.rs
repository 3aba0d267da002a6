//! Alerts of a brand's figures, and what was told of them.

use async_graphql::connection::Connection;
use async_graphql::{Context, Enum, ID, Object, Result};
use chrono::{DateTime, NaiveDate, Utc};
use diwan_domain::insights::alerts as domain;
use diwan_domain::strategy::text_of;
use diwan_domain::{Action, Context as Domain, Failure};
use diwan_entity::insights::{insight_alert, insight_alert_event};
use uuid::Uuid;

use super::figures::InsightKpi;
use crate::graphql::context::Op;
use crate::graphql::loaders::Loadable;
use crate::graphql::page::{Window, connection, cost};
use crate::graphql::publishing::SocialAccount;
use crate::graphql::scalars::Kind;
use crate::graphql::tenancy::{Brand, User};

/// Of what an alert tells.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "insight_alert::AlertKind")]
pub(super) enum InsightAlertKind {
    /// Of a figure above or below a threshold.
    Threshold,
    /// Of a figure that stands `BEHIND` the target of the strategy in the target's own period, so far.
    TargetMissed,
    /// Of a figure that is far from those of the same weekdays of the eight weeks before: more than 3.5 times their spread (the median of the
    /// distances from their median, times 1.4826). At least six of them must be known.
    Unusual,
}

/// On which side of a threshold a figure is told of.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "insight_alert::AlertBound")]
pub(super) enum InsightAlertBound {
    /// When it is more.
    Above,
    /// When it is less.
    Below,
}

/// How far an event has come.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "insight_alert_event::AlertEventState")]
enum InsightAlertEventState {
    /// People were told.
    Open,
    /// Somebody has seen it.
    Seen,
    /// The figure is back, or the alert was said anew.
    Cleared,
}

impl Loadable for insight_alert::Model {
    async fn load(context: &Domain, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        domain::insight_alerts_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Domain) -> bool {
        context.may(Action::MetricsRead, self.brand_id)
    }
}

impl Loadable for insight_alert_event::Model {
    async fn load(context: &Domain, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        domain::insight_alert_events_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Domain) -> bool {
        context.may(Action::MetricsRead, self.brand_id)
    }
}

/// What people want to be told of a figure. It is looked at each day, two hours after the brand's day has ended.
pub(super) struct InsightAlert {
    pub op: Op,
    pub row: insight_alert::Model,
    pub open: Option<insight_alert_event::Model>,
}

/// What people want to be told of a figure. It is looked at each day, two hours after the brand's day has ended.
#[Object]
impl InsightAlert {
    /// The alert's id.
    async fn id(&self) -> ID {
        Kind::InsightAlert.id(self.row.id)
    }
    /// What it is called.
    async fn name(&self) -> &str {
        &self.row.name
    }
    /// About which figure; null where the product does not have it any more.
    async fn kpi(&self) -> Option<InsightKpi> {
        InsightKpi::of_name(&self.row.kpi)
    }
    /// The account that it is about; null: the whole brand.
    async fn social_account(&self) -> Result<Option<SocialAccount>> {
        let Some(id) = self.row.social_account_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| SocialAccount { op: self.op.clone(), row }))
    }
    /// Of what it tells.
    async fn kind(&self) -> InsightAlertKind {
        self.row.kind.into()
    }
    /// On which side of the threshold; null for what has none.
    async fn bound(&self) -> Option<InsightAlertBound> {
        self.row.bound.map(Into::into)
    }
    /// The threshold, a decimal in the figure's own unit.
    async fn threshold(&self) -> Option<String> {
        self.row.threshold_micro.map(text_of)
    }
    /// The currency of the threshold of an amount.
    async fn currency(&self) -> Option<&str> {
        self.row.currency.as_deref()
    }
    /// How many days, up to the last that is over, the figure is of; null for a target, which has a period of its own.
    async fn window_days(&self) -> Option<i32> {
        self.row.window_days.map(i32::from)
    }
    /// Whether it is looked at.
    async fn enabled(&self) -> bool {
        self.row.enabled
    }
    /// Who is told, as far as the caller sees them. Whoever may not read the brand's numbers any more is told nothing.
    async fn recipients(&self) -> Result<Vec<User>> {
        let ids = self.row.recipient_ids.iter();
        let found = futures::future::try_join_all(ids.map(|id| self.op.load(*id))).await?;
        Ok(found.into_iter().flatten().map(|row| User { op: self.op.clone(), row }).collect())
    }
    /// Who looks after it, and is told where none of the others can be; null when the caller does not see that person.
    async fn owner(&self) -> Result<Option<User>> {
        Ok(self.op.load(self.row.owner_id).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// What it tells now: the event that is `OPEN` or `SEEN`; null while the figure is as it should be, or unknown.
    async fn current(&self) -> Option<InsightAlertEvent> {
        self.open.clone().map(|row| InsightAlertEvent { op: self.op.clone(), row })
    }
    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// Counts the changes; a change names the version from which it started.
    async fn version(&self) -> i32 {
        self.row.version
    }
    /// Its brand.
    async fn brand(&self) -> Result<Brand> {
        Ok(Brand { op: self.op.clone(), row: self.op.must_load(self.row.brand_id).await? })
    }
}

/// That a figure was as an alert describes: told once until it is back.
pub struct InsightAlertEvent {
    pub op: Op,
    pub row: insight_alert_event::Model,
}

/// That a figure was as an alert describes: told once until it is back.
#[Object]
impl InsightAlertEvent {
    /// The event's id.
    async fn id(&self) -> ID {
        Kind::InsightAlertEvent.id(self.row.id)
    }
    /// The alert. Its `current` is null here.
    async fn alert(&self) -> Result<InsightAlert> {
        let row = self.op.must_load(self.row.alert_id).await?;
        Ok(InsightAlert { op: self.op.clone(), row, open: None })
    }
    /// The last day that the figure is of, by the brand's clock.
    async fn day(&self) -> NaiveDate {
        self.row.day
    }
    /// When it was looked at.
    async fn raised_at(&self) -> DateTime<Utc> {
        self.row.raised_at
    }
    /// The figure: a decimal.
    async fn value(&self) -> String {
        domain::figures_of(&self.row).value
    }
    /// The threshold, what was due of the target, or the middle of the weeks before: a decimal.
    async fn expected(&self) -> String {
        domain::figures_of(&self.row).expected
    }
    /// Below which it is not as it should be; null: no limit there.
    async fn low(&self) -> Option<String> {
        domain::figures_of(&self.row).low
    }
    /// Above which it is not as it should be; null: no limit there.
    async fn high(&self) -> Option<String> {
        domain::figures_of(&self.row).high
    }
    /// The currency of an amount.
    async fn currency(&self) -> Option<&str> {
        self.row.currency.as_deref()
    }
    /// How far it has come.
    async fn state(&self) -> InsightAlertEventState {
        self.row.state.into()
    }
    /// Who has seen it; null while nobody has, and when the caller does not see that person.
    async fn seen_by(&self) -> Result<Option<User>> {
        let Some(id) = self.row.seen_by else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// When that was.
    async fn seen_at(&self) -> Option<DateTime<Utc>> {
        self.row.seen_at
    }
    /// When the figure was back, or the alert said anew.
    async fn cleared_at(&self) -> Option<DateTime<Utc>> {
        self.row.cleared_at
    }
}

/// Queries for alerts.
#[derive(Default)]
pub struct AlertQuery;

#[Object]
impl AlertQuery {
    /// The alerts of a brand, in the order in which they were made; never more than 50. For MID and above.
    #[graphql(complexity = "5 + 20 * child_complexity")]
    async fn insight_alerts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which brand.")] brand_id: ID,
    ) -> Result<Vec<InsightAlert>> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let rows = op.query(domain::insight_alerts(op, id).await)?;
        let shown = |shown: domain::ShownAlert| InsightAlert { op: op.clone(), row: shown.alert, open: shown.open };
        Ok(rows.into_iter().map(shown).collect())
    }

    /// What was told of a brand's figures, newest first. For MID and above.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "the four of a connection are among them")]
    async fn insight_alert_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which brand.")] brand_id: ID,
        #[graphql(desc = "Only what is not cleared.", default)] current_only: bool,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, InsightAlertEvent>> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let page = Window { first, after, last, before }.page()?;
        let id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let slice = op.query(domain::insight_alert_events(op, id, current_only, page).await)?;
        Ok(connection(slice, |row| row.id, |row| InsightAlertEvent { op: op.clone(), row }))
    }
}
