//! Who brought what forward in the period: the report upward.
//!
//! Decided here:
//! - Of those who hold a place in the brand, at the level of whoever asks or below: nobody looks at those above.
//! - A post counts where it was written, and once more when it first went out, whoever it was given to meanwhile.
//! - Tasks are those of campaigns. What is ticked off a post's list is part of writing it.

use diwan_entity::tenancy::app_user::Level;
use diwan_reports::report::{Block, Progress, WhyNothing};
use sea_orm::{ActiveEnum as _, FromQueryResult};

use super::super::blocks::BlockKind;
use super::{Ground, nothing};
use crate::calendar::day_start;
use crate::context::Context;
use crate::error::{Failure, Fault};
use crate::permission::Action;

#[derive(FromQueryResult)]
struct Row {
    name: String,
    level: String,
    written: i64,
    published: i64,
    reviews: i64,
    tasks: i64,
    campaigns: i64,
}

const PEOPLE: &str = "
  with written as (select created_by as who, count(*) as n from post
      where brand_id = $1 and created_at >= $2 and created_at < $3 group by created_by),
    published as (select o.created_by as who, count(*) as n from post o
        join (select distinct p.post_id from publication p
          where p.brand_id = $1 and p.state = 'PUBLISHED' and p.published_at >= $2 and p.published_at < $3
            and not exists (select from publication e where e.brand_id = $1 and e.post_id = p.post_id and e.state = 'PUBLISHED'
              and e.published_at < $2)) f on f.post_id = o.id
      where o.brand_id = $1 group by o.created_by),
    reviews as (select actor_id as who, count(*) as n from approval_entry
      where brand_id = $1 and kind in ('APPROVED', 'CHANGES_REQUESTED') and at >= $2 and at < $3 group by actor_id),
    tasks as (select done_by as who, count(*) as n from campaign_task
      where brand_id = $1 and done_at >= $2 and done_at < $3 group by done_by),
    run as (select created_by as who, count(*) as n from campaign
      where brand_id = $1 and activated_at < $3 and (closed_at is null or closed_at >= $2) group by created_by)
  select u.name, m.level, coalesce(w.n, 0) as written, coalesce(p.n, 0) as published, coalesce(r.n, 0) as reviews,
    coalesce(t.n, 0) as tasks, coalesce(c.n, 0) as campaigns
  from membership m join app_user u on u.id = m.user_id
    left join written w on w.who = u.id left join published p on p.who = u.id left join reviews r on r.who = u.id
    left join tasks t on t.who = u.id left join run c on c.who = u.id
  where m.brand_id = $1 and u.kind in ('STAFF', 'FREELANCER') and m.level = any ($4) and m.starts_at < $3
    and (m.ended_at is null or m.ended_at > $2) and (m.expires_at is null or m.expires_at > $2)
  order by array_position(array['CMO', 'DIRECTOR', 'SENIOR', 'MID', 'JUNIOR'], m.level), u.name, u.id
  limit 200";

/// One statement, however many people there are.
pub(super) async fn progress(context: &Context, ground: &Ground) -> Result<Block, Failure> {
    context.permit(Action::MemberRead, ground.brand_id).await?;
    let own = context.signed_in()?.level_in(ground.brand_id).unwrap_or(Level::Junior);
    let all = [Level::Junior, Level::Mid, Level::Senior, Level::Director, Level::Cmo];
    let levels: Vec<String> = all.iter().filter(|level| **level <= own).map(Level::to_value).collect();
    let after = ground.period.to.succ_opt().ok_or_else(|| Fault::broken("a period beyond the calendar"))?;
    let (start, end) = (day_start(ground.zone, ground.period.from), day_start(ground.zone, after));
    let values = [ground.brand_id.into(), start.into(), end.into(), levels.into()];
    let rows: Vec<Row> = context.rows(PEOPLE, values).await?;
    let told = rows.into_iter().map(|row| Progress {
        name: row.name,
        level: row.level,
        counts: [
            ("POSTS_WRITTEN", row.written),
            ("POSTS_PUBLISHED", row.published),
            ("REVIEWS_GIVEN", row.reviews),
            ("TASKS_DONE", row.tasks),
            ("CAMPAIGNS_RUN", row.campaigns),
        ]
        .map(|(key, count)| (key.to_owned(), count))
        .to_vec(),
    });
    let told: Vec<Progress> = told.collect();
    Ok(if told.is_empty() { nothing(BlockKind::Progress, WhyNothing::Empty) } else { Block::Progress(told) })
}
