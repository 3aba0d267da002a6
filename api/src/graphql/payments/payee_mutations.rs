//! Mutations of the accounts between which is paid.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use diwan_domain::Context as Domain;
use diwan_domain::payments::{self as domain, BankAccount, PayeeContent};

use super::types::{BrandPayer, ContractPayee, TaxForm};
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;

/// An account at a bank. It is sealed where it is kept, and shown to nobody as a whole.
#[derive(InputObject)]
struct BankAccountInput {
    /// Whose it is, as the bank knows them: 1 to 70 characters in Latin letters.
    name: String,
    /// Its IBAN; spaces do not count.
    iban: String,
    /// The bank's BIC; left out where it follows from the IBAN.
    bic: Option<String>,
}

impl From<BankAccountInput> for BankAccount {
    fn from(input: BankAccountInput) -> Self {
        Self { name: input.name, iban: input.iban, bic: input.bic }
    }
}

/// What is said of whoever a contract pays: the whole of it.
#[derive(InputObject)]
struct ContractPayeeInput {
    /// To which account.
    account: BankAccountInput,
    /// Whether the form for the tax office is there.
    tax_form: TaxForm,
    /// Which form it is, up to 200 characters.
    #[graphql(default)]
    tax_form_note: String,
    /// Which part of each payment is withheld unless a payment says otherwise, in basis points, 0 to 10000.
    #[graphql(default)]
    withholding_basis_points: i32,
}

/// Whom a contract pays.
#[derive(InputObject)]
struct SetContractPayeeInput {
    /// Which contract, one that is not over.
    contract_id: ID,
    /// The version that was read; left out where nobody was named yet.
    version: Option<i32>,
    /// What is said of them.
    payee: ContractPayeeInput,
}

/// From where is paid.
#[derive(InputObject)]
struct SetBrandPayerInput {
    /// For which brand.
    brand_id: ID,
    /// The version that was read; left out where none was named yet.
    version: Option<i32>,
    /// From which account.
    account: BankAccountInput,
}

/// The answer of `setContractPayee`.
#[derive(SimpleObject)]
struct SetContractPayeePayload {
    /// Whom the contract pays, when it was written down.
    payee: Option<ContractPayee>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// The answer of `setBrandPayer`.
#[derive(SimpleObject)]
struct SetBrandPayerPayload {
    /// From where is paid, when it was written down.
    payer: Option<BrandPayer>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// Mutations of accounts.
#[derive(Default)]
pub struct PayeeMutation;

#[Object]
impl PayeeMutation {
    /// Names whom a contract pays, or says it anew. Not while payments to the account are decided about or on their way. Whoever writes the
    /// account down approves no payment to it. For SENIOR and above.
    async fn set_contract_payee(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The contract and whom it pays.")] input: SetContractPayeeInput,
    ) -> Result<SetContractPayeePayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let id = Kind::Contract.parse(&input.contract_id, "contractId")?;
            let content = PayeeContent {
                account: input.payee.account.into(),
                tax_form: input.payee.tax_form.into(),
                tax_form_note: input.payee.tax_form_note,
                withholding_bp: input.payee.withholding_basis_points,
            };
            domain::set_payee(context, id, input.version, content).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(SetContractPayeePayload { payee: row.map(Into::into), user_errors })
    }

    /// Names the account from which is paid for a brand, or another. For SENIOR and above.
    async fn set_brand_payer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The brand and its account.")] input: SetBrandPayerInput,
    ) -> Result<SetBrandPayerPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            domain::set_payer(context, id, input.version, input.account.into()).await
        };
        let (row, user_errors) = op.command(command).await?;
        Ok(SetBrandPayerPayload { payer: row.map(Into::into), user_errors })
    }
}
