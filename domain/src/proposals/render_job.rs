//! The file of a proposal: made once, after it was sent, in the client's language.

use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::proposals::{proposal, proposal_acceptance, proposal_version};
use diwan_entity::tenancy::agency::Locale;
use diwan_platform::crypto::sha256;
use diwan_platform::db;
use diwan_platform::signed::{self, Link, LinkError};
use diwan_platform::storage::{Key, Opened, Served};
use diwan_reports::{Digits, Language, ProposalAcceptance, ProposalFile, ProposalLine, ProposalPart};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum as _, ColumnTrait as _, DbErr, EntityTrait as _, QueryFilter as _};
use url::Url;
use uuid::Uuid;

use super::document::Whole;
use super::price::{Totals, amount, decimal, in_digits, percent};
use crate::context::{Context, Services};
use crate::error::{Arg, Code, Failure, Fault};
use crate::jobs::{Job, JobError, Next, Scope, Work};
use crate::messages::{message, time_in_words};
use crate::permission::Permit;
use crate::projects::numbered;

/// What a download link is signed for.
const PURPOSE: &str = "proposal file";
/// How long such a link is good.
pub(super) const LINK_LIFETIME: Duration = Duration::minutes(15);
/// The kind of object that these files are.
pub const PDF_KIND: &str = "proposal";

/// Where the file of a version or of an acceptance lies.
pub(super) fn key(brand_id: Uuid, id: Uuid) -> Key<'static> {
    Key::new(PDF_KIND, brand_id, id)
}

/// Makes the file of one version of a proposal. It is about the version.
#[derive(Debug)]
pub struct RenderProposal;

/// The version that a job is about with its proposal, where it is to be made and there is no file yet.
async fn wanted(scope: &Scope, version_id: Uuid) -> Result<Option<proposal::Model>, JobError> {
    let found = proposal_version::Entity::one_in_brand(scope.brand_id, version_id).one(scope.tx()).await?;
    let Some(version) = found.filter(|version| version.pdf_at.is_none()) else { return Ok(None) };
    let row = proposal::Entity::one_in_brand(scope.brand_id, version.proposal_id).one(scope.tx()).await?;
    Ok(row.filter(|row| row.sent_at.is_some() && row.version == version.number))
}

#[async_trait]
impl Job for RenderProposal {
    fn kind(&self) -> &'static str {
        "render_proposal"
    }

    async fn run(&self, work: &Work) -> Result<(), JobError> {
        let scope = work.begin().await?;
        let Some(row) = wanted(&scope, scope.subject_id()).await? else {
            return scope.finish(Next::Done).await;
        };
        let whole = Whole::load(scope.tx(), row).await?;
        scope.commit().await?;
        let (brand_id, version_id) = (whole.row.brand_id, whole.version.id);
        let file = file_of(&whole, None)?;
        let rendered = tokio::task::spawn_blocking(move || diwan_reports::proposal_pdf(&file))
            .await
            .map_err(|error| Fault::broken(format!("rendering ended badly: {error}")))?;
        let pdf = rendered.map_err(|error| Fault::broken(format!("rendering: {error}")))?;
        // Stored while the fence is held, so that a worker that lost the job cannot change what another has finished.
        let scope = work.begin().await?;
        if wanted(&scope, version_id).await?.is_none() {
            return scope.finish(Next::Done).await;
        }
        work.services.storage.put(key(brand_id, version_id), &pdf).await.map_err(Fault::from)?;
        let size = i64::try_from(pdf.len()).map_err(|_| Fault::broken("a file beyond all limits"))?;
        proposal_version::Entity::update_many()
            .col_expr(proposal_version::Column::PdfAt, Expr::value(scope.now))
            .col_expr(proposal_version::Column::PdfBytes, Expr::value(size))
            .col_expr(proposal_version::Column::PdfSha256, Expr::value(sha256(&pdf).to_vec()))
            .filter(proposal_version::Column::BrandId.eq(brand_id))
            .filter(proposal_version::Column::Id.eq(version_id))
            .exec(scope.tx())
            .await?;
        scope.finish(Next::Done).await
    }

    async fn give_up(&self, _scope: &Scope, _reason: &str) -> Result<(), JobError> {
        // The page is there without the file; the job itself shows the trouble and is run again.
        Ok(())
    }

    async fn revive(&self, _permit: Permit<'_>, _subject_id: Uuid) -> Result<bool, DbErr> {
        Ok(true)
    }
}

