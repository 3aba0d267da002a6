//! What does not go on by itself, or not as it should, and why: for whoever looks after the brands' publishing.

use chrono::{DateTime, Duration, Utc};
use sea_orm::FromQueryResult;
use uuid::Uuid;

use crate::context::Context;
use crate::error::{Code, Failure, UserError};
use crate::permission::Action;

/// Why a publication is stuck.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// A person must decide about it.
    NeedsAttention,
    /// Its account is not connected.
    AccountNotConnected,
    /// Its job was set aside after it failed too often.
    SetAside,
    /// Somebody holds it back.
    Paused,
    /// The network has not answered for longer than it should, and it is looked for.
    Unconfirmed,
    /// It has been tried for longer than ten minutes.
    Retrying,
    /// Its time was a minute ago, and no worker has begun it.
    NotBegun,
}

impl Why {
    /// The name in the API; its message is `stuck-…` in the catalogue.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NeedsAttention => "NEEDS_ATTENTION",
            Self::AccountNotConnected => "ACCOUNT_NOT_CONNECTED",
            Self::SetAside => "SET_ASIDE",
            Self::Paused => "PAUSED",
            Self::Unconfirmed => "UNCONFIRMED",
            Self::Retrying => "RETRYING",
            Self::NotBegun => "NOT_BEGUN",
        }
    }

    /// Every reason.
    pub const ALL: [Self; 7] = [
        Self::NeedsAttention,
        Self::AccountNotConnected,
        Self::SetAside,
        Self::Paused,
        Self::Unconfirmed,
        Self::Retrying,
        Self::NotBegun,
    ];
}

/// A publication that is stuck.
#[derive(Debug, Clone)]
pub struct Stuck {
    /// Which.
    pub publication_id: Uuid,
    /// Why.
    pub why: Why,
    /// Its time.
    pub due_at: DateTime<Utc>,
}

/// How publishing goes.
#[derive(Debug, Clone, Default)]
pub struct PublishingState {
    /// How many publications are in each state that is not over, by the name of the state.
    pub counts: Vec<(String, i64)>,
    /// Those that are stuck, the longest first.
    pub stuck: Vec<Stuck>,
    /// Whether there are more of these.
    pub more: bool,
}

/// The most that is told at once.
pub const MOST_STUCK: i64 = 200;

/// How long a publication may wait for a worker, be tried again, or be looked for, before it counts as stuck.
const BEGUN_WITHIN: Duration = Duration::minutes(1);
const TRIED_WITHIN: Duration = Duration::minutes(10);
const FOUND_WITHIN: Duration = Duration::minutes(2);

#[derive(FromQueryResult)]
struct Row {
    publication_id: Uuid,
    why: String,
    due_at: DateTime<Utc>,
}

#[derive(FromQueryResult)]
struct CountRow {
    state: String,
    count: i64,
}

/// How publishing goes in a brand: two statements, however much there is.
pub async fn publishing_state(context: &Context, brand_id: Uuid, most: i64) -> Result<PublishingState, Failure> {
    context.permit(Action::PublicationSettle, brand_id).await?;
    if !(1..=MOST_STUCK).contains(&most) {
        return Err(UserError::at(Code::TooMany, "most").number("limit", MOST_STUCK).number("actual", most).into());
    }
    let now = context.now;
    let counts: Vec<CountRow> = context.rows(
        "select state, count(*) as count from publication
         where brand_id = $1 and state not in ('PUBLISHED', 'CANCELED', 'FAILED', 'MISSED') group by state order by state",
        [brand_id.into()],
    )
    .await?;
    let rows: Vec<Row> = context.rows(
        "select p.id as publication_id, p.due_at, case
           when p.state = 'NEEDS_ATTENTION' then 'NEEDS_ATTENTION'
           when p.state in ('SCHEDULED', 'QUEUED', 'RETRYING') and a.state <> 'CONNECTED' then 'ACCOUNT_NOT_CONNECTED'
           when exists (select from job j where j.brand_id = p.brand_id and j.kind = 'publish' and j.subject_id = p.id
             and j.state = 'SET_ASIDE') and not exists (select from job j where j.brand_id = p.brand_id and j.kind = 'publish'
             and j.subject_id = p.id and j.state in ('PENDING', 'HANDED', 'RUNNING')) then 'SET_ASIDE'
           when p.state = 'PAUSED' then 'PAUSED'
           when p.state = 'UNCONFIRMED' then 'UNCONFIRMED'
           when p.state = 'RETRYING' then 'RETRYING'
           else 'NOT_BEGUN' end as why
         from publication p join social_account a on a.brand_id = p.brand_id and a.id = p.social_account_id
         where p.brand_id = $1 and (p.state in ('NEEDS_ATTENTION', 'PAUSED')
           or (p.state in ('SCHEDULED', 'QUEUED', 'RETRYING') and a.state <> 'CONNECTED')
           or (p.state in ('SCHEDULED', 'QUEUED') and p.due_at < $2)
           or (p.state = 'RETRYING' and p.due_at < $3)
           or (p.state = 'UNCONFIRMED' and p.due_at < $4))
         order by p.due_at, p.id limit $5",
        [
            brand_id.into(),
            (now - BEGUN_WITHIN).into(),
            (now - TRIED_WITHIN).into(),
            (now - FOUND_WITHIN).into(),
            (most + 1).into(),
        ],
    )
    .await?;
    let most = usize::try_from(most).unwrap_or(0);
    let more = rows.len() > most;
    let stuck = rows.into_iter().take(most).filter_map(|row| {
        let why = Why::ALL.into_iter().find(|why| why.as_str() == row.why)?;
        Some(Stuck { publication_id: row.publication_id, why, due_at: row.due_at })
    });
    let counts = counts.into_iter().map(|row| (row.state, row.count)).collect();
    Ok(PublishingState { counts, stuck: stuck.collect(), more })
}
