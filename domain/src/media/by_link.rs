//! Files that somebody outside sends by a link that is its own credential (`public_links`). They go the way of every file: streamed to
//! the folder, looked at for what they truly are, and counted within the quota; but in the transaction of what they are sent for.

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::calendar::asset::{self, AssetState};
use diwan_platform::ids;
use diwan_platform::signed::Link;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};
use uuid::Uuid;

use super::facts::{Facts, MAX_VIDEO_BYTES};
use super::quota::{has_room, take_turns};
use super::receive::Receiver;
use super::take_in::{Kept, enter};
use crate::context::Services;
use crate::error::{Code, Failure, Fault};
use crate::permission::Permit;

/// Time enough for a large film over a poor line: it comes in one request.
const LIFETIME: Duration = Duration::hours(6);

/// How long a file counts of which nothing comes, to those at a time and to the quota: a line that breaks leaves one behind. After that it is
/// over: what has stopped counting does not go on, and nobody waits longer for the next bytes.
pub const PATIENCE: Duration = Duration::minutes(10);

/// How often it is noted that a file goes on coming.
const NOTED_EVERY: Duration = Duration::minutes(1);

/// How many files one link sends at a time.
const AT_ONCE: u64 = 5;

/// A file on its way in by a link.
#[derive(Debug)]
pub(crate) struct LinkedFile {
    services: Arc<Services>,
    brand_id: Uuid,
    asset_id: Uuid,
    receiver: Receiver,
    facts: Option<Facts>,
    kept: Option<Kept>,
    /// After which it is not noted any more that it goes on.
    last_moment: DateTime<Utc>,
    /// When that was last noted.
    noted_at: DateTime<Utc>,
}

/// Makes an asset that waits for the file of a link. The permit is the link's. `announced` is how many bytes will come at most.
pub(crate) async fn await_linked_file(
    permit: Permit<'_>,
    now: DateTime<Utc>,
    (link_id, name): (Uuid, &str),
    announced: u64,
) -> Result<asset::Model, Failure> {
    take_turns(permit).await?;
    let waiting = asset::Entity::in_brand(permit.brand_id)
        .filter(asset::Column::UploadLinkId.eq(link_id))
        .filter(asset::Column::State.eq(AssetState::AwaitingUpload))
        .filter(asset::Column::UploadExpiresAt.gt(now))
        .count(permit.tx())
        .await?;
    if waiting >= AT_ONCE {
        return Err(Code::UploadBusy.into());
    }
    let announced = i64::try_from(announced.clamp(1, MAX_VIDEO_BYTES)).unwrap_or(i64::MAX);
    has_room(permit, announced, 0, now).await?;
    // What comes counts by its announcement until it is here, while it goes on coming.
    let row = asset::ActiveModel {
        id: Set(ids::new_id(now)),
        brand_id: Set(permit.brand_id),
        file_name: Set(label(name)),
        alt_text: Set(String::new()),
        state: Set(AssetState::AwaitingUpload),
        declared_size: Set(Some(announced)),
        upload_expires_at: Set(Some(now + PATIENCE)),
        tags: Set(Vec::new()),
        uploaded_by: Set(None),
        upload_link_id: Set(Some(link_id)),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    };
    Ok(asset::Entity::insert(row).exec_with_returning(permit.tx()).await?)
}

/// What a file was called, as a label: whoever is at a phone cannot mend a name.
fn label(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|c| !c.is_control()).take(255).collect();
    let clean = clean.trim();
    if clean.is_empty() { "file".to_owned() } else { clean.to_owned() }
}

impl LinkedFile {
    /// Begins to receive the file that the asset waits for.
    pub(crate) async fn receive(services: &Arc<Services>, awaited: &asset::Model) -> Result<Self, Failure> {
        let (brand_id, asset_id) = (awaited.brand_id, awaited.id);
        let (noted_at, last_moment) = (awaited.created_at, awaited.created_at + LIFETIME);
        let link = Link { brand_id, id: asset_id, expires_at: last_moment };
        let receiver = Receiver::of_awaited(Arc::clone(services), link).await?;
        let services = Arc::clone(services);
        Ok(Self { services, brand_id, asset_id, receiver, facts: None, kept: None, last_moment, noted_at })
    }

