//! Templates of reports, and how reports look.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use diwan_domain::insights::kpi::{Formula, Kpi};
use diwan_domain::insights::reports::{self as domain, ReportBlock as Kept, ReportLook as Look};
use diwan_domain::{Action, Context as Domain, Failure};
use diwan_entity::insights::{report_look, report_template};
use uuid::Uuid;

use super::figures::InsightKpi;
use crate::graphql::context::Op;
use crate::graphql::loaders::Loadable;
use crate::graphql::media::Asset;
use crate::graphql::scalars::Kind;
use crate::graphql::tenancy::{Brand, User};

/// For whom a report is. What is for clients holds nothing that is internal.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "report_template::ReportAudience")]
pub enum ReportAudience {
    /// Those who do the work.
    Team,
    /// Those who lead it.
    Management,
    /// Those who pay for it: no notes, nothing of who did what, and no costs unless a block says so.
    Client,
}

/// What a block of a report is.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "domain::BlockKind")]
enum ReportBlockKind {
    /// The period in short, as somebody writes it for the report.
    Summary,
    /// KPIs beside those of the other period.
    Figures,
    /// A chart of one KPI.
    Chart,
    /// When posts did best: each hour of the week.
    HeatMap,
    /// The posts that did best, with their pictures.
    TopPosts,
    /// The posts that did least well.
    BottomPosts,
    /// Who follows the accounts or sees what they publish, as far as networks tell it: by age, gender, country and city. Where any of it is of
    /// viewers, their networks are named, and shares alone are told.
    Audience,
    /// Messages under the posts, how many were answered and how soon, the share of voice, and the posts that were most spoken about: without
    /// names or texts of those who wrote. The share of voice names the monitors that are compared, competitors as well, to whomever the report is
    /// for, and tells on how many days mentions were not counted in full. For whoever may read the community.
    Community,
    /// Campaigns of the period and what they brought.
    Campaigns,
    /// Budgets as they stand; for those who may read them.
    Budgets,
    /// Who of the team brought what forward; of the level of whoever asks, and below.
    Progress,
    /// What is for the agency alone.
    Notes,
    /// What comes next.
    NextSteps,
}

/// What stands along the axis of a chart.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "domain::ChartBy")]
enum ReportChartAxis {
    /// Days, of a period of up to 62 of them; months of a longer one.
    Time,
    /// The brand's accounts.
    Account,
    /// Networks.
    Network,
    /// Campaigns.
    Campaign,
    /// Content pillars.
    Pillar,
    /// Kinds of content.
    ContentType,
    /// Days of the week.
    Weekday,
}

/// The letters of a report.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "report_look::ReportTypeface")]
pub(super) enum ReportTypeface {
    /// Without serifs.
    Sans,
    /// With serifs; Naskh for Arabic letters.
    Serif,
}

fn kpi_of(kpi: InsightKpi) -> Option<Kpi> {
    Formula::ALL.into_iter().map(|formula| formula.kpi).find(|known| InsightKpi::of(*known) == kpi)
}

/// A block of a report, with what is said beside its kind.
#[derive(SimpleObject)]
struct ReportBlock {
    /// What it is.
    kind: ReportBlockKind,
    /// Of `FIGURES`: which KPIs, in this order; all that there are when empty.
    kpis: Vec<InsightKpi>,
    /// Of a chart, a heat map and posts: by which KPI.
    metric: Option<InsightKpi>,
    /// Of a chart: what stands along its axis.
    by: Option<ReportChartAxis>,
    /// Of posts: how many.
    count: Option<i32>,
    /// Of `SUMMARY`: whether a program may write it where nobody did.
    machine: bool,
    /// Of `FIGURES`, `CAMPAIGNS` and `BUDGETS` for clients: whether they see costs and what follows from them.
    amounts: bool,
}

impl ReportBlock {
    fn of(block: &Kept) -> Self {
        Self {
            kind: block.kind.into(),
            kpis: block.kpis.iter().map(|kpi| InsightKpi::of(*kpi)).collect(),
            metric: block.metric.map(InsightKpi::of),
            by: block.by.map(Into::into),
            count: block.count,
            machine: block.machine,
            amounts: block.amounts,
        }
    }
}

/// A block of a report.
#[derive(InputObject)]
pub(super) struct ReportBlockInput {
    /// What it is.
    kind: ReportBlockKind,
    /// Of `FIGURES` alone: which KPIs, each once, in this order; all that there are when empty.
    #[graphql(default)]
    kpis: Vec<InsightKpi>,
    /// Of `CHART`: publications, reach, views, interactions, interactions per post or an engagement rate. Of `TOP_POSTS` and
    /// `BOTTOM_POSTS`: reach, views, interactions or an engagement rate. Of `HEAT_MAP`: interactions per post.
    metric: Option<InsightKpi>,
    /// Of `CHART` alone: what stands along its axis.
    by: Option<ReportChartAxis>,
    /// Of `TOP_POSTS` and `BOTTOM_POSTS` alone: how many, 1 to 50; at most 100 in all blocks together.
    count: Option<i32>,
    /// Of `SUMMARY` alone: whether a program may write it where nobody did, if the operator has set one up. It gets figures of the report,
    /// and neither names nor texts; the report says who wrote it.
    #[graphql(default)]
    machine: bool,
    /// Of `FIGURES`, `CAMPAIGNS` and `BUDGETS` for clients: whether they see costs and what follows from them. For SENIOR and above to
    /// say.
    #[graphql(default)]
    amounts: bool,
}

