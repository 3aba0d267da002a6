//! Shortlists of a brand: whom it thinks of for something.

use chrono::{DateTime, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::campaigns::campaign;
use diwan_entity::influencers::influencer_shortlist;
use sea_orm::sea_query::{Expr, ExprTrait as _, Func};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _,
    PaginatorTrait as _, QueryFilter as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::paging::{Page, Slice, newest_first};
use crate::permission::{Action, Permit};
use crate::strategy::maybe_text;
use crate::trust;

/// What a shortlist is for.
#[derive(Debug, Clone, Default)]
pub struct ShortlistContent {
    /// 1 to 200 characters, unlike any other of the brand that is not put away.
    pub name: String,
    /// Up to 5000 characters.
    pub note: String,
    /// For which campaign of the brand.
    pub campaign_id: Option<Uuid>,
}

impl ShortlistContent {
    fn check(&self, wrong: &mut Complaints) -> Self {
        Self {
            name: wrong.text("shortlist.name", &self.name, 200).to_owned(),
            note: maybe_text(wrong, "shortlist.note", &self.note, 5000),
            campaign_id: self.campaign_id,
        }
    }

    /// That the campaign is one of the brand, and not put away unless the shortlist had it `before`.
    async fn check_campaign(
        &self,
        context: &Context,
        wrong: &mut Complaints,
        (brand_id, before): (Uuid, Option<Uuid>),
    ) -> Result<(), Failure> {
        let Some(id) = self.campaign_id.filter(|id| before != Some(*id)) else { return Ok(()) };
        match context.one(campaign::Entity::one_in_brand(brand_id, id)).await? {
            None => wrong.add(UserError::at(Code::NotFound, "shortlist.campaignId")),
            Some(row) if row.archived_at.is_some() => {
                wrong.add(UserError::at(Code::WrongState, "shortlist.campaignId").text("state", "ARCHIVED"));
            }
            Some(_) => {}
        }
        Ok(())
    }
}

/// That no other of the brand has this name, without those that were put away.
async fn name_is_free(
    permit: Permit<'_>,
    wrong: &mut Complaints,
    (name, own): (&str, Option<Uuid>),
    field: &str,
) -> Result<(), Failure> {
    let column = Func::lower(Expr::col(influencer_shortlist::Column::Name));
    let same = Expr::expr(column).eq(Func::lower(Expr::val(name.to_owned())));
    let mut others = influencer_shortlist::Entity::in_brand(permit.brand_id)
        .filter(same)
        .filter(influencer_shortlist::Column::ArchivedAt.is_null());
    if let Some(own) = own {
        others = others.filter(influencer_shortlist::Column::Id.ne(own));
    }
    if others.count(permit.tx()).await? > 0 {
        wrong.add(UserError::at(Code::AlreadyExists, field));
    }
    Ok(())
}

/// A shortlist that is about to change, with the right to it: the row is locked.
pub(super) async fn begin(
    context: &Context,
    action: Action,
    shortlist_id: Uuid,
) -> Result<(Permit<'_>, influencer_shortlist::Model), Failure> {
    let not_there = || UserError::at(Code::NotFound, "shortlistId");
    let seen = context.one(influencer_shortlist::Entity::visible([shortlist_id])).await?.ok_or_else(not_there)?;
    let permit = context.permit(action, seen.brand_id).await?;
    let select = influencer_shortlist::Entity::visible([shortlist_id]).lock_exclusive();
    Ok((permit, context.one(select).await?.ok_or_else(not_there)?))
}

/// That a shortlist has not been put away.
pub(super) fn live(wrong: &mut Complaints, row: &influencer_shortlist::Model) {
    if row.archived_at.is_some() {
        wrong.add(UserError::at(Code::WrongState, "shortlistId").text("state", "ARCHIVED"));
    }
}

/// Begins a shortlist.
pub async fn create_shortlist(
    context: &Context,
    brand_id: Uuid,
    content: &ShortlistContent,
) -> Result<influencer_shortlist::Model, Failure> {
    let permit = context.permit(Action::InfluencerManage, brand_id).await?;
    let mut wrong = Complaints::default();
    let content = content.check(&mut wrong);
    content.check_campaign(context, &mut wrong, (brand_id, None)).await?;
    name_is_free(permit, &mut wrong, (&content.name, None), "shortlist.name").await?;
    wrong.check()?;
    let row = influencer_shortlist::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(brand_id),
        campaign_id: Set(content.campaign_id),
        name: Set(content.name),
        note: Set(content.note),
        created_by: Set(permit.person()?),
        created_at: Set(context.now),
        updated_at: Set(context.now),
        archived_at: Set(None),
        version: Set(1),
    };
    let row = influencer_shortlist::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    trust::record(permit, context.now, "influencer_shortlist.create", row.id, json!({})).await?;
    Ok(row)
}

