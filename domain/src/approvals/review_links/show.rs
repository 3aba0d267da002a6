//! Opening a link: what its holder sees.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use diwan_entity::InBrand as _;
use diwan_entity::approvals::approval_entry::{self, EntryKind};
use diwan_entity::approvals::approval_request::{self, RequestState};
use diwan_entity::approvals::approval_step::{self, StepState};
use diwan_entity::calendar::asset::AssetKind;
use diwan_entity::calendar::{post, post_comment};
use diwan_entity::tenancy::agency::{CalendarSystem, Locale};
use diwan_entity::tenancy::{app_user, brand};
use diwan_platform::crypto::sha256;
use sea_orm::{ActiveEnum as _, EntityTrait as _};
use uuid::Uuid;

use super::content::{ShownVariant, content_of};
use crate::approvals::queries::{can_decide, history_of_requests, steps_of_requests};
use crate::calendar;
use crate::context::{Context, EnteredReview, Services};
use crate::error::{Code, Failure, Fault};
use crate::media::{self, OpenedMedia};
use crate::messages::time_in_words;
use crate::paging::Page;
use crate::tenancy;

/// How many comments are shown: the latest.
const MOST_COMMENTS: u64 = 50;

/// How a link ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Its time is over.
    Expired,
    /// Somebody of the team ended it.
    Revoked,
    /// The request was taken back.
    Withdrawn,
    /// The post changed, so the request is void.
    Voided,
}

impl Ending {
    fn of(name: &str) -> Result<Self, Fault> {
        Ok(match name {
            "EXPIRED" => Self::Expired,
            "REVOKED" => Self::Revoked,
            "WITHDRAWN" => Self::Withdrawn,
            "VOIDED" => Self::Voided,
            other => return Err(Fault::broken(format!("a review link that ended as {other}"))),
        })
    }

    /// Its name in the catalogue.
    pub fn name(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Revoked => "revoked",
            Self::Withdrawn => "withdrawn",
            Self::Voided => "voided",
        }
    }
}

/// What somebody decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// They approved.
    Approved,
    /// They asked for changes.
    ChangesRequested,
}

/// How the holder of a link stands to the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// They are asked.
    Asked {
        /// The step that is open, counted from 1.
        step: i32,
        /// Until when they are asked to decide, in words.
        until: Option<String>,
    },
    /// They have decided.
    Decided(Verdict, String),
    /// Somebody else has decided; their name and when.
    DecidedBy(Verdict, String, String),
    /// It is not their turn.
    NotAsked,
}

/// Something that was said to or by the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Who; none where it was the reader.
    pub by: Option<String>,
    /// When, in words.
    pub at: String,
    /// What.
    pub text: String,
}

/// What the holder of a link sees. Times are in words, in the brand's time zone and the reader's calendar.
#[derive(Debug, Clone)]
pub struct Review {
    /// The language of the reader.
    pub locale: Locale,
    /// Their name.
    pub reader: String,
    /// Who asks.
    pub agency: String,
    /// For which brand.
    pub brand: String,
    /// What the post is called.
    pub title: String,
    /// How far the request has come.
    pub state: RequestState,
    /// How the reader stands to it.
    pub standing: Standing,
    /// The post as it will look; none when it has changed since it was asked about.
    pub variants: Option<Vec<ShownVariant>>,
    /// The digest of what is shown, which a decision names.
    pub digest: String,
    /// When the post is due; none while it has no time.
    pub due_at: Option<String>,
    /// The brand's time zone, IANA.
    pub zone: String,
    /// What was said, oldest first.
    pub said: Vec<Said>,
    /// Until when the link works.
    pub expires_at: String,
    /// Names what is sent from this page, so that it counts once.
    pub once: Uuid,
}

/// What a link opens.
#[derive(Debug)]
pub enum Opened {
    /// What it is for.
    Review(Box<Review>),
    /// Nothing any more, said in the language of whoever it was for.
    Ended(Ending, Locale),
}

/// A link that was opened within an operation.
pub(super) enum Entered {
    Open(EnteredReview),
    Ended(Ending, Locale),
}

