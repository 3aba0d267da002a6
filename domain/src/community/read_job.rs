//! Reading the comments under a publication, as often as its numbers are read, in work of its own.
//!
//! Its requests are booked within what the network allows, behind those for numbers.
//!
//! Each page is written with where the next one begins, in one transaction: whoever takes the work up goes on there. Comments that come while
//! pages are read are in the next reading.

use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::publishing::publication::{self, PublicationState};
use diwan_entity::publishing::social_account::{self, AccountState};
use diwan_networks::{Account, CommentPage, ErrorKind, Network, NetworkError, POST_GONE};
use diwan_platform::db;
use sea_orm::{ConnectionTrait as _, DbErr, FromQueryResult};
use uuid::Uuid;

use super::write::{Place, forget, write};
use crate::error::Fault;
use crate::insights::{Asking, Booked, book, next_sync, put_off, take_turn};
use crate::jobs::{Job, JobError, Next, Scope, Work};
use crate::permission::Permit;
use crate::publishing::{Unusable, Usable, usable_account};

/// How soon it is tried again where the network's limits are booked for longer than is looked ahead.
const FULL_AGAIN: Duration = Duration::days(1);
/// The longest that a network can ask for patience.
const LONGEST_WAIT: Duration = Duration::days(1);
/// So many pages are read in one run; the others in the next, right after it.
const MOST_PAGES: usize = 20;
/// So long a reading may take; after that the next one begins anew.
const LONGEST_READING: Duration = Duration::days(2);

/// Reads the comments under one publication.
#[derive(Debug)]
pub struct ReadComments;

/// What is read.
struct Subject {
    account: social_account::Model,
    network: &'static dyn Network,
    place: Place,
}

/// How far a run came.
enum Came {
    /// To the end.
    Through,
    /// As far as one run reads, or as the network's limits allow: it goes on then.
    Until(DateTime<Utc>),
}

/// Where a reading goes on, and when it began.
#[derive(FromQueryResult)]
struct Begun {
    next_page: String,
    begun_at: DateTime<Utc>,
}

impl Subject {
    /// None where there is nothing to read.
    async fn load(scope: &Scope) -> Result<Option<Self>, JobError> {
        let row = publication::Entity::one_in_brand(scope.brand_id, scope.subject_id()).one(scope.tx()).await?;
        let Some(row) = row.filter(|row| row.state == PublicationState::Published) else { return Ok(None) };
        let (Some(remote_id), Some(published_at)) = (row.remote_id, row.published_at) else {
            return Err(Fault::broken("a published publication without its id").into());
        };
        let account =
            social_account::Entity::one_in_brand(scope.brand_id, row.social_account_id).one(scope.tx()).await?;
        let account = account.ok_or_else(|| Fault::broken("a publication without its account"))?;
        let network = diwan_networks::network(&account.network).filter(|network| network.capabilities().comments);
        let Some(network) = network else { return Ok(None) };
        let place = Place { account_id: account.id, publication_id: row.id, remote_id, published_at };
        Ok(Some(Self { account, network, place }))
    }

    /// Books the request for one page, as the last of the transaction. Without room in what the network allows: when it will be.
    async fn wait_for_room(&self, scope: &Scope) -> Result<Option<DateTime<Utc>>, JobError> {
        let asking = Asking { whose: (&self.account).into(), posts: None, account: false, comments: true, past: false };
        Ok(match book(scope, self.network, &asking).await? {
            Booked::Now => None,
            Booked::At(at) => Some(at),
            Booked::Full => Some(scope.now + FULL_AGAIN),
        })
    }

    /// Whether a reading is given up: its pages lead to no end, or the post is read no more.
    fn is_over(&self, begun: &Begun, now: DateTime<Utc>) -> bool {
        now - begun.begun_at > LONGEST_READING || next_sync(self.place.published_at, now).is_none()
    }

    /// When it is read next: with its age, and not before the network wants to be asked again.
    fn next(&self, now: DateTime<Utc>, wait: Option<Duration>) -> Next {
        let asked = wait.map(|wait| now + wait.min(LONGEST_WAIT));
        let at = next_sync(self.place.published_at, now);
        at.map_or(Next::Done, |at| Next::Again(asked.map_or(at, |asked| asked.max(at))))
    }
}

/// The reading that is under way, if one is.
async fn begun(scope: &Scope) -> Result<Option<Begun>, DbErr> {
    let sql = "select r.next_page, r.begun_at from comment_reading r
      where r.brand_id = $1 and r.publication_id = $2 and r.next_page is not null and r.begun_at is not null";
    db::one(scope.tx(), sql, [scope.brand_id.into(), scope.subject_id().into()]).await
}

/// Notes how far a reading came: where it goes on, or that all was read.
async fn note(scope: &Scope, place: &Place, (begun_at, next): (DateTime<Utc>, Option<&str>)) -> Result<(), DbErr> {
    let sql = "insert into comment_reading as r (brand_id, publication_id, social_account_id, next_page, begun_at, read_at)
      values ($1, $2, $3, $4::text, case when $4::text is not null then $5::timestamptz end, case when $4::text is null then $6::timestamptz end)
      on conflict (brand_id, publication_id) do update set next_page = excluded.next_page, begun_at = excluded.begun_at,
        read_at = coalesce(excluded.read_at, r.read_at)";
    let values = [
        scope.brand_id.into(),
        place.publication_id.into(),
        place.account_id.into(),
        next.map(str::to_owned).into(),
        begun_at.into(),
        scope.now.into(),
    ];
    scope.tx().execute_raw(db::statement(sql, values)).await?;
    Ok(())
}

