//! Writing experiments down, and concluding them.

use std::collections::HashSet;

use diwan_entity::InBrand as _;
use diwan_entity::calendar::post;
use diwan_entity::campaigns::{campaign, experiment, experiment_arm, experiment_post};
use diwan_platform::ids;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use super::compare::verdict_of;
use crate::campaigns::content::OF_POSTS;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::paging::{Page, Slice, newest_first};
use crate::permission::{Action, Permit};
use crate::trust;

/// The most arms of an experiment.
const MOST_ARMS: usize = 10;
/// The most posts of an arm.
const MOST_POSTS: usize = 200;

/// One of the formats that are compared.
#[derive(Debug, Clone)]
pub struct ArmContent {
    /// 1 to 200 characters.
    pub name: String,
    /// Its posts, up to 200 of the brand, none of them in another arm.
    pub post_ids: Vec<Uuid>,
}

/// What is to be found out.
#[derive(Debug, Clone)]
pub struct ExperimentContent {
    /// Of which campaign of the brand; none where it is of none.
    pub campaign_id: Option<Uuid>,
    /// 1 to 200 characters.
    pub name: String,
    /// What is supposed, 1 to 5000 characters.
    pub hypothesis: String,
    /// A number that the networks give of posts, by its name.
    pub metric: String,
    /// Of which other number it is a part; none for the number itself.
    pub per_metric: Option<String>,
    /// What is compared, 2 to 10; the first is what the others are compared with.
    pub arms: Vec<ArmContent>,
}

impl ExperimentContent {
    async fn check(&self, context: &Context, brand_id: Uuid, wrong: &mut Complaints) -> Result<(), Failure> {
        wrong.text("experiment.name", &self.name, 200);
        wrong.text("experiment.hypothesis", &self.hypothesis, 5000);
        let known = |name: &str| OF_POSTS.iter().any(|metric| metric.as_str() == name);
        if !known(&self.metric) {
            wrong.add(UserError::at(Code::Invalid, "experiment.metric"));
        }
        if self.per_metric.as_ref().is_some_and(|name| !known(name) || *name == self.metric) {
            wrong.add(UserError::at(Code::Invalid, "experiment.perMetric"));
        }
        if self.arms.len() < 2 {
            wrong.add(UserError::at(Code::Invalid, "experiment.arms"));
        }
        if self.arms.len() > MOST_ARMS {
            let many = UserError::at(Code::TooMany, "experiment.arms");
            wrong.add(many.number("limit", MOST_ARMS).number("actual", self.arms.len()));
            return Ok(());
        }
        if let Some(id) = self.campaign_id
            && context.one(campaign::Entity::one_in_brand(brand_id, id)).await?.is_none()
        {
            wrong.add(UserError::at(Code::NotFound, "experiment.campaignId"));
        }
        let named = self.arms.iter().flat_map(|arm| arm.post_ids.iter().take(MOST_POSTS).copied());
        let posts = post::Entity::in_brand(brand_id).filter(post::Column::Id.is_in(named));
        let posts: HashSet<Uuid> = context.all(posts).await?.into_iter().map(|post| post.id).collect();
        let mut seen = HashSet::new();
        for (place, arm) in self.arms.iter().enumerate() {
            let at = |field: &str| format!("experiment.arms.{place}.{field}");
            wrong.text(&at("name"), &arm.name, 200);
            if arm.post_ids.len() > MOST_POSTS {
                let many = UserError::at(Code::TooMany, &at("postIds"));
                wrong.add(many.number("limit", MOST_POSTS).number("actual", arm.post_ids.len()));
            }
            for (number, id) in arm.post_ids.iter().take(MOST_POSTS).enumerate() {
                let path = at(&format!("postIds.{number}"));
                if !posts.contains(id) {
                    wrong.add(UserError::at(Code::NotFound, &path));
                } else if !seen.insert(*id) {
                    wrong.add(UserError::at(Code::AlreadyExists, &path));
                }
            }
        }
        Ok(())
    }

    fn onto(&self, row: experiment::ActiveModel) -> experiment::ActiveModel {
        experiment::ActiveModel {
            campaign_id: Set(self.campaign_id),
            name: Set(self.name.trim().to_owned()),
            hypothesis: Set(self.hypothesis.trim().to_owned()),
            metric: Set(self.metric.clone()),
            per_metric: Set(self.per_metric.clone()),
            ..row
        }
    }

    /// Writes the arms of an experiment that has none: two statements.
    async fn write_arms(&self, context: &Context, permit: Permit<'_>, experiment_id: Uuid) -> Result<(), Failure> {
        let (mut arms, mut posts) = (Vec::new(), Vec::new());
        for (position, arm) in (0..).zip(&self.arms) {
            let arm_id = ids::new_id(context.now);
            arms.push(experiment_arm::ActiveModel {
                id: Set(arm_id),
                brand_id: Set(permit.brand_id),
                experiment_id: Set(experiment_id),
                position: Set(position),
                name: Set(arm.name.trim().to_owned()),
            });
            posts.extend(arm.post_ids.iter().map(|post_id| experiment_post::ActiveModel {
                brand_id: Set(permit.brand_id),
                experiment_id: Set(experiment_id),
                arm_id: Set(arm_id),
                post_id: Set(*post_id),
            }));
        }
        experiment_arm::Entity::insert_many(arms).exec_without_returning(permit.tx()).await?;
        if !posts.is_empty() {
            experiment_post::Entity::insert_many(posts).exec_without_returning(permit.tx()).await?;
        }
        Ok(())
    }
}

