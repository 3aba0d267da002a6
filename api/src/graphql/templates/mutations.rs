//! Mutations of templates.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use diwan_domain::templates::{self as domain, TemplateContent, Variable};
use diwan_domain::{Context as Domain, Failure};
use diwan_entity::calendar::content_template;

use super::types::ContentTemplate;
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;

/// A variable that a template declares.
#[derive(InputObject)]
struct TemplateVariableInput {
    /// How the text names it: 1 to 50 letters, digits and underscores of any script, a letter first. What is built in has its name
    /// already: `brand.name`, `date`, `account.handle`, `account.name`, `network`.
    name: String,
    /// What people read, 1 to 200 characters.
    label: String,
    /// What stands where no value is given, up to 5000 characters; nothing when left out. Braces in it are text.
    default: Option<String>,
    /// Whether there must be a value each time. Then it has no default.
    #[graphql(default)]
    required: bool,
}

/// What a template says: the whole of it.
#[derive(InputObject)]
struct ContentTemplateInput {
    /// What it is called, 1 to 200 characters, unlike any other template of the brand that is not put away.
    name: String,
    /// What it is for, up to 10 000 characters.
    #[graphql(default)]
    description: String,
    /// With `{{ name }}` where something is filled in, 1 to 100 000 characters; kept as it is written. What is wrong with it is told
    /// with its place: in `field`, the number after `text` is that of the character, counted from 0.
    text: String,
    /// Its language, BCP 47.
    language: Option<String>,
    /// What posts from it are about.
    pillar_id: Option<ID>,
    /// What it is filled in with, up to 50; the text uses no other.
    #[graphql(default)]
    variables: Vec<TemplateVariableInput>,
}

impl ContentTemplateInput {
    fn into_domain(self) -> Result<TemplateContent, Failure> {
        let pillar_id = self.pillar_id.map(|id| Kind::Pillar.parse(&id, "template.pillarId")).transpose()?;
        let variables = self.variables.into_iter().map(|variable| Variable {
            name: variable.name,
            label: variable.label,
            default: variable.default,
            required: variable.required,
        });
        Ok(TemplateContent {
            name: self.name,
            description: self.description,
            text: self.text,
            language: self.language,
            pillar_id,
            variables: variables.collect(),
        })
    }
}

/// A template to write down.
#[derive(InputObject)]
struct CreateContentTemplateInput {
    /// Of which brand.
    brand_id: ID,
    /// What it says.
    template: ContentTemplateInput,
}

/// A template to say anew.
#[derive(InputObject)]
struct UpdateContentTemplateInput {
    /// Which.
    content_template_id: ID,
    /// The version from which the change started.
    version: i32,
    /// What it says from now on.
    template: ContentTemplateInput,
}

/// A template to put away.
#[derive(InputObject)]
struct ArchiveContentTemplateInput {
    /// Which.
    content_template_id: ID,
    /// The version from which the change started.
    version: i32,
}

/// A template to bring back.
#[derive(InputObject)]
struct RestoreContentTemplateInput {
    /// Which.
    content_template_id: ID,
    /// The version from which the change started.
    version: i32,
}

/// The answer of what writes a template.
#[derive(SimpleObject)]
struct ContentTemplatePayload {
    /// The template, when it was written.
    template: Option<ContentTemplate>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

async fn of_template(
    op: &Op,
    command: impl AsyncFnOnce(&Domain) -> Result<content_template::Model, Failure>,
) -> Result<ContentTemplatePayload> {
    let (row, user_errors) = op.command(command).await?;
    Ok(ContentTemplatePayload { template: row.map(|row| ContentTemplate { op: op.clone(), row }), user_errors })
}

/// Mutations of templates.
#[derive(Default)]
pub struct TemplateMutation;

#[Object]
impl TemplateMutation {
    /// Writes a template down. For MID and above.
    async fn create_content_template(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The template.")] input: CreateContentTemplateInput,
    ) -> Result<ContentTemplatePayload> {
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            domain::create_content_template(context, brand_id, input.template.into_domain()?).await
        };
        of_template(Op::of(ctx)?, command).await
    }

    /// Says a template anew. Posts that were made from it stay as they are. For MID and above.
    async fn update_content_template(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change.")] input: UpdateContentTemplateInput,
    ) -> Result<ContentTemplatePayload> {
        let command = async |context: &Domain| {
            let id = Kind::ContentTemplate.parse(&input.content_template_id, "contentTemplateId")?;
            domain::update_content_template(context, id, input.version, input.template.into_domain()?).await
        };
        of_template(Op::of(ctx)?, command).await
    }

    /// Puts a template away. For MID and above.
    async fn archive_content_template(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: ArchiveContentTemplateInput,
    ) -> Result<ContentTemplatePayload> {
        let command = async |context: &Domain| {
            let id = Kind::ContentTemplate.parse(&input.content_template_id, "contentTemplateId")?;
            domain::archive_content_template(context, id, input.version).await
        };
        of_template(Op::of(ctx)?, command).await
    }

    /// Brings a template back, if its name is still free. For MID and above.
    async fn restore_content_template(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: RestoreContentTemplateInput,
    ) -> Result<ContentTemplatePayload> {
        let command = async |context: &Domain| {
            let id = Kind::ContentTemplate.parse(&input.content_template_id, "contentTemplateId")?;
            domain::restore_content_template(context, id, input.version).await
        };
        of_template(Op::of(ctx)?, command).await
    }
}
