//! The host at which shared reports are read.

use async_graphql::{Context, Enum, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use diwan_domain::insights as domain;
use diwan_entity::insights::report_host;

use crate::graphql::context::Op;
use crate::graphql::error::Refused;

/// Whether the host is known to lead to this installation.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "report_host::ReportHostState")]
pub enum ReportHostState {
    /// It is looked at each ten minutes, for a week; once an hour for three days where it was proven and something else answers since. Links name
    /// the installation.
    Pending,
    /// It leads here: links to reports name it. It is looked at once a day.
    Proven,
    /// It did not lead here for a week, or for three days after it had. Set it again to have it looked at again.
    Failed,
}

/// What the last look at the host found.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "report_host::ReportHostTrouble")]
pub enum ReportHostTrouble {
    /// It did not answer over HTTPS: no such name, no connection, or no certificate that is good for it.
    Unreachable,
    /// Something else answers there, or the proxy does not pass on the name that was asked for.
    OtherAnswer,
}

/// The host of the agency's own at which its shared reports are read.
#[derive(SimpleObject)]
struct ReportHost {
    /// Its name, in ASCII (Punycode).
    host: String,
    /// Whether it is known to lead here.
    state: ReportHostState,
    /// What the last look found; null: nothing wrong, or none yet.
    trouble: Option<ReportHostTrouble>,
    /// When it was last found to lead here.
    proven_at: Option<DateTime<Utc>>,
    /// When it was last looked at.
    checked_at: Option<DateTime<Utc>>,
}

impl From<report_host::Model> for ReportHost {
    fn from(row: report_host::Model) -> Self {
        let report_host::Model { host, state, trouble, proven_at, checked_at, .. } = row;
        Self { host, state: state.into(), trouble: trouble.map(Into::into), proven_at, checked_at }
    }
}

/// A host to set.
#[derive(InputObject)]
struct SetReportHostInput {
    /// Its name, such as `reports.agency.example`, also in other scripts; null takes it away.
    host: Option<String>,
}

/// The answer of `setReportHost`.
#[derive(SimpleObject)]
struct SetReportHostPayload {
    /// The host that is set.
    host: Option<ReportHost>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// Queries for the host of shared reports.
#[derive(Default)]
pub struct ReportHostQuery;

#[Object]
impl ReportHostQuery {
    /// The host of the agency's own at which its shared reports are read; null: the installation's. For a CMO.
    async fn report_host(&self, ctx: &Context<'_>) -> Result<Option<ReportHost>> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let row = op.query(domain::report_host(op).await)?;
        Ok(row.map(Into::into))
    }
}

/// Mutations for the host of shared reports.
#[derive(Default)]
pub struct ReportHostMutation;

#[Object]
impl ReportHostMutation {
    /// Sets the host of the agency's own at which its shared reports are read, or takes it away. Links name it once it is found to lead here
    /// over HTTPS; those that were made before go on. For a CMO.
    async fn set_report_host(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The host.")] input: SetReportHostInput,
    ) -> Result<SetReportHostPayload> {
        let op = Op::of(ctx)?;
        let (row, user_errors) =
            op.command(async |context| domain::set_report_host(context, input.host.as_deref()).await).await?;
        Ok(SetReportHostPayload { host: row.flatten().map(Into::into), user_errors })
    }
}