impl ReportBlockInput {
    pub(super) fn into_domain(self) -> Kept {
        Kept {
            kind: self.kind.into(),
            kpis: self.kpis.into_iter().filter_map(kpi_of).collect(),
            metric: self.metric.and_then(kpi_of),
            by: self.by.map(Into::into),
            count: self.count,
            machine: self.machine,
            amounts: self.amounts,
        }
    }
}

/// What reports of a kind hold, in which order, and for whom they are.
pub struct ReportTemplate {
    pub op: Op,
    pub row: report_template::Model,
}

/// What reports of a kind hold, in which order, and for whom they are.
#[Object]
impl ReportTemplate {
    /// The template's id.
    pub async fn id(&self) -> ID {
        Kind::ReportTemplate.id(self.row.id)
    }
    /// What it is called.
    async fn name(&self) -> &str {
        &self.row.name
    }
    /// For whom its reports are.
    async fn audience(&self) -> ReportAudience {
        self.row.audience.into()
    }
    /// What they hold, in reading order.
    async fn blocks(&self) -> Result<Vec<ReportBlock>> {
        let blocks = self.op.query(domain::blocks_of(&self.row.blocks))?;
        Ok(blocks.iter().map(ReportBlock::of).collect())
    }
    /// Who wrote it first; null when the caller does not see that person.
    async fn created_by(&self) -> Result<Option<User>> {
        Ok(self.op.load(self.row.created_by).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// When it was written first.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }
    /// When it was put away; null while it was not.
    async fn archived_at(&self) -> Option<DateTime<Utc>> {
        self.row.archived_at
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

impl Loadable for report_template::Model {
    async fn load(context: &Domain, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        domain::report_templates_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Domain) -> bool {
        context.may(Action::ReportRun, self.brand_id)
    }
}

/// A template that is built in: every brand has it, and nobody changes it.
#[derive(SimpleObject)]
struct BuiltInReportTemplate {
    /// For whom its reports are.
    audience: ReportAudience,
    /// What they hold, in reading order.
    blocks: Vec<ReportBlock>,
}

/// The templates of which a brand's reports can be made.
#[derive(SimpleObject)]
struct ReportTemplates {
    /// The brand's own that are in use, by name; never more than 100.
    own: Vec<ReportTemplate>,
    /// Those that every brand has.
    built_in: Vec<BuiltInReportTemplate>,
}

/// How a brand's reports look.
pub(super) struct ReportLook {
    pub op: Op,
    pub look: Look,
}

/// How a brand's reports look.
#[Object]
impl ReportLook {
    /// The picture at their head; null without one, and where the caller does not see it.
    async fn logo(&self) -> Result<Option<Asset>> {
        let Some(id) = self.look.logo_id else { return Ok(None) };
        Ok(self.op.load(id).await?.map(|row| Asset { op: self.op.clone(), row }))
    }
    /// The colour of headings and charts: `#rrggbb`. Where it is too light to be read, words are written darker.
    async fn accent(&self) -> &str {
        &self.look.accent
    }
    /// The letters.
    async fn typeface(&self) -> ReportTypeface {
        self.look.typeface.into()
    }
    /// A line at the foot of every page; the agency's name when null.
    async fn footer(&self) -> Option<&str> {
        self.look.footer.as_deref()
    }
    /// Whether the agency's name stands at the head.
    async fn names_agency(&self) -> bool {
        self.look.names_agency
    }
}

/// Queries for templates of reports.
#[derive(Default)]
pub struct ReportTemplateQuery;

#[Object]
impl ReportTemplateQuery {
    /// The templates of which a brand's reports can be made. For MID and above.
    #[graphql(complexity = "10 + 20 * child_complexity")]
    async fn report_templates(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which brand.")] brand_id: ID,
    ) -> Result<ReportTemplates> {
        let op = Op::of(ctx)?;
        let brand_id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let rows = op.query(domain::report_templates(op, brand_id).await)?;
        let built_in = |audience: report_template::ReportAudience| BuiltInReportTemplate {
            audience: audience.into(),
            blocks: domain::built_in(audience).iter().map(ReportBlock::of).collect(),
        };
        let audiences = [ReportAudience::Team, ReportAudience::Management, ReportAudience::Client];
        Ok(ReportTemplates {
            own: rows.into_iter().map(|row| ReportTemplate { op: op.clone(), row }).collect(),
            built_in: audiences.into_iter().map(|audience| built_in(audience.into())).collect(),
        })
    }

    /// How a brand's reports look. For MID and above.
    async fn report_look(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which brand.")] brand_id: ID,
    ) -> Result<ReportLook> {
        let op = Op::of(ctx)?;
        let brand_id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let look = op.query(domain::report_look(op, brand_id).await)?;
        Ok(ReportLook { op: op.clone(), look })
    }
}
