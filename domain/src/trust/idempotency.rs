//! The same key and body give the stored answer; another body under the key is refused. The key, the change and the jobs
//! commit in one transaction, so a key is either unknown or has its answer. Answers are kept sealed, because some hold what
//! is shown only once.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use diwan_entity::trust::idempotency_record;
use diwan_platform::crypto::{Place, sha256};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait, TryInsertResult};
use serde_json::Value;
use uuid::Uuid;

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
        Some(kept) => Replay::Answered(open(
            context,
            place(user_id, key),
            kept.response.ok_or_else(|| Fault::broken("an idempotency key was committed without its answer"))?,
        )?),
        None => return Err(Fault::broken("an idempotency key vanished").into()),
    })
}

/// Keeps the answer for the key.
pub async fn remember(context: &Context, key: &str, response: Value) -> Result<(), Failure> {
    let user_id = context.signed_in()?.user_id;
    let answer = context.services.keys.seal(place(user_id, key), response.to_string().as_bytes())?;
    let row = idempotency_record::ActiveModel {
        user_id: Set(user_id),
        key: Set(key.to_owned()),
        response: Set(Some(Value::String(STANDARD.encode(answer)))),
        ..Default::default()
    };
    idempotency_record::Entity::update(row).exec(context.own_tx()).await?;
    Ok(())
}

/// Where an answer is sealed to.
fn place(user_id: Uuid, key: &str) -> Place {
    let digest = sha256(&[user_id.as_bytes(), key.as_bytes()].concat());
    let mut row = [0; 16];
    row.copy_from_slice(&digest[..16]);
    Place { brand_id: Uuid::nil(), row_id: Uuid::from_bytes(row), column: "idempotency_record.response" }
}

/// A kept answer. One that is no text was kept by a release that did not seal them.
fn open(context: &Context, place: Place, kept: Value) -> Result<Value, Fault> {
    let Value::String(sealed) = kept else { return Ok(kept) };
    let unreadable = || Fault::broken("a kept answer cannot be read");
    let sealed = STANDARD.decode(sealed).map_err(|_| unreadable())?;
    serde_json::from_slice(&context.services.keys.open(place, &sealed)?).map_err(|_| unreadable())
}
