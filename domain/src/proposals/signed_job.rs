//! The signed file of a proposal: what was accepted, with a page that says by whom, when and from where. Made once, after the acceptance,
//! and kept as it is. The client is written to when it is there.

use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::proposals::{proposal, proposal_acceptance};
use diwan_platform::crypto::sha256;
use diwan_platform::db;
use diwan_platform::signed::{self, Link, LinkError};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, DbErr, EntityTrait as _, QueryFilter as _};
use serde_json::json;
use url::Url;
use uuid::Uuid;

use super::document::Whole;
use super::letters::write_client;
use super::render_job::{LINK_LIFETIME, OpenedProposal, file_of, key, open_key};
use super::resend::link_for_client;
use crate::context::{Context, Services};
use crate::error::{Arg, Code, Failure, Fault};
use crate::jobs::{Job, JobError, Next, Scope, Work};
use crate::messages::time_in_words;
use crate::permission::Permit;
use crate::public_links::GOOD_FOR;
use crate::trust;

/// What a download link is signed for.
const PURPOSE: &str = "accepted proposal";

/// How long after somebody accepted it is news to them that there is a file: of what is older the team tells, if it wants.
const NEWS: Duration = Duration::days(7);

/// Makes the file of one acceptance. It is about the acceptance.
#[derive(Debug)]
pub struct RenderAcceptance;

/// The acceptance that a job is about with its proposal, where there is no file yet.
async fn wanted(scope: &Scope) -> Result<Option<(proposal::Model, proposal_acceptance::Model)>, JobError> {
    let select = proposal_acceptance::Entity::one_in_brand(scope.brand_id, scope.subject_id());
    let found = select.one(scope.tx()).await?.filter(|accepted| accepted.file_at.is_none());
    let Some(accepted) = found else { return Ok(None) };
    let row = proposal::Entity::one_in_brand(scope.brand_id, accepted.proposal_id).one(scope.tx()).await?;
    Ok(row.map(|row| (row, accepted)))
}

#[async_trait]
impl Job for RenderAcceptance {
    fn kind(&self) -> &'static str {
        "render_acceptance"
    }

    async fn run(&self, work: &Work) -> Result<(), JobError> {
        let scope = work.begin().await?;
        let Some((row, accepted)) = wanted(&scope).await? else {
            return scope.finish(Next::Done).await;
        };
        // Whoever is called otherwise by now was called so when it was accepted.
        let whole = Whole::load(scope.tx(), row).await?.named_as_in(&accepted.document)?;
        scope.commit().await?;
        let version = whole.version.number;
        let file = file_of(&whole, Some(&accepted))?;
        let rendered = tokio::task::spawn_blocking(move || diwan_reports::proposal_pdf(&file))
            .await
            .map_err(|error| Fault::broken(format!("rendering ended badly: {error}")))?;
        let pdf = rendered.map_err(|error| Fault::broken(format!("rendering: {error}")))?;
        // Stored while the fence is held, so that a worker that lost the job cannot change what another has finished.
        let scope = work.begin().await?;
        if wanted(&scope).await?.is_none() {
            return scope.finish(Next::Done).await;
        }
        work.services.storage.put(key(scope.brand_id, accepted.id), &pdf).await.map_err(Fault::from)?;
        let size = i64::try_from(pdf.len()).map_err(|_| Fault::broken("a file beyond all limits"))?;
        let hash = sha256(&pdf);
        proposal_acceptance::Entity::update_many()
            .col_expr(proposal_acceptance::Column::FileAt, Expr::value(scope.now))
            .col_expr(proposal_acceptance::Column::FileBytes, Expr::value(size))
            .col_expr(proposal_acceptance::Column::FileSha256, Expr::value(hash.to_vec()))
            .filter(proposal_acceptance::Column::BrandId.eq(scope.brand_id))
            .filter(proposal_acceptance::Column::Id.eq(accepted.id))
            .exec(scope.tx())
            .await?;
        let detail = json!({ "version": version, "sha256": data_encoding::HEXLOWER.encode(&hash) });
        let permit = scope.permit().await?;
        trust::record(permit, scope.now, "proposal.signed_document", accepted.proposal_id, detail).await?;
        if scope.now - accepted.signed_at <= NEWS {
            tell_client(&work.services, permit, scope.now, &whole).await?;
        }
        scope.finish(Next::Done).await
    }

    async fn give_up(&self, _scope: &Scope, _reason: &str) -> Result<(), JobError> {
        // What was accepted is kept word for word without the file; the job itself shows the trouble and is run again.
        Ok(())
    }

    async fn revive(&self, _permit: Permit<'_>, _subject_id: Uuid) -> Result<bool, DbErr> {
        Ok(true)
    }
}

/// Writes to the client that the signed file is there, where it is known where to, with a link of their own to the page that has it.
async fn tell_client(
    services: &Services,
    permit: Permit<'_>,
    now: DateTime<Utc>,
    whole: &Whole,
) -> Result<(), Failure> {
    let row = &whole.row;
    if row.client_email.is_none() {
        return Ok(());
    }
    let until = now + GOOD_FOR;
    let link = link_for_client(services, permit, now, row, (until, false)).await?;
    let when = time_in_words(row.locale, whole.system, whole.zone, until);
    let more = vec![("when", Arg::Text(when.into()))];
    write_client(permit.tx(), services, row, ("proposal-signed", Some(link)), more).await
}

/// A link that fetches the signed file for the next quarter of an hour, and its end; none while there is no file.
pub fn acceptance_file_link(
    context: &Context,
    accepted: &proposal_acceptance::Model,
) -> Result<Option<(Url, DateTime<Utc>)>, Failure> {
    if accepted.file_at.is_none() {
        return Ok(None);
    }
    let expires_at = context.now + LINK_LIFETIME;
    let link = Link { brand_id: accepted.brand_id, id: accepted.id, expires_at };
    let token = signed::sign(&context.services.keys, PURPOSE, link);
    Ok(Some((context.services.link(&format!("proposals/accepted/{token}"))?, expires_at)))
}

/// The signed file of an acceptance that whoever asks has been found to see.
pub(super) async fn open_accepted(
    services: &Services,
    accepted: &proposal_acceptance::Model,
) -> Result<OpenedProposal, Failure> {
    if accepted.file_at.is_none() {
        return Err(Code::NotFound.into());
    }
    open_key(services, key(accepted.brand_id, accepted.id), "proposal-accepted").await
}

/// The signed file behind a link.
pub async fn open_acceptance_file(services: &Services, token: &str) -> Result<OpenedProposal, Failure> {
    let link = signed::verify(&services.keys, PURPOSE, token, services.now()).map_err(|error| match error {
        LinkError::Invalid => Code::LinkInvalid,
        LinkError::Expired => Code::LinkExpired,
    })?;
    let tx = services.db.write().await?;
    db::scalar::<bool>(&tx, "select app.enter_brand($1)", [link.brand_id.into()]).await?;
    let accepted = proposal_acceptance::Entity::one_in_brand(link.brand_id, link.id).one(&tx).await?;
    tx.rollback().await?;
    open_accepted(services, &accepted.ok_or(Code::LinkInvalid)?).await
}
