//! What strangers see of a landing page, and counting that they do.

use chrono::{DateTime, Duration, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::calendar::asset;
use diwan_entity::media::media_rendition;
use diwan_entity::tenancy::agency::Locale;
use diwan_entity::tenancy::brand;
use diwan_entity::tracking::landing_page::{self, LandingAction, LandingState};
use diwan_entity::tracking::tracked_link;
use diwan_platform::signed::{Link, sign};
use diwan_platform::{db, ids};
use sea_orm::{
    ActiveEnum as _, ColumnTrait as _, ConnectionTrait as _, DatabaseTransaction, EntityTrait as _, FromQueryResult,
    QueryFilter as _,
};
use uuid::Uuid;

use super::super::address::Utm;
use super::super::code::is_code;
use super::super::convention::LONGEST;
use super::super::follow::{Visit, quarter};
use super::content::{AskedField, Block, asked_of, blocks_of, unfit};
use crate::context::Services;
use crate::error::{Code, Failure};
use crate::media::{OpenedMedia, SCREEN, open_asset};

/// How long a form can be sent after it was shown.
pub(super) const FORM_GOOD_FOR: Duration = Duration::hours(24);

/// By what a visitor came, as the address of the page says it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CameBy {
    /// The parameters of web statistics.
    pub utm: Utm,
    /// The code of the short link that led there; empty where none did.
    pub link: String,
}

impl CameBy {
    /// What of it can be kept: anybody may have written the address.
    pub(super) fn tidy(self) -> Self {
        let tidy = |value: Option<String>| {
            let plain: String = value?.chars().filter(|one| !one.is_control()).collect();
            let short: String = plain.trim().chars().take(LONGEST).collect();
            let short = short.trim_end();
            (!short.is_empty()).then(|| short.to_owned())
        };
        let Utm { source, medium, campaign, content, term } = self.utm;
        let link = if is_code(&self.link) { self.link } else { String::new() };
        let utm = Utm {
            source: tidy(source),
            medium: tidy(medium),
            campaign: tidy(campaign),
            content: tidy(content),
            term: tidy(term),
        };
        Self { utm, link }
    }
}

/// The picture of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LandingPicture {
    /// What is said to those who do not see it.
    pub alt: String,
    /// How wide it is, in pixels.
    pub width: Option<i32>,
    /// How high it is, in pixels.
    pub height: Option<i32>,
}

/// The form of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LandingForm {
    /// What it asks for, in order.
    pub fields: Vec<AskedField>,
    /// What is agreed to.
    pub consent: String,
    /// Names what is sent from this form, so that it counts once.
    pub ticket: String,
    /// By what the visitor came: the form takes it along.
    pub came_by: CameBy,
}

/// What visitors are asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LandingCall {
    /// To follow the short link of this code; none where it was put away.
    Link(Option<String>),
    /// To fill in a form.
    Form(Box<LandingForm>),
}

/// What a visitor sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LandingView {
    /// The language of the page.
    pub locale: Locale,
    /// Whose page it is.
    pub brand: String,
    /// The end of its address.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// What it says.
    pub blocks: Vec<Block>,
    /// Its picture, while it may be used.
    pub picture: Option<LandingPicture>,
    /// What stands on the button.
    pub label: String,
    /// What the button is for.
    pub call: LandingCall,
}

/// What is at an address.
#[derive(Debug)]
pub enum VisitedPage {
    /// The page.
    Page(Box<LandingView>),
    /// The page ends differently by now.
    Moved(String),
}

/// What somebody reads who has filled in the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LandingThanks {
    /// The language of the page.
    pub locale: Locale,
    /// Whose page it is.
    pub brand: String,
    /// Its title.
    pub title: String,
    /// What is said.
    pub thanks: String,
}

#[derive(FromQueryResult)]
struct Entered {
    #[sea_orm(from_alias = "found_page")]
    page: Uuid,
    #[sea_orm(from_alias = "found_brand")]
    brand: Uuid,
    #[sea_orm(from_alias = "found_agency")]
    agency: Uuid,
}

/// A published page, with the scope of its brand opened; and its agency. None where no published page has this code.
pub(super) async fn enter(
    tx: &DatabaseTransaction,
    code: &str,
) -> Result<Option<(landing_page::Model, Uuid)>, Failure> {
    if !is_code(code) {
        return Ok(None);
    }
    let entered: Option<Entered> = db::one(tx, "select * from app.enter_landing_page($1)", [code.into()]).await?;
    let Some(Entered { page, brand, agency }) = entered else { return Ok(None) };
    let row = landing_page::Entity::one_in_brand(brand, page).one(tx).await?;
    // It may have been put away since.
    Ok(row.filter(|row| row.state == LandingState::Published).map(|row| (row, agency)))
}

