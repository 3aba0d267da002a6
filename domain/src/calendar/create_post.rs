//! A new post, as a draft.

use diwan_entity::InBrand as _;
use diwan_entity::calendar::asset::{self, AssetKind};
use diwan_entity::calendar::post::{self, PostState};
use diwan_entity::calendar::{calendar, post_variant, variant_asset};
use diwan_entity::publishing::social_account::{self, AccountState};
use diwan_platform::ids;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::PostContent;
use super::checklists::give_default_checklist;
use super::composer::save_versions;
use super::relation::note_contributor;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::{Action, Permit};
use crate::trust;

/// What a post begins with.
#[derive(Debug, Clone)]
pub struct NewPost {
    /// In which calendar.
    pub calendar_id: Uuid,
    /// What it says.
    pub content: PostContent,
}

/// Writes a draft.
pub async fn create_post(context: &Context, new: NewPost) -> Result<post::Model, Failure> {
    let not_there = || UserError::at(Code::NotFound, "calendarId");
    let calendar = context.one(calendar::Entity::visible([new.calendar_id])).await?.ok_or_else(not_there)?;
    let permit = context.permit(Action::PostCreate, calendar.brand_id).await?;
    if calendar.archived_at.is_some() {
        return Err(UserError::at(Code::WrongState, "calendarId").text("state", "ARCHIVED").into());
    }
    check_content(context, permit, &new.content).await?;
    let post = post::Entity::insert(post::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(permit.brand_id),
        calendar_id: Set(calendar.id),
        title: Set(new.content.title.trim().to_owned()),
        state: Set(PostState::Draft),
        due_at: Set(None),
        created_by: Set(permit.person()?),
        created_at: Set(context.now),
        updated_at: Set(context.now),
        version: Set(1),
        sent_to_client_at: Set(None),
        pillar_id: Set(new.content.marks.pillar(None)),
        partnership: Set(new.content.marks.partnership(None)),
        base_text: Set(new.content.base_text.clone()),
        campaign_id: Set(None),
    })
    .exec_with_returning(permit.tx())
    .await?;
    write_variants(context, permit, post.id, &new.content).await?;
    save_versions(permit, &[post.id], (permit.person()?, context.now), None).await?;
    note_contributor(context, permit, post.id).await?;
    give_default_checklist(permit, &[post.id], context.now).await?;
    trust::record(permit, context.now, "post.create", post.id, serde_json::json!({})).await?;
    Ok(post)
}

/// Whether the content names things of this brand, and has the right form.
pub(super) async fn check_content(context: &Context, permit: Permit<'_>, content: &PostContent) -> Result<(), Failure> {
    let mut wrong = Complaints::default();
    content.check(&mut wrong);
    let brand_id = permit.brand_id;
    content.marks.check(context, brand_id, &mut wrong).await?;
    let accounts = content.variants.iter().map(|variant| variant.social_account_id);
    let accounts = social_account::Entity::in_brand(brand_id).filter(social_account::Column::Id.is_in(accounts));
    let accounts = context.all(accounts).await?;
    let assets: Vec<Uuid> = content.variants.iter().flat_map(|variant| variant.asset_ids.iter().copied()).collect();
    let assets = if assets.is_empty() {
        Vec::new()
    } else {
        context.all(asset::Entity::in_brand(brand_id).filter(asset::Column::Id.is_in(assets))).await?
    };
    for (index, variant) in content.variants.iter().enumerate() {
        let path = format!("variants.{index}.socialAccountId");
        let account = accounts.iter().find(|account| account.id == variant.social_account_id);
        match account {
            None => wrong.add(UserError::at(Code::NotFound, &path)),
            Some(account) if account.state == AccountState::Disconnected => {
                wrong.add(UserError::at(Code::AccountNotConnected, &path).text("account", account.handle.clone()));
            }
            Some(_) => {}
        }
        for (place, id) in variant.asset_ids.iter().enumerate() {
            let path = format!("variants.{index}.assetIds.{place}");
            match assets.iter().find(|asset| asset.id == *id) {
                None => wrong.add(UserError::at(Code::NotFound, &path)),
                // Where none are shown, they are of no use in a draft either.
                Some(asset) if asset.kind == Some(AssetKind::Document) => {
                    let network = account.and_then(|account| diwan_networks::network(&account.network));
                    let capabilities = network.map(diwan_networks::Network::capabilities);
                    if capabilities.is_none_or(|capabilities| capabilities.media.document.is_none()) {
                        let name = capabilities.map_or("", |capabilities| capabilities.name);
                        wrong.add(UserError::at(Code::DocumentNotForNetwork, &path).text("network", name));
                    }
                }
                Some(_) => {}
            }
        }
    }
    wrong.check()
}

/// Writes the variants of a post that has none: two statements, however many there are.
pub(super) async fn write_variants(
    context: &Context,
    permit: Permit<'_>,
    post_id: Uuid,
    content: &PostContent,
) -> Result<(), Failure> {
    let mut variants = Vec::new();
    let mut media = Vec::new();
    // Ids of one instant are in no order by themselves; in order, they keep that of the input.
    let mut new_ids: Vec<Uuid> = content.variants.iter().map(|_| ids::new_id(context.now)).collect();
    new_ids.sort_unstable();
    for (variant, id) in content.variants.iter().zip(new_ids) {
        variants.push(variant.row(id, (permit.brand_id, post_id), content.base_text.as_deref()));
        for (asset_id, position) in variant.asset_ids.iter().zip(0..) {
            media.push(variant_asset::ActiveModel {
                brand_id: Set(permit.brand_id),
                variant_id: Set(id),
                position: Set(position),
                asset_id: Set(*asset_id),
            });
        }
    }
    if !variants.is_empty() {
        post_variant::Entity::insert_many(variants).exec_without_returning(permit.tx()).await?;
    }
    if !media.is_empty() {
        variant_asset::Entity::insert_many(media).exec_without_returning(permit.tx()).await?;
    }
    Ok(())
}
