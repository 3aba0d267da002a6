//! Handing somebody's open work over to somebody else: in all brands at once, in a constant number of statements.
//!
//! Work is what is assigned to somebody, posts and items of their checklists, what they look after (`hand_over_owned.rs`), what they were
//! named to approve, and the places of others of whose end they are told.
//! What they wrote, asked for, connected or decided stays theirs: that is history.
//!
//! What they opened ends: the tokens that they made, which never have more than their maker, so whoever takes over makes new
//! ones for the integration, which stays; and delegations, to them and by them, because nobody stands in for whoever has left,
//! and nobody has agreed to stand in for another.

use std::collections::HashMap;

use diwan_entity::calendar::post::{self, PostState};
use diwan_entity::calendar::post_assignment;
use diwan_entity::tenancy::app_user::{self, Level, UserKind};
use diwan_entity::tenancy::membership;
use diwan_platform::db;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query, SelectStatement};
use sea_orm::{
    ActiveEnum as _, ColumnTrait as _, Condition, ConnectionTrait as _, EntityTrait as _, QueryFilter as _,
    QuerySelect as _, QueryTrait as _,
};
use serde_json::json;
use uuid::Uuid;

use super::rank::Held;
use super::{hand_over_owned, memberships_of};
use crate::approvals::{self, Takeover};
use crate::calendar::hand_over_items;
use crate::campaigns::hand_over_tasks;
use crate::context::{Actor, Context};
use crate::error::{Code, Complaints, Failure, UserError};
use crate::ideas::{self, Heir};
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
    /// Ideas that are assigned to the other person now.
    pub ideas: usize,
    /// Ideas that stay the first person's: the other is not of the staff, and sees none.
    pub ideas_left: usize,
    /// Items of checklists that are left to do and the other person's now.
    pub items: usize,
    /// Tasks of campaigns that are left to do and the other person's now.
    pub campaign_tasks: usize,
    /// Contracts that go on and that the other person looks after now.
    pub contracts: usize,
    /// Contracts that wait for a signature of ours, and that the other person signs now.
    pub signatures: usize,
    /// Deliverables that the other person hands in now.
    pub deliverables: usize,
    /// Proposals that are not answered and that the other person looks after now.
    pub proposals: usize,
    /// Open projects that the other person looks after now.
    pub projects: usize,
    /// Series of posts and evergreen queues that make posts in the other person's name now.
    pub repeats: usize,
    /// Webhooks of brands of which the other person is told now, when one is switched off.
    pub webhooks: usize,
    /// Requests for money for which nobody was asked yet, or that came back, and that the other person looks after now.
    pub financial_requests: usize,
    /// Schedules that make and send reports in the other person's name now.
    pub report_schedules: usize,
    /// Alerts that the other person looks after now, and is told of.
    pub insight_alerts: usize,
    /// How much of all that they look after stays the first person's: the other is not of the staff, or may not do it.
    pub owned_left: usize,
    /// Steps of requests that wait and name the other person now.
    pub steps: usize,
    /// Chains that name the other person now.
    pub chains: usize,
    /// Places of whose end the other person is told now.
    pub places: usize,
    /// In so many brands.
    pub brands: usize,
    /// Steps that wait for the first person still: the other may not decide them, or the caller not hand them over.
    pub steps_left: usize,
    /// Chains that name the first person still, for the same reasons.
    pub chains_left: usize,
    /// Delegations, to the first person or by them, that have ended.
    pub delegations: usize,
    /// Those that stay: the first person has a place where nothing is handed over, or is not below the caller.
    pub delegations_left: usize,
    /// Tokens of integrations that the first person had made and that are revoked.
    pub tokens: usize,
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
    let actor = context.signed_in()?;
    let HandOver { from, to, brand_ids } = order;
    if from == to {
        return Err(UserError::at(Code::Invalid, "toUserId").into());
    }
    let people = context.all(app_user::Entity::find().filter(app_user::Column::Id.is_in([from, to]))).await?;
    let find = |id: Uuid, path: &str| {
        people.iter().find(|person| person.id == id).ok_or_else(|| UserError::at(Code::NotFound, path))
    };
    let leaver = find(from, "fromUserId")?;
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
    // Without work there is nothing to move, for those who could.
    let moved = if permits.is_empty() {
        HandedOver::default()
    } else {
        move_work(context, &actor, [leaver, heir], &permits, &brand_ids).await?
    };
    end_what_was_opened(context, &actor, leaver, named.then_some(brand_ids.as_slice()), moved).await
}