/// Says a shortlist anew: the whole of it, without who is on it.
pub async fn update_shortlist(
    context: &Context,
    shortlist_id: Uuid,
    version: i32,
    content: &ShortlistContent,
) -> Result<influencer_shortlist::Model, Failure> {
    let (permit, row) = begin(context, Action::InfluencerManage, shortlist_id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    live(&mut wrong, &row);
    let content = content.check(&mut wrong);
    content.check_campaign(context, &mut wrong, (row.brand_id, row.campaign_id)).await?;
    name_is_free(permit, &mut wrong, (&content.name, Some(row.id)), "shortlist.name").await?;
    wrong.check()?;
    let version = row.version + 1;
    let changed = influencer_shortlist::ActiveModel {
        campaign_id: Set(content.campaign_id),
        name: Set(content.name),
        note: Set(content.note),
        updated_at: Set(context.now),
        version: Set(version),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "influencer_shortlist.update", row.id, json!({ "version": version })).await?;
    Ok(row)
}

/// Puts a shortlist away.
pub async fn archive_shortlist(
    context: &Context,
    shortlist_id: Uuid,
    version: i32,
) -> Result<influencer_shortlist::Model, Failure> {
    set_archived(context, (shortlist_id, version), Some(context.now)).await
}

/// Brings a shortlist back, if its name is still free.
pub async fn restore_shortlist(
    context: &Context,
    shortlist_id: Uuid,
    version: i32,
) -> Result<influencer_shortlist::Model, Failure> {
    set_archived(context, (shortlist_id, version), None).await
}

async fn set_archived(
    context: &Context,
    (shortlist_id, version): (Uuid, i32),
    at: Option<DateTime<Utc>>,
) -> Result<influencer_shortlist::Model, Failure> {
    let (permit, row) = begin(context, Action::InfluencerManage, shortlist_id).await?;
    let mut wrong = Complaints::default();
    wrong.version(row.version, version);
    if row.archived_at.is_some() == at.is_some() {
        let state = if at.is_some() { "ARCHIVED" } else { "LIVE" };
        wrong.add(UserError::at(Code::WrongState, "shortlistId").text("state", state));
    }
    if at.is_none() {
        name_is_free(permit, &mut wrong, (&row.name, Some(row.id)), "shortlistId").await?;
    }
    wrong.check()?;
    let verb = if at.is_some() { "influencer_shortlist.archive" } else { "influencer_shortlist.restore" };
    let changed = influencer_shortlist::ActiveModel {
        archived_at: Set(at),
        updated_at: Set(context.now),
        version: Set(row.version + 1),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, verb, row.id, json!({})).await?;
    Ok(row)
}

/// The shortlists of a brand, newest first.
pub async fn shortlists(
    context: &Context,
    brand_id: Uuid,
    archived: bool,
    page: Page,
) -> Result<Slice<influencer_shortlist::Model>, Failure> {
    context.permit(Action::InfluencerRead, brand_id).await?;
    let away = influencer_shortlist::Column::ArchivedAt;
    let select = influencer_shortlist::Entity::in_brand(brand_id);
    let select = select.filter(if archived { away.is_not_null() } else { away.is_null() });
    newest_first(context, select, influencer_shortlist::Column::Id, page).await
}

/// Shortlists by id.
pub async fn shortlists_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<influencer_shortlist::Model>, Failure> {
    Ok(context.all(influencer_shortlist::Entity::visible(ids.iter().copied())).await?)
}
