//! Making and changing alerts of a brand's figures.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use diwan_domain::insights::alerts::{self as domain, AlertRule};
use diwan_domain::{Code, Context as Domain, Failure, UserError};
use diwan_entity::insights::insight_alert;

use super::alerts::{InsightAlert, InsightAlertBound, InsightAlertEvent, InsightAlertKind};
use super::figures::InsightKpi;
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;

/// An alert, as it is written.
#[derive(InputObject)]
struct InsightAlertInput {
    /// What it is called, 1 to 200 characters: its notices begin with it.
    name: String,
    /// About which figure.
    kpi: InsightKpi,
    /// Of this account alone; of the whole brand unless given. Not of a target, nor of links, visits, conversions and costs.
    account_id: Option<ID>,
    /// Of what it tells.
    kind: InsightAlertKind,
    /// On which side of the threshold; of `THRESHOLD` alone.
    bound: Option<InsightAlertBound>,
    /// A decimal in the figure's own unit, with at most six digits behind the point; of `THRESHOLD` alone.
    threshold: Option<String>,
    /// The currency of the threshold of an amount, and of that alone.
    currency: Option<String>,
    /// How many days, up to the last that is over, 1 to 31; of all but `TARGET_MISSED`, which has the target's own period.
    window_days: Option<i32>,
    /// Whether it is looked at.
    #[graphql(default = true)]
    enabled: bool,
    /// Who is told: 1 to 20 of the brand's staff who may read its numbers.
    recipient_ids: Vec<ID>,
}

impl InsightAlertInput {
    fn into_domain(self) -> Result<AlertRule, Failure> {
        let account = self.account_id.as_ref().map(|id| Kind::Account.parse(id, "alert.accountId"));
        let recipients = self.recipient_ids.iter().map(|id| Kind::User.parse(id, "alert.recipientIds"));
        Ok(AlertRule {
            name: self.name,
            kpi: self.kpi.kpi().ok_or_else(|| UserError::at(Code::Invalid, "alert.kpi"))?,
            account_id: account.transpose()?,
            kind: self.kind.into(),
            bound: self.bound.map(Into::into),
            threshold: self.threshold,
            currency: self.currency,
            window_days: self.window_days,
            enabled: self.enabled,
            recipient_ids: recipients.collect::<Result<_, _>>()?,
        })
    }
}

/// An alert to make.
#[derive(InputObject)]
struct CreateInsightAlertInput {
    /// Of which brand.
    brand_id: ID,
    /// What it says.
    alert: InsightAlertInput,
}

/// The answer of `createInsightAlert`.
#[derive(SimpleObject)]
struct CreateInsightAlertPayload {
    /// The alert, when it was made.
    alert: Option<InsightAlert>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// An alert to say anew.
#[derive(InputObject)]
struct UpdateInsightAlertInput {
    /// Which.
    alert_id: ID,
    /// The version from which the change started.
    version: i32,
    /// What it says from now on, all of it.
    alert: InsightAlertInput,
}

/// The answer of `updateInsightAlert`.
#[derive(SimpleObject)]
struct UpdateInsightAlertPayload {
    /// The alert, when it was changed.
    alert: Option<InsightAlert>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// An alert to strike out.
#[derive(InputObject)]
struct DeleteInsightAlertInput {
    /// Which.
    alert_id: ID,
}

/// The answer of `deleteInsightAlert`.
#[derive(SimpleObject)]
struct DeleteInsightAlertPayload {
    /// The id of what was struck out.
    deleted_id: Option<ID>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// An event that was seen.
#[derive(InputObject)]
struct AcknowledgeInsightAlertEventInput {
    /// Which.
    event_id: ID,
}

/// The answer of `acknowledgeInsightAlertEvent`.
#[derive(SimpleObject)]
struct AcknowledgeInsightAlertEventPayload {
    /// The event, as it is now.
    event: Option<InsightAlertEvent>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// Of an alert that was just written nothing is told.
fn fresh(op: &Op, row: insight_alert::Model) -> InsightAlert {
    InsightAlert { op: op.clone(), row, open: None }
}

/// Mutations of alerts.
#[derive(Default)]
pub struct AlertMutation;

#[Object]
impl AlertMutation {
    /// Has a brand's figure looked at each day, and people told of it. For MID and above.
    async fn create_insight_alert(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The alert.")] input: CreateInsightAlertInput,
    ) -> Result<CreateInsightAlertPayload> {
        let op = Op::of(ctx)?;
        let CreateInsightAlertInput { brand_id, alert } = input;
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&brand_id, "brandId")?;
            domain::create_insight_alert(context, brand_id, alert.into_domain()?).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(CreateInsightAlertPayload { alert: row.map(|row| fresh(op, row)), user_errors })
    }

    /// Says an alert anew. An event that is open is cleared, since it was about what the alert said before. For MID and above.
    async fn update_insight_alert(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The alert and what it says.")] input: UpdateInsightAlertInput,
    ) -> Result<UpdateInsightAlertPayload> {
        let op = Op::of(ctx)?;
        let UpdateInsightAlertInput { alert_id, version, alert } = input;
        let command = async |context: &Domain| {
            let id = Kind::InsightAlert.parse(&alert_id, "alertId")?;
            domain::update_insight_alert(context, id, version, alert.into_domain()?).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(UpdateInsightAlertPayload { alert: row.map(|row| fresh(op, row)), user_errors })
    }

    /// Strikes an alert out, with its events. For MID and above.
    async fn delete_insight_alert(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The alert.")] input: DeleteInsightAlertInput,
    ) -> Result<DeleteInsightAlertPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let id = Kind::InsightAlert.parse(&input.alert_id, "alertId")?;
            domain::delete_insight_alert(context, id).await
        };
        let (id, user_errors) = op.command(command).await?;
        Ok(DeleteInsightAlertPayload { deleted_id: id.map(|id| Kind::InsightAlert.id(id)), user_errors })
    }

    /// Notes that an event was seen. It stays until the figure is back, and is told no second time. For MID and above.
    async fn acknowledge_insight_alert_event(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The event.")] input: AcknowledgeInsightAlertEventInput,
    ) -> Result<AcknowledgeInsightAlertEventPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let id = Kind::InsightAlertEvent.parse(&input.event_id, "eventId")?;
            domain::acknowledge_insight_alert_event(context, id).await
        };
        let (row, user_errors) = op.command(command).await?;
        let event = row.map(|row| InsightAlertEvent { op: op.clone(), row });
        Ok(AcknowledgeInsightAlertEventPayload { event, user_errors })
    }
}
