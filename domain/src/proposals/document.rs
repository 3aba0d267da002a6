//! The document of a proposal: what the client reads, word for word, and its digest.

use chrono::NaiveDate;
use chrono_tz::Tz;
use diwan_entity::InBrand as _;
use diwan_entity::proposals::{proposal, proposal_line, proposal_version};
use diwan_entity::tenancy::agency::CalendarSystem;
use diwan_entity::tenancy::{agency, brand};
use diwan_platform::crypto::sha256;
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::content::{Offer, Section, offer_of};
use super::price::Totals;
use super::review::gone;
use crate::error::{Failure, Fault};
use crate::projects::WorkContent;

/// A version of a proposal with all that is around it.
#[derive(Debug, Clone)]
pub(super) struct Whole {
    pub agency: String,
    pub system: CalendarSystem,
    pub brand: String,
    pub zone: Tz,
    pub row: proposal::Model,
    pub version: proposal_version::Model,
    pub offer: Offer,
    pub lines: Vec<proposal_line::Model>,
}

/// What is accepted: the client's view of it, so no name for the team, no category and no planned cost.
#[derive(Serialize)]
struct Document<'a> {
    proposal: Uuid,
    version: i32,
    agency: &'a str,
    brand: &'a str,
    title: &'a str,
    currency: &'a str,
    valid_until: NaiveDate,
    sections: &'a [Section],
    scope: &'a [WorkContent],
    terms: &'a str,
    project: Named<'a>,
    campaigns: Vec<Named<'a>>,
    lines: Vec<Line<'a>>,
    totals: Totals,
}

#[derive(Serialize)]
struct Named<'a> {
    title: &'a str,
    starts_on: NaiveDate,
    ends_on: NaiveDate,
}

#[derive(Serialize)]
struct Line<'a> {
    id: Uuid,
    name: &'a str,
    detail: &'a str,
    quantity_milli: i64,
    unit: &'a str,
    unit_price_minor: i64,
    discount_minor: i64,
    net_minor: i64,
    tax_bp: i32,
    tax_minor: i64,
    optional: bool,
    taken: bool,
}

/// Who offered and for which brand, as it stands in a document.
#[derive(Deserialize)]
struct Names {
    agency: String,
    brand: String,
}

impl Whole {
    /// The same under the names that stand in a document of it: whoever is called otherwise since was called so then.
    pub fn named_as_in(self, document: &str) -> Result<Self, Failure> {
        let names: Names = serde_json::from_str(document).map_err(|error| Fault::broken(error.to_string()))?;
        Ok(Self { agency: names.agency, brand: names.brand, ..self })
    }

    /// Loads the newest version of a proposal. Four statements.
    pub async fn load(tx: &impl ConnectionTrait, row: proposal::Model) -> Result<Self, Failure> {
        let select = proposal_version::Entity::in_brand(row.brand_id)
            .filter(proposal_version::Column::ProposalId.eq(row.id))
            .filter(proposal_version::Column::Number.eq(row.version));
        let version = select.one(tx).await?.ok_or_else(|| gone(&row))?;
        let select = proposal_line::Entity::in_brand(row.brand_id)
            .filter(proposal_line::Column::VersionId.eq(version.id))
            .order_by_asc(proposal_line::Column::Position);
        let lines = select.all(tx).await?;
        let place = brand::Entity::find_by_id(row.brand_id).one(tx).await?;
        let place = place.ok_or_else(|| Fault::broken("a proposal without its brand"))?;
        let house = agency::Entity::find_by_id(place.agency_id).one(tx).await?;
        let house = house.ok_or_else(|| Fault::broken("a brand without its agency"))?;
        Ok(Self {
            agency: house.name,
            system: house.calendar_system,
            zone: place.time_zone.parse().map_err(|_| Fault::broken("a brand's time zone is unknown"))?,
            brand: place.name,
            offer: offer_of(&version)?,
            row,
            version,
            lines,
        })
    }

    /// The lines that count when these options are taken.
    pub fn taken<'a>(&'a self, chosen: &'a [Uuid]) -> impl Iterator<Item = &'a proposal_line::Model> {
        self.lines.iter().filter(|line| !line.optional || chosen.contains(&line.id))
    }

    /// The document with these options, as JSON whose fields stand in a fixed order.
    pub fn document(&self, chosen: &[Uuid]) -> Result<String, Failure> {
        let offer = &self.offer;
        let document = Document {
            proposal: self.row.id,
            version: self.version.number,
            agency: &self.agency,
            brand: &self.brand,
            title: &offer.title,
            currency: &offer.currency,
            valid_until: offer.valid_until,
            sections: &offer.sections,
            scope: &offer.scope,
            terms: &offer.terms,
            project: Named {
                title: &offer.project.title,
                starts_on: offer.project.starts_on,
                ends_on: offer.project.ends_on,
            },
            campaigns: offer
                .campaigns
                .iter()
                .map(|plan| Named { title: &plan.name, starts_on: plan.starts_on, ends_on: plan.ends_on })
                .collect(),
            lines: self
                .lines
                .iter()
                .map(|line| Line {
                    id: line.id,
                    name: &line.name,
                    detail: &line.detail,
                    quantity_milli: line.quantity_milli,
                    unit: &line.unit,
                    unit_price_minor: line.unit_price_minor,
                    discount_minor: line.discount_minor,
                    net_minor: line.net_minor,
                    tax_bp: line.tax_bp,
                    tax_minor: line.tax_minor,
                    optional: line.optional,
                    taken: !line.optional || chosen.contains(&line.id),
                })
                .collect(),
            totals: Totals::of(self.taken(chosen)),
        };
        Ok(serde_json::to_string(&document).map_err(|error| Fault::broken(error.to_string()))?)
    }

    /// The digest of what is shown, which an answer names.
    pub fn digest(&self) -> Result<String, Failure> {
        Ok(data_encoding::HEXLOWER.encode(&sha256(self.document(&[])?.as_bytes())))
    }
}
