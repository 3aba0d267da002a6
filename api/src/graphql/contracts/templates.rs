//! Templates of contracts.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use diwan_domain::contracts::{self as domain, TemplateContent};
use diwan_domain::{Context as Domain, Failure};
use diwan_entity::contracts::contract_template;
use uuid::Uuid;

use super::inputs::{ContractClauseInput, clauses};
use super::record::{ContractClause, clauses as kept};
use super::types::ContractKind;
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;
use crate::graphql::tenancy::{Brand, Locale, User};

/// Clauses with variables, from which contracts begin.
pub struct ContractTemplate {
    pub op: Op,
    pub row: contract_template::Model,
}

/// Clauses with variables, from which contracts begin.
#[Object]
impl ContractTemplate {
    /// The template's id.
    pub async fn id(&self) -> ID {
        Kind::ContractTemplate.id(self.row.id)
    }
    /// What it is called.
    async fn name(&self) -> &str {
        &self.row.name
    }
    /// For which contracts.
    async fn kind(&self) -> ContractKind {
        self.row.kind.into()
    }
    /// The language of its clauses.
    async fn language(&self) -> Locale {
        self.row.locale.into()
    }
    /// Its clauses, with variables as `{{name}}`.
    async fn clauses(&self) -> Result<Vec<ContractClause>> {
        kept(&self.op, &self.row.clauses)
    }
    /// Who wrote it first; null when the caller does not see that person.
    async fn created_by(&self) -> Result<Option<User>> {
        Ok(self.op.load(self.row.created_by).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// When it was written first.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }
    /// When it was put away; null while it was not.
    async fn archived_at(&self) -> Option<DateTime<Utc>> {
        self.row.archived_at
    }
    /// Counts the changes; a change names the version from which it started.
    async fn version(&self) -> i32 {
        self.row.version
    }
    /// Its brand.
    async fn brand(&self) -> Result<Brand> {
        Ok(Brand { op: self.op.clone(), row: self.op.must_load(self.row.brand_id).await? })
    }
}

/// What a template says: the whole of it.
#[derive(InputObject)]
struct ContractTemplateInput {
    /// What it is called, 1 to 200 characters, unlike every other of the brand.
    name: String,
    /// The language of its clauses.
    language: Locale,
    /// 1 to 100 clauses.
    clauses: Vec<ContractClauseInput>,
}

impl ContractTemplateInput {
    fn into_domain(self) -> TemplateContent {
        TemplateContent { name: self.name, locale: self.language.into(), clauses: clauses(self.clauses) }
    }
}

/// A template to write down.
#[derive(InputObject)]
struct CreateContractTemplateInput {
    /// Of which brand.
    brand_id: ID,
    /// For which contracts.
    kind: ContractKind,
    /// What it says.
    template: ContractTemplateInput,
}

/// A template to say anew.
#[derive(InputObject)]
struct UpdateContractTemplateInput {
    /// Which.
    template_id: ID,
    /// The version from which the change started.
    version: i32,
    /// What it says from now on.
    template: ContractTemplateInput,
}

/// A template to put away.
#[derive(InputObject)]
struct ArchiveContractTemplateInput {
    /// Which.
    template_id: ID,
}

/// The answer of what changes a template of contracts.
#[derive(SimpleObject)]
struct ContractTemplatePayload {
    /// The template, when it was done.
    template: Option<ContractTemplate>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

async fn answer(
    op: &Op,
    command: impl AsyncFnOnce(&Domain) -> Result<contract_template::Model, Failure>,
) -> Result<ContractTemplatePayload> {
    let (row, user_errors) = op.command(command).await?;
    Ok(ContractTemplatePayload { template: row.map(|row| ContractTemplate { op: op.clone(), row }), user_errors })
}

fn which(id: &ID) -> Result<Uuid, Failure> {
    Kind::ContractTemplate.parse(id, "templateId")
}

/// Mutations of templates of contracts.
#[derive(Default)]
pub struct ContractTemplateMutation;

#[Object]
impl ContractTemplateMutation {
    /// Writes a template of contracts down. For SENIOR and above.
    async fn create_contract_template(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What it says.")] input: CreateContractTemplateInput,
    ) -> Result<ContractTemplatePayload> {
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            domain::create_contract_template(context, brand_id, input.kind.into(), &input.template.into_domain()).await
        };
        answer(Op::of(ctx)?, command).await
    }

    /// Says a template anew. Contracts that began from it stay as they are. For SENIOR and above.
    async fn update_contract_template(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The template, and what it says.")] input: UpdateContractTemplateInput,
    ) -> Result<ContractTemplatePayload> {
        let command = async |context: &Domain| {
            let id = which(&input.template_id)?;
            domain::update_contract_template(context, id, input.version, &input.template.into_domain()).await
        };
        answer(Op::of(ctx)?, command).await
    }

    /// Puts a template of contracts away. For SENIOR and above.
    async fn archive_contract_template(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The template.")] input: ArchiveContractTemplateInput,
    ) -> Result<ContractTemplatePayload> {
        let command =
            async |context: &Domain| domain::archive_contract_template(context, which(&input.template_id)?).await;
        answer(Op::of(ctx)?, command).await
    }
}
