//! Which posts belong to a campaign.

use std::collections::HashMap;

use diwan_entity::InBrand as _;
use diwan_entity::calendar::post::{self, PostState};
use diwan_entity::campaigns::campaign::{self, CampaignState};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveEnum as _, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use super::life::going_on;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::Action;
use crate::trust;

/// The most posts of one change.
const MOST_POSTS: usize = 500;

/// Says of up to 500 posts of one brand that they belong to a campaign of it; none takes them out of theirs. All of them or none.
/// What belongs to a closed campaign stays there, as its report counts it. A constant number of statements.
pub async fn set_campaign_of_posts(
    context: &Context,
    brand_id: Uuid,
    campaign_id: Option<Uuid>,
    post_ids: &[Uuid],
) -> Result<Vec<post::Model>, Failure> {
    let permit = context.permit(Action::CampaignWrite, brand_id).await?;
    let mut wrong = Complaints::default();
    if post_ids.is_empty() {
        wrong.add(UserError::at(Code::Invalid, "postIds"));
    }
    if post_ids.len() > MOST_POSTS {
        let many = UserError::at(Code::TooMany, "postIds");
        wrong.add(many.number("limit", MOST_POSTS).number("actual", post_ids.len()));
    }
    wrong.check()?;
    // The posts first, in one order; then the campaigns, so that none is closed meanwhile.
    let posts = post::Entity::in_brand(brand_id)
        .filter(post::Column::Id.is_in(post_ids.iter().copied()))
        .order_by_asc(post::Column::Id)
        .lock_exclusive();
    let posts = context.all(posts).await?;
    let mut campaign_ids: Vec<Uuid> = posts.iter().filter_map(|post| post.campaign_id).chain(campaign_id).collect();
    campaign_ids.sort_unstable();
    campaign_ids.dedup();
    let campaigns = campaign::Entity::in_brand(brand_id)
        .filter(campaign::Column::Id.is_in(campaign_ids))
        .order_by_asc(campaign::Column::Id)
        .lock_shared();
    let campaigns: HashMap<Uuid, campaign::Model> =
        context.all(campaigns).await?.into_iter().map(|row| (row.id, row)).collect();

    let mut wrong = Complaints::default();
    match campaign_id.map(|id| campaigns.get(&id)) {
        Some(None) => wrong.add(UserError::at(Code::NotFound, "campaignId")),
        Some(Some(row)) => going_on(&mut wrong, row),
        None => {}
    }
    let found: HashMap<Uuid, &post::Model> = posts.iter().map(|post| (post.id, post)).collect();
    for (place, id) in post_ids.iter().enumerate() {
        let path = format!("postIds.{place}");
        let Some(post) = found.get(id) else {
            wrong.add(UserError::at(Code::NotFound, &path));
            continue;
        };
        if post.state == PostState::Archived {
            wrong.add(UserError::at(Code::WrongState, &path).text("state", post.state.to_value()));
        }
        let closed = post.campaign_id.and_then(|id| campaigns.get(&id));
        if closed.is_some_and(|row| row.state == CampaignState::Closed) && post.campaign_id != campaign_id {
            wrong.add(UserError::at(Code::WrongState, &path).text("state", CampaignState::Closed.to_value()));
        }
    }
    wrong.check()?;
    let moved: Vec<Uuid> = posts.iter().filter(|post| post.campaign_id != campaign_id).map(|post| post.id).collect();
    if !moved.is_empty() {
        post::Entity::update_many()
            .col_expr(post::Column::CampaignId, Expr::value(campaign_id))
            .col_expr(post::Column::UpdatedAt, Expr::value(context.now))
            .filter(post::Column::BrandId.eq(brand_id))
            .filter(post::Column::Id.is_in(moved.iter().copied()))
            .exec(permit.tx())
            .await?;
        let detail = json!({ "campaign": campaign_id });
        let events = moved.iter().map(|id| (permit, *id, detail.clone()));
        trust::record_many(permit, context.now, "post.set_campaign", events).await?;
    }
    let mut rows: HashMap<Uuid, post::Model> = posts.into_iter().map(|row| (row.id, row)).collect();
    let after = |mut row: post::Model| {
        if row.campaign_id != campaign_id {
            row.campaign_id = campaign_id;
            row.updated_at = context.now;
        }
        row
    };
    // In the order of the input; whoever is named twice is answered once.
    Ok(post_ids.iter().filter_map(|id| rows.remove(id)).map(after).collect())
}
