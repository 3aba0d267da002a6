//! What is planned for a campaign, checked and written.

use std::collections::HashSet;

use chrono::NaiveDate;
use diwan_entity::InBrand as _;
use diwan_entity::campaigns::campaign_target::{self, TargetSource};
use diwan_entity::campaigns::{campaign_channel, campaign_persona};
use diwan_entity::publishing::social_account::{self, AccountState};
use diwan_entity::strategy::kpi_version::{self, KpiDirection};
use diwan_entity::strategy::{kpi, persona};
use diwan_networks::Metric;
use diwan_platform::ids;
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use uuid::Uuid;

use crate::approvals::Money;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::finance::MOST_MINOR;
use crate::permission::Permit;
use crate::strategy::{date, maybe_text, micro_of};

/// The most audiences, accounts or targets of a campaign.
const MOST: usize = 50;
/// The most days between the first and the last: five years.
const MOST_DAYS: i64 = 1826;
/// The numbers that networks give of a post; the others are of an account.
pub(super) const OF_POSTS: [Metric; 9] = [
    Metric::Likes,
    Metric::Reposts,
    Metric::Replies,
    Metric::Quotes,
    Metric::Bookmarks,
    Metric::Views,
    Metric::Reach,
    Metric::Clicks,
    Metric::Dislikes,
];

/// What is planned for a campaign.
#[derive(Debug, Clone)]
pub struct CampaignContent {
    /// 1 to 200 characters.
    pub name: String,
    /// What it is to bring, up to 5000 characters.
    pub objective: String,
    /// For those who work at it, up to 20 000 characters.
    pub brief: String,
    /// Its first day in the brand's time zone.
    pub starts_on: NaiveDate,
    /// Its last day.
    pub ends_on: NaiveDate,
    /// What it may cost, up to [`MOST_MINOR`] minor units; none where nothing was planned.
    pub planned: Option<Money>,
    /// For whom: up to 50 audiences of the brand.
    pub persona_ids: Vec<Uuid>,
    /// Where: up to 50 accounts of the brand.
    pub account_ids: Vec<Uuid>,
    /// What it has to reach, in order, up to 50.
    pub targets: Vec<TargetContent>,
}

/// Something to reach.
#[derive(Debug, Clone)]
pub struct TargetContent {
    /// The target that is kept or changed; none for a new one.
    pub id: Option<Uuid>,
    /// 1 to 200 characters.
    pub name: String,
    /// What is measured.
    pub measure: TargetMeasure,
    /// Whether the target is a floor or a ceiling.
    pub direction: KpiDirection,
    /// How much: a decimal above zero with at most six digits behind the point.
    pub target: String,
    /// In what, 1 to 50 characters; none for a KPI, which has its own.
    pub unit: Option<String>,
}

/// What a target measures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TargetMeasure {
    /// A KPI of the brand.
    Kpi(Uuid),
    /// A number that the networks give of posts, by its name: the sum over the campaign's publications.
    Metric(String),
    /// How many posts of the campaign are published.
    PublishedPosts,
    /// How often the campaign's links were followed.
    LinkClicks,
    /// In how many conversions the campaign's links have a part.
    Conversions,
    /// What somebody states.
    Stated,
}

impl TargetMeasure {
    fn source(&self) -> TargetSource {
        match self {
            Self::Kpi(_) => TargetSource::Kpi,
            Self::Metric(_) => TargetSource::Metric,
            Self::PublishedPosts => TargetSource::PublishedPosts,
            Self::LinkClicks => TargetSource::LinkClicks,
            Self::Conversions => TargetSource::Conversions,
            Self::Stated => TargetSource::Stated,
        }
    }
}