/// Forgets where a reading went on: what the network refused once it may refuse again, so that the next one begins anew.
async fn break_off(scope: &Scope) -> Result<(), DbErr> {
    let sql =
        "update comment_reading set next_page = null, begun_at = null where brand_id = $1 and publication_id = $2";
    scope.tx().execute_raw(db::statement(sql, [scope.brand_id.into(), scope.subject_id().into()])).await?;
    Ok(())
}

/// Reads page after page, the first of which is booked, and writes each.
async fn read(
    work: &Work,
    (subject, account): (&Subject, &Account),
    going_on: Option<Begun>,
) -> Result<Result<Came, NetworkError>, JobError> {
    let out = work.services.outside(subject.network);
    let (mut from, mut begun_at) = going_on.map_or((None, None), |begun| (Some(begun.next_page), Some(begun.begun_at)));
    for left in (0..MOST_PAGES).rev() {
        let asked = subject.network.read_comments(out, account, &subject.place.remote_id, from.as_deref()).await;
        let CommentPage { comments, next, is_whole } = match asked {
            Ok(page) => page,
            Err(error) => return Ok(Err(error)),
        };
        // A page that leads to itself leads nowhere, and what is behind it is not seen.
        let is_stuck = next.is_some() && next == from;
        let next = next.filter(|_| !is_stuck);
        let scope = work.begin().await?;
        let first = *begun_at.get_or_insert(scope.now);
        write(&scope, &subject.place, comments).await?;
        if next.is_none() && is_whole && !is_stuck {
            forget(&scope, &subject.place, first).await?;
        }
        note(&scope, &subject.place, (first, next.as_deref())).await?;
        let until = match &next {
            None => None,
            Some(_) if left == 0 => Some(scope.now),
            Some(_) => subject.wait_for_room(&scope).await?,
        };
        scope.commit().await?;
        if next.is_none() {
            return Ok(Ok(Came::Through));
        }
        if let Some(at) = until {
            return Ok(Ok(Came::Until(at)));
        }
        from = next;
    }
    Ok(Ok(Came::Through))
}

#[async_trait]
impl Job for ReadComments {
    fn kind(&self) -> &'static str {
        "read_comments"
    }

    async fn run(&self, work: &Work) -> Result<(), JobError> {
        let scope = work.begin().await?;
        let Some(subject) = Subject::load(&scope).await? else {
            return scope.finish(Next::Done).await;
        };
        // Whoever connects the account again gets the next comments.
        if subject.account.state == AccountState::Disconnected {
            let next = subject.next(scope.now, None);
            return scope.finish(next).await;
        }
        let _turn = match take_turn(work, &scope, &subject.account).await? {
            Ok(turn) => turn,
            Err(at) => return scope.finish(Next::Again(at)).await,
        };
        let going_on = begun(&scope).await?;
        if going_on.as_ref().is_some_and(|begun| subject.is_over(begun, scope.now)) {
            break_off(&scope).await?;
            let next = subject.next(scope.now, None);
            return scope.finish(next).await;
        }
        if let Some(at) = subject.wait_for_room(&scope).await? {
            return scope.finish(Next::Again(at)).await;
        }
        scope.commit().await?;
        let told = match usable_account(work, &subject.account).await? {
            Ok(Usable { account, .. }) => read(work, (&subject, &account), going_on).await?,
            // Whoever connects the account again gets the next comments.
            Err(Unusable::NeedsReconnect) => {
                let scope = work.begin().await?;
                let next = subject.next(scope.now, None);
                return scope.finish(next).await;
            }
            Err(Unusable::Network(error)) => Err(error),
        };
        let scope = work.begin().await?;
        let next = match told {
            Ok(Came::Through) => subject.next(scope.now, None),
            Ok(Came::Until(at)) => Next::Again(at),
            Err(error) => {
                tracing::info!(publication_id = %subject.place.publication_id, error = %error, "comments could not be read");
                after_failure(&scope, &subject.place, &error).await?;
                let wait = error.retry_after.and_then(|wait| Duration::from_std(wait).ok());
                if let Some(wait) = wait {
                    put_off(&scope, subject.account.id, scope.now + wait.min(LONGEST_WAIT)).await?;
                }
                subject.next(scope.now, wait)
            }
        };
        scope.finish(next).await
    }

    async fn give_up(&self, _scope: &Scope, _reason: &str) -> Result<(), JobError> {
        // What was read stays; the job itself shows the trouble.
        Ok(())
    }

    async fn revive(&self, _permit: Permit<'_>, _subject_id: Uuid) -> Result<bool, DbErr> {
        Ok(true)
    }
}

/// A page that is refused is asked for no more; one that could not be answered is. Under a post that is gone nothing is left.
async fn after_failure(scope: &Scope, place: &Place, error: &NetworkError) -> Result<(), DbErr> {
    if error.code == POST_GONE {
        forget(scope, place, scope.now).await?;
        note(scope, place, (scope.now, None)).await?;
    } else if matches!(error.kind, ErrorKind::Content | ErrorKind::Ask) {
        break_off(scope).await?;
    }
    Ok(())
}