/// Opens the scope of a link. One that is not there reads like one of somebody whose place has ended.
pub(super) async fn enter(context: &Context, secret: &str) -> Result<Entered, Failure> {
    let entered = context.enter_review(sha256(secret.as_bytes())).await?.ok_or(Code::LinkInvalid)?;
    Ok(match &entered.ending {
        Some(ending) => Entered::Ended(Ending::of(ending)?, Locale::try_from_value(&entered.locale)?),
        None => Entered::Open(entered),
    })
}

/// What a link opens now. Nothing is written.
pub async fn open_review(services: &Arc<Services>, secret: &str) -> Result<Opened, Failure> {
    let context = Context::stranger(Arc::clone(services), services.db.read().await?);
    let opened = match enter(&context, secret).await? {
        Entered::Open(link) => Opened::Review(Box::new(show(&context, &link).await?)),
        Entered::Ended(ending, locale) => Opened::Ended(ending, locale),
    };
    context.roll_back().await?;
    Ok(opened)
}

/// What is looked at of a picture or film.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// The picture, or the film to be played.
    Itself,
    /// The poster of a film.
    Poster,
}

/// A picture or film of the post that a link is for, to be sent. Only what the page shows now. Of a picture it is the form for the
/// screen: what comes from a camera says more than it shows, and weighs more than a phone needs. What moves has no such form,
/// and what has just come not yet.
pub async fn review_picture(
    services: &Arc<Services>,
    secret: &str,
    asset_id: Uuid,
    look: Look,
) -> Result<OpenedMedia, Failure> {
    let context = Context::stranger(Arc::clone(services), services.db.read().await?);
    let Entered::Open(link) = enter(&context, secret).await? else { return Err(Code::LinkExpired.into()) };
    let (request, post) = subject(&context, &link).await?;
    let variants = if is_as_asked(&request, &post) {
        calendar::variants_of_posts(&context, &[post.id]).await?
    } else {
        Vec::new()
    };
    let ids: Vec<Uuid> = variants.iter().map(|variant| variant.id).collect();
    let places = calendar::variant_assets(&context, &ids).await?;
    if !places.iter().any(|place| place.asset_id == asset_id) {
        return Err(Code::NotFound.into());
    }
    let asset = calendar::assets_by_ids(&context, &[asset_id]).await?.pop().ok_or(Code::NotFound)?;
    let film = asset.kind == Some(AssetKind::Video);
    let forms = match asset.file_id {
        Some(file_id) if look == Look::Poster || !film => media::renditions_of_files(&context, &[file_id]).await?,
        _ => Vec::new(),
    };
    context.roll_back().await?;
    let form = forms.into_iter().find(|form| form.purpose == media::SCREEN);
    if look == Look::Poster && (!film || form.is_none()) {
        return Err(Code::NotFound.into());
    }
    media::open_asset(services, asset, form).await
}

/// The request of a link and its post.
pub(super) async fn subject(
    context: &Context,
    link: &EnteredReview,
) -> Result<(approval_request::Model, post::Model), Failure> {
    let request = context.one(approval_request::Entity::visible([link.request_id])).await?.ok_or(Code::LinkInvalid)?;
    let post = calendar::load_post(context, request.subject_id, false).await.map_err(|failure| match failure {
        Failure::Refused(_) => Failure::from(Code::LinkInvalid),
        fault @ Failure::Fault(_) => fault,
    })?;
    Ok((request, post))
}

/// Whether a post is what was asked about: a later version is the team's until they ask about it.
pub(super) fn is_as_asked(request: &approval_request::Model, post: &post::Model) -> bool {
    request.subject_version == post.version
}

/// How moments read to whoever holds the link.
struct Clock {
    locale: Locale,
    system: CalendarSystem,
    zone: Tz,
}

impl Clock {
    fn words(&self, at: DateTime<Utc>) -> String {
        time_in_words(self.locale, self.system, self.zone, at)
    }
}