    /// The asset.
    pub(crate) fn asset_id(&self) -> Uuid {
        self.asset_id
    }

    /// Takes the next bytes, as [`Receiver::write`] does.
    pub(crate) async fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.receiver.write(bytes).await?;
        let now = self.services.now();
        if now < self.noted_at + NOTED_EVERY {
            return Ok(());
        }
        match self.goes_on().await {
            // While the file still counts, the next bytes try it again: hours of receiving do not end with a second of the database.
            Err(Failure::Fault(fault)) if now < self.noted_at + PATIENCE => {
                tracing::warn!(asset_id = %self.asset_id, error = %fault, "that a file goes on could not be noted");
                Ok(())
            }
            noted => noted,
        }
    }

    /// Notes that the file goes on coming. Refused where it has stopped counting: somebody else may have its room by now.
    async fn goes_on(&mut self) -> Result<(), Failure> {
        let now = self.services.now();
        let until = (now + PATIENCE).min(self.last_moment);
        let tx = self.services.db.write().await?;
        let permit = enter(&tx, self.brand_id, None).await?;
        let noted = asset::Entity::update_many()
            .col_expr(asset::Column::UploadExpiresAt, Expr::value(until))
            .filter(asset::Column::BrandId.eq(self.brand_id))
            .filter(asset::Column::Id.eq(self.asset_id))
            .filter(asset::Column::State.eq(AssetState::AwaitingUpload))
            .filter(asset::Column::UploadExpiresAt.gt(now))
            .exec(permit.tx())
            .await?;
        tx.commit().await?;
        if noted.rows_affected == 0 {
            return Err(Code::LinkInvalid.into());
        }
        self.noted_at = now;
        Ok(())
    }

    /// Looks at the whole file, with no transaction open: that takes a while.
    pub(crate) async fn look(&mut self) -> Result<(), Failure> {
        self.goes_on().await?;
        self.facts = Some(self.receiver.look().await?);
        Ok(())
    }

    /// Makes a file that was looked at count, as the last thing in the transaction of what it was sent for.
    pub(crate) async fn take_in(&mut self, permit: Permit<'_>) -> Result<(), Failure> {
        let facts = self.facts.take().ok_or_else(|| Fault::broken("a file counts that nobody has looked at"))?;
        self.kept = Some(self.receiver.take_in(permit, facts).await?);
        Ok(())
    }

    /// Tidies up after a file that counts.
    pub(crate) async fn done(self) -> Result<(), Failure> {
        // From the folder a job takes it to the store.
        if self.kept == Some(Kept::Staged) {
            return Ok(());
        }
        self.receiver.discard().await
    }

    /// Leaves nothing behind, neither bytes nor the asset that waits for them.
    pub(crate) async fn forget(self) -> Result<(), Failure> {
        self.receiver.discard().await?;
        let tx = self.services.db.write().await?;
        let permit = enter(&tx, self.brand_id, None).await?;
        asset::Entity::delete_many()
            .filter(asset::Column::BrandId.eq(self.brand_id))
            .filter(asset::Column::Id.eq(self.asset_id))
            .filter(asset::Column::State.eq(AssetState::AwaitingUpload))
            .exec(permit.tx())
            .await?;
        Ok(tx.commit().await?)
    }
}

#[cfg(test)]
mod tests {
    use super::label;

    #[test]
    fn a_name_is_a_label() {
        for (name, kept) in [
            ("film.mp4", "film.mp4"),
            ("C:\\Users\\Lina\\فیلم.mp4", "فیلم.mp4"),
            ("../../etc/passwd", "passwd"),
            ("a\0b\nc.png", "abc.png"),
            (" ", "file"),
            ("folder/", "file"),
        ] {
            assert_eq!(label(name), kept);
        }
        assert_eq!(label(&"ن".repeat(300)).chars().count(), 255);
    }
}
