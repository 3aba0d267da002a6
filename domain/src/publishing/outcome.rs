//! What an attempt comes to: the one place that writes a publication's state from the worker, and what waits for a person.

use chrono::{DateTime, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::publishing::publication::{self, PublicationState};
use diwan_entity::publishing::publication_attempt::{self, AttemptOutcome};
use diwan_networks::{Checkpoint, ErrorKind, NetworkError, Published};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::calendar::{follow_publications, lock_post};
use crate::jobs::{JobError, Scope};
use crate::notices;
use crate::permission::Permit;

/// Every value of `publication.trouble`: the kinds of a network's error, and the engine's own.
pub const TROUBLES: &[&str] = &[
    "RETRY",
    "RATE_LIMITED",
    "WAITING",
    "RECONNECT",
    "CONTENT",
    "ASK",
    "UNKNOWN",
    CANNOT_TELL,
    MISSED,
    GAVE_UP,
    GIVEN_UP,
    PARTLY_PUBLISHED,
    MEDIA_GONE,
    MEDIA_EXPIRED,
    GRANT_MISSING,
    PAUSED,
    "EXPIRED",
    "NOT_SET_UP",
    "NO_ACCOUNT",
    "TOO_MANY_ROWS",
    "CELL_TOO_LONG",
    "NOT_ALLOWED",
];

pub(super) const CANNOT_TELL: &str = "CANNOT_TELL";
pub(super) const MISSED: &str = "MISSED";
pub(super) const GAVE_UP: &str = "GAVE_UP";
pub(super) const GIVEN_UP: &str = "GIVEN_UP";
pub(super) const PARTLY_PUBLISHED: &str = "PARTLY_PUBLISHED";
pub(super) const MEDIA_GONE: &str = "MEDIA_GONE";
pub(super) const MEDIA_EXPIRED: &str = "MEDIA_EXPIRED";
pub(super) const GRANT_MISSING: &str = "GRANT_MISSING";
pub(super) const PAUSED: &str = "PAUSED";

/// Where a publication goes.
#[derive(Debug)]
pub(super) enum Outcome {
    /// It is on the network.
    Published(Published),
    /// It is not, or not known to be, for this reason.
    Trouble(Trouble),
}

impl Outcome {
    /// What a network's error means for a publication that is certainly not on the network.
    pub(super) fn not_sent(error: &NetworkError) -> Self {
        Self::Trouble(Trouble::not_sent(error))
    }
}

/// Why a publication is not on its network, or not known to be.
#[derive(Debug)]
pub(super) struct Trouble {
    /// The state that it is in now.
    pub(super) state: PublicationState,
    /// A value of [`TROUBLES`].
    pub(super) why: &'static str,
    /// For operators.
    pub(super) detail: String,
}

impl Trouble {
    /// What a network's error means for a publication that is certainly not on the network.
    pub(super) fn not_sent(error: &NetworkError) -> Self {
        let state = match error.kind {
            ErrorKind::Retry | ErrorKind::RateLimited | ErrorKind::Waiting | ErrorKind::LeaseLost => {
                PublicationState::Retrying
            }
            ErrorKind::Content | ErrorKind::Ask | ErrorKind::Reconnect => PublicationState::Failed,
            ErrorKind::Unknown => PublicationState::Unconfirmed,
        };
        Self { state, why: error.kind.as_str(), detail: error.to_string() }
    }

    /// Whether nothing goes on without a person, who is told.
    fn asks_people(&self) -> bool {
        use PublicationState as P;
        matches!(self.state, P::Failed | P::NeedsAttention | P::Missed)
    }
}

/// How many posts of a publication are on the network while others are still to be sent; zero of one that is there or not.
pub fn parts_there(row: &publication::Model) -> usize {
    let is_open = row.state != PublicationState::Published;
    row.checkpoint.clone().filter(|_| is_open).map_or(0, |checkpoint| Checkpoint(checkpoint).parts_there())
}

/// What an end without success means where posts of the publication are on the network already: a person must decide, since
/// begun anew it would be there twice. What is in `row` may be older than what the network saved.
async fn with_parts(scope: &Scope, row: &publication::Model, outcome: Trouble) -> Result<Trouble, JobError> {
    if !matches!(outcome.state, PublicationState::Failed | PublicationState::Missed) {
        return Ok(outcome);
    }
    let saved = publication::Entity::one_in_brand(row.brand_id, row.id).one(scope.tx()).await?;
    Ok(match saved.map_or(0, |row| parts_there(&row)) {
        0 => outcome,
        there => Trouble {
            state: PublicationState::NeedsAttention,
            why: PARTLY_PUBLISHED,
            detail: format!("{there} published, part {} not: {}: {}", there + 1, outcome.why, outcome.detail),
        },
    })
}

/// Lets a person decide about those of these publications of which a part is on the network, now that they are taken off the
/// schedule. Answers which.
pub(super) async fn halt(permit: Permit<'_>, which: Condition, now: DateTime<Utc>) -> Result<Vec<Uuid>, DbErr> {
    let halted = publication::Entity::update_many()
        .col_expr(publication::Column::State, Expr::value(PublicationState::NeedsAttention))
        .col_expr(publication::Column::Trouble, Expr::value(PARTLY_PUBLISHED))
        .col_expr(publication::Column::TroubleDetail, Expr::value("taken off the schedule"))
        .col_expr(publication::Column::UpdatedAt, Expr::value(now))
        .filter(publication::Column::BrandId.eq(permit.brand_id))
        .filter(which)
        .exec_with_returning(permit.tx())
        .await?;
    Ok(halted.into_iter().map(|row| row.id).collect())
}

/// Writes where a publication that is not on its network is now, and its post with it.
pub(super) async fn settle(scope: &Scope, row: &publication::Model, outcome: Trouble) -> Result<(), JobError> {
    lock_post(scope.tx(), row.brand_id, row.post_id).await?;
    let outcome = with_parts(scope, row, outcome).await?;
    let asks_people = outcome.asks_people();
    let Trouble { state, why, detail } = outcome;
    publication::Entity::update_many()
        .col_expr(publication::Column::UpdatedAt, Expr::value(scope.now))
        .col_expr(publication::Column::State, Expr::value(state))
        .col_expr(publication::Column::Trouble, Expr::value(why))
        .col_expr(publication::Column::TroubleDetail, Expr::value(detail.chars().take(500).collect::<String>()))
        .filter(publication::Column::BrandId.eq(row.brand_id))
        .filter(publication::Column::Id.eq(row.id))
        .exec(scope.tx())
        .await?;
    follow_publications(scope.tx(), row.brand_id, row.post_id, scope.now).await?;
    if asks_people {
        notices::publication_trouble(scope.permit().await?, scope.now, &[row.id]).await?;
    }
    Ok(())
}

/// Ends the open attempt, if there is one.
pub(super) async fn close_attempt(
    tx: &impl ConnectionTrait,
    brand_id: Uuid,
    publication_id: Uuid,
    outcome: AttemptOutcome,
    error: Option<&NetworkError>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    publication_attempt::Entity::update_many()
        .col_expr(publication_attempt::Column::Outcome, Expr::value(outcome))
        .col_expr(publication_attempt::Column::FinishedAt, Expr::value(now))
        .col_expr(publication_attempt::Column::ErrorCode, Expr::value(error.map(|error| error.code)))
        .col_expr(
            publication_attempt::Column::ErrorDetail,
            Expr::value(error.map(|error| error.detail.chars().take(500).collect::<String>())),
        )
        .filter(publication_attempt::Column::BrandId.eq(brand_id))
        .filter(publication_attempt::Column::PublicationId.eq(publication_id))
        .filter(publication_attempt::Column::Outcome.is_null())
        .exec(tx)
        .await
        .map(|_| ())
}