/// What the holder of the link sees, as it stands in this operation.
pub(super) async fn show(context: &Context, link: &EnteredReview) -> Result<Review, Failure> {
    let actor = context.signed_in()?;
    let (request, post) = subject(context, link).await?;
    let brand = context.one(brand::Entity::find_by_id(request.brand_id)).await?.ok_or(Code::LinkInvalid)?;
    let person = context.one(app_user::Entity::find_by_id(actor.user_id)).await?.ok_or(Code::LinkInvalid)?;
    let zone = brand.time_zone.parse().map_err(|_| Fault::broken("a brand without a time zone"))?;
    let clock = Clock { locale: actor.locale, system: person.calendar_system, zone };
    let entries = history_of_requests(context, &[request.id]).await?;
    let (variants, digest) = if is_as_asked(&request, &post) {
        let (variants, digest) = content_of(context, &post).await?;
        (Some(variants), digest)
    } else {
        (None, String::new())
    };
    Ok(Review {
        locale: actor.locale,
        reader: actor.name.clone(),
        agency: tenancy::agency(context).await?.name,
        brand: brand.name,
        title: request.title.clone(),
        state: request.state,
        standing: standing(context, &request, &entries, actor.user_id, &clock).await?,
        variants,
        digest,
        due_at: post.due_at.map(|at| clock.words(at)),
        zone: brand.time_zone,
        said: said(context, &post, &entries, actor.user_id, &clock).await?,
        expires_at: clock.words(link.expires_at),
        once: context.new_id(),
    })
}

async fn standing(
    context: &Context,
    request: &approval_request::Model,
    entries: &[approval_entry::Model],
    reader: Uuid,
    clock: &Clock,
) -> Result<Standing, Failure> {
    if can_decide(context, &[request.id]).await?.iter().any(|one| one.can) {
        let steps = steps_of_requests(context, &[request.id]).await?;
        let open: Option<&approval_step::Model> = steps.iter().find(|step| step.state == StepState::Open);
        let open = open.ok_or_else(|| Fault::broken("a pending request without an open step"))?;
        return Ok(Standing::Asked { step: open.position, until: open.due_at.map(|at| clock.words(at)) });
    }
    let verdict = |entry: &approval_entry::Model| match entry.kind {
        EntryKind::Approved => Some(Verdict::Approved),
        EntryKind::ChangesRequested => Some(Verdict::ChangesRequested),
        _ => None,
    };
    let decided = || entries.iter().rev().filter_map(|entry| Some((entry, verdict(entry)?)));
    let mine = |entry: &approval_entry::Model| [entry.actor_id, entry.on_behalf_of].contains(&Some(reader));
    Ok(match (decided().find(|(entry, _)| mine(entry)), decided().next()) {
        (Some((entry, verdict)), _) => Standing::Decided(verdict, clock.words(entry.at)),
        (None, Some((entry, verdict))) => {
            Standing::DecidedBy(verdict, entry.actor_name.clone().unwrap_or_default(), clock.words(entry.at))
        }
        (None, None) => Standing::NotAsked,
    })
}

/// Comments that clients read, and what was said with decisions that they see, in one row.
async fn said(
    context: &Context,
    post: &post::Model,
    entries: &[approval_entry::Model],
    reader: Uuid,
    clock: &Clock,
) -> Result<Vec<Said>, Failure> {
    let page = Page { size: MOST_COMMENTS, after: None, before: None, from_end: false };
    let comments: Vec<post_comment::Model> = calendar::comments(context, post.brand_id, post.id, page).await?.rows;
    let mut all: Vec<(DateTime<Utc>, Option<Uuid>, String, String)> = comments
        .into_iter()
        .filter(|comment| comment.deleted_at.is_none())
        .map(|comment| (comment.created_at, Some(comment.author_id), comment.author_name, comment.body))
        .collect();
    for entry in entries {
        if let Some(comment) = &entry.comment {
            all.push((entry.at, entry.actor_id, entry.actor_name.clone().unwrap_or_default(), comment.clone()));
        }
    }
    all.sort_by_key(|(at, ..)| *at);
    let said = |(at, by, name, text)| Said { by: (by != Some(reader)).then_some(name), at: clock.words(at), text };
    Ok(all.into_iter().map(said).collect())
}
