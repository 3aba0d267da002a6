//! Templates of checklists.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use diwan_domain::calendar::{self as domain, ChecklistTemplateContent};
use diwan_domain::{Context as Domain, Failure};
use diwan_entity::calendar::{checklist_template, checklist_template_item};

use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;
use crate::graphql::tenancy::{Brand, User};

/// What is done to posts again and again: checklists are made of it.
pub struct ChecklistTemplate {
    pub op: Op,
    pub row: checklist_template::Model,
}

/// One thing to do, of a template.
#[derive(SimpleObject)]
struct ChecklistTemplateItem {
    /// What is to be done.
    text: String,
    /// Whether a post should not go on while it is not ticked.
    required: bool,
}

/// What is done to posts again and again: checklists are made of it.
#[Object]
impl ChecklistTemplate {
    /// The template's id.
    pub async fn id(&self) -> ID {
        Kind::ChecklistTemplate.id(self.row.id)
    }
    /// What it is called.
    async fn name(&self) -> &str {
        &self.row.name
    }
    /// What is to be done, in order: 1 to 50.
    #[graphql(complexity = "1 + 10 * child_complexity")]
    async fn items(&self) -> Result<Vec<ChecklistTemplateItem>> {
        let rows: Vec<checklist_template_item::Model> = self.op.load_of(self.row.id).await?;
        Ok(rows.into_iter().map(|row| ChecklistTemplateItem { text: row.text, required: row.required }).collect())
    }
    /// Whether every new post of the brand begins with it.
    async fn is_default(&self) -> bool {
        self.row.is_default
    }
    /// Who wrote it down; null when the caller does not see that person.
    async fn created_by(&self) -> Result<Option<User>> {
        Ok(self.op.load(self.row.created_by).await?.map(|row| User { op: self.op.clone(), row }))
    }
    /// When it was written down.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }
    /// Since when it is put away: no post gets it any more.
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

/// One thing to do, of a template.
#[derive(InputObject)]
struct ChecklistTemplateItemInput {
    /// What is to be done, 1 to 300 characters.
    text: String,
    /// Whether a post should not go on while it is not ticked.
    #[graphql(default)]
    required: bool,
}

/// A template, as it is written.
#[derive(InputObject)]
struct ChecklistTemplateInput {
    /// 1 to 200 characters, unlike that of any other template of the brand that is used.
    name: String,
    /// What is to be done, in order: 1 to 50.
    items: Vec<ChecklistTemplateItemInput>,
    /// Whether every new post of the brand begins with it. The template that was the default is it no more.
    #[graphql(default)]
    is_default: bool,
}

impl ChecklistTemplateInput {
    fn into_domain(self) -> ChecklistTemplateContent {
        let items = self.items.into_iter();
        let items =
            items.map(|item| domain::ChecklistTemplateItem { text: item.text, required: item.required }).collect();
        ChecklistTemplateContent { name: self.name, items, is_default: self.is_default }
    }
}

/// A template to write down.
#[derive(InputObject)]
struct CreateChecklistTemplateInput {
    /// Of which brand.
    brand_id: ID,
    /// The template.
    template: ChecklistTemplateInput,
}

/// A template to write anew.
#[derive(InputObject)]
struct UpdateChecklistTemplateInput {
    /// Which.
    template_id: ID,
    /// The version from which the change started.
    version: i32,
    /// The whole of it.
    template: ChecklistTemplateInput,
}

/// A template to put away.
#[derive(InputObject)]
struct ArchiveChecklistTemplateInput {
    /// Which.
    template_id: ID,
}

/// A template to bring back.
#[derive(InputObject)]
struct RestoreChecklistTemplateInput {
    /// Which.
    template_id: ID,
}

/// The answer of what writes a template.
#[derive(SimpleObject)]
struct ChecklistTemplatePayload {
    /// The template, when it was written.
    template: Option<ChecklistTemplate>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

async fn of_template(
    op: &Op,
    command: impl AsyncFnOnce(&Domain) -> Result<checklist_template::Model, Failure>,
) -> Result<ChecklistTemplatePayload> {
    let (row, user_errors) = op.command(command).await?;
    Ok(ChecklistTemplatePayload { template: row.map(|row| ChecklistTemplate { op: op.clone(), row }), user_errors })
}

/// Mutations of templates of checklists.
#[derive(Default)]
pub struct ChecklistTemplateMutation;

#[Object]
impl ChecklistTemplateMutation {
    /// Writes a template of checklists down. For MID and above.
    async fn create_checklist_template(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The template.")] input: CreateChecklistTemplateInput,
    ) -> Result<ChecklistTemplatePayload> {
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            domain::create_checklist_template(context, brand_id, input.template.into_domain()).await
        };
        of_template(Op::of(ctx)?, command).await
    }

    /// Writes a template anew. What posts have of it stays as it was. For MID and above.
    async fn update_checklist_template(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The template.")] input: UpdateChecklistTemplateInput,
    ) -> Result<ChecklistTemplatePayload> {
        let command = async |context: &Domain| {
            let id = Kind::ChecklistTemplate.parse(&input.template_id, "templateId")?;
            domain::update_checklist_template(context, id, input.version, input.template.into_domain()).await
        };
        of_template(Op::of(ctx)?, command).await
    }

    /// Puts a template away: no post gets it any more, and it is not the default. What posts have of it stays. For MID and above.
    async fn archive_checklist_template(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which template.")] input: ArchiveChecklistTemplateInput,
    ) -> Result<ChecklistTemplatePayload> {
        let command = async |context: &Domain| {
            let id = Kind::ChecklistTemplate.parse(&input.template_id, "templateId")?;
            domain::archive_checklist_template(context, id).await
        };
        of_template(Op::of(ctx)?, command).await
    }

    /// Brings a template back that was put away; it is not the default. For MID and above.
    async fn restore_checklist_template(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which template.")] input: RestoreChecklistTemplateInput,
    ) -> Result<ChecklistTemplatePayload> {
        let command = async |context: &Domain| {
            let id = Kind::ChecklistTemplate.parse(&input.template_id, "templateId")?;
            domain::restore_checklist_template(context, id).await
        };
        of_template(Op::of(ctx)?, command).await
    }
}
