//! Accounts and publications as the API shows them.

use async_graphql::{Enum, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use diwan_domain::insights::LatestNumbers;
use diwan_domain::{messages, publishing};
use diwan_entity::publishing::{
    account_connection, publication, publication_attempt, publication_change, social_account,
};
use diwan_entity::tenancy::agency::Locale;
use diwan_platform::http::is_web;

use super::pauses::{PublishingPause, pauses_of_account};
use super::published::PublicationChange;
use crate::graphql::calendar::Post;
use crate::graphql::context::Op;
use crate::graphql::scalars::{Kind, Long};

/// Whether an account can be used.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "social_account::AccountState")]
pub enum AccountState {
    /// It can.
    Connected,
    /// Its network no longer accepts it: connect it again.
    NeedsReconnect,
    /// Somebody ended the connection.
    Disconnected,
}

/// How far a connection has come.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "account_connection::ConnectionState")]
pub enum ConnectionState {
    /// The network is being asked.
    Requested,
    /// Somebody must agree at `authorizationUrl`.
    AwaitingAuthorization,
    /// They agreed; the network is being asked again.
    Authorized,
    /// They may publish to several accounts: choose among `candidates` with `chooseAccounts`.
    Choosing,
    /// The account is there.
    Connected,
    /// It did not work; see `error`.
    Failed,
}

/// Where a publication is.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "publication::PublicationState")]
pub enum PublicationState {
    /// Waits for its time.
    Scheduled,
    /// Due, waits for a worker.
    Queued,
    /// On its way.
    Sending,
    /// On the network.
    Published,
    /// Not there yet; tried again by itself.
    Retrying,
    /// The network did not answer: being looked up, never sent twice.
    Unconfirmed,
    /// A person must decide; see `settlePublication`.
    NeedsAttention,
    /// Not on the network, or no more of its thread than `partsSent` says; see `trouble`.
    Failed,
    /// Held back by a person.
    Paused,
    /// Not wanted any more.
    Canceled,
    /// Came due while it could not be sent, for longer than the brand allows.
    Missed,
}

/// How a try ended.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "publication_attempt::AttemptOutcome")]
pub enum AttemptOutcome {
    /// The network took it.
    Published,
    /// Looked up and found.
    Found,
    /// It certainly did not get there.
    NotSent,
    /// Nobody can tell.
    Unknown,
    /// The network refused it.
    Refused,
}

/// What is to be done about a trouble.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "publishing::NextStep")]
pub enum NextStep {
    /// Nothing: it goes on by itself.
    Wait,
    /// `connectAccount`, then `schedulePost`.
    ConnectAccount,
    /// `updatePost`, then `schedulePost`.
    ChangePost,
    /// `schedulePost`, or `schedulePostsAgain` for several.
    ScheduleAgain,
    /// `settlePublication`.
    Settle,
    /// `resumePublishing`, or `schedulePost` for another time.
    Resume,
    /// Ask for less, or in another form.
    AskForLess,
    /// Have the operator of this installation look.
    AskOperator,
}

/// Why something is not as it should be, and the next step.
#[derive(SimpleObject)]
pub struct Trouble {
    /// For programs: `RETRY`, `RATE_LIMITED`, `RECONNECT`, `CONTENT`, `ASK`, `UNKNOWN`, `CANNOT_TELL`, `MISSED`, `GAVE_UP`,
    /// `GIVEN_UP`, `PARTLY_PUBLISHED`, `PAUSED`, `MEDIA_GONE`, `GRANT_MISSING`, `EXPIRED`, `TOO_MANY_ROWS`, `CELL_TOO_LONG`.
    pub kind: String,
    /// What happened and the next step, in the caller's language.
    pub message: String,
    /// The next step, for programs.
    pub next_step: NextStep,
    /// The network's own words, for operators.
    pub detail: Option<String>,
}

impl Trouble {
    /// A stored trouble in words.
    pub fn new(locale: Locale, kind: &str, detail: Option<&str>) -> Self {
        Self {
            kind: kind.to_owned(),
            message: messages::trouble(locale, kind),
            next_step: publishing::next_step(kind).into(),
            detail: detail.map(str::to_owned),
        }
    }
}

/// A connected profile, page or channel.
pub struct SocialAccount {
    pub op: Op,
    pub row: social_account::Model,
}

/// A connected profile, page or channel.
#[Object]
impl SocialAccount {
    /// The account's id.
    pub async fn id(&self) -> ID {
        Kind::Account.id(self.row.id)
    }
    /// The network's key, as in `networks`.
    async fn network(&self) -> &str {
        &self.row.network
    }
    /// The server that keeps the account.
    async fn server(&self) -> &str {
        &self.row.base_url
    }
    /// Its name on the network, without `@`.
    async fn handle(&self) -> &str {
        &self.row.handle
    }
    /// The name that it shows.
    async fn display_name(&self) -> &str {
        &self.row.display_name
    }
    /// Where people see it.
    async fn profile_url(&self) -> Option<&str> {
        self.row.profile_url.as_deref()
    }
    /// The values of the options that are its own: its boards, who may see its posts.
    async fn choices(&self) -> Result<Vec<OptionChoice>> {
        let limits = self.op.query(publishing::limits_of(&self.row).map_err(Into::into))?;
        let of = |(option, values): (String, Vec<diwan_networks::OptionValue>)| {
            values.into_iter().map(move |known| OptionChoice {
                option: option.clone(),
                value: known.value,
                label: known.label,
            })
        };
        Ok(limits.choices.into_iter().flat_map(of).collect())
    }
    /// Whether it can be used.
    async fn state(&self) -> AccountState {
        self.row.state.into()
    }
    /// When it was last connected.
    async fn connected_at(&self) -> DateTime<Utc> {
        self.row.connected_at
    }
    /// What holds back whatever goes to it: a pause of its own, of its brand, or of the agency. For the agency's staff; others see none.
    #[graphql(complexity = "1 + 3 * child_complexity")]
    async fn pauses(&self) -> Result<Vec<PublishingPause>> {
        pauses_of_account(&self.op, self.row.id).await
    }
    /// Why it cannot be used.
    async fn trouble(&self) -> Option<Trouble> {
        let detail = self.row.trouble.as_deref()?;
        Some(Trouble::new(self.op.locale(), "RECONNECT", Some(detail)))
    }
}

/// An account that can be chosen.
#[derive(SimpleObject)]
pub struct AccountCandidate {
    /// Its id at the network.
    remote_id: String,
    /// Its name on the network, without `@`.
    handle: String,
    /// The name that it shows.
    display_name: String,
    /// Where people see it.
    profile_url: Option<String>,
}

impl From<publishing::Candidate> for AccountCandidate {
    fn from(candidate: publishing::Candidate) -> Self {
        Self {
            remote_id: candidate.remote_id,
            handle: candidate.handle,
            display_name: candidate.display_name,
            profile_url: candidate.profile_url.filter(is_web).map(|url| url.to_string()),
        }
    }
}

/// A value that an option takes on one account.
#[derive(SimpleObject)]
pub struct OptionChoice {
    /// The option's name.
    option: String,
    /// The value.
    value: String,
    /// What people read.
    label: String,
}

/// The way to a connected account.
pub struct AccountConnection {
    pub op: Op,
    pub row: account_connection::Model,
}

/// The way to a connected account.
#[Object]
impl AccountConnection {
    /// The connection's id.
    pub async fn id(&self) -> ID {
        Kind::Connection.id(self.row.id)
    }
    /// The network's key.
    async fn network(&self) -> &str {
        &self.row.network
    }
    /// How far it has come.
    async fn state(&self) -> ConnectionState {
        self.row.state.into()
    }
    /// Where somebody must agree, while it is `AWAITING_AUTHORIZATION`.
    async fn authorization_url(&self) -> Option<&str> {
        let waiting = self.row.state == account_connection::ConnectionState::AwaitingAuthorization;
        self.row.authorization_url.as_deref().filter(|_| waiting)
    }
    /// What there is to choose from, while it is `CHOOSING`.
    async fn candidates(&self) -> Result<Vec<AccountCandidate>> {
        let candidates = self.op.query(publishing::candidates(&self.row).map_err(Into::into))?;
        Ok(candidates.into_iter().map(AccountCandidate::from).collect())
    }
    /// The account, once it is there; where several were chosen, the first.
    async fn social_account(&self) -> Result<Option<SocialAccount>> {
        let Some(id) = self.row.social_account_id else {
            return Ok(None);
        };
        Ok(self.op.load(id).await?.map(|row| SocialAccount { op: self.op.clone(), row }))
    }
    /// Why it did not work.
    async fn error(&self) -> Option<Trouble> {
        self.row.error.as_deref().map(|kind| Trouble::new(self.op.locale(), kind, None))
    }
    /// Until when somebody can agree.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.row.expires_at
    }
}