/// Moves the work, in brands in which the caller may.
async fn move_work(
    context: &Context,
    actor: &Actor,
    [leaver, heir]: [&app_user::Model; 2],
    permits: &HashMap<Uuid, Permit<'_>>,
    brand_ids: &[Uuid],
) -> Result<HandedOver, Failure> {
    let (from, to) = (leaver.id, heir.id);
    let places = places_of(context, [from, to], brand_ids).await?;
    must_be_able(heir, &places, brand_ids)?;
    let Some(permit) = permits.values().next().copied() else { return Ok(HandedOver::default()) };

    // Whoever gives a post to somebody at this moment is waited for, as they wait for each other: in the order of the posts.
    let sql = "select p.id from post p where p.brand_id = any ($1) and p.id in (
        select a.post_id from post_assignment a where a.brand_id = any ($1) and a.user_id = $2)
      order by p.id for update";
    permit.tx().query_all_raw(db::statement(sql, [brand_ids.to_vec().into(), from.into()])).await?;
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
    let ideas = if heir.kind == UserKind::Staff {
        ideas::hand_over(permit, Heir { from, to, brand_ids, now: context.now }).await?
    } else {
        HashMap::new()
    };
    let ideas_left = ideas::still_assigned(permit, from, brand_ids).await?;
    // Before what is asked for about them: whoever decides locks them in this order.
    let owned = hand_over_owned::take(permit, context.now, (from, heir), (brand_ids, &places)).await?;
    let owned_left = hand_over_owned::still_owned(context, from, brand_ids).await?;
    let may_decide = brands_to_decide_in(actor, leaver, heir, &places, brand_ids);
    let takeover = Takeover { from: leaver, to: heir, brand_ids: &may_decide };
    let approvals = approvals::hand_over(context, permit, takeover).await?;
    let taken = take_places(permit, leaver, heir, brand_ids).await?;
    let items = hand_over_items(permit, (from, to), heir.kind == UserKind::Staff, brand_ids).await?;
    // Only the staff sees campaigns.
    let tasks = if heir.kind == UserKind::Staff { hand_over_tasks(permit, (from, to), brand_ids).await? } else { 0 };
    let left = approvals::still_named(context, from, brand_ids).await?;
    let of = |counts: &HashMap<Uuid, usize>, brand_id: &Uuid| counts.get(brand_id).copied().unwrap_or_default();
    let events = permits.iter().map(|(brand_id, permit)| {
        let steps = of(&approvals.steps, brand_id);
        let chains = of(&approvals.chains, brand_id);
        let (posts, ideas) = (of(&counts, brand_id), of(&ideas, brand_id));
        let owned = owned.in_brand(*brand_id);
        let detail =
            json!({ "to": to, "posts": posts, "ideas": ideas, "steps": steps, "chains": chains, "owned": owned });
        (*permit, from, detail)
    });
    trust::record_many(permit, context.now, "work.hand_over", events).await?;
    Ok(HandedOver {
        posts: moved.len(),
        ideas: ideas.values().sum(),
        ideas_left: usize::try_from(ideas_left).unwrap_or(usize::MAX),
        items: usize::try_from(items).unwrap_or(usize::MAX),
        campaign_tasks: usize::try_from(tasks).unwrap_or(usize::MAX),
        steps: approvals.steps.values().sum(),
        chains: approvals.chains.values().sum(),
        places: taken,
        brands: permits.len(),
        steps_left: usize::try_from(left.steps).unwrap_or_default(),
        chains_left: usize::try_from(left.chains).unwrap_or_default(),
        owned_left,
        ..owned.counted()
    })
}

