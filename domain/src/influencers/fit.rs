//! Whether somebody fits a brand: what warns, and what is not known.

use chrono_tz::Tz;
use diwan_entity::InBrand as _;
use diwan_entity::influencers::influencer_result;
use diwan_entity::strategy::brand_profile;
use diwan_entity::tenancy::brand;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use uuid::Uuid;

use super::block;
use super::content::markets as check_markets;
use super::queries::exclusivities_of_influencers;
use super::rights::{has_directory, seen, shares};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::permission::Action;

/// Something that is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FitCheck {
    /// Whether they named advertising as such before.
    Disclosure,
    /// Whether they speak a language of the brand.
    Language,
    /// Whether their public is where the brand's is.
    Market,
}

/// What is known of how somebody fits a brand.
#[derive(Debug, Clone, Default)]
pub struct Fit {
    /// What speaks against it, each with its reason.
    pub warnings: Vec<UserError>,
    /// What could not be looked at, since nothing is known.
    pub unknown: Vec<FitCheck>,
}

/// Looks at how somebody fits a brand. `markets`: where the brand wants to be heard, ISO 3166-1 alpha-2; none: that is not looked at.
/// Nothing is written.
pub async fn influencer_fit(
    context: &Context,
    (brand_id, influencer_id): (Uuid, Uuid),
    markets: &[String],
) -> Result<Fit, Failure> {
    context.permit(Action::InfluencerRead, brand_id).await?;
    let row = seen(context, influencer_id).await?;
    let shared = shares(context, influencer_id).await?.iter().any(|share| share.brand_id == brand_id);
    if !shared && !has_directory(context) {
        return Err(UserError::at(Code::NotFound, "influencerId").into());
    }
    let mut wrong = Complaints::default();
    let markets = check_markets(&mut wrong, "markets", markets);
    wrong.check()?;
    let mut fit = Fit::default();
    if let Some(reason) = block::reason(context, (brand_id, influencer_id)).await? {
        fit.warnings.push(UserError::new(Code::InfluencerBlocked).text("reason", reason));
    }
    exclusivity(context, (brand_id, influencer_id), &mut fit).await?;
    disclosure(context, (brand_id, influencer_id), &mut fit).await?;
    language(context, brand_id, &row.languages, &mut fit).await?;
    if !markets.is_empty() {
        if row.markets.is_empty() {
            fit.unknown.push(FitCheck::Market);
        } else if !markets.iter().any(|market| row.markets.contains(market)) {
            let warning = UserError::new(Code::InfluencerMarket).text("wanted", markets.join(", "));
            fit.warnings.push(warning.text("markets", row.markets.join(", ")));
        }
    }
    Ok(fit)
}

/// Exclusivities that are in force today by the brand's clock or begin later, or are not known to have ended, and are not the brand's own.
async fn exclusivity(context: &Context, (brand_id, id): (Uuid, Uuid), fit: &mut Fit) -> Result<(), Failure> {
    let brand = context.one(brand::Entity::find_by_id(brand_id)).await?.ok_or(Code::NotFound)?;
    let zone: Tz = brand.time_zone.parse().map_err(|_| Fault::broken("a brand's time zone is unknown"))?;
    let today = context.now.with_timezone(&zone).date_naive();
    for row in exclusivities_of_influencers(context, &[id]).await? {
        let over = row.until_on.is_some_and(|until| until < today);
        if over || row.competitor.to_lowercase() == brand.name.to_lowercase() {
            continue;
        }
        let until = row.until_on.map_or_else(|| "?".to_owned(), |day| day.to_string());
        let warning = UserError::new(Code::InfluencerExclusive).text("competitor", row.competitor);
        fit.warnings.push(warning.text("category", row.category).text("until", until));
    }
    Ok(())
}

/// Whether advertising for the brand was ever not named as such.
async fn disclosure(context: &Context, (brand_id, id): (Uuid, Uuid), fit: &mut Fit) -> Result<(), Failure> {
    let told = influencer_result::Entity::in_brand(brand_id)
        .filter(influencer_result::Column::InfluencerId.eq(id))
        .filter(influencer_result::Column::Disclosed.is_not_null())
        // What was not disclosed comes first.
        .order_by_asc(influencer_result::Column::Disclosed)
        .order_by_desc(influencer_result::Column::HappenedOn);
    match context.one(told).await? {
        None => fit.unknown.push(FitCheck::Disclosure),
        Some(row) if row.disclosed == Some(false) => {
            let warning = UserError::new(Code::InfluencerUndisclosed).text("title", row.title);
            fit.warnings.push(warning.text("date", row.happened_on.to_string()));
        }
        Some(_) => {}
    }
    Ok(())
}

/// Whether they speak one of the brand's languages, in whatever country.
async fn language(context: &Context, brand_id: Uuid, spoken: &[String], fit: &mut Fit) -> Result<(), Failure> {
    let profile = brand_profile::Entity::in_brand(brand_id).order_by_desc(brand_profile::Column::Version);
    let wanted = context.one(profile).await?.map(|profile| profile.languages).unwrap_or_default();
    if wanted.is_empty() || spoken.is_empty() {
        fit.unknown.push(FitCheck::Language);
        return Ok(());
    }
    let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_owned();
    if !spoken.iter().any(|tag| wanted.iter().any(|other| primary(other) == primary(tag))) {
        let warning = UserError::new(Code::InfluencerLanguage).text("wanted", wanted.join(", "));
        fit.warnings.push(warning.text("languages", spoken.join(", ")));
    }
    Ok(())
}
