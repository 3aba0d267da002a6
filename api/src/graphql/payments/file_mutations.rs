//! Mutations of files for the bank.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::NaiveDate;
use diwan_domain::payments::{self as domain, NewFile};
use diwan_domain::{Context as Domain, Failure};
use diwan_entity::payments::payment_file;

use super::types::{PaymentFile, PaymentFormat};
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;

/// Payments to send to the bank together.
#[derive(InputObject)]
struct ExportPaymentsInput {
    /// Of which brand.
    brand_id: ID,
    /// In which form.
    format: PaymentFormat,
    /// On which day the bank pays: today in the brand's time zone or later, up to a year.
    execute_on: NaiveDate,
    /// Which, 1 to 500, all of them approved and in one currency.
    payment_ids: Vec<ID>,
}

/// A file to take back.
#[derive(InputObject)]
struct CancelPaymentFileInput {
    /// Which.
    payment_file_id: ID,
    /// Why, 1 to 1000 characters.
    reason: String,
}

/// The answer of what makes or takes back a file.
#[derive(SimpleObject)]
struct PaymentFilePayload {
    /// The file, when it was done.
    payment_file: Option<PaymentFile>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

async fn answer(
    op: &Op,
    command: impl AsyncFnOnce(&Domain) -> Result<payment_file::Model, Failure>,
) -> Result<PaymentFilePayload> {
    let (row, user_errors) = op.command(command).await?;
    Ok(PaymentFilePayload { payment_file: row.map(|row| PaymentFile { op: op.clone(), row }), user_errors })
}

/// Mutations of files for the bank.
#[derive(Default)]
pub struct PaymentFileMutation;

#[Object]
impl PaymentFileMutation {
    /// Sends approved payments to the bank together: all of them or none, each in one file at a time. The file is fetched by
    /// `PaymentFile.download`. For SENIOR and above.
    async fn export_payments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The payments and the form.")] input: ExportPaymentsInput,
    ) -> Result<PaymentFilePayload> {
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            let ids = input.payment_ids.iter().enumerate();
            let ids = ids.map(|(index, id)| Kind::Payment.parse(id, &format!("paymentIds.{index}")));
            let new = NewFile {
                format: input.format.into(),
                execute_on: input.execute_on,
                payment_ids: ids.collect::<Result<_, Failure>>()?,
            };
            domain::export_payments(context, brand_id, new).await
        };
        answer(Op::of(ctx)?, command).await
    }

    /// Takes a file back, such as one that the bank refused: what it holds and was not noted as paid can be exported anew. For SENIOR and
    /// above.
    async fn cancel_payment_file(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file and the reason.")] input: CancelPaymentFileInput,
    ) -> Result<PaymentFilePayload> {
        let command = async |context: &Domain| {
            let id = Kind::PaymentFile.parse(&input.payment_file_id, "paymentFileId")?;
            domain::cancel_payment_file(context, id, &input.reason).await
        };
        answer(Op::of(ctx)?, command).await
    }
}
