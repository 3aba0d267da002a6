//! Batched loading of contracts and what belongs to them.

use diwan_domain::{Action, Context, Failure, contracts};
use diwan_entity::contracts::{
    contract, contract_comment, contract_document, contract_signature, contract_template, contract_version,
};
use uuid::Uuid;

use crate::graphql::loaders::{Grouped, Loadable};

impl Loadable for contract::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        contracts::contracts_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        contracts::may_read_contract(context, self)
    }
}

impl Loadable for contract_template::Model {
    async fn load(context: &Context, ids: &[Uuid]) -> Result<Vec<Self>, Failure> {
        contracts::contract_templates_by_ids(context, ids).await
    }
    fn key(&self) -> Uuid {
        self.id
    }
    fn may_read(&self, context: &Context) -> bool {
        context.may(Action::ContractTemplateManage, self.brand_id) || context.may(Action::ContractWrite, self.brand_id)
    }
}

/// What amends a contract.
impl Grouped for contract::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        let rows = contracts::amendments_of_contracts(context, parents).await?;
        Ok(rows.into_iter().filter(|row| contracts::may_read_contract(context, row)).collect())
    }
    fn parent(&self) -> Uuid {
        self.amends_id.unwrap_or_default()
    }
}

impl Grouped for contract_version::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        contracts::versions_of_contracts(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.contract_id
    }
}

impl Grouped for contract_comment::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        contracts::comments_of_contracts(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.contract_id
    }
}

impl Grouped for contract_document::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        contracts::documents_of_contracts(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.contract_id
    }
}

impl Grouped for contract_signature::Model {
    async fn load(context: &Context, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        contracts::signatures_of_contracts(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.contract_id
    }
}
