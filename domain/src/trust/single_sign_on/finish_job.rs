//! The worker's part of a sign-in: exchanging the code, checking the ID token, recognising the person.
//!
//! A worker that dies between the exchange and our note of it has spent the code: the next one is refused by the provider, and
//! the person begins again.

use async_trait::async_trait;
use diwan_entity::trust::identity_provider::{self, ProviderSecondFactor};
use diwan_entity::trust::single_sign_on::{self, SingleSignOnState};
use diwan_platform::db;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, DbErr, EntityTrait as _, FromQueryResult, QueryFilter as _};
use serde_json::json;
use uuid::Uuid;

use super::oidc::{Exchange, Identity, Known, Trouble};
use super::{Pending, secret_place};
use crate::error::Fault;
use crate::jobs::{Job, JobError, Next, Scope, Work};
use crate::permission::Permit;
use crate::trust;

/// How many failures in a row are taken for a passing trouble of the provider. A person waits.
const PATIENCE: i32 = 3;

/// Exchanges the code of one sign-in.
#[derive(Debug)]
pub struct FinishSingleSignOn;

#[async_trait]
impl Job for FinishSingleSignOn {
    fn kind(&self) -> &'static str {
        "finish_single_sign_on"
    }

    async fn run(&self, work: &Work) -> Result<(), JobError> {
        let scope = work.begin().await?;
        let Some(due) = find(&scope, work.claim.subject_id).await? else {
            return scope.finish(Next::Done).await;
        };
        scope.commit().await?;
        let said = exchange(work, &due).await?;
        let scope = work.begin().await?;
        match said {
            Ok((identity, renewed)) => {
                if let Some(known) = renewed {
                    let (_, keys) = known.written()?;
                    identity_provider::Entity::update_many()
                        .col_expr(identity_provider::Column::Keys, Expr::value(keys))
                        .filter(identity_provider::Column::Id.eq(due.provider.id))
                        .exec(scope.tx())
                        .await?;
                }
                recognize(&scope, &due, identity).await?;
            }
            Err(Trouble::Away(said)) if work.claim.failures < PATIENCE => {
                return Err(Fault::broken(format!("an identity provider: {said}")).into());
            }
            Err(Trouble::Away(said)) => {
                tracing::warn!(provider = %due.provider.id, %said, "an identity provider is away");
                refuse(&scope, &due, Uuid::nil(), "AWAY").await?;
            }
            Err(Trouble::Final(why, said)) => {
                tracing::warn!(provider = %due.provider.id, why, %said, "a single sign-on was not accepted");
                refuse(&scope, &due, Uuid::nil(), why).await?;
            }
        }
        scope.finish(Next::Done).await
    }

    async fn give_up(&self, scope: &Scope, _reason: &str) -> Result<(), JobError> {
        match find(scope, scope.subject_id()).await? {
            Some(due) => Ok(refuse(scope, &due, Uuid::nil(), "GAVE_UP").await?),
            None => Ok(()),
        }
    }

    /// Its secret is gone; the person has long begun again.
    async fn revive(&self, _permit: Permit<'_>, _subject_id: Uuid) -> Result<bool, DbErr> {
        Ok(false)
    }
}

/// What is to be finished.
struct Due {
    flow: single_sign_on::Model,
    sealed: Vec<u8>,
    provider: identity_provider::Model,
}

/// The sign-in, if it still waits for its end. One that is too late ends by itself.
async fn find(scope: &Scope, id: Uuid) -> Result<Option<Due>, DbErr> {
    let found = single_sign_on::Entity::find_by_id(id)
        .filter(single_sign_on::Column::State.eq(SingleSignOnState::Arrived))
        .filter(single_sign_on::Column::ExpiresAt.gt(scope.now))
        .one(scope.tx())
        .await?;
    let Some((flow, sealed)) = found.and_then(|mut flow| flow.secret.take().map(|sealed| (flow, sealed))) else {
        return Ok(None);
    };
    let provider = identity_provider::Entity::find_by_id(flow.provider_id).one(scope.tx()).await?;
    Ok(provider.map(|provider| Due { flow, sealed, provider }))
}

