//! Templates of checklists.

use diwan_entity::InBrand as _;
use diwan_entity::calendar::{checklist_template, checklist_template_item};
use diwan_platform::db;
use sea_orm::sea_query::{Expr, ExprTrait as _, Func};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait as _, EntityTrait as _,
    IntoActiveModel as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::paging::{Page, Slice, newest_first};
use crate::permission::{Action, Permit};
use crate::trust;

/// The most templates of a brand that are not put away.
const MOST: u64 = 100;
/// The most items of a template.
const MOST_ITEMS: usize = 50;
/// The most characters of an item.
pub(super) const MOST_TEXT: usize = 300;

/// A template, as it is written.
#[derive(Debug, Clone)]
pub struct ChecklistTemplateContent {
    /// 1 to 200 characters, unlike that of any other template of the brand that is not put away.
    pub name: String,
    /// What is to be done, in order: 1 to 50.
    pub items: Vec<ChecklistTemplateItem>,
    /// Whether every new post of the brand begins with it. The one that was the default is it no more.
    pub is_default: bool,
}

/// One thing to do.
#[derive(Debug, Clone)]
pub struct ChecklistTemplateItem {
    /// 1 to 300 characters.
    pub text: String,
    /// Whether a post should not go on while it is not ticked.
    pub required: bool,
}

impl ChecklistTemplateContent {
    fn check(self, wrong: &mut Complaints) -> Self {
        let name = wrong.text("template.name", &self.name, 200).to_owned();
        if self.items.is_empty() {
            wrong.add(UserError::at(Code::Invalid, "template.items"));
        }
        if self.items.len() > MOST_ITEMS {
            let error = UserError::at(Code::TooMany, "template.items").number("limit", MOST_ITEMS);
            wrong.add(error.number("actual", self.items.len()));
        }
        let items = self.items.into_iter().take(MOST_ITEMS).enumerate().map(|(place, item)| {
            let path = format!("template.items.{place}.text");
            ChecklistTemplateItem { text: wrong.text(&path, &item.text, MOST_TEXT).to_owned(), ..item }
        });
        let items = items.collect();
        Self { name, items, is_default: self.is_default }
    }
}

/// Lets one at a time write templates of a brand (migration `m0030`).
async fn take_turns(permit: Permit<'_>) -> Result<(), Failure> {
    permit.tx().execute_raw(db::statement("select app.lock_checklists($1)", [permit.brand_id.into()])).await?;
    Ok(())
}

/// Complains where another live template has this name. It is the caller's turn.
async fn name_is_free(
    context: &Context,
    permit: Permit<'_>,
    wrong: &mut Complaints,
    (name, own, field): (&str, Option<Uuid>, &str),
) -> Result<(), Failure> {
    // Complained of already, and nothing that the database could compare.
    if name.contains('\0') {
        return Ok(());
    }
    let mut same_name = checklist_template::Entity::in_brand(permit.brand_id)
        .filter(
            Expr::expr(Func::lower(Expr::col(checklist_template::Column::Name)))
                .eq(Func::lower(Expr::val(name.to_owned()))),
        )
        .filter(checklist_template::Column::ArchivedAt.is_null());
    if let Some(own) = own {
        same_name = same_name.filter(checklist_template::Column::Id.ne(own));
    }
    if context.one(same_name).await?.is_some() {
        wrong.add(UserError::at(Code::AlreadyExists, field));
    }
    Ok(())
}

/// Complains where the brand has as many as it may have. It is the caller's turn.
async fn has_room(permit: Permit<'_>, wrong: &mut Complaints) -> Result<(), Failure> {
    let live = checklist_template::Entity::in_brand(permit.brand_id)
        .filter(checklist_template::Column::ArchivedAt.is_null())
        .count(permit.tx())
        .await?;
    if live >= MOST {
        wrong.add(UserError::new(Code::TooMany).number("limit", MOST).number("actual", live + 1));
    }
    Ok(())
}

/// Takes being the default from whichever other template has it.
async fn no_other_default(context: &Context, permit: Permit<'_>, id: Uuid) -> Result<(), Failure> {
    checklist_template::Entity::update_many()
        .col_expr(checklist_template::Column::IsDefault, Expr::value(false))
        .col_expr(checklist_template::Column::UpdatedAt, Expr::value(context.now))
        .col_expr(checklist_template::Column::Version, Expr::col(checklist_template::Column::Version).add(1))
        .filter(checklist_template::Column::BrandId.eq(permit.brand_id))
        .filter(checklist_template::Column::IsDefault.eq(true))
        .filter(checklist_template::Column::Id.ne(id))
        .exec(permit.tx())
        .await?;
    Ok(())
}

async fn write_items(permit: Permit<'_>, template_id: Uuid, items: Vec<ChecklistTemplateItem>) -> Result<(), Failure> {
    let rows = items.into_iter().zip(1..).map(|(item, position)| checklist_template_item::ActiveModel {
        brand_id: Set(permit.brand_id),
        template_id: Set(template_id),
        position: Set(position),
        text: Set(item.text),
        required: Set(item.required),
    });
    checklist_template_item::Entity::insert_many(rows).exec_without_returning(permit.tx()).await?;
    Ok(())
}