impl CampaignContent {
    /// What can be told from the content alone.
    pub(super) fn check(self, wrong: &mut Complaints) -> Self {
        date(wrong, "campaign.startsOn", Some(self.starts_on));
        date(wrong, "campaign.endsOn", Some(self.ends_on));
        if !(0..=MOST_DAYS).contains(&(self.ends_on - self.starts_on).num_days()) {
            wrong.add(UserError::at(Code::Invalid, "campaign.endsOn"));
        }
        if let Some(planned) = &self.planned {
            wrong.currency("campaign.currency", &planned.currency);
            if !(0..=MOST_MINOR).contains(&planned.minor) {
                wrong.add(UserError::at(Code::Invalid, "campaign.plannedMinor"));
            }
        }
        ids_once(wrong, "campaign.personaIds", &self.persona_ids);
        ids_once(wrong, "campaign.socialAccountIds", &self.account_ids);
        if self.targets.len() > MOST {
            let many = UserError::at(Code::TooMany, "campaign.targets");
            wrong.add(many.number("limit", MOST).number("actual", self.targets.len()));
        }
        for (place, target) in self.targets.iter().take(MOST).enumerate() {
            target.check(wrong, place);
        }
        Self {
            name: wrong.text("campaign.name", &self.name, 200).to_owned(),
            objective: maybe_text(wrong, "campaign.objective", &self.objective, 5000),
            brief: maybe_text(wrong, "campaign.brief", &self.brief, 20_000),
            ..self
        }
    }
}

impl TargetContent {
    fn check(&self, wrong: &mut Complaints, place: usize) {
        let at = |field: &str| format!("campaign.targets.{place}.{field}");
        wrong.text(&at("name"), &self.name, 200);
        if micro_of(&self.target).is_none_or(|micro| micro <= 0) {
            wrong.add(UserError::at(Code::Invalid, &at("target")));
        }
        match (&self.measure, &self.unit) {
            (TargetMeasure::Kpi(_), None) => {}
            (TargetMeasure::Kpi(_), Some(_)) | (_, None) => wrong.add(UserError::at(Code::Invalid, &at("unit"))),
            (_, Some(unit)) => drop(wrong.text(&at("unit"), unit, 50)),
        }
        if let TargetMeasure::Metric(name) = &self.measure
            && !OF_POSTS.iter().any(|metric| metric.as_str() == name)
        {
            wrong.add(UserError::at(Code::Invalid, &at("metric")));
        }
    }

    fn row(
        &self,
        (brand_id, campaign_id): (Uuid, Uuid),
        position: usize,
        unit: String,
    ) -> campaign_target::ActiveModel {
        campaign_target::ActiveModel {
            brand_id: Set(brand_id),
            campaign_id: Set(campaign_id),
            position: Set(i32::try_from(position).unwrap_or(i32::MAX)),
            name: Set(self.name.trim().to_owned()),
            source: Set(self.measure.source()),
            kpi_id: Set(if let TargetMeasure::Kpi(id) = &self.measure { Some(*id) } else { None }),
            metric: Set(if let TargetMeasure::Metric(name) = &self.measure { Some(name.clone()) } else { None }),
            direction: Set(self.direction),
            target_micro: Set(micro_of(&self.target).unwrap_or_default()),
            unit: Set(unit),
            removed_at: Set(None),
            ..Default::default()
        }
    }
}

fn ids_once(wrong: &mut Complaints, path: &str, ids: &[Uuid]) {
    if ids.len() > MOST {
        wrong.add(UserError::at(Code::TooMany, path).number("limit", MOST).number("actual", ids.len()));
    }
    let mut seen = HashSet::new();
    for (place, id) in ids.iter().take(MOST).enumerate() {
        if !seen.insert(*id) {
            wrong.add(UserError::at(Code::AlreadyExists, &format!("{path}.{place}")));
        }
    }
}

/// What stands in a campaign already: it may stay, also where it could not be taken in any more.
#[derive(Debug, Default)]
pub(super) struct Standing {
    pub personas: Vec<Uuid>,
    pub accounts: Vec<Uuid>,
    pub targets: Vec<campaign_target::Model>,
}

impl Standing {
    /// Reads it: three statements.
    pub(super) async fn load(context: &Context, brand_id: Uuid, campaign_id: Uuid) -> Result<Self, Failure> {
        let personas =
            campaign_persona::Entity::in_brand(brand_id).filter(campaign_persona::Column::CampaignId.eq(campaign_id));
        let channels =
            campaign_channel::Entity::in_brand(brand_id).filter(campaign_channel::Column::CampaignId.eq(campaign_id));
        let targets = campaign_target::Entity::in_brand(brand_id)
            .filter(campaign_target::Column::CampaignId.eq(campaign_id))
            .filter(campaign_target::Column::RemovedAt.is_null())
            .order_by_asc(campaign_target::Column::Position);
        Ok(Self {
            personas: context.all(personas).await?.into_iter().map(|row| row.persona_id).collect(),
            accounts: context.all(channels).await?.into_iter().map(|row| row.social_account_id).collect(),
            targets: context.all(targets).await?,
        })
    }
}

