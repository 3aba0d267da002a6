//! What was held back goes on when nothing holds it any more: in a number of statements that does not grow with it.

use async_trait::async_trait;
use diwan_entity::publishing::publication::PublicationState;
use diwan_platform::db;
use sea_orm::{DbErr, FromQueryResult};
use uuid::Uuid;

use crate::calendar::{LockedPost, follow_posts};
use crate::jobs::{Job, JobError, Next, Scope, Work, enqueue_many};
use crate::notices;
use crate::permission::Permit;
use crate::publishing::Publish;
use crate::publishing::outcome::{MISSED, PARTLY_PUBLISHED};

/// The most posts of one run; what is left follows in the next, so that no transaction grows without bounds.
const MOST: i64 = 300;

/// That no pause in force holds the publication `u`.
const FREE: &str = "not exists (select from publishing_pause z where z.ended_at is null and (z.brand_id is null
    or (z.brand_id = u.brand_id and (z.post_id is null or z.post_id = u.post_id)
      and (z.social_account_id is null or z.social_account_id = u.social_account_id))))";

/// Lets a brand's publications go on that nothing holds any more. It is about the pause that has ended.
///
/// It looks at whatever is paused in the brand, so that nothing is forgotten if several pauses end at once. It needs no lock against
/// [`super::hold`]: the pause has ended for good before this begins, and whoever held something by it has written so.
#[derive(Debug)]
pub struct ResumePublishing;

#[async_trait]
impl Job for ResumePublishing {
    fn kind(&self) -> &'static str {
        "resume_publishing"
    }

    async fn run(&self, work: &Work) -> Result<(), JobError> {
        let scope = work.begin().await?;
        let posts = lock_posts(&scope).await?;
        if posts.is_empty() {
            return scope.finish(Next::Done).await;
        }
        let ids: Vec<Uuid> = posts.iter().map(|post| post.id).collect();
        let released = release(&scope, &ids).await?;
        let in_state = |state: PublicationState| {
            released.iter().filter(move |row| row.state == state).map(|row| row.id).collect::<Vec<_>>()
        };
        let permit = scope.permit().await?;
        let due = in_state(PublicationState::Scheduled);
        if !due.is_empty() {
            enqueue_many(permit, Publish.kind(), &due, scope.now, scope.now).await?;
        }
        follow_posts(scope.tx(), scope.brand_id, posts, scope.now).await?;
        notices::publication_trouble(permit, scope.now, &in_state(PublicationState::NeedsAttention)).await?;
        let missed = in_state(PublicationState::Missed);
        notices::missed_while_paused(permit, scope.now, scope.subject_id(), &missed).await?;
        // What a new pause holds by now is not found again.
        let now = scope.now;
        scope.finish(Next::Again(now)).await
    }

    async fn give_up(&self, _scope: &Scope, _reason: &str) -> Result<(), JobError> {
        // The publications stay paused, and this job is there to be run again.
        Ok(())
    }

    async fn revive(&self, _permit: Permit<'_>, _subject_id: Uuid) -> Result<bool, DbErr> {
        Ok(true)
    }
}

/// A publication that was held back, and where it is now.
#[derive(FromQueryResult)]
struct Released {
    id: Uuid,
    state: PublicationState,
}

/// The posts of which something is paused and free, locked before their publications and in one order, as everybody does.
async fn lock_posts(scope: &Scope) -> Result<Vec<LockedPost>, JobError> {
    let sql = format!(
        "select p.id, p.state from post p where p.brand_id = $1 and exists (select from publication u
           where u.brand_id = p.brand_id and u.post_id = p.id and u.state = 'PAUSED' and {FREE})
         order by p.id limit $2 for update"
    );
    Ok(db::all(scope.tx(), &sql, [scope.brand_id.into(), MOST.into()]).await?)
}

/// Sends on what is within the brand's grace, and gives the rest to people: what a part of is on its network needs a decision, since
/// begun anew it would be there twice.
async fn release(scope: &Scope, post_ids: &[Uuid]) -> Result<Vec<Released>, JobError> {
    let sql = format!(
        "with judged as (
           select u.id, case
             when b.archived_at is null and u.due_at >= $3 - b.publish_grace_seconds * interval '1 second' then 'SCHEDULED'
             when jsonb_array_length(coalesce(u.checkpoint -> 'sent', '[]')) > 0 then 'NEEDS_ATTENTION'
             else 'MISSED' end as state
           from publication u join brand b on b.id = u.brand_id
           where u.brand_id = $1 and u.post_id = any ($2) and u.state = 'PAUSED' and {FREE})
         update publication set state = judged.state, updated_at = $3,
           trouble = case judged.state when 'NEEDS_ATTENTION' then $4 when 'MISSED' then $5 end,
           trouble_detail = case when judged.state <> 'SCHEDULED' then 'it came due while publishing was paused' end
         from judged where publication.brand_id = $1 and publication.id = judged.id
         returning publication.id, publication.state"
    );
    let values =
        [scope.brand_id.into(), post_ids.to_vec().into(), scope.now.into(), PARTLY_PUBLISHED.into(), MISSED.into()];
    Ok(db::all(scope.tx(), &sql, values).await?)
}
