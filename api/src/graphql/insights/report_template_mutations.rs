//! Writing templates of reports down, changing them, and saying how reports look.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use diwan_domain::insights::reports::{self as domain, ReportLook as Look, ReportTemplateContent};
use diwan_domain::{Context as Domain, Failure};
use diwan_entity::insights::report_template;
use uuid::Uuid;

use super::report_templates::{ReportAudience, ReportBlockInput, ReportLook, ReportTemplate, ReportTypeface};
use crate::graphql::context::Op;
use crate::graphql::error::Refused;
use crate::graphql::scalars::Kind;

/// What a template says: the whole of it.
#[derive(InputObject)]
struct ReportTemplateInput {
    /// What it is called, 1 to 200 characters, unlike every other of the brand that is in use.
    name: String,
    /// For whom its reports are.
    audience: ReportAudience,
    /// What they hold, 1 to 40 blocks in reading order.
    blocks: Vec<ReportBlockInput>,
}

impl ReportTemplateInput {
    fn into_domain(self) -> ReportTemplateContent {
        let blocks = self.blocks.into_iter().map(ReportBlockInput::into_domain).collect();
        ReportTemplateContent { name: self.name, audience: self.audience.into(), blocks }
    }
}

/// A template to write down.
#[derive(InputObject)]
struct CreateReportTemplateInput {
    /// Of which brand.
    brand_id: ID,
    /// What it says.
    template: ReportTemplateInput,
}

/// The answer of `createReportTemplate`.
#[derive(SimpleObject)]
struct CreateReportTemplatePayload {
    /// The template, when it was written.
    template: Option<ReportTemplate>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// A template to say anew.
#[derive(InputObject)]
struct UpdateReportTemplateInput {
    /// Which.
    template_id: ID,
    /// The version from which the change started.
    version: i32,
    /// What it says from now on.
    template: ReportTemplateInput,
}

/// The answer of `updateReportTemplate`.
#[derive(SimpleObject)]
struct UpdateReportTemplatePayload {
    /// The template, when it was changed.
    template: Option<ReportTemplate>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// A template to put away.
#[derive(InputObject)]
struct ArchiveReportTemplateInput {
    /// Which.
    template_id: ID,
}

/// The answer of `archiveReportTemplate`.
#[derive(SimpleObject)]
struct ArchiveReportTemplatePayload {
    /// The template, when it was put away.
    template: Option<ReportTemplate>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// How reports look: the whole of it.
#[derive(InputObject)]
struct ReportLookInput {
    /// A picture of the brand's media library, for their head.
    logo_id: Option<ID>,
    /// The colour of headings and charts: `#rrggbb`.
    accent: String,
    /// The letters.
    typeface: ReportTypeface,
    /// A line at the foot of every page, 1 to 200 characters; the agency's name unless given.
    footer: Option<String>,
    /// Whether the agency's name stands at the head.
    names_agency: bool,
}

/// How a brand's reports are to look.
#[derive(InputObject)]
struct SetReportLookInput {
    /// Of which brand.
    brand_id: ID,
    /// How they look from now on.
    look: ReportLookInput,
}

/// The answer of `setReportLook`.
#[derive(SimpleObject)]
struct SetReportLookPayload {
    /// How they look, when it was set.
    look: Option<ReportLook>,
    /// What must be mended.
    user_errors: Vec<Refused>,
}

/// Mutations of templates of reports.
#[derive(Default)]
pub struct ReportTemplateMutation;

async fn answer(
    op: &Op,
    command: impl AsyncFnOnce(&Domain) -> Result<report_template::Model, Failure>,
) -> Result<(Option<ReportTemplate>, Vec<Refused>)> {
    let (row, user_errors) = op.command(command).await?;
    Ok((row.map(|row| ReportTemplate { op: op.clone(), row }), user_errors))
}

fn which(id: &ID) -> Result<Uuid, Failure> {
    Kind::ReportTemplate.parse(id, "templateId")
}

#[Object]
impl ReportTemplateMutation {
    /// Writes a template of reports down. For MID and above; SENIOR and above where clients are to see costs.
    async fn create_report_template(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What it says.")] input: CreateReportTemplateInput,
    ) -> Result<CreateReportTemplatePayload> {
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            domain::create_report_template(context, brand_id, &input.template.into_domain()).await
        };
        let (template, user_errors) = answer(Op::of(ctx)?, command).await?;
        Ok(CreateReportTemplatePayload { template, user_errors })
    }

    /// Says a template of reports anew, the whole of it. Reports that were asked for stay as they are. For MID and above; SENIOR and above
    /// where clients are to see costs.
    async fn update_report_template(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The template, and what it says.")] input: UpdateReportTemplateInput,
    ) -> Result<UpdateReportTemplatePayload> {
        let command = async |context: &Domain| {
            let id = which(&input.template_id)?;
            domain::update_report_template(context, id, input.version, &input.template.into_domain()).await
        };
        let (template, user_errors) = answer(Op::of(ctx)?, command).await?;
        Ok(UpdateReportTemplatePayload { template, user_errors })
    }

    /// Puts a template of reports away: no report is made of it any more. For MID and above.
    async fn archive_report_template(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The template.")] input: ArchiveReportTemplateInput,
    ) -> Result<ArchiveReportTemplatePayload> {
        let command =
            async |context: &Domain| domain::archive_report_template(context, which(&input.template_id)?).await;
        let (template, user_errors) = answer(Op::of(ctx)?, command).await?;
        Ok(ArchiveReportTemplatePayload { template, user_errors })
    }

    /// Says how a brand's reports look from now on. Reports that were made stay as they are. For SENIOR and above.
    async fn set_report_look(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The brand, and how its reports look.")] input: SetReportLookInput,
    ) -> Result<SetReportLookPayload> {
        let op = Op::of(ctx)?;
        let command = async |context: &Domain| {
            let brand_id = Kind::Brand.parse(&input.brand_id, "brandId")?;
            let ReportLookInput { logo_id, accent, typeface, footer, names_agency } = input.look;
            let logo_id = logo_id.map(|id| Kind::Asset.parse(&id, "look.logoId")).transpose()?;
            let look = Look { logo_id, accent, typeface: typeface.into(), footer, names_agency };
            domain::set_report_look(context, brand_id, look).await
        };
        let (look, user_errors) = op.command(command).await?;
        Ok(SetReportLookPayload { look: look.map(|look| ReportLook { op: op.clone(), look }), user_errors })
    }
}