/// The units of the KPIs that targets measure, by the place of the target.
pub(super) struct Units(Vec<Option<String>>);

/// That what is named is the brand's, and in use unless it stood there before. Answers the units of the KPIs. Four statements.
pub(super) async fn check_names(
    context: &Context,
    brand_id: Uuid,
    content: &CampaignContent,
    before: &Standing,
    wrong: &mut Complaints,
) -> Result<Units, Failure> {
    let ids = content.persona_ids.iter().copied();
    let personas = context.all(persona::Entity::in_brand(brand_id).filter(persona::Column::Id.is_in(ids))).await?;
    for (place, id) in content.persona_ids.iter().enumerate() {
        let path = format!("campaign.personaIds.{place}");
        match personas.iter().find(|row| row.id == *id) {
            None => wrong.add(UserError::at(Code::NotFound, &path)),
            Some(row) if row.archived_at.is_some() && !before.personas.contains(id) => {
                wrong.add(UserError::at(Code::WrongState, &path).text("state", "ARCHIVED"));
            }
            Some(_) => {}
        }
    }
    let ids = content.account_ids.iter().copied();
    let accounts = social_account::Entity::in_brand(brand_id).filter(social_account::Column::Id.is_in(ids));
    let accounts = context.all(accounts).await?;
    for (place, id) in content.account_ids.iter().enumerate() {
        let path = format!("campaign.socialAccountIds.{place}");
        match accounts.iter().find(|row| row.id == *id) {
            None => wrong.add(UserError::at(Code::NotFound, &path)),
            Some(row) if row.state == AccountState::Disconnected && !before.accounts.contains(id) => {
                wrong.add(UserError::at(Code::AccountNotConnected, &path).text("account", row.handle.clone()));
            }
            Some(_) => {}
        }
    }
    check_kpis(context, brand_id, content, before, wrong).await
}

async fn check_kpis(
    context: &Context,
    brand_id: Uuid,
    content: &CampaignContent,
    before: &Standing,
    wrong: &mut Complaints,
) -> Result<Units, Failure> {
    let named = |target: &TargetContent| if let TargetMeasure::Kpi(id) = target.measure { Some(id) } else { None };
    let ids: Vec<Uuid> = content.targets.iter().filter_map(named).collect();
    let (mut kpis, mut meanings) = (Vec::new(), Vec::new());
    if !ids.is_empty() {
        kpis = context.all(kpi::Entity::in_brand(brand_id).filter(kpi::Column::Id.is_in(ids.clone()))).await?;
        let versions = kpi_version::Entity::in_brand(brand_id)
            .filter(kpi_version::Column::KpiId.is_in(ids))
            .order_by_desc(kpi_version::Column::Number);
        meanings = context.all(versions).await?;
    }
    let mut units = Vec::with_capacity(content.targets.len());
    let mut kept = HashSet::new();
    for (place, target) in content.targets.iter().enumerate() {
        let at = |field: &str| format!("campaign.targets.{place}.{field}");
        let known = target.id.and_then(|id| before.targets.iter().find(|row| row.id == id));
        if let Some(id) = target.id {
            if known.is_none() {
                wrong.add(UserError::at(Code::NotFound, &at("id")));
            } else if !kept.insert(id) {
                wrong.add(UserError::at(Code::AlreadyExists, &at("id")));
            }
        }
        let Some(kpi_id) = named(target) else {
            units.push(None);
            continue;
        };
        match kpis.iter().find(|row| row.id == kpi_id) {
            None => wrong.add(UserError::at(Code::NotFound, &at("kpiId"))),
            Some(row) if row.archived_at.is_some() && known.and_then(|known| known.kpi_id) != Some(kpi_id) => {
                wrong.add(UserError::at(Code::WrongState, &at("kpiId")).text("state", "ARCHIVED"));
            }
            Some(_) => {}
        }
        units.push(meanings.iter().find(|row| row.kpi_id == kpi_id).map(|row| row.unit.clone()));
    }
    Ok(Units(units))
}

