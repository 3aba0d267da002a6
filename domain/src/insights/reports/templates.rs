//! Templates of reports: what they hold, in which order, and for whom they are.

use diwan_entity::InBrand as _;
use diwan_entity::insights::report_template::{self, ReportAudience};
use sea_orm::sea_query::{Expr, ExprTrait as _, Func};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use super::blocks::{ReportBlock, blocks_of, built_in, check_blocks, kept};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::{Action, Permit};
use crate::trust;

/// The most templates of a brand that are in use.
const MOST_TEMPLATES: u64 = 100;
/// The longest name, in characters.
const LONGEST_NAME: usize = 200;

/// Of what a report is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TemplateChoice {
    /// One of the brand's.
    Own(Uuid),
    /// The one that is built in for these readers.
    BuiltIn(ReportAudience),
}

/// A template as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportTemplateContent {
    /// What it is called, 1 to 200 characters, unlike every other of the brand that is in use.
    pub name: String,
    /// For whom it is.
    pub audience: ReportAudience,
    /// What it holds, 1 to 40 blocks in reading order.
    pub blocks: Vec<ReportBlock>,
}

fn not_there() -> UserError {
    UserError::at(Code::NotFound, "templateId")
}

impl TemplateChoice {
    /// Of exactly one of these: the id of a template, or the name of an audience.
    pub fn of(template_id: Option<Uuid>, built_in: Option<ReportAudience>) -> Result<Self, Failure> {
        match (template_id, built_in) {
            (Some(id), None) => Ok(Self::Own(id)),
            (None, Some(audience)) => Ok(Self::BuiltIn(audience)),
            _ => Err(UserError::at(Code::Invalid, "templateId").into()),
        }
    }
}

/// What a template says now. One of another brand, and one that was put away, are not there.
pub(super) async fn chosen(
    context: &Context,
    brand_id: Uuid,
    template: TemplateChoice,
) -> Result<(ReportAudience, Vec<ReportBlock>), Failure> {
    match template {
        TemplateChoice::BuiltIn(audience) => Ok((audience, built_in(audience))),
        TemplateChoice::Own(id) => {
            let row = context.one(report_template::Entity::one_in_brand(brand_id, id)).await?;
            let row = row.filter(|row| row.archived_at.is_none()).ok_or_else(not_there)?;
            Ok((row.audience, blocks_of(&row.blocks)?))
        }
    }
}

/// For whom reports of a template are. One of another brand, and one that was put away, are not there.
pub async fn audience_of(
    context: &Context,
    brand_id: Uuid,
    template: TemplateChoice,
) -> Result<ReportAudience, Failure> {
    Ok(chosen(context, brand_id, template).await?.0)
}

/// That a template can be as it is written; `own` is its id, where it is there already.
async fn check(
    context: &Context,
    wrong: &mut Complaints,
    (brand_id, own, content): (Uuid, Option<Uuid>, &ReportTemplateContent),
) -> Result<String, Failure> {
    // Whether clients see costs is decided by who decides how the agency stands before them.
    if content.blocks.iter().any(|block| block.amounts) {
        context.permit(Action::ReportLookSet, brand_id).await?;
    }
    let name = wrong.text("template.name", &content.name, LONGEST_NAME).to_owned();
    check_blocks(wrong, "template.blocks", (content.audience, &content.blocks));
    if name.contains('\0') {
        return Ok(name);
    }
    let lower = Expr::expr(Func::lower(Expr::col(report_template::Column::Name)));
    let mut same = in_use(brand_id).filter(lower.eq(Func::lower(Expr::val(name.clone()))));
    if let Some(id) = own {
        same = same.filter(report_template::Column::Id.ne(id));
    }
    if context.one(same).await?.is_some() {
        wrong.add(UserError::at(Code::AlreadyExists, "template.name"));
    }
    Ok(name)
}

fn in_use(brand_id: Uuid) -> sea_orm::Select<report_template::Entity> {
    report_template::Entity::in_brand(brand_id).filter(report_template::Column::ArchivedAt.is_null())
}