/// Writes a template down.
pub async fn create_checklist_template(
    context: &Context,
    brand_id: Uuid,
    content: ChecklistTemplateContent,
) -> Result<checklist_template::Model, Failure> {
    let permit = context.permit(Action::ChecklistTemplateManage, brand_id).await?;
    take_turns(permit).await?;
    let mut wrong = Complaints::default();
    let content = content.check(&mut wrong);
    name_is_free(context, permit, &mut wrong, (&content.name, None, "template.name")).await?;
    has_room(permit, &mut wrong).await?;
    wrong.check()?;
    let id = context.new_id();
    if content.is_default {
        no_other_default(context, permit, id).await?;
    }
    let row = checklist_template::ActiveModel {
        id: Set(id),
        brand_id: Set(brand_id),
        name: Set(content.name),
        is_default: Set(content.is_default),
        created_by: Set(permit.person()?),
        created_at: Set(context.now),
        updated_at: Set(context.now),
        archived_at: Set(None),
        version: Set(1),
    };
    let row = checklist_template::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    let detail = json!({ "items": content.items.len(), "default": row.is_default });
    write_items(permit, row.id, content.items).await?;
    trust::record(permit, context.now, "checklist_template.create", row.id, detail).await?;
    Ok(row)
}

/// The template that is about to change: it is the caller's turn, and the row is locked.
async fn begin(context: &Context, id: Uuid) -> Result<(Permit<'_>, checklist_template::Model), Failure> {
    let not_there = || UserError::at(Code::NotFound, "templateId");
    let row = context.one(checklist_template::Entity::visible([id])).await?.ok_or_else(not_there)?;
    let permit = context.permit(Action::ChecklistTemplateManage, row.brand_id).await?;
    take_turns(permit).await?;
    let row = context.one(checklist_template::Entity::visible([id]).lock_exclusive()).await?.ok_or_else(not_there)?;
    Ok((permit, row))
}

/// Writes a template anew: the whole of it. What posts have of it stays as it was.
pub async fn update_checklist_template(
    context: &Context,
    id: Uuid,
    version: i32,
    content: ChecklistTemplateContent,
) -> Result<checklist_template::Model, Failure> {
    let (permit, row) = begin(context, id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    if row.archived_at.is_some() {
        wrong.add(UserError::at(Code::WrongState, "templateId").text("state", "ARCHIVED"));
    }
    let content = content.check(&mut wrong);
    name_is_free(context, permit, &mut wrong, (&content.name, Some(row.id), "template.name")).await?;
    wrong.check()?;
    if content.is_default {
        no_other_default(context, permit, row.id).await?;
    }
    checklist_template_item::Entity::delete_many()
        .filter(checklist_template_item::Column::BrandId.eq(row.brand_id))
        .filter(checklist_template_item::Column::TemplateId.eq(row.id))
        .exec(permit.tx())
        .await?;
    let detail = json!({ "version": version + 1, "items": content.items.len(), "default": content.is_default });
    write_items(permit, row.id, content.items).await?;
    let mut changed = row.into_active_model();
    changed.name = Set(content.name);
    changed.is_default = Set(content.is_default);
    changed.updated_at = Set(context.now);
    changed.version = Set(version + 1);
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "checklist_template.update", row.id, detail).await?;
    Ok(row)
}

/// Puts a template away: no post gets it any more, by itself or by hand. What posts have of it stays.
pub async fn archive_checklist_template(context: &Context, id: Uuid) -> Result<checklist_template::Model, Failure> {
    let (permit, row) = begin(context, id).await?;
    if row.archived_at.is_some() {
        return Err(UserError::at(Code::WrongState, "templateId").text("state", "ARCHIVED").into());
    }
    let version = row.version + 1;
    let mut changed = row.into_active_model();
    changed.is_default = Set(false);
    changed.archived_at = Set(Some(context.now));
    changed.updated_at = Set(context.now);
    changed.version = Set(version);
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "checklist_template.archive", row.id, json!({})).await?;
    Ok(row)
}

/// Brings a template back. It is not the default, whether it was or not.
pub async fn restore_checklist_template(context: &Context, id: Uuid) -> Result<checklist_template::Model, Failure> {
    let (permit, row) = begin(context, id).await?;
    if row.archived_at.is_none() {
        return Err(UserError::at(Code::WrongState, "templateId").text("state", "LIVE").into());
    }
    let mut wrong = Complaints::default();
    name_is_free(context, permit, &mut wrong, (&row.name, Some(row.id), "templateId")).await?;
    has_room(permit, &mut wrong).await?;
    wrong.check()?;
    let version = row.version + 1;
    let mut changed = row.into_active_model();
    changed.archived_at = Set(None);
    changed.updated_at = Set(context.now);
    changed.version = Set(version);
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "checklist_template.restore", row.id, json!({})).await?;
    Ok(row)
}

/// The templates of a brand, newest first: those that are used, or those that were put away.
pub async fn checklist_templates(
    context: &Context,
    brand_id: Uuid,
    archived: bool,
    page: Page,
) -> Result<Slice<checklist_template::Model>, Failure> {
    context.permit(Action::ChecklistRead, brand_id).await?;
    let archived_at = checklist_template::Column::ArchivedAt;
    let wanted = if archived { archived_at.is_not_null() } else { archived_at.is_null() };
    let select = checklist_template::Entity::in_brand(brand_id).filter(wanted);
    newest_first(context, select, checklist_template::Column::Id, page).await
}

/// Templates by id.
pub async fn checklist_templates_by_ids(
    context: &Context,
    ids: &[Uuid],
) -> Result<Vec<checklist_template::Model>, Failure> {
    Ok(context.all(checklist_template::Entity::visible(ids.iter().copied())).await?)
}

/// What these templates hold, each in its order.
pub async fn items_of_checklist_templates(
    context: &Context,
    ids: &[Uuid],
) -> Result<Vec<checklist_template_item::Model>, Failure> {
    let select = checklist_template_item::Entity::find()
        .filter(checklist_template_item::Column::TemplateId.is_in(ids.iter().copied()))
        .order_by_asc(checklist_template_item::Column::Position);
    Ok(context.all(select).await?)
}