/// Ends the leaver's tokens and delegations, as far as that is the caller's to say: in the named brands, or everywhere.
async fn end_what_was_opened(
    context: &Context,
    actor: &Actor,
    leaver: &app_user::Model,
    named: Option<&[Uuid]>,
    moved: HandedOver,
) -> Result<HandedOver, Failure> {
    let tokens = trust::revoke_tokens_made_by(context, leaver.id, named).await?;
    let places = memberships_of(context, &[leaver.id]).await?;
    let themselves = actor.user_id == leaver.id;
    let answers_for =
        |own: Held, brand: Option<Level>| themselves || own.manages(Held { brand, agency: leaver.agency_level });
    let here = places.iter().filter(|place| {
        place.ended_at.is_none()
            && named.is_none_or(|named| named.contains(&place.brand_id))
            && context.may(Action::WorkHandOver, place.brand_id)
            && answers_for(Held::own(actor, place.brand_id), Some(place.level))
    });
    let here: Vec<Uuid> = here.map(|place| place.brand_id).collect();
    // Whoever manages people agency-wide answers for those without a place, too.
    let highest = places.iter().filter(|place| place.ended_at.is_none()).map(|place| place.level).max();
    let everywhere = named.is_none()
        && context.may(Action::PeopleManage, Uuid::nil())
        && answers_for(Held { brand: None, agency: actor.agency_level }, highest);
    if here.is_empty() && !everywhere && moved.brands == 0 && tokens == 0 {
        // Nothing that is theirs to say: not how many there are, either.
        return Ok(moved);
    }
    let all = (everywhere || !here.is_empty()).then_some(here);
    let (delegations, delegations_left) = approvals::end_delegations_of(context, leaver.id, all).await?;
    Ok(HandedOver { delegations, delegations_left, tokens, ..moved })
}

/// The brands in which the heir may decide, and in which the caller has a say over what the other was named for: their own, or
/// that of somebody whom they manage. Whoever is above the caller was not named for the caller to take their place.
fn brands_to_decide_in(
    actor: &Actor,
    leaver: &app_user::Model,
    heir: &app_user::Model,
    places: &[membership::Model],
    brand_ids: &[Uuid],
) -> Vec<Uuid> {
    let level = |user_id: Uuid, brand_id: Uuid, ended: bool| {
        let theirs = places.iter().filter(|place| place.user_id == user_id && place.brand_id == brand_id);
        theirs.filter(|place| ended || place.ended_at.is_none()).map(|place| place.level).max()
    };
    let may = |brand_id: &Uuid| {
        let decides =
            Action::ApprovalDecide.rule().allows(heir.kind, level(heir.id, *brand_id, false), heir.agency_level);
        let theirs = Held { brand: level(leaver.id, *brand_id, true), agency: leaver.agency_level };
        decides && (actor.user_id == leaver.id || Held::own(actor, *brand_id).manages(theirs))
    };
    brand_ids.iter().copied().filter(may).collect()
}

/// The brands in which the heir may do something. `places` has those of theirs that count now.
pub(super) fn brands_in_which(
    heir: &app_user::Model,
    places: &[membership::Model],
    brand_ids: &[Uuid],
    action: Action,
) -> Vec<Uuid> {
    let level = |brand_id: Uuid| {
        let theirs = places.iter().filter(|place| place.user_id == heir.id && place.brand_id == brand_id);
        theirs.map(|place| place.level).max()
    };
    let may = |id: &Uuid| action.rule().allows(heir.kind, level(*id), heir.agency_level);
    brand_ids.iter().copied().filter(may).collect()
}

