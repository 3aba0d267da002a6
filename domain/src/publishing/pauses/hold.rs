//! Whether a publication that came due is held back.

use diwan_entity::publishing::publication::{self, PublicationState};
use diwan_platform::db;
use uuid::Uuid;

use crate::jobs::{JobError, Scope};
use crate::publishing::outcome::{PAUSED, Trouble, settle};

/// Whether a pause holds the publication back; then it is `PAUSED`. For what is certainly not being sent: nobody is stopped in the
/// middle. The pause cannot end before this is written, so that who ends it finds whatever it held.
pub(in crate::publishing) async fn hold(scope: &Scope, row: &publication::Model) -> Result<bool, JobError> {
    let values = [row.brand_id.into(), row.post_id.into(), row.social_account_id.into()];
    let pause = db::scalar(scope.tx(), "select app.holding_pause($1, $2, $3)", values).await?;
    hold_by(scope, row, pause).await
}

/// The same, where the answer of `app.holding_pause` has been read in this transaction.
pub(in crate::publishing) async fn hold_by(
    scope: &Scope,
    row: &publication::Model,
    pause: Option<Uuid>,
) -> Result<bool, JobError> {
    let Some(pause) = pause else { return Ok(false) };
    // Why it was paused stands with the pause, for the team alone.
    let detail = format!("held back by the pause {pause}");
    settle(scope, row, Trouble { state: PublicationState::Paused, why: PAUSED, detail }).await?;
    Ok(true)
}
