//! Reading the directory.

use std::collections::HashMap;

use diwan_entity::influencers::{
    influencer, influencer_exclusivity, influencer_profile, influencer_rate, influencer_share,
};
use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use uuid::Uuid;

use super::rights::may_read_terms;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::paging::{Page, Slice, newest_first, pattern};
use crate::permission::Action;

/// Who is wanted.
#[derive(Debug, Clone, Default)]
pub struct InfluencerFilter {
    /// Whose name or handle holds this, in any case, up to 200 characters.
    pub search: Option<String>,
    /// Who has a profile on this network.
    pub network: Option<String>,
    /// Who has this tag.
    pub tag: Option<String>,
    /// Followed by at least so many, on one profile: on the network, where one is named.
    pub followers_from: Option<i64>,
    /// Followed by at most so many there. Where it is not known, nobody is found by numbers.
    pub followers_to: Option<i64>,
    /// Those who were put away, instead of those who were not.
    pub archived: bool,
}

impl InfluencerFilter {
    fn condition(&self) -> Result<Condition, Failure> {
        let mut wrong = Complaints::default();
        for (path, number) in [("filter.followersFrom", self.followers_from), ("filter.followersTo", self.followers_to)]
        {
            if number.is_some_and(|number| number < 0) {
                wrong.add(UserError::at(Code::Invalid, path));
            }
        }
        for (path, text) in [("filter.network", &self.network), ("filter.tag", &self.tag)] {
            if text.as_deref().is_some_and(|text| text.contains('\0') || text.chars().count() > 200) {
                wrong.add(UserError::at(Code::Invalid, path));
            }
        }
        wrong.check()?;
        let away = influencer::Column::ArchivedAt;
        let mut all = Condition::all().add(if self.archived { away.is_not_null() } else { away.is_null() });
        if let Some(pattern) = pattern(self.search.as_deref(), "filter.search")? {
            let holds: SimpleExpr = Expr::cust_with_values(
                "(name ilike $1 or exists (select from influencer_profile f
                   where f.influencer_id = influencer.id and f.handle ilike $2))",
                [pattern.clone(), pattern],
            );
            all = all.add(holds);
        }
        if let Some(tag) = &self.tag {
            all = all.add(Expr::cust_with_values("tags @> $1", [vec![tag.trim().to_lowercase()]]));
        }
        if self.network.is_some() || self.followers_from.is_some() || self.followers_to.is_some() {
            let holds: SimpleExpr = Expr::cust_with_values(
                "exists (select from influencer_profile f where f.influencer_id = influencer.id
                   and ($1::text is null or f.network = $2) and ($3::bigint is null or f.followers >= $4)
                   and ($5::bigint is null or f.followers <= $6))",
                [
                    sea_orm::Value::from(self.network.clone()),
                    self.network.clone().into(),
                    self.followers_from.into(),
                    self.followers_from.into(),
                    self.followers_to.into(),
                    self.followers_to.into(),
                ],
            );
            all = all.add(holds);
        }
        Ok(all)
    }
}

/// Who is in a brand's part of the directory, or, without a brand, in all of it; who was added last first.
pub async fn influencers(
    context: &Context,
    brand_id: Option<Uuid>,
    filter: &InfluencerFilter,
    page: Page,
) -> Result<Slice<influencer::Model>, Failure> {
    let mut select = influencer::Entity::find();
    if let Some(brand_id) = brand_id {
        context.permit(Action::InfluencerRead, brand_id).await?;
        let shared: SimpleExpr = Expr::cust_with_values(
            "id in (select s.influencer_id from influencer_share s where s.brand_id = $1 and s.ended_at is null)",
            [brand_id],
        );
        select = select.filter(shared);
    } else {
        context.permit_agency(Action::InfluencerDirectoryManage).await?;
    }
    newest_first(context, select.filter(filter.condition()?), influencer::Column::Id, page).await
}

/// People of the directory by id.
pub async fn influencers_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<influencer::Model>, Failure> {
    Ok(context.all(influencer::Entity::find().filter(influencer::Column::Id.is_in(ids.iter().copied()))).await?)
}

/// Where these people are, in their order.
pub async fn profiles_of_influencers(
    context: &Context,
    ids: &[Uuid],
) -> Result<Vec<influencer_profile::Model>, Failure> {
    let select = influencer_profile::Entity::find()
        .filter(influencer_profile::Column::InfluencerId.is_in(ids.iter().copied()))
        .order_by_asc(influencer_profile::Column::InfluencerId)
        .order_by_asc(influencer_profile::Column::Position);
    Ok(context.all(select).await?)
}

/// What these people ask for, in its order; of those of whom the caller may read it.
pub async fn rates_of_influencers(context: &Context, ids: &[Uuid]) -> Result<Vec<influencer_rate::Model>, Failure> {
    let mut shares: HashMap<Uuid, Vec<influencer_share::Model>> = HashMap::new();
    for share in brands_of_influencers(context, ids).await? {
        shares.entry(share.influencer_id).or_default().push(share);
    }
    let shared = |id: &Uuid| shares.get(id).map(Vec::as_slice).unwrap_or_default();
    let readable = ids.iter().copied().filter(|id| may_read_terms(context, shared(id)));
    let select = influencer_rate::Entity::find()
        .filter(influencer_rate::Column::InfluencerId.is_in(readable))
        .order_by_asc(influencer_rate::Column::InfluencerId)
        .order_by_asc(influencer_rate::Column::Position);
    Ok(context.all(select).await?)
}

/// The exclusivities of these people that were not ended, also those of the past and of later; oldest first.
pub async fn exclusivities_of_influencers(
    context: &Context,
    ids: &[Uuid],
) -> Result<Vec<influencer_exclusivity::Model>, Failure> {
    let select = influencer_exclusivity::Entity::find()
        .filter(influencer_exclusivity::Column::InfluencerId.is_in(ids.iter().copied()))
        .filter(influencer_exclusivity::Column::EndedAt.is_null())
        .order_by_asc(influencer_exclusivity::Column::Id);
    Ok(context.all(select).await?)
}

/// With which of the caller's brands these people are shared.
pub async fn brands_of_influencers(context: &Context, ids: &[Uuid]) -> Result<Vec<influencer_share::Model>, Failure> {
    let select = influencer_share::Entity::find()
        .filter(influencer_share::Column::InfluencerId.is_in(ids.iter().copied()))
        .filter(influencer_share::Column::EndedAt.is_null())
        .order_by_asc(influencer_share::Column::BrandId);
    Ok(context.all(select).await?)
}