/// Has the heir told of the end of the places that the other gave. Freelancers have no directory: they are told of nobody's.
async fn take_places(
    permit: Permit<'_>,
    leaver: &app_user::Model,
    heir: &app_user::Model,
    brand_ids: &[Uuid],
) -> Result<usize, Failure> {
    if heir.kind != UserKind::Staff {
        return Ok(0);
    }
    let taken = membership::Entity::update_many()
        .col_expr(membership::Column::AddedBy, Expr::value(heir.id))
        .filter(membership::Column::BrandId.is_in(brand_ids.iter().copied()))
        .filter(membership::Column::AddedBy.eq(leaver.id))
        .filter(membership::Column::UserId.ne(heir.id))
        .filter(membership::Column::ExpiresAt.is_not_null())
        .filter(membership::Column::EndedAt.is_null())
        .exec(permit.tx())
        .await?;
    Ok(usize::try_from(taken.rows_affected).unwrap_or(usize::MAX))
}

async fn brands_of_work(context: &Context, from: Uuid) -> Result<Vec<Uuid>, Failure> {
    #[derive(sea_orm::FromQueryResult)]
    struct Row {
        brand_id: Uuid,
    }
    let sql = "select a.brand_id from post_assignment a join post p on p.brand_id = a.brand_id and p.id = a.post_id
      where a.user_id = $1 and p.state not in ('PUBLISHED', 'CANCELED', 'ARCHIVED')
      union select i.brand_id from checklist_item i join post p on p.brand_id = i.brand_id and p.id = i.post_id
      where i.assignee_id = $1 and i.ticked_at is null and p.state not in ('PUBLISHED', 'CANCELED', 'ARCHIVED')
      union select t.brand_id from campaign_task t join campaign c on c.brand_id = t.brand_id and c.id = t.campaign_id
      where t.assignee_id = $1 and t.done_at is null and c.state not in ('CLOSED', 'CANCELED')";
    let rows: Vec<Row> = context.rows(sql, [from.into()]).await?;
    let mut brand_ids: Vec<Uuid> = rows.into_iter().map(|row| row.brand_id).collect();
    brand_ids.extend(hand_over_owned::brands_with(context, from).await?);
    brand_ids.extend(approvals::brands_that_name(context, from).await?);
    brand_ids.extend(ideas::brands_with_ideas_of(context, from).await?);
    brand_ids.sort_unstable();
    brand_ids.dedup();
    Ok(brand_ids)
}

/// The places that these two hold or held: of the heir those that count now.
async fn places_of(
    context: &Context,
    [leaver, heir]: [Uuid; 2],
    brand_ids: &[Uuid],
) -> Result<Vec<membership::Model>, Failure> {
    let now = Condition::all()
        .add(membership::Column::StartsAt.lte(context.now))
        .add(membership::Column::ExpiresAt.is_null().or(membership::Column::ExpiresAt.gt(context.now)))
        .add(membership::Column::SuspendedAt.is_null())
        .add(membership::Column::EndedAt.is_null());
    let select = membership::Entity::find()
        .filter(membership::Column::BrandId.is_in(brand_ids.iter().copied()))
        .filter(membership::Column::UserId.is_in([leaver, heir]))
        .filter(Condition::any().add(membership::Column::UserId.eq(leaver)).add(now));
    Ok(context.all(select).await?)
}

/// The heir must hold a place in each of the brands now, or a level agency-wide; and be somebody who does such work.
fn must_be_able(heir: &app_user::Model, places: &[membership::Model], brand_ids: &[Uuid]) -> Result<(), Failure> {
    if heir.deactivated_at.is_some() {
        return Err(UserError::at(Code::PersonDeactivated, "toUserId").into());
    }
    if !matches!(heir.kind, UserKind::Staff | UserKind::Freelancer) {
        return Err(UserError::at(Code::KindMismatch, "toUserId").text("kind", heir.kind.to_value()).into());
    }
    if heir.agency_level.is_some() {
        return Ok(());
    }
    let held = |id: &Uuid| places.iter().any(|place| place.user_id == heir.id && place.brand_id == *id);
    if brand_ids.iter().any(|id| !held(id)) {
        return Err(UserError::at(Code::NotAMember, "toUserId").into());
    }
    Ok(())
}
