//! Handing somebody's open work over to somebody else: in all brands at once, in a constant number of statements.

use std::collections::HashMap;

use diwan_entity::calendar::post::{self, PostState};
use diwan_entity::calendar::post_assignment;
use diwan_entity::tenancy::app_user::{self, UserKind};
use diwan_entity::tenancy::membership;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query, SelectStatement};
use sea_orm::{
    ActiveEnum as _, ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QuerySelect as _, QueryTrait as _,
};
use serde_json::json;
use uuid::Uuid;

use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::{Action, Permit};
use crate::trust;

/// The most brands that are named at a time.
const MOST: usize = 500;

/// Whose work goes to whom.
#[derive(Debug, Clone)]
pub struct HandOver {
    /// From this person.
    pub from: Uuid,
    /// To this one.
    pub to: Uuid,
    /// In these brands; in all in which the caller sees open work, unless given.
    pub brand_ids: Option<Vec<Uuid>>,
}

/// What was handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HandedOver {
    /// Posts that are assigned to the other person now.
    pub posts: usize,
    /// In so many brands.
    pub brands: usize,
}

/// Posts that are still worked on: the work on what is over stays whose it was.
fn open_posts() -> SelectStatement {
    post::Entity::find()
        .select_only()
        .column(post::Column::Id)
        .filter(post::Column::State.is_not_in([PostState::Published, PostState::Canceled, PostState::Archived]))
        .into_query()
}

fn open_work(of: Uuid) -> Condition {
    Condition::all()
        .add(post_assignment::Column::UserId.eq(of))
        .add(post_assignment::Column::PostId.in_subquery(open_posts()))
}

/// Hands the work over.
pub async fn hand_over_work(context: &Context, order: HandOver) -> Result<HandedOver, Failure> {
    context.signed_in()?;
    let HandOver { from, to, brand_ids } = order;
    if from == to {
        return Err(UserError::at(Code::Invalid, "toUserId").into());
    }
    let people = context.all(app_user::Entity::find().filter(app_user::Column::Id.is_in([from, to]))).await?;
    let find = |id: Uuid, path: &str| {
        people.iter().find(|person| person.id == id).ok_or_else(|| UserError::at(Code::NotFound, path))
    };
    find(from, "fromUserId")?;
    let heir = find(to, "toUserId")?;
    let (brand_ids, named) = match brand_ids {
        Some(ids) => (ids, true),
        None => (brands_of_work(context, from).await?, false),
    };
    if brand_ids.len() > MOST {
        let error = UserError::at(Code::TooMany, "brandIds").number("limit", MOST).number("actual", brand_ids.len());
        return Err(error.into());
    }
    context.look_at_brands(&brand_ids).await?;
    let mut permits: HashMap<Uuid, Permit<'_>> = HashMap::new();
    let mut wrong = Complaints::default();
    for (at, brand_id) in brand_ids.iter().enumerate() {
        let path = if named { format!("brandIds.{at}") } else { "brandIds".to_owned() };
        match context.permit(Action::WorkHandOver, *brand_id).await {
            Ok(permit) => drop(permits.insert(*brand_id, permit)),
            Err(Failure::Refused(errors)) => errors.into_iter().for_each(|error| {
                wrong.add(UserError { field: path.split('.').map(str::to_owned).collect(), ..error });
            }),
            Err(fault) => return Err(fault),
        }
    }
    wrong.check()?;
    if permits.is_empty() {
        // Nothing to do, for those who could.
        return Ok(HandedOver::default());
    }
    must_be_able(context, heir, &brand_ids).await?;
    let Some(permit) = permits.values().next().copied() else { return Ok(HandedOver::default()) };

    // What the other has already is given up by the one alone; the rest moves.
    let in_brands = || post_assignment::Column::BrandId.is_in(brand_ids.iter().copied());
    let has_already = Query::select()
        .column(post_assignment::Column::PostId)
        .from(post_assignment::Entity)
        .and_where(post_assignment::Column::UserId.eq(to))
        .to_owned();
    post_assignment::Entity::delete_many()
        .filter(in_brands())
        .filter(open_work(from))
        .filter(post_assignment::Column::PostId.in_subquery(has_already))
        .exec(permit.tx())
        .await?;
    let moved = post_assignment::Entity::update_many()
        .col_expr(post_assignment::Column::UserId, Expr::value(to))
        .col_expr(post_assignment::Column::AssignedBy, Expr::value(permit.actor_id))
        .filter(in_brands())
        .filter(open_work(from))
        .exec_with_returning(permit.tx())
        .await?;
    let mut counts: HashMap<Uuid, usize> = HashMap::new();
    for row in &moved {
        *counts.entry(row.brand_id).or_default() += 1;
    }
    let events = permits.iter().map(|(brand_id, permit)| {
        (*permit, from, json!({ "to": to, "posts": counts.get(brand_id).copied().unwrap_or_default() }))
    });
    trust::record_many(permit, context.now, "work.hand_over", events).await?;
    Ok(HandedOver { posts: moved.len(), brands: permits.len() })
}

async fn brands_of_work(context: &Context, from: Uuid) -> Result<Vec<Uuid>, Failure> {
    #[derive(sea_orm::FromQueryResult)]
    struct Row {
        brand_id: Uuid,
    }
    let sql =
        "select distinct a.brand_id from post_assignment a join post p on p.brand_id = a.brand_id and p.id = a.post_id
      where a.user_id = $1 and p.state not in ('PUBLISHED', 'CANCELED', 'ARCHIVED')";
    let rows: Vec<Row> = context.rows(sql, [from.into()]).await?;
    Ok(rows.into_iter().map(|row| row.brand_id).collect())
}

/// The heir must hold a place in each of the brands now, or a level agency-wide; and be somebody who does such work.
async fn must_be_able(context: &Context, heir: &app_user::Model, brand_ids: &[Uuid]) -> Result<(), Failure> {
    if heir.deactivated_at.is_some() {
        return Err(UserError::at(Code::PersonDeactivated, "toUserId").into());
    }
    if !matches!(heir.kind, UserKind::Staff | UserKind::Freelancer) {
        return Err(UserError::at(Code::KindMismatch, "toUserId").text("kind", heir.kind.to_value()).into());
    }
    if heir.agency_level.is_some() {
        return Ok(());
    }
    let held = membership::Entity::find()
        .filter(membership::Column::UserId.eq(heir.id))
        .filter(membership::Column::BrandId.is_in(brand_ids.iter().copied()))
        .filter(membership::Column::StartsAt.lte(context.now))
        .filter(membership::Column::ExpiresAt.is_null().or(membership::Column::ExpiresAt.gt(context.now)))
        .filter(membership::Column::SuspendedAt.is_null())
        .filter(membership::Column::EndedAt.is_null());
    let held = context.all(held).await?;
    if brand_ids.iter().any(|id| held.iter().all(|place| place.brand_id != *id)) {
        return Err(UserError::at(Code::NotAMember, "toUserId").into());
    }
    Ok(())
}