/// What a visitor sees of a page now.
pub(super) async fn show(
    services: &Services,
    tx: &DatabaseTransaction,
    (row, came_by): (&landing_page::Model, CameBy),
    now: DateTime<Utc>,
) -> Result<LandingView, Failure> {
    let brand = brand::Entity::find_by_id(row.brand_id).one(tx).await?.ok_or(Code::NotFound)?;
    let picture = picture(tx, row, now).await?.map(|(asset, _)| LandingPicture {
        alt: row.image_alt.clone(),
        width: asset.width,
        height: asset.height,
    });
    let call = match (row.action, row.link_id) {
        (LandingAction::Link, Some(link_id)) => {
            let link = tracked_link::Entity::one_in_brand(row.brand_id, link_id).one(tx).await?;
            LandingCall::Link(link.filter(|link| link.archived_at.is_none()).map(|link| link.code))
        }
        (LandingAction::Link, None) => LandingCall::Link(None),
        (LandingAction::Form, _) => {
            let link = Link { brand_id: row.brand_id, id: ids::new_id(now), expires_at: now + FORM_GOOD_FOR };
            LandingCall::Form(Box::new(LandingForm {
                fields: asked_of(row),
                consent: row.consent.clone(),
                ticket: sign(&services.keys, &purpose(row), link),
                came_by,
            }))
        }
    };
    Ok(LandingView {
        locale: row.locale,
        brand: brand.name,
        slug: row.slug.clone(),
        title: row.title.clone(),
        blocks: blocks_of(row)?,
        picture,
        label: row.action_label.clone(),
        call,
    })
}

/// What a ticket is signed for: the form of one page as it was shown, so that nobody agrees to what they did not read.
pub(super) fn purpose(row: &landing_page::Model) -> String {
    format!("landing form {} {}", row.id, row.version)
}

/// The file of a page's picture, while it may be shown, in the form for the screen: what comes from a camera says more than it shows,
/// so nothing is there until that form is. What moves has none, and no camera took it.
async fn picture(
    tx: &DatabaseTransaction,
    row: &landing_page::Model,
    now: DateTime<Utc>,
) -> Result<Option<(asset::Model, Option<media_rendition::Model>)>, Failure> {
    let Some(asset_id) = row.asset_id else { return Ok(None) };
    let asset = asset::Entity::one_in_brand(row.brand_id, asset_id).one(tx).await?;
    let Some(asset) = asset.filter(|asset| unfit(asset, now).is_none()) else { return Ok(None) };
    if asset.animated {
        return Ok(Some((asset, None)));
    }
    let Some(file_id) = asset.file_id else { return Ok(None) };
    let forms = media_rendition::Entity::in_brand(row.brand_id)
        .filter(media_rendition::Column::FileId.eq(file_id))
        .filter(media_rendition::Column::Purpose.eq(SCREEN));
    Ok(forms.one(tx).await?.map(|form| (asset, Some(form))))
}

/// One more visit. Whoever makes up names of hosts fills no table with them.
const COUNT: &str = "
  insert into landing_visit as v (brand_id, page_id, quarter, referrer_host, device, visits)
  select $1, $2, $3, case when $4 <> '' and (select count(distinct o.referrer_host) from landing_visit o
      where o.brand_id = $1 and o.page_id = $2 and o.quarter = $3 and o.referrer_host <> $4) >= 100 then '*' else $4 end, $5, 1
  on conflict (brand_id, page_id, quarter, referrer_host, device) do update set visits = v.visits + 1";

/// What is at the address of a page, counting the visit if it is one of a person. None where nothing is.
pub async fn visit_landing_page(
    services: &Services,
    (code, slug): (&str, &str),
    came_by: CameBy,
    visit: &Visit,
) -> Result<Option<VisitedPage>, Failure> {
    let now = services.now();
    let tx = services.db.write().await?;
    let Some((row, _)) = enter(&tx, code).await? else { return Ok(None) };
    if row.slug != slug {
        return Ok(Some(VisitedPage::Moved(row.slug)));
    }
    let view = show(services, &tx, (&row, came_by.tidy()), now).await?;
    if visit.counts() {
        let values = [
            row.brand_id.into(),
            row.id.into(),
            quarter(now).into(),
            visit.referrer_host().into(),
            visit.device().to_value().into(),
        ];
        tx.execute_raw(db::statement(COUNT, values)).await?;
    }
    tx.commit().await?;
    Ok(Some(VisitedPage::Page(Box::new(view))))
}

/// What somebody reads who has filled in the form of a page. None where there is no such page, or it has no form.
pub async fn landing_thanks(services: &Services, code: &str) -> Result<Option<LandingThanks>, Failure> {
    let tx = services.db.read().await?;
    let Some((row, _)) = enter(&tx, code).await? else { return Ok(None) };
    if row.action != LandingAction::Form {
        return Ok(None);
    }
    let brand = brand::Entity::find_by_id(row.brand_id).one(&tx).await?.ok_or(Code::NotFound)?;
    tx.rollback().await?;
    Ok(Some(LandingThanks { locale: row.locale, brand: brand.name, title: row.title, thanks: row.thanks }))
}

/// The picture of a page, to be sent.
pub async fn landing_picture(services: &Services, code: &str) -> Result<OpenedMedia, Failure> {
    let tx = services.db.read().await?;
    let (row, _) = enter(&tx, code).await?.ok_or(Code::NotFound)?;
    let (asset, form) = picture(&tx, &row, services.now()).await?.ok_or(Code::NotFound)?;
    tx.rollback().await?;
    open_asset(services, asset, form).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_address_only_what_is_plain_is_kept() {
        let utm = Utm {
            source: Some("  mail\u{0}\n".to_owned()),
            medium: Some("\r\n".to_owned()),
            campaign: Some("é".repeat(500)),
            ..Utm::default()
        };
        let kept = CameBy { utm, link: "not a code".to_owned() }.tidy();
        assert_eq!(kept.link, "");
        assert_eq!((kept.utm.source.as_deref(), kept.utm.medium), (Some("mail"), None));
        assert_eq!(kept.utm.campaign.map(|text| text.chars().count()), Some(200));
        let right = CameBy { link: "abcdefghjk".to_owned(), ..CameBy::default() };
        assert_eq!(right.clone().tidy(), right);
    }
}