/// One number, as it was read last.
#[derive(SimpleObject)]
pub struct MetricValue {
    /// What was counted: `LIKES`, `REPOSTS`, `REPLIES`, ...
    pub metric: String,
    /// How many.
    pub value: Long,
    /// When it was read.
    pub sampled_at: DateTime<Utc>,
}

/// One try to publish.
#[derive(SimpleObject)]
pub struct PublicationAttempt {
    /// Counted from 1.
    pub number: i32,
    /// When it began: written before the network was called.
    pub started_at: DateTime<Utc>,
    /// When it ended; null while nobody knows how.
    pub finished_at: Option<DateTime<Utc>>,
    /// How it ended.
    pub outcome: Option<AttemptOutcome>,
    /// The failure's code, for operators.
    pub error_code: Option<String>,
    /// The network's own words, for operators.
    pub error_detail: Option<String>,
}

/// One variant to one account: what is published.
pub struct Publication {
    pub op: Op,
    pub row: publication::Model,
}

/// One variant to one account: what is published.
#[Object]
impl Publication {
    /// The publication's id.
    pub async fn id(&self) -> ID {
        Kind::Publication.id(self.row.id)
    }
    /// Where it is.
    async fn state(&self) -> PublicationState {
        self.row.state.into()
    }
    /// When it goes out, or should have.
    async fn due_at(&self) -> DateTime<Utc> {
        self.row.due_at
    }
    /// When the network had it.
    async fn published_at(&self) -> Option<DateTime<Utc>> {
        self.row.published_at
    }
    /// The network's own id of it.
    async fn remote_id(&self) -> Option<&str> {
        self.row.remote_id.as_deref()
    }
    /// Where people see it.
    async fn remote_url(&self) -> Option<&str> {
        self.row.remote_url.as_deref()
    }
    /// How many posts of its thread are on the network while the rest is not, the first comment counted as one. Null where it is
    /// there or not.
    async fn parts_sent(&self) -> Option<i32> {
        let there = publishing::parts_there(&self.row);
        (there > 0).then(|| i32::try_from(there).unwrap_or(i32::MAX))
    }
    /// Why it is where it is, and the next step.
    async fn trouble(&self) -> Option<Trouble> {
        let kind = self.row.trouble.as_deref()?;
        Some(Trouble::new(self.op.locale(), kind, self.row.trouble_detail.as_deref()))
    }
    /// The account.
    async fn social_account(&self) -> Result<SocialAccount> {
        Ok(SocialAccount { op: self.op.clone(), row: self.op.must_load(self.row.social_account_id).await? })
    }
    /// The post.
    async fn post(&self) -> Result<Post> {
        Ok(Post { op: self.op.clone(), row: self.op.must_load(self.row.post_id).await? })
    }
    /// Every try, oldest first.
    #[graphql(complexity = "1 + 2 * child_complexity")]
    async fn attempts(&self) -> Result<Vec<PublicationAttempt>> {
        let rows = self.op.load_of::<publication_attempt::Model>(self.row.id).await?;
        Ok(rows
            .into_iter()
            .map(|row| PublicationAttempt {
                number: row.number,
                started_at: row.started_at,
                finished_at: row.finished_at,
                outcome: row.outcome.map(Into::into),
                error_code: row.error_code,
                error_detail: row.error_detail,
            })
            .collect())
    }
    /// What was changed of it on its network, oldest first: taken back, or its words changed.
    #[graphql(complexity = "1 + 2 * child_complexity")]
    async fn changes(&self) -> Result<Vec<PublicationChange>> {
        let rows = self.op.load_of::<publication_change::Model>(self.row.id).await?;
        Ok(rows.into_iter().map(|row| PublicationChange { op: self.op.clone(), row }).collect())
    }
    /// The newest numbers, for MID and above. A number that the network does not give is missing, never zero.
    #[graphql(complexity = "1 + 5 * child_complexity")]
    async fn metrics(&self) -> Result<Vec<MetricValue>> {
        let rows = self.op.load_of::<LatestNumbers>(self.row.id).await?;
        Ok(rows
            .into_iter()
            .filter_map(|row| {
                Some(MetricValue { metric: row.metric?, value: Long(row.value?), sampled_at: row.sampled_at })
            })
            .collect())
    }
    /// When the network was last asked for numbers, for MID and above.
    async fn metrics_read_at(&self) -> Result<Option<DateTime<Utc>>> {
        let rows = self.op.load_of::<LatestNumbers>(self.row.id).await?;
        Ok(rows.iter().map(|row| row.sampled_at).max())
    }
}
