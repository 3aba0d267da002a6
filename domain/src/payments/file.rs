//! The file itself: written from what was recorded, whenever it is fetched by a signed link.

use chrono::{DateTime, Duration, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::payments::payment_file::{self, PaymentFileState, PaymentFormat};
use diwan_entity::payments::payment_file_item;
use diwan_platform::crypto::{Place, sha256};
use diwan_platform::db;
use diwan_platform::signed::{self, Link, LinkError};
use sea_orm::FromQueryResult;
use url::Url;
use uuid::Uuid;

use super::account::BankAccount;
use super::csv_file::{Line, csv_file};
use super::sepa::{Order, Transfer, pain};
use crate::context::{Context, Services};
use crate::error::{Code, Failure, Fault};
use crate::permission::Action;

/// What a link to a payment file is signed for.
const PURPOSE: &str = "payment file";

const LINK_LIFETIME: Duration = Duration::minutes(15);

pub(super) fn file_place(brand_id: Uuid, file_id: Uuid) -> Place {
    Place { brand_id, row_id: file_id, column: "payment_file.account" }
}

pub(super) fn item_place(brand_id: Uuid, item_id: Uuid) -> Place {
    Place { brand_id, row_id: item_id, column: "payment_file_item.account" }
}

/// One payment in a file, with its account open.
pub(super) struct Entry {
    pub payment_id: Uuid,
    pub minor: i64,
    pub creditor: BankAccount,
    pub about: String,
}

/// Writes a file. `payer` is there where the format has it.
pub(super) fn write(
    file: &payment_file::Model,
    payer: Option<BankAccount>,
    entries: Vec<Entry>,
) -> Result<Vec<u8>, Fault> {
    let name = |id: Uuid| id.simple().to_string();
    match file.format {
        PaymentFormat::Sepa => {
            let debtor = payer.ok_or_else(|| Fault::broken("a SEPA file without an account to pay from"))?;
            let transfers = entries.into_iter().map(|entry| Transfer {
                end_to_end: name(entry.payment_id),
                minor: entry.minor,
                creditor: entry.creditor,
                about: entry.about,
            });
            pain(&Order {
                message_id: name(file.id),
                created_at: file.created_at,
                execute_on: file.execute_on,
                debtor,
                transfers: transfers.collect(),
            })
        }
        PaymentFormat::Csv => {
            let lines = entries.into_iter().map(|entry| Line {
                end_to_end: name(entry.payment_id),
                creditor: entry.creditor,
                minor: entry.minor,
                about: entry.about,
            });
            let lines: Vec<Line> = lines.collect();
            csv_file(&file.currency, &file.execute_on.to_string(), &lines)
        }
    }
}

/// A link that fetches a file for the next quarter of an hour, and its end; none where the file was canceled, or where the caller may not
/// fetch it.
pub fn payment_file_link(
    context: &Context,
    file: &payment_file::Model,
) -> Result<Option<(Url, DateTime<Utc>)>, Failure> {
    if file.state != PaymentFileState::Exported || !context.may(Action::PaymentExport, file.brand_id) {
        return Ok(None);
    }
    let expires_at = context.now + LINK_LIFETIME;
    let link = Link { brand_id: file.brand_id, id: file.id, expires_at };
    let token = signed::sign(&context.services.keys, PURPOSE, link);
    Ok(Some((context.services.link(&format!("payment-files/{token}"))?, expires_at)))
}

/// A file on its way out.
pub struct OpenedFile {
    /// All of it.
    pub bytes: Vec<u8>,
    /// Its media type.
    pub mime_type: &'static str,
    /// The value of `Content-Disposition`.
    pub disposition: String,
}

/// Shows nothing of the accounts within.
impl std::fmt::Debug for OpenedFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenedFile").field("disposition", &self.disposition).finish_non_exhaustive()
    }
}

#[derive(FromQueryResult)]
struct Row {
    #[sea_orm(nested)]
    item: payment_file_item::Model,
    title: String,
}

/// The file behind a link, as long as it was not canceled.
pub async fn open_payment_file(services: &Services, token: &str) -> Result<OpenedFile, Failure> {
    let link = signed::verify(&services.keys, PURPOSE, token, services.now()).map_err(|error| match error {
        LinkError::Invalid => Code::LinkInvalid,
        LinkError::Expired => Code::LinkExpired,
    })?;
    let tx = services.db.write().await?;
    db::scalar::<bool>(&tx, "select app.enter_brand($1)", [link.brand_id.into()]).await?;
    let file = payment_file::Entity::one_in_brand(link.brand_id, link.id).one(&tx).await?;
    let sql =
        "select i.*, p.title from payment_file_item i join payment p on p.brand_id = i.brand_id and p.id = i.payment_id
      where i.brand_id = $1 and i.file_id = $2 order by i.position";
    let rows: Vec<Row> = db::all(&tx, sql, [link.brand_id.into(), link.id.into()]).await?;
    tx.rollback().await?;
    let file = file.filter(|file| file.state == PaymentFileState::Exported).ok_or(Code::LinkInvalid)?;
    let payer = file.account.as_deref();
    let payer = payer.map(|sealed| BankAccount::open(&services.keys, file_place(file.brand_id, file.id), sealed));
    let entries = rows.into_iter().map(|Row { item, title }| {
        let creditor = BankAccount::open(&services.keys, item_place(item.brand_id, item.id), &item.account)?;
        Ok(Entry { payment_id: item.payment_id, minor: item.minor, creditor, about: title })
    });
    let entries = entries.collect::<Result<Vec<_>, Failure>>()?;
    let bytes = write(&file, payer.transpose()?, entries)?;
    if sha256(&bytes).as_slice() != file.sha256 {
        return Err(Fault::broken(format!("the payment file {} is not what it was", file.id)).into());
    }
    let (ending, mime_type) = match file.format {
        PaymentFormat::Sepa => ("xml", "application/xml"),
        PaymentFormat::Csv => ("csv", "text/csv; charset=utf-8"),
    };
    let disposition = format!("attachment; filename=\"payments-{}.{ending}\"", file.created_at.format("%F"));
    Ok(OpenedFile { bytes, mime_type, disposition })
}