async fn exchange(work: &Work, due: &Due) -> Result<Result<(Identity, Option<Known>), Trouble>, JobError> {
    let (services, provider) = (&work.services, &due.provider);
    let pending = Pending::open(services, due.flow.id, &due.sealed)?;
    let client_secret = services.keys.open(secret_place(provider.id), &provider.client_secret).map_err(Fault::from)?;
    let Some(metadata) = &provider.metadata else {
        return Ok(Err(Trouble::Final("NOT_OPENID", "its metadata is gone".to_owned())));
    };
    let known = Known::read(metadata, provider.keys.as_ref())?;
    let exchange = Exchange {
        http: &services.http,
        provider,
        client_secret: String::from_utf8(client_secret).map_err(|_| Fault::broken("a client secret is no text"))?,
        redirect: services.single_sign_on_redirect()?,
        code: pending.code.ok_or_else(|| Fault::broken("an answer without its code"))?,
        verifier: pending.verifier,
        nonce: pending.nonce,
        begun_at: due.flow.created_at,
        now: services.now(),
    };
    Ok(exchange.run(known).await)
}

#[derive(FromQueryResult)]
struct Recognized {
    user_id: Option<Uuid>,
    outcome: String,
}

/// Writes whom the provider means, or that it is nobody here.
async fn recognize(scope: &Scope, due: &Due, identity: Identity) -> Result<(), DbErr> {
    let provider = &due.provider;
    let allowed = |email: &String| {
        let domain = email.rsplit_once('@').map(|(_, domain)| domain);
        provider.allowed_domains.is_empty()
            || domain.is_some_and(|domain| provider.allowed_domains.iter().any(|allowed| allowed == domain))
    };
    let verified = identity.email.is_some();
    let email = identity.email.filter(|email| (3..=254).contains(&email.len()) && !email.contains('\0'));
    let email = email.filter(|email| email.rfind('@').is_some_and(|at| at > 0));
    let email = email.filter(allowed);
    let name = identity.name.map(|name| name.chars().filter(|c| !c.is_control()).take(200).collect::<String>());
    let name = name.filter(|name| !name.trim().is_empty()).or_else(|| email.clone()).unwrap_or_default();
    let values = [
        provider.id.into(),
        identity.subject.into(),
        email.into(),
        name.chars().take(200).collect::<String>().into(),
        scope.new_id().into(),
        scope.now.into(),
    ];
    let sql = "select * from app.recognize_person($1, $2, $3, $4, $5, $6)";
    let found: Option<Recognized> = db::one(scope.tx(), sql, values).await?;
    let found = found.ok_or_else(|| DbErr::RecordNotFound("nobody was recognized or refused".to_owned()))?;
    let known = matches!(found.outcome.as_str(), "KNOWN" | "LINKED" | "JOINED" | "CREATED");
    let Some(user_id) = found.user_id.filter(|_| known) else {
        let why = match found.outcome.as_str() {
            "NO_ADDRESS" if verified => "ADDRESS_NOT_ALLOWED",
            "NO_ADDRESS" if identity.unverified => "ADDRESS_NOT_VERIFIED",
            other => other,
        };
        return refuse(scope, due, found.user_id.unwrap_or_default(), why).await;
    };
    if found.outcome != "KNOWN" {
        let detail = json!({ "provider": provider.id, "how": found.outcome });
        trust::record(permit(scope, due), scope.now, "identity.link", user_id, detail).await?;
    }
    let second_factor = match provider.second_factor {
        ProviderSecondFactor::Never => false,
        ProviderSecondFactor::Claimed => identity.multi_factor,
        ProviderSecondFactor::Always => true,
    };
    end(scope, due, SingleSignOnState::Proved, Some(user_id), second_factor).await
}

fn permit<'a>(scope: &'a Scope, due: &Due) -> Permit<'a> {
    Permit { tx: scope.tx(), brand_id: Uuid::nil(), actor_id: None, agency_id: due.provider.agency_id }
}

async fn refuse(scope: &Scope, due: &Due, about: Uuid, why: &str) -> Result<(), DbErr> {
    let detail = json!({ "with": "singleSignOn", "provider": due.provider.id, "why": why });
    trust::record(permit(scope, due), scope.now, "session.refused", about, detail).await?;
    end(scope, due, SingleSignOnState::Refused, None, false).await
}

async fn end(
    scope: &Scope,
    due: &Due,
    state: SingleSignOnState,
    user_id: Option<Uuid>,
    second_factor: bool,
) -> Result<(), DbErr> {
    single_sign_on::Entity::update_many()
        .col_expr(single_sign_on::Column::State, Expr::value(state))
        .col_expr(single_sign_on::Column::UserId, Expr::value(user_id))
        .col_expr(single_sign_on::Column::SecondFactor, Expr::value(second_factor))
        .col_expr(single_sign_on::Column::Secret, Expr::value(Option::<Vec<u8>>::None))
        .filter(single_sign_on::Column::Id.eq(due.flow.id))
        .filter(single_sign_on::Column::State.eq(SingleSignOnState::Arrived))
        .exec(scope.tx())
        .await
        .map(|_| ())
}