/// Writes a template down.
pub async fn create_report_template(
    context: &Context,
    brand_id: Uuid,
    content: &ReportTemplateContent,
) -> Result<report_template::Model, Failure> {
    let permit = context.permit(Action::ReportTemplateManage, brand_id).await?;
    let mut wrong = Complaints::default();
    let name = check(context, &mut wrong, (brand_id, None, content)).await?;
    let known = u64::try_from(context.all(in_use(brand_id)).await?.len()).unwrap_or(u64::MAX);
    if known >= MOST_TEMPLATES {
        wrong.add(UserError::at(Code::TooMany, "brandId").number("limit", MOST_TEMPLATES).number("actual", known + 1));
    }
    wrong.check()?;
    let row = report_template::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(brand_id),
        name: Set(name),
        audience: Set(content.audience),
        blocks: Set(kept(&content.blocks)?),
        created_by: Set(permit.person()?),
        created_at: Set(context.now),
        updated_at: Set(context.now),
        archived_at: Set(None),
        version: Set(1),
    };
    let row = report_template::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    trust::record(permit, context.now, "report_template.create", row.id, json!({})).await?;
    Ok(row)
}

/// A template that is about to change, with the right to it; its row is locked.
async fn begin(context: &Context, template_id: Uuid) -> Result<(Permit<'_>, report_template::Model), Failure> {
    let seen = context.one(report_template::Entity::visible([template_id])).await?.ok_or_else(not_there)?;
    let permit = context.permit(Action::ReportTemplateManage, seen.brand_id).await?;
    let select = report_template::Entity::visible([template_id]).lock_exclusive();
    Ok((permit, context.one(select).await?.ok_or_else(not_there)?))
}

/// Says a template anew: the whole of it. Reports that were asked for stay as they are.
pub async fn update_report_template(
    context: &Context,
    template_id: Uuid,
    version: i32,
    content: &ReportTemplateContent,
) -> Result<report_template::Model, Failure> {
    let (permit, row) = begin(context, template_id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    if row.archived_at.is_some() {
        wrong.add(UserError::at(Code::WrongState, "templateId").text("state", "ARCHIVED"));
    }
    let name = check(context, &mut wrong, (row.brand_id, Some(row.id), content)).await?;
    wrong.check()?;
    let version = row.version + 1;
    let changed = report_template::ActiveModel {
        name: Set(name),
        audience: Set(content.audience),
        blocks: Set(kept(&content.blocks)?),
        updated_at: Set(context.now),
        version: Set(version),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "report_template.update", row.id, json!({ "version": version })).await?;
    Ok(row)
}

/// Puts a template away: no report is asked for by it any more.
pub async fn archive_report_template(context: &Context, template_id: Uuid) -> Result<report_template::Model, Failure> {
    let (permit, row) = begin(context, template_id).await?;
    if row.archived_at.is_some() {
        return Err(UserError::at(Code::WrongState, "templateId").text("state", "ARCHIVED").into());
    }
    let changed = report_template::ActiveModel {
        archived_at: Set(Some(context.now)),
        updated_at: Set(context.now),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "report_template.archive", row.id, json!({})).await?;
    Ok(row)
}

/// The templates of a brand that are in use, by name; there are never more than 100.
pub async fn report_templates(context: &Context, brand_id: Uuid) -> Result<Vec<report_template::Model>, Failure> {
    context.permit(Action::ReportRun, brand_id).await?;
    let select = in_use(brand_id).order_by_asc(report_template::Column::Name).order_by_asc(report_template::Column::Id);
    Ok(context.all(select).await?)
}

/// Templates by id, in the brands where the caller may run reports.
pub async fn report_templates_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<report_template::Model>, Failure> {
    let rows = context.all(report_template::Entity::visible(ids.iter().copied())).await?;
    Ok(rows.into_iter().filter(|row| context.may(Action::ReportRun, row.brand_id)).collect())
}