/// What the file shows: what is offered, or what was accepted and how.
pub(super) fn file_of(whole: &Whole, accepted: Option<&proposal_acceptance::Model>) -> Result<ProposalFile, Failure> {
    let offer = &whole.offer;
    let money = |minor: i64| amount(offer.locale, minor, &offer.currency);
    let number = |decimal: String| in_digits(offer.locale, &decimal);
    let places =
        numbered(&offer.scope).map_err(|place| Fault::broken(format!("a scope that stands nowhere at {place}")))?;
    let line = |line: &diwan_entity::proposals::proposal_line::Model| ProposalLine {
        name: line.name.clone(),
        detail: line.detail.clone(),
        quantity: number(decimal(line.quantity_milli, 3)),
        unit: line.unit.clone(),
        unit_price: money(line.unit_price_minor),
        discount: (line.discount_minor > 0).then(|| money(line.discount_minor)),
        tax_percent: number(percent(line.tax_bp)),
        net: money(line.net_minor),
    };
    // Of what was accepted, the options that were taken stand beside the rest, and the others are gone.
    let chosen = accepted.map(|accepted| accepted.chosen.as_slice()).unwrap_or_default();
    let open = |row: &&diwan_entity::proposals::proposal_line::Model| row.optional && accepted.is_none();
    let totals = Totals::of(whole.taken(chosen));
    let sent_at = whole.row.sent_at.ok_or_else(|| Fault::broken("a file of what was not sent"))?;
    Ok(ProposalFile {
        agency: whole.agency.clone(),
        brand: whole.brand.clone(),
        title: offer.title.clone(),
        client: whole.row.client_name.clone().unwrap_or_default(),
        language: Language::from_code(&offer.locale.to_value().to_lowercase()).unwrap_or(Language::En),
        digits: if matches!(offer.locale, Locale::Fa | Locale::Ar) { Digits::Local } else { Digits::Latin },
        time_zone: whole.zone,
        version: whole.version.number,
        sent_at,
        valid_until: offer.valid_until,
        currency: offer.currency.clone(),
        sections: offer
            .sections
            .iter()
            .map(|section| ProposalPart { heading: section.heading.clone(), body: section.body.clone() })
            .collect(),
        scope: offer
            .scope
            .iter()
            .zip(&places)
            .map(|(work, place)| ProposalPart {
                heading: format!("{} {}", place.number, work.title),
                body: work.detail.clone(),
            })
            .collect(),
        lines: whole.taken(chosen).map(line).collect(),
        options: whole.lines.iter().filter(open).map(line).collect(),
        net: money(totals.net),
        tax: money(totals.tax),
        gross: money(totals.gross),
        terms: offer.terms.clone(),
        acceptance: accepted.map(|accepted| acceptance(whole, accepted)),
    })
}

/// How it was accepted.
fn acceptance(whole: &Whole, accepted: &proposal_acceptance::Model) -> ProposalAcceptance {
    let locale = whole.offer.locale;
    let say = |key: &str| message(locale, key, &[]);
    let currency = Arg::Text(whole.offer.currency.clone().into());
    ProposalAcceptance {
        heading: say("offer-acceptance"),
        name: accepted.signer_name.clone(),
        lines: vec![
            (say("contract-signed-at"), time_in_words(locale, whole.system, whole.zone, accepted.signed_at)),
            (say("contract-signed-at-utc"), accepted.signed_at.format("%F %T UTC").to_string()),
            (say("contract-signed-from"), accepted.address.clone()),
        ],
        document: (say("offer-digest"), data_encoding::HEXLOWER.encode(&accepted.document_sha256)),
        note: message(locale, "offer-taken", &[("currency", currency)]),
    }
}

/// A link that fetches the file of a version for the next quarter of an hour, and its end; none while there is no file.
pub fn proposal_file_link(
    context: &Context,
    version: &proposal_version::Model,
) -> Result<Option<(Url, DateTime<Utc>)>, Failure> {
    if version.pdf_at.is_none() {
        return Ok(None);
    }
    let expires_at = context.now + LINK_LIFETIME;
    let link = Link { brand_id: version.brand_id, id: version.id, expires_at };
    let token = signed::sign(&context.services.keys, PURPOSE, link);
    Ok(Some((context.services.link(&format!("proposals/{token}"))?, expires_at)))
}

/// A file as a reader gets it.
#[derive(Debug)]
pub struct OpenedProposal {
    /// The bytes, or where they are.
    pub from: Opened,
    /// The value of `Content-Disposition`.
    pub disposition: String,
}

/// The file of a version that whoever asks has been found to see.
pub(super) async fn open_file(
    services: &Services,
    version: &proposal_version::Model,
) -> Result<OpenedProposal, Failure> {
    if version.pdf_at.is_none() {
        return Err(Code::NotFound.into());
    }
    open_key(services, key(version.brand_id, version.id), &format!("proposal-{}", version.number)).await
}

/// A file that is there, under a name.
pub(super) async fn open_key(services: &Services, at: Key<'_>, name: &str) -> Result<OpenedProposal, Failure> {
    let disposition = format!("attachment; filename=\"{name}.pdf\"");
    let served = Served { mime_type: "application/pdf", disposition: &disposition };
    let from = services.storage.open(at, served).await?;
    Ok(OpenedProposal { from, disposition })
}

/// The file behind a signed link.
pub async fn open_proposal_file(services: &Services, token: &str) -> Result<OpenedProposal, Failure> {
    let link = signed::verify(&services.keys, PURPOSE, token, services.now()).map_err(|error| match error {
        LinkError::Invalid => Code::LinkInvalid,
        LinkError::Expired => Code::LinkExpired,
    })?;
    let tx = services.db.write().await?;
    db::scalar::<bool>(&tx, "select app.enter_brand($1)", [link.brand_id.into()]).await?;
    let version = proposal_version::Entity::one_in_brand(link.brand_id, link.id).one(&tx).await?;
    tx.rollback().await?;
    open_file(services, &version.ok_or(Code::LinkInvalid)?).await
}
