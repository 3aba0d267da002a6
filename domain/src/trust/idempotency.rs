//! The same key and body give the stored answer; another body under the key is refused. The key, the change and the jobs
//! commit in one transaction, so a key is either unknown or has its answer.

use diwan_entity::trust::idempotency_record;
use diwan_platform::crypto::sha256;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait, TryInsertResult};
use serde_json::Value;

use crate::context::Context;
use crate::error::{Failure, Fault};

/// What is known of a key.
#[derive(Debug)]
pub enum Replay {
    /// Nothing: go on, then [`remember`].
    New,
    /// This answer was given.
    Answered(Value),
    /// The key was used for another request.
    OtherRequest,
}

/// Claims a key. Of two requests at the same time, the second waits here for the first to end.
pub async fn begin(context: &Context, key: &str, request: &[u8]) -> Result<Replay, Failure> {
    let user_id = context.signed_in()?.user_id;
    let hash = sha256(request).to_vec();
    let row = idempotency_record::ActiveModel {
        user_id: Set(user_id),
        key: Set(key.to_owned()),
        request_hash: Set(hash.clone()),
        response: Set(None),
        created_at: Set(context.now),
    };
    let claimed = idempotency_record::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .try_insert()
        .exec_without_returning(context.own_tx())
        .await?;
    if matches!(claimed, TryInsertResult::Inserted(rows) if rows > 0) {
        return Ok(Replay::New);
    }
    let kept = idempotency_record::Entity::find_by_id((user_id, key.to_owned())).one(context.own_tx()).await?;
    Ok(match kept {
        Some(kept) if kept.request_hash != hash => Replay::OtherRequest,
        Some(kept) => Replay::Answered(
            kept.response.ok_or_else(|| Fault::broken("an idempotency key was committed without its answer"))?,
        ),
        None => return Err(Fault::broken("an idempotency key vanished").into()),
    })
}

/// Keeps the answer for the key.
pub async fn remember(context: &Context, key: &str, response: Value) -> Result<(), Failure> {
    let row = idempotency_record::ActiveModel {
        user_id: Set(context.signed_in()?.user_id),
        key: Set(key.to_owned()),
        response: Set(Some(response)),
        ..Default::default()
    };
    idempotency_record::Entity::update(row).exec(context.own_tx()).await?;
    Ok(())
}
