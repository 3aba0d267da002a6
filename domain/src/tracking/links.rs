//! Making, changing and putting away short links.

use chrono_tz::Tz;
use diwan_entity::InBrand as _;
use diwan_entity::calendar::post;
use diwan_entity::campaigns::campaign;
use diwan_entity::tenancy::brand;
use diwan_entity::tracking::{tracked_link, utm_convention};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _, IntoActiveModel as _, QuerySelect as _};
use serde_json::json;
use uuid::Uuid;

use super::address::{Utm, check_target, destination};
use super::code::new_code;
use super::convention::{ConventionTemplates, Facts, LONGEST, day};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::permission::{Action, Permit};
use crate::trust;

/// What is said of a link: the whole of it.
#[derive(Debug, Clone, Default)]
pub struct LinkContent {
    /// What it is called, 1 to 200 characters.
    pub name: String,
    /// The page: https, up to 2000 bytes.
    pub target_url: String,
    /// A campaign of the brand.
    pub campaign_id: Option<Uuid>,
    /// A post of the brand.
    pub post_id: Option<Uuid>,
    /// The network where it is shown.
    pub network: Option<String>,
    /// Parameters of its own, 1 to 200 characters each; the others come from the brand's convention.
    pub utm: Utm,
}

/// What was checked.
struct Checked {
    name: String,
    target: String,
    destination: String,
    utm: Utm,
    content: LinkContent,
}

impl Checked {
    fn onto(self, mut row: tracked_link::ActiveModel) -> tracked_link::ActiveModel {
        row.name = Set(self.name);
        row.target_url = Set(self.target);
        row.destination = Set(self.destination);
        row.campaign_id = Set(self.content.campaign_id);
        row.post_id = Set(self.content.post_id);
        row.network = Set(self.content.network);
        row.utm_source = Set(self.utm.source);
        row.utm_medium = Set(self.utm.medium);
        row.utm_campaign = Set(self.utm.campaign);
        row.utm_content = Set(self.utm.content);
        row.utm_term = Set(self.utm.term);
        row
    }
}

/// The link's own parameters, each right in itself.
fn own(wrong: &mut Complaints, utm: &Utm) -> Utm {
    let mut check = |field: &str, value: &Option<String>| {
        let value = value.as_deref().map(str::trim).filter(|value| !value.is_empty())?;
        let path = format!("link.utm.{field}");
        if value.chars().any(char::is_control) {
            wrong.add(UserError::at(Code::Invalid, &path));
        }
        Some(wrong.text(&path, value, LONGEST).to_owned())
    };
    Utm {
        source: check("source", &utm.source),
        medium: check("medium", &utm.medium),
        campaign: check("campaign", &utm.campaign),
        content: check("content", &utm.content),
        term: check("term", &utm.term),
    }
}

/// What a link is of, in words; what is not the brand's is not there.
async fn facts(
    context: &Context,
    wrong: &mut Complaints,
    (brand_id, content): (Uuid, &LinkContent),
) -> Result<Facts, Failure> {
    let brand = context.one(brand::Entity::in_brand(brand_id)).await?.ok_or(Code::NotFound)?;
    let zone: Tz = brand.time_zone.parse().map_err(|_| Fault::broken("a brand's time zone is unknown"))?;
    let mut facts = Facts { date: day(zone, context.now), ..Facts::default() };
    if let Some(id) = content.campaign_id {
        match context.one(campaign::Entity::one_in_brand(brand_id, id)).await? {
            Some(row) => facts.campaign = Some(row.name),
            None => wrong.add(UserError::at(Code::NotFound, "link.campaignId")),
        }
    }
    if let Some(id) = content.post_id {
        match context.one(post::Entity::one_in_brand(brand_id, id)).await? {
            Some(row) => facts.post = Some(row.title),
            None => wrong.add(UserError::at(Code::NotFound, "link.postId")),
        }
    }
    if let Some(network) = &content.network {
        if diwan_networks::network(network).is_some() {
            facts.network = Some(network.clone());
        } else {
            let shown = network.chars().take(50).collect::<String>();
            wrong.add(UserError::at(Code::UnknownNetwork, "link.network").text("network", shown));
        }
    }
    Ok(facts)
}

