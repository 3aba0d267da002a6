//! The files of contracts: where they lie, and how they are fetched.

use chrono::{DateTime, Duration, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::contracts::contract;
use diwan_entity::contracts::contract_document::{self, DocumentPart, DocumentState};
use diwan_platform::db;
use diwan_platform::signed::{self, Link, LinkError};
use diwan_platform::storage::{Key, Opened, Served};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use url::Url;
use uuid::Uuid;

use crate::context::{Context, Services};
use crate::error::{Code, Failure};

/// What a download link is signed for.
const DOWNLOAD_PURPOSE: &str = "contract download";

const LINK_LIFETIME: Duration = Duration::minutes(15);

/// The kind of object that documents of contracts are.
pub const CONTRACT_KIND: &str = "contract";

/// What a reader's program is told that a document is.
pub const DOCUMENT_TYPE: &str = "application/pdf";

/// Where a document's file lies.
pub(super) fn document_key(brand_id: Uuid, document_id: Uuid) -> Key<'static> {
    Key::new(CONTRACT_KIND, brand_id, document_id)
}

/// A document as a reader gets it.
#[derive(Debug)]
pub struct OpenedDocument {
    /// The bytes, or where they are.
    pub from: Opened,
    /// The value of `Content-Disposition`.
    pub disposition: String,
}

/// The documents of these contracts that the caller sees, newest first.
pub async fn documents_of_contracts(context: &Context, ids: &[Uuid]) -> Result<Vec<contract_document::Model>, Failure> {
    let select = contract_document::Entity::find()
        .filter(contract_document::Column::ContractId.is_in(ids.iter().copied()))
        .order_by_desc(contract_document::Column::Id);
    Ok(context.all(select).await?)
}

/// The document of what a contract says now that is ready; none while there is none.
pub(super) async fn ready_document(
    context: &Context,
    row: &contract::Model,
    part: DocumentPart,
) -> Result<Option<contract_document::Model>, Failure> {
    let select = contract_document::Entity::in_brand(row.brand_id)
        .filter(contract_document::Column::ContractId.eq(row.id))
        .filter(contract_document::Column::Number.eq(row.version))
        .filter(contract_document::Column::Part.eq(part))
        .filter(contract_document::Column::State.eq(DocumentState::Ready));
    Ok(context.one(select).await?)
}

/// A link that fetches a document for the next quarter of an hour, and its end. None while it is not ready.
pub fn document_link(
    context: &Context,
    row: &contract_document::Model,
) -> Result<Option<(Url, DateTime<Utc>)>, Failure> {
    if row.state != DocumentState::Ready {
        return Ok(None);
    }
    let expires_at = context.now + LINK_LIFETIME;
    let link = Link { brand_id: row.brand_id, id: row.id, expires_at };
    let token = signed::sign(&context.services.keys, DOWNLOAD_PURPOSE, link);
    Ok(Some((context.services.link(&format!("contracts/{token}"))?, expires_at)))
}

/// The file behind a link.
pub async fn open_contract_download(services: &Services, token: &str) -> Result<OpenedDocument, Failure> {
    let link =
        signed::verify(&services.keys, DOWNLOAD_PURPOSE, token, services.now()).map_err(|error| match error {
            LinkError::Invalid => Code::LinkInvalid,
            LinkError::Expired => Code::LinkExpired,
        })?;
    let tx = services.db.write().await?;
    db::scalar::<bool>(&tx, "select app.enter_brand($1)", [link.brand_id.into()]).await?;
    let row = contract_document::Entity::one_in_brand(link.brand_id, link.id).one(&tx).await?;
    tx.rollback().await?;
    let row = row.filter(|row| row.state == DocumentState::Ready).ok_or(Code::LinkInvalid)?;
    open(services, &row).await
}

/// A document's file.
pub(super) async fn open(services: &Services, row: &contract_document::Model) -> Result<OpenedDocument, Failure> {
    let name = if row.part == DocumentPart::Signed { "contract-signed" } else { "contract" };
    let disposition = format!("attachment; filename=\"{name}.pdf\"");
    let served = Served { mime_type: DOCUMENT_TYPE, disposition: &disposition };
    let from = services.storage.open(document_key(row.brand_id, row.id), served).await?;
    Ok(OpenedDocument { from, disposition })
}
