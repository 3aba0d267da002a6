//! Reading a provider's metadata and keys: when it was added or changed, and daily from then on.

use async_trait::async_trait;
use chrono::Duration;
use diwan_entity::trust::identity_provider::{self, ProviderState};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, DbErr, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use super::oidc::{Known, Trouble};
use crate::error::Fault;
use crate::jobs::{Job, JobError, Next, Scope, Work};
use crate::permission::Permit;

/// How often they are read.
const EVERY: Duration = Duration::days(1);
/// How soon again after they could not be read.
const AGAIN: Duration = Duration::hours(1);
/// How many failures in a row are taken for a passing trouble.
const PATIENCE: i32 = 3;

/// Reads a provider's metadata and keys.
#[derive(Debug)]
pub struct DiscoverProvider;

#[async_trait]
impl Job for DiscoverProvider {
    fn kind(&self) -> &'static str {
        "discover_provider"
    }

    async fn run(&self, work: &Work) -> Result<(), JobError> {
        let scope = work.begin().await?;
        let found = identity_provider::Entity::find_by_id(work.claim.subject_id).one(scope.tx()).await?;
        let Some(provider) = found else {
            return scope.finish(Next::Done).await;
        };
        scope.commit().await?;
        let read = Known::discover(&work.services.http, &provider.issuer).await;
        let scope = work.begin().await?;
        let next = match read {
            Ok(known) => {
                let (metadata, keys) = known.written()?;
                identity_provider::Entity::update_many()
                    .col_expr(identity_provider::Column::State, Expr::value(ProviderState::Ready))
                    .col_expr(identity_provider::Column::Trouble, Expr::value(Option::<String>::None))
                    .col_expr(identity_provider::Column::Metadata, Expr::value(metadata))
                    .col_expr(identity_provider::Column::Keys, Expr::value(keys))
                    .col_expr(identity_provider::Column::CheckedAt, Expr::value(scope.now))
                    .filter(identity_provider::Column::Id.eq(provider.id))
                    .exec(scope.tx())
                    .await?;
                EVERY
            }
            Err(Trouble::Away(said)) if work.claim.failures < PATIENCE => {
                return Err(Fault::broken(format!("an identity provider: {said}")).into());
            }
            Err(Trouble::Away(said)) => {
                tracing::warn!(provider = %provider.id, %said, "an identity provider is away");
                fail(&scope, provider.id, "AWAY").await?;
                AGAIN
            }
            Err(Trouble::Final(why, said)) => {
                tracing::warn!(provider = %provider.id, why, %said, "an identity provider cannot be used");
                fail(&scope, provider.id, why).await?;
                EVERY
            }
        };
        let at = scope.now + next;
        scope.finish(Next::Again(at)).await
    }

    async fn give_up(&self, scope: &Scope, _reason: &str) -> Result<(), JobError> {
        Ok(fail(scope, scope.subject_id(), "AWAY").await?)
    }

    /// It is read again when it is changed.
    async fn revive(&self, _permit: Permit<'_>, _subject_id: Uuid) -> Result<bool, DbErr> {
        Ok(false)
    }
}

async fn fail(scope: &Scope, id: Uuid, why: &str) -> Result<(), DbErr> {
    identity_provider::Entity::update_many()
        .col_expr(identity_provider::Column::State, Expr::value(ProviderState::Failed))
        .col_expr(identity_provider::Column::Trouble, Expr::value(why))
        .col_expr(identity_provider::Column::CheckedAt, Expr::value(scope.now))
        .filter(identity_provider::Column::Id.eq(id))
        .exec(scope.tx())
        .await
        .map(|_| ())
}