async fn check(
    context: &Context,
    mut wrong: Complaints,
    brand_id: Uuid,
    content: LinkContent,
) -> Result<Checked, Failure> {
    let name = wrong.text("link.name", &content.name, 200).to_owned();
    let target = check_target(&mut wrong, "link.targetUrl", &content.target_url);
    let own = own(&mut wrong, &content.utm);
    let facts = facts(context, &mut wrong, (brand_id, &content)).await?;
    let convention = context.one(utm_convention::Entity::find_by_id(brand_id)).await?;
    let by_convention = convention.map(|row| ConventionTemplates::of(&row).fill(&facts)).unwrap_or_default();
    let utm = Utm {
        source: own.source.or(by_convention.source),
        medium: own.medium.or(by_convention.medium),
        campaign: own.campaign.or(by_convention.campaign),
        content: own.content.or(by_convention.content),
        term: own.term.or(by_convention.term),
    };
    let led = target.as_ref().and_then(|target| destination(target, &utm));
    if target.is_some() && led.is_none() {
        wrong.add(UserError::at(Code::PageAddressInvalid, "link.targetUrl"));
    }
    wrong.check()?;
    let (Some(target), Some(led)) = (target, led) else {
        return Err(UserError::at(Code::PageAddressInvalid, "link.targetUrl").into());
    };
    Ok(Checked { name, target: target.into(), destination: led.into(), utm, content })
}

/// Makes a short link.
pub async fn create_tracked_link(
    context: &Context,
    brand_id: Uuid,
    content: LinkContent,
) -> Result<tracked_link::Model, Failure> {
    let permit = context.permit(Action::TrackedLinkWrite, brand_id).await?;
    let checked = check(context, Complaints::default(), brand_id, content).await?;
    let row = checked.onto(tracked_link::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(brand_id),
        code: Set(new_code()?),
        created_by: Set(permit.person()?),
        created_at: Set(context.now),
        updated_at: Set(context.now),
        archived_at: Set(None),
        version: Set(1),
        ..Default::default()
    });
    let row = tracked_link::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    trust::record(permit, context.now, "tracked_link.create", row.id, told(&row)).await?;
    Ok(row)
}

/// Says a link anew. Its address stays, so that what was published goes on working; where it leads may change, which is why it takes
/// more than to make one.
pub async fn update_tracked_link(
    context: &Context,
    link_id: Uuid,
    version: i32,
    content: LinkContent,
) -> Result<tracked_link::Model, Failure> {
    let (permit, row) = lock(context, link_id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    if row.archived_at.is_some() {
        wrong.add(UserError::at(Code::WrongState, "linkId").text("state", "ARCHIVED"));
    }
    let checked = check(context, wrong, row.brand_id, content).await?;
    let mut changed = checked.onto(row.into_active_model());
    changed.updated_at = Set(context.now);
    changed.version = Set(version + 1);
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "tracked_link.update", row.id, told(&row)).await?;
    Ok(row)
}

/// Puts a link away: its address leads nowhere. What was counted stays.
pub async fn archive_tracked_link(
    context: &Context,
    link_id: Uuid,
    version: i32,
) -> Result<tracked_link::Model, Failure> {
    put(context, (link_id, version), true).await
}

/// Brings a link back.
pub async fn restore_tracked_link(
    context: &Context,
    link_id: Uuid,
    version: i32,
) -> Result<tracked_link::Model, Failure> {
    put(context, (link_id, version), false).await
}

async fn put(context: &Context, (link_id, version): (Uuid, i32), away: bool) -> Result<tracked_link::Model, Failure> {
    let (permit, row) = lock(context, link_id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    if row.archived_at.is_some() == away {
        let state = if away { "ARCHIVED" } else { "ACTIVE" };
        wrong.add(UserError::at(Code::WrongState, "linkId").text("state", state));
    }
    wrong.check()?;
    let mut changed = row.into_active_model();
    changed.archived_at = Set(away.then_some(context.now));
    changed.updated_at = Set(context.now);
    changed.version = Set(version + 1);
    let row = changed.update(permit.tx()).await?;
    let action = if away { "tracked_link.archive" } else { "tracked_link.restore" };
    trust::record(permit, context.now, action, row.id, json!({})).await?;
    Ok(row)
}

async fn lock(context: &Context, link_id: Uuid) -> Result<(Permit<'_>, tracked_link::Model), Failure> {
    let not_there = || UserError::at(Code::NotFound, "linkId");
    let seen = context.one(tracked_link::Entity::visible([link_id])).await?.ok_or_else(not_there)?;
    let permit = context.permit(Action::TrackedLinkChange, seen.brand_id).await?;
    let locked = tracked_link::Entity::one_in_brand(seen.brand_id, link_id).lock_exclusive();
    let row = context.one(locked).await?.ok_or_else(not_there)?;
    Ok((permit, row))
}

/// Where a link leads matters later: it can be changed after somebody has seen it.
fn told(row: &tracked_link::Model) -> serde_json::Value {
    json!({ "target": row.target_url, "campaign": row.campaign_id, "post": row.post_id })
}