/// Whether what was approved changes with the targets: which there are, in what order they stand aside.
pub(super) fn targets_differ(before: &[campaign_target::Model], content: &CampaignContent, units: &Units) -> bool {
    if before.len() != content.targets.len() {
        return true;
    }
    content.targets.iter().zip(&units.0).any(|(target, unit)| {
        let unit = unit.as_deref().or(target.unit.as_deref().map(str::trim));
        !before.iter().any(|row| {
            Some(row.id) == target.id
                && row.name == target.name.trim()
                && row.source == target.measure.source()
                && row.kpi_id == if let TargetMeasure::Kpi(id) = &target.measure { Some(*id) } else { None }
                && row.metric.as_deref()
                    == if let TargetMeasure::Metric(name) = &target.measure { Some(name.as_str()) } else { None }
                && row.direction == target.direction
                && Some(row.target_micro) == micro_of(&target.target)
                && Some(row.unit.as_str()) == unit
        })
    })
}

/// Writes whom a campaign is for, where it is and what it has to reach, over what stood there.
pub(super) async fn write_parts(
    context: &Context,
    permit: Permit<'_>,
    campaign_id: Uuid,
    (content, units): (&CampaignContent, &Units),
    before: &Standing,
) -> Result<(), Failure> {
    let brand_id = permit.brand_id;
    if !before.personas.is_empty() {
        campaign_persona::Entity::delete_many()
            .filter(campaign_persona::Column::BrandId.eq(brand_id))
            .filter(campaign_persona::Column::CampaignId.eq(campaign_id))
            .exec(permit.tx())
            .await?;
    }
    if !before.accounts.is_empty() {
        campaign_channel::Entity::delete_many()
            .filter(campaign_channel::Column::BrandId.eq(brand_id))
            .filter(campaign_channel::Column::CampaignId.eq(campaign_id))
            .exec(permit.tx())
            .await?;
    }
    let personas = content.persona_ids.iter().map(|id| campaign_persona::ActiveModel {
        brand_id: Set(brand_id),
        campaign_id: Set(campaign_id),
        persona_id: Set(*id),
    });
    let personas: Vec<_> = personas.collect();
    if !personas.is_empty() {
        campaign_persona::Entity::insert_many(personas).exec_without_returning(permit.tx()).await?;
    }
    let channels = content.account_ids.iter().map(|id| campaign_channel::ActiveModel {
        brand_id: Set(brand_id),
        campaign_id: Set(campaign_id),
        social_account_id: Set(*id),
    });
    let channels: Vec<_> = channels.collect();
    if !channels.is_empty() {
        campaign_channel::Entity::insert_many(channels).exec_without_returning(permit.tx()).await?;
    }
    write_targets(context, permit, campaign_id, (content, units), before).await
}

/// Two statements, however many there are: all are written, those of a known id over what stood there, and the rest removed.
async fn write_targets(
    context: &Context,
    permit: Permit<'_>,
    campaign_id: Uuid,
    (content, units): (&CampaignContent, &Units),
    before: &Standing,
) -> Result<(), Failure> {
    use campaign_target::Column;
    let kept: HashSet<Uuid> = content.targets.iter().filter_map(|target| target.id).collect();
    let gone: Vec<Uuid> = before.targets.iter().map(|row| row.id).filter(|id| !kept.contains(id)).collect();
    if !gone.is_empty() {
        campaign_target::Entity::update_many()
            .col_expr(Column::RemovedAt, sea_orm::sea_query::Expr::value(context.now))
            .filter(Column::BrandId.eq(permit.brand_id))
            .filter(Column::Id.is_in(gone))
            .exec(permit.tx())
            .await?;
    }
    let rows = content.targets.iter().zip(&units.0).enumerate().map(|(place, (target, unit))| {
        let unit = unit.clone().or_else(|| target.unit.as_deref().map(|unit| unit.trim().to_owned()));
        campaign_target::ActiveModel {
            id: Set(target.id.unwrap_or_else(|| ids::new_id(context.now))),
            ..target.row((permit.brand_id, campaign_id), place, unit.unwrap_or_default())
        }
    });
    let rows: Vec<_> = rows.collect();
    if rows.is_empty() {
        return Ok(());
    }
    let over = sea_orm::sea_query::OnConflict::column(Column::Id)
        .update_columns([
            Column::Position,
            Column::Name,
            Column::Source,
            Column::KpiId,
            Column::Metric,
            Column::Direction,
            Column::TargetMicro,
            Column::Unit,
        ])
        .to_owned();
    campaign_target::Entity::insert_many(rows).on_conflict(over).exec_without_returning(permit.tx()).await?;
    Ok(())
}
