//! Reading payments and their files. Nothing is written.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, InputObject, Object, Result};
use diwan_domain::payments::{self as domain, PaymentFilter};

use super::types::{BrandPayer, ContractPayee, Payment, PaymentFile, PaymentState};
use crate::graphql::context::Op;
use crate::graphql::page::{Window, connection, cost};
use crate::graphql::scalars::Kind;

/// Which payments are wanted.
#[derive(InputObject, Default)]
struct PaymentFilterInput {
    /// Of this contract; of any when left out.
    contract_id: Option<ID>,
    /// In one of these states; in any when empty.
    #[graphql(default)]
    states: Vec<PaymentState>,
}

/// Queries for payments.
#[derive(Default)]
pub struct PaymentQuery;

#[Object]
impl PaymentQuery {
    /// The payments of a brand, newest first. For MID and above; freelancers see those of their own contracts.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "a connection has four besides its own")]
    async fn payments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which brand.")] brand_id: ID,
        #[graphql(desc = "Only these.")] filter: Option<PaymentFilterInput>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, Payment>> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let page = Window { first, after, last, before }.page()?;
        let brand_id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let PaymentFilterInput { contract_id, states } = filter.unwrap_or_default();
        let contract_id = contract_id.map(|id| Kind::Contract.parse(&id, "filter.contractId")).transpose();
        let states = states.into_iter().map(Into::into).collect();
        let filter = PaymentFilter { contract_id: op.query(contract_id)?, states };
        let slice = op.query(domain::payments(op, brand_id, &filter, page).await)?;
        Ok(connection(slice, |row| row.id, |row| Payment { op: op.clone(), row }))
    }

    /// The files for the bank of a brand, newest first. For SENIOR and above.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn payment_files(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which brand.")] brand_id: ID,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, PaymentFile>> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let page = Window { first, after, last, before }.page()?;
        let brand_id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let slice = op.query(domain::payment_files(op, brand_id, page).await)?;
        Ok(connection(slice, |row| row.id, |row| PaymentFile { op: op.clone(), row }))
    }

    /// Whom a contract pays; null where nobody was named yet. For MID and above.
    async fn contract_payee(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which contract.")] contract_id: ID,
    ) -> Result<Option<ContractPayee>> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let id = op.query(Kind::Contract.parse(&contract_id, "contractId"))?;
        Ok(op.query(domain::contract_payee(op, id).await)?.map(Into::into))
    }

    /// The account from which is paid for a brand; null where none was named yet. For MID and above.
    async fn brand_payer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which brand.")] brand_id: ID,
    ) -> Result<Option<BrandPayer>> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        Ok(op.query(domain::brand_payer(op, id).await)?.map(Into::into))
    }
}