/// Writes an experiment down.
pub async fn create_experiment(
    context: &Context,
    brand_id: Uuid,
    content: ExperimentContent,
) -> Result<experiment::Model, Failure> {
    let permit = context.permit(Action::CampaignWrite, brand_id).await?;
    let mut wrong = Complaints::default();
    content.check(context, brand_id, &mut wrong).await?;
    wrong.check()?;
    let row = experiment::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(brand_id),
        created_by: Set(permit.person()?),
        created_at: Set(context.now),
        updated_at: Set(context.now),
        version: Set(1),
        ..content.onto(experiment::ActiveModel { ..Default::default() })
    };
    let row = experiment::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    content.write_arms(context, permit, row.id).await?;
    trust::record(permit, context.now, "experiment.create", row.id, json!({})).await?;
    Ok(row)
}

/// An experiment that is about to change, with the right to it; its row is locked.
async fn begin<'a>(
    context: &'a Context,
    experiment_id: Uuid,
    (version, wrong): (i32, &mut Complaints),
) -> Result<(Permit<'a>, experiment::Model), Failure> {
    let not_there = || UserError::at(Code::NotFound, "experimentId");
    let seen = context.one(experiment::Entity::visible([experiment_id])).await?.ok_or_else(not_there)?;
    let permit = context.permit(Action::CampaignWrite, seen.brand_id).await?;
    let select = experiment::Entity::visible([experiment_id]).lock_exclusive();
    let row = context.one(select).await?.ok_or_else(not_there)?;
    wrong.version(row.version, version);
    if row.concluded_at.is_some() {
        wrong.add(UserError::at(Code::WrongState, "experimentId").text("state", "CONCLUDED"));
    }
    Ok((permit, row))
}

/// Says an experiment anew that is not concluded: the whole of it, its arms as well.
pub async fn update_experiment(
    context: &Context,
    experiment_id: Uuid,
    version: i32,
    content: ExperimentContent,
) -> Result<experiment::Model, Failure> {
    let mut wrong = Complaints::default();
    let (permit, row) = begin(context, experiment_id, (version, &mut wrong)).await?;
    content.check(context, row.brand_id, &mut wrong).await?;
    wrong.check()?;
    experiment_arm::Entity::delete_many()
        .filter(experiment_arm::Column::BrandId.eq(row.brand_id))
        .filter(experiment_arm::Column::ExperimentId.eq(row.id))
        .exec(permit.tx())
        .await?;
    content.write_arms(context, permit, row.id).await?;
    let changed = experiment::ActiveModel {
        updated_at: Set(context.now),
        version: Set(row.version + 1),
        ..content.onto(row.into_active_model())
    };
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "experiment.update", row.id, json!({ "version": row.version })).await?;
    Ok(row)
}

/// Concludes an experiment, for good: with what was learned, and the figures as they are.
pub async fn conclude_experiment(
    context: &Context,
    experiment_id: Uuid,
    version: i32,
    conclusion: &str,
) -> Result<experiment::Model, Failure> {
    let mut wrong = Complaints::default();
    let (permit, row) = begin(context, experiment_id, (version, &mut wrong)).await?;
    let conclusion = wrong.text("conclusion", conclusion, 5000).to_owned();
    wrong.check()?;
    let verdict = verdict_of(context, &row).await?;
    let verdict = serde_json::to_value(&verdict).map_err(|error| Fault::broken(error.to_string()))?;
    let changed = experiment::ActiveModel {
        concluded_at: Set(Some(context.now)),
        conclusion: Set(Some(conclusion)),
        verdict: Set(Some(verdict)),
        updated_at: Set(context.now),
        version: Set(row.version + 1),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    trust::record(permit, context.now, "experiment.conclude", row.id, json!({ "version": row.version })).await?;
    Ok(row)
}

/// The experiments of a brand, newest first.
pub async fn experiments(context: &Context, brand_id: Uuid, page: Page) -> Result<Slice<experiment::Model>, Failure> {
    context.permit(Action::CampaignRead, brand_id).await?;
    newest_first(context, experiment::Entity::in_brand(brand_id), experiment::Column::Id, page).await
}

/// Experiments by id.
pub async fn experiments_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<experiment::Model>, Failure> {
    Ok(context.all(experiment::Entity::visible(ids.iter().copied())).await?)
}

/// The arms of these experiments, in their order.
pub async fn arms_of_experiments(context: &Context, ids: &[Uuid]) -> Result<Vec<experiment_arm::Model>, Failure> {
    let select = experiment_arm::Entity::find()
        .filter(experiment_arm::Column::ExperimentId.is_in(ids.iter().copied()))
        .order_by_asc(experiment_arm::Column::Position);
    Ok(context.all(select).await?)
}

/// The posts of these arms.
pub async fn posts_of_arms(context: &Context, ids: &[Uuid]) -> Result<Vec<experiment_post::Model>, Failure> {
    let select = experiment_post::Entity::find()
        .filter(experiment_post::Column::ArmId.is_in(ids.iter().copied()))
        .order_by_asc(experiment_post::Column::PostId);
    Ok(context.all(select).await?)
}
