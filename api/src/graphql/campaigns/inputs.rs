//! What mutations of campaigns are given.

use async_graphql::{ID, InputObject};
use chrono::NaiveDate;
use diwan_domain::approvals::Money;
use diwan_domain::campaigns::{CampaignContent, TargetContent, TargetMeasure};
use diwan_domain::{Code, Failure, UserError};
use diwan_entity::strategy::kpi_version;

use super::types::TargetSource;
use crate::graphql::scalars::{Kind, Long};
use crate::graphql::strategy::KpiDirection;

/// Something to reach.
#[derive(InputObject)]
struct CampaignTargetInput {
    /// The target of the campaign that is kept or changed; none for a new one.
    id: Option<ID>,
    /// What it is called, 1 to 200 characters.
    name: String,
    /// Where what was reached comes from.
    source: TargetSource,
    /// The KPI of the brand; for the source `KPI`.
    kpi_id: Option<ID>,
    /// A number that the networks give of posts: `LIKES`, `REPOSTS`, `REPLIES`, `QUOTES`, `BOOKMARKS`, `VIEWS`, `REACH`, `CLICKS` or
    /// `DISLIKES` (of YouTube alone); for the source `METRIC`.
    metric: Option<String>,
    /// Whether the target is a floor or a ceiling; a floor unless given.
    direction: Option<KpiDirection>,
    /// How much: a decimal above zero such as `12.5`, with at most six digits behind the point.
    target: String,
    /// In what, 1 to 50 characters. Not for a KPI, which has its own unit.
    unit: Option<String>,
}

/// What is planned for a campaign: the whole of it.
#[derive(InputObject)]
pub struct CampaignInput {
    /// What it is called, 1 to 200 characters.
    name: String,
    /// What it is to bring: plain text, up to 5000 characters.
    #[graphql(default)]
    objective: String,
    /// For those who work at it: plain text, up to 20000 characters.
    #[graphql(default)]
    brief: String,
    /// Its first day, in the brand's time zone.
    starts_on: NaiveDate,
    /// Its last day, not before the first and within five years of it.
    ends_on: NaiveDate,
    /// What it may cost, in the smallest unit of the currency; with `currency`.
    planned_minor: Option<Long>,
    /// Of what it may cost, ISO 4217; with `plannedMinor`.
    currency: Option<String>,
    /// For whom: up to 50 audiences of the brand.
    #[graphql(default)]
    persona_ids: Vec<ID>,
    /// Where: up to 50 accounts of the brand.
    #[graphql(default)]
    social_account_ids: Vec<ID>,
    /// What it has to reach, in order, up to 50.
    #[graphql(default)]
    targets: Vec<CampaignTargetInput>,
}

fn invalid(path: &str) -> Failure {
    UserError::at(Code::Invalid, path).into()
}

fn parse_all(kind: Kind, ids: &[ID], field: &str) -> Result<Vec<uuid::Uuid>, Failure> {
    ids.iter().enumerate().map(|(place, id)| kind.parse(id, &format!("campaign.{field}.{place}"))).collect()
}

impl CampaignTargetInput {
    fn into_domain(self, place: usize) -> Result<TargetContent, Failure> {
        let at = |field: &str| format!("campaign.targets.{place}.{field}");
        let measure = match (self.source, self.kpi_id, self.metric) {
            (TargetSource::Kpi, Some(id), None) => TargetMeasure::Kpi(Kind::Kpi.parse(&id, &at("kpiId"))?),
            (TargetSource::Metric, None, Some(name)) => TargetMeasure::Metric(name),
            (TargetSource::PublishedPosts, None, None) => TargetMeasure::PublishedPosts,
            (TargetSource::LinkClicks, None, None) => TargetMeasure::LinkClicks,
            (TargetSource::Conversions, None, None) => TargetMeasure::Conversions,
            (TargetSource::Stated, None, None) => TargetMeasure::Stated,
            // What is missing, or too much.
            (TargetSource::Kpi, None, _) | (_, Some(_), None) => return Err(invalid(&at("kpiId"))),
            (TargetSource::Metric, _, None) | (_, _, Some(_)) => return Err(invalid(&at("metric"))),
        };
        Ok(TargetContent {
            id: self.id.map(|id| Kind::CampaignTarget.parse(&id, &at("id"))).transpose()?,
            name: self.name,
            measure,
            direction: self.direction.map_or(kpi_version::KpiDirection::AtLeast, Into::into),
            target: self.target,
            unit: self.unit,
        })
    }
}

impl CampaignInput {
    /// As the domain takes it.
    pub fn into_domain(self) -> Result<CampaignContent, Failure> {
        let planned = match (self.planned_minor, self.currency) {
            (Some(Long(minor)), Some(currency)) => Some(Money { minor, currency }),
            (None, None) => None,
            (Some(_), None) => return Err(invalid("campaign.currency")),
            (None, Some(_)) => return Err(invalid("campaign.plannedMinor")),
        };
        let targets = self.targets.into_iter().enumerate().map(|(place, target)| target.into_domain(place));
        Ok(CampaignContent {
            name: self.name,
            objective: self.objective,
            brief: self.brief,
            starts_on: self.starts_on,
            ends_on: self.ends_on,
            planned,
            persona_ids: parse_all(Kind::Persona, &self.persona_ids, "personaIds")?,
            account_ids: parse_all(Kind::Account, &self.social_account_ids, "socialAccountIds")?,
            targets: targets.collect::<Result<_, Failure>>()?,
        })
    }
}
