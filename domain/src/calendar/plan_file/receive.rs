//! Receiving the file of an import: small enough to be held, read once for what it truly is, and only then counted.

use std::sync::Arc;

use diwan_entity::InBrand as _;
use diwan_entity::calendar::content_import::{self, ImportState};
use diwan_platform::crypto::sha256;
use diwan_platform::{db, signed};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::read::{self, MAX_PLAN_BYTES};
use super::request::{IMPORT_PURPOSE, import_key};
use crate::context::Services;
use crate::error::{Code, Failure, Fault, UserError};

/// A workbook takes some hundred MB while it is read: one at a time.
pub(super) static READS: tokio::sync::Semaphore = tokio::sync::Semaphore::const_new(1);

/// A plan on its way in.
#[derive(Debug)]
pub struct PlanReceiver {
    services: Arc<Services>,
    link: signed::Link,
    bytes: Vec<u8>,
}

/// Begins to receive the file that `token` was made for.
pub async fn receive_content_import(services: Arc<Services>, token: &str) -> Result<PlanReceiver, Failure> {
    let link = signed::verify(&services.keys, IMPORT_PURPOSE, token, services.now()).map_err(|error| match error {
        signed::LinkError::Invalid => UserError::new(Code::LinkInvalid),
        signed::LinkError::Expired => UserError::new(Code::LinkExpired),
    })?;
    let tx = services.db.write().await?;
    db::scalar::<bool>(&tx, "select app.enter_brand($1)", [link.brand_id.into()]).await?;
    let import = content_import::Entity::one_in_brand(link.brand_id, link.id).one(&tx).await?;
    tx.rollback().await?;
    // Each address takes one file.
    if import.is_none_or(|import| import.state != ImportState::AwaitingFile) {
        return Err(Code::LinkInvalid.into());
    }
    Ok(PlanReceiver { services, link, bytes: Vec::new() })
}

impl PlanReceiver {
    /// Takes the next bytes.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        if (self.bytes.len() + bytes.len()) as u64 > MAX_PLAN_BYTES {
            return Err(UserError::new(Code::FileTooLarge).number("limit", MAX_PLAN_BYTES).into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    /// Reads the file and makes it count. Whatever is refused leaves nothing behind, and the address can be used again.
    pub async fn finish(self) -> Result<(), Failure> {
        let bytes = self.bytes;
        let _turn = READS.acquire().await.map_err(|_| Fault::broken("no more plans are read"))?;
        let (bytes, table) = tokio::task::spawn_blocking(move || read::read(&bytes).map(|table| (bytes, table)))
            .await
            .map_err(|error| Fault::broken(format!("reading a plan ended badly: {error}")))??;
        let number = |size: u64| i64::try_from(size).map_err(|_| Fault::broken("a size beyond its limit"));
        let (size, rows) = (
            number(bytes.len() as u64)?,
            i32::try_from(table.rows.len()).map_err(|_| Fault::broken("rows beyond their limit"))?,
        );
        let tx = self.services.db.write().await?;
        db::scalar::<bool>(&tx, "select app.enter_brand($1)", [self.link.brand_id.into()]).await?;
        let updated = content_import::Entity::update_many()
            .col_expr(content_import::Column::State, Expr::value(ImportState::Received))
            .col_expr(content_import::Column::Format, Expr::value(table.format))
            .col_expr(content_import::Column::ByteSize, Expr::value(size))
            .col_expr(content_import::Column::RowCount, Expr::value(rows))
            .col_expr(content_import::Column::Sha256, Expr::value(sha256(&bytes).to_vec()))
            .filter(content_import::Column::BrandId.eq(self.link.brand_id))
            .filter(content_import::Column::Id.eq(self.link.id))
            .filter(content_import::Column::State.eq(ImportState::AwaitingFile))
            .exec(&tx)
            .await?;
        if updated.rows_affected == 0 {
            return Err(Code::LinkInvalid.into());
        }
        // Of two files for one address the row's lock lets one through, and only that one is stored.
        self.services.storage.put(import_key(self.link.brand_id, self.link.id), &bytes).await?;
        Ok(tx.commit().await?)
    }
}
