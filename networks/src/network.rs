//! The contract every network keeps.

use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use diwan_platform::apps::App;
use diwan_platform::http::HttpClient;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use crate::audience::AudienceSlice;
use crate::capabilities::{AltText, Capabilities, Limits, Metric};
use crate::comments::CommentPage;
use crate::content::{Checkpoint, Content, Draft, DraftMedia, Violation};
use crate::error::{ErrorKind, NetworkError, ProgressError};
use crate::history::FollowersThen;
use crate::mentions::{MentionCount, MentionDay, MentionWords};
use crate::preview::Preview;
use crate::validate::violations;

/// Secrets of one account, opaque to everyone but its network; the caller encrypts them at rest.
#[derive(Clone, PartialEq)]
pub struct Credentials(pub Value);

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(…)")
    }
}

/// The way to a network.
#[derive(Debug, Clone, Copy)]
pub struct Outside<'a> {
    /// What makes the calls.
    pub http: &'a HttpClient,
    /// Under which application, where the network wants one and it is set up.
    pub app: Option<&'a App>,
}

impl<'a> Outside<'a> {
    /// The application; without one, whoever runs this installation must set it up first.
    pub(crate) fn app(self) -> Result<&'a App, NetworkError> {
        let missing = || NetworkError::new(ErrorKind::Ask, APP_NOT_SET_UP, "no application is set up for this network");
        self.app.ok_or_else(missing)
    }
}

/// The code of an error that says that the network's application is not set up.
pub const APP_NOT_SET_UP: &str = "app_not_set_up";

/// The code of an error that says that whoever agreed has no account there that can be published to.
pub const NO_ACCOUNT: &str = "no_account";

/// A connected account, as it is stored.
#[derive(Debug, Clone)]
pub struct Account {
    /// The server that keeps the account.
    pub base_url: Url,
    /// The account's id at the network.
    pub remote_id: String,
    /// Its name for people, as [`Connected::handle`].
    pub handle: String,
    /// Its secrets.
    pub credentials: Credentials,
    /// What its server allows it.
    pub limits: Limits,
}

/// A newly connected account.
#[derive(Debug, Clone)]
pub struct Connected {
    /// The account's stable id at the network.
    pub remote_id: String,
    /// Its name for people, without a leading `@`: `name.example.com`, `name@example.social`.
    pub handle: String,
    /// The name it shows; the handle when it shows none.
    pub display_name: String,
    /// Where people see it.
    pub profile_url: Option<Url>,
    /// The server that keeps the account.
    pub base_url: Url,
    /// Its secrets.
    pub credentials: Credentials,
    /// What its server allows it.
    pub limits: Limits,
}

impl Connected {
    /// The account as later calls want it.
    pub fn into_account(self) -> Account {
        Account {
            base_url: self.base_url,
            remote_id: self.remote_id,
            handle: self.handle,
            credentials: self.credentials,
            limits: self.limits,
        }
    }
}

/// A begun authorization: where to send the person, and what to keep, secret, until they come back.
#[derive(Debug, Clone)]
pub struct Authorization {
    /// Where the person agrees.
    pub url: Url,
    /// Handed to [`Network::complete_authorization`].
    pub pending: Credentials,
}

/// A post that is there. Of a thread, its first one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// Its id at the network.
    pub remote_id: String,
    /// Where people see it.
    pub url: Option<Url>,
}

/// What a look-up found of an attempt whose outcome was unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LookUp {
    /// The post is there; of a thread, all of it.
    Found(Published),
    /// What was in doubt is there, and more of the publication is still to be sent: go on from here.
    Partly(Checkpoint),
    /// What was in doubt is not there: the post, or the next one of its thread.
    NotThere,
    /// The network's answers leave it open: a person must look.
    CannotTell,
}

/// Why numbers are missing altogether. A missing number is missing, never zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// This server does not serve these numbers, at least now.
    NotServed,
    /// The post is not there any more.
    Gone,
}

/// The numbers of one post.
#[derive(Debug, Clone)]
pub struct PostMetrics {
    /// The post's id at the network.
    pub remote_id: String,
    /// Each number the network gave.
    pub values: Vec<(Metric, i64)>,
    /// What the network answered, kept for later.
    pub raw: Value,
    /// Set when there are no numbers at all.
    pub missing: Option<Missing>,
}

/// The numbers of an account.
#[derive(Debug, Clone)]
pub struct AccountMetrics {
    /// Each number the network gave.
    pub values: Vec<(Metric, i64)>,
    /// What the network answered, kept for later.
    pub raw: Value,
    /// Set when the network did not serve its own numbers; `values` may still hold what could be counted.
    pub missing: Option<Missing>,
    /// What the account is called now, as [`Connected::handle`], where the same answer says it: people rename what they own.
    pub handle: Option<String>,
}

/// A word of an answer; none where there is none, or nothing in it.
pub(crate) fn word(answer: &Value, name: &str) -> Option<String> {
    answer[name].as_str().map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned)
}

/// A post as the network shows it.
#[derive(Debug, Clone)]
pub struct RemotePost {
    /// Its text without markup.
    pub text: String,
    /// Where people see it.
    pub url: Option<Url>,
    /// How many images it has.
    pub media_count: usize,
    /// When the network says it was made.
    pub created_at: Option<DateTime<Utc>>,
}

/// What [`Network::publish`] tells its caller on the way. An error of either method ends the publishing.
#[async_trait]
pub trait Progress: Send + Sync {
    /// Stores the checkpoint for a later attempt; awaited before the next outside step.
    async fn save(&self, checkpoint: &Checkpoint) -> Result<(), ProgressError>;

    /// Called right before each request that makes something visible: is this worker's lease still its own?
    async fn before_commit(&self) -> Result<(), ProgressError>;

    /// Both, where nothing lies between them: the checkpoint says that the request which follows may have been sent.
    async fn save_before_commit(&self, checkpoint: &Checkpoint) -> Result<(), ProgressError> {
        self.save(checkpoint).await?;
        self.before_commit().await
    }
}

/// One social network.
///
/// A method that the network's [`Capabilities`] do not offer answers with the code `not_offered`.
#[async_trait]
pub trait Network: Send + Sync {
    /// What this network can do.
    fn capabilities(&self) -> &'static Capabilities;

    /// Everything about the draft that the account's limits forbid; empty when it can be published.
    fn validate(&self, limits: &Limits, draft: &Draft) -> Vec<Violation> {
        violations(self.capabilities(), limits, draft)
    }

    /// The places of the images, films and documents whose descriptions the network does not take.
    fn undescribed(&self, draft: &Draft) -> Vec<usize> {
        let is_taken = |media: &DraftMedia| match self.capabilities().media.alt_text {
            AltText::ImagesAndFilms => !media.is_document(),
            AltText::Images => !media.is_video() && !media.is_document(),
            AltText::Nothing => false,
        };
        let media = draft.media.iter().enumerate();
        media.filter(|(_, media)| !media.alt_text.is_empty() && !is_taken(media)).map(|(place, _)| place).collect()
    }

    /// The text's length in the network's own unit, with default settings.
    fn measure(&self, text: &str) -> u64 {
        self.capabilities().text.unit.count(text, None)
    }

    /// The text as people will see it, in a post with so many images.
    fn preview(&self, text: &str, images: usize) -> Preview;

    /// Begins connecting by OAuth at a server of this network.
    async fn begin_authorization(
        &self,
        _out: Outside<'_>,
        _instance: &Url,
        _redirect_uri: &Url,
        _state: &str,
    ) -> Result<Authorization, NetworkError> {
        Err(NetworkError::not_offered("connecting by agreement"))
    }

    /// Ends connecting by OAuth with the code the person came back with: every account that they may publish to, among which they
    /// choose where there are several. A refused code is [`ErrorKind::Reconnect`](crate::ErrorKind::Reconnect); none at all is
    /// [`ErrorKind::Ask`](crate::ErrorKind::Ask) with the code `no_account`.
    async fn complete_authorization(
        &self,
        _out: Outside<'_>,
        _pending: &Credentials,
        _code: &str,
        _redirect_uri: &Url,
    ) -> Result<Vec<Connected>, NetworkError> {
        Err(NetworkError::not_offered("connecting by agreement"))
    }

    /// Connects with a password made for applications, or with a bot's token. A refused one is
    /// [`ErrorKind::Reconnect`](crate::ErrorKind::Reconnect).
    async fn connect_with_app_password(
        &self,
        _out: Outside<'_>,
        _service: &Url,
        _identifier: &str,
        _password: &str,
    ) -> Result<Connected, NetworkError> {
        Err(NetworkError::not_offered("connecting with a password"))
    }

    /// When the account's credentials should be renewed though nobody uses the account: before they die. None where they do not.
    fn refresh_due(&self, _account: &Account) -> Option<DateTime<Utc>> {
        None
    }

    /// Finds out whether the account can be used now, and what its server allows it: nothing new where it does not say.
    async fn check(&self, out: Outside<'_>, account: &Account) -> Result<Option<Limits>, NetworkError> {
        self.account_metrics(out, account).await.map(|_| None)
    }

    /// Whether it is time to renew the credentials. Then [`Network::refresh`] is asked, by one worker after the other; and nothing of the
    /// account goes out while a renewal that has just failed, or that the network has just been asked for early, is let rest.
    fn is_stale(&self, account: &Account, now: DateTime<Utc>) -> bool;

    /// Called before an account is used: new credentials when the old ones are about to expire. The caller stores them
    /// before it goes on, and lets only one worker at a time do this for one account.
    async fn refresh(
        &self,
        out: Outside<'_>,
        account: &Account,
        now: DateTime<Utc>,
    ) -> Result<Option<Credentials>, NetworkError>;

    /// Publishes, from the beginning or from a checkpoint: the post, the rest of its thread, its first comment.
    ///
    /// Only a request that makes something visible can fail with
    /// [`ErrorKind::Unknown`](crate::ErrorKind::Unknown); before it, a checkpoint is saved of which
    /// [`Checkpoint::may_have_been_sent`] is true, and [`Progress::before_commit`] is asked. Resumed from such a
    /// checkpoint, no network sends blindly: it looks first, or repeats a request that cannot have a second effect. After
    /// each post but the last a checkpoint is saved that says it is there ([`Checkpoint::parts_there`]), so that the next
    /// attempt goes on behind it.
    async fn publish(
        &self,
        out: Outside<'_>,
        account: &Account,
        content: &Content,
        resume: Option<Checkpoint>,
        progress: &dyn Progress,
    ) -> Result<Published, NetworkError>;

    /// Finds out whether an attempt whose outcome is unknown made its post, or that of a thread at which it was. A request can
    /// still be on its way: wait longer than the client's total time limit after the attempt before believing
    /// [`LookUp::NotThere`].
    async fn look_up(
        &self,
        out: Outside<'_>,
        account: &Account,
        content: &Content,
        checkpoint: Option<&Checkpoint>,
    ) -> Result<LookUp, NetworkError>;

    /// Whether the network is asked for numbers, comments and the audience of the account of this id. Of another one it would not tell them: the
    /// methods for them answer without a request.
    fn is_asked_about(&self, _remote_id: &str) -> bool {
        true
    }

    /// Of how many posts the network tells the numbers in one request.
    fn posts_counted_at_once(&self) -> usize {
        1
    }

    /// The numbers of posts, one entry per id in the order asked.
    async fn post_metrics(
        &self,
        out: Outside<'_>,
        account: &Account,
        remote_ids: &[String],
    ) -> Result<Vec<PostMetrics>, NetworkError>;

    /// The numbers of the account.
    async fn account_metrics(&self, out: Outside<'_>, account: &Account) -> Result<AccountMetrics, NetworkError>;

    /// How many followed the account between these moments, in the order of time and on the network's days, at most as many as its capabilities
    /// say at once ([`AccountHistory::at_once`](crate::AccountHistory::at_once)). A day of which it does not tell is left out.
    async fn account_history(
        &self,
        _out: Outside<'_>,
        _account: &Account,
        _between: (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Vec<FollowersThen>, NetworkError> {
        Err(NetworkError::not_offered("the past of an account"))
    }

    /// Who follows the account, or sees what it publishes, by every dimension that the capabilities name. One that is not told says why: an account
    /// without the right to it is no failure. `today` is the date by UTC.
    async fn audience(
        &self,
        _out: Outside<'_>,
        _account: &Account,
        _today: NaiveDate,
    ) -> Result<Vec<AudienceSlice>, NetworkError> {
        Err(NetworkError::not_offered("telling of an audience"))
    }

    /// How often any of the words was in a post that went out on each of these days, as far as it is known: a day that cannot be counted is
    /// left out. Wants the application that the capabilities name for this.
    async fn count_mentions(
        &self,
        _out: Outside<'_>,
        _account: &Account,
        _words: MentionWords<'_>,
        _days: &[MentionDay],
    ) -> Result<Vec<MentionCount>, NetworkError> {
        Err(NetworkError::not_offered("counting mentions"))
    }

    /// Reads comments under a post of the account, one page of them: from the beginning, or from what the page before says. A post that is not
    /// there any more is [`ErrorKind::Content`](crate::ErrorKind::Content).
    async fn read_comments(
        &self,
        _out: Outside<'_>,
        _account: &Account,
        _remote_id: &str,
        _from: Option<&str>,
    ) -> Result<CommentPage, NetworkError> {
        Err(NetworkError::not_offered("reading comments"))
    }

    /// Reads a post back; none when it is not there.
    async fn read_post(
        &self,
        out: Outside<'_>,
        account: &Account,
        remote_id: &str,
    ) -> Result<Option<RemotePost>, NetworkError>;

    /// Takes a post back, and it alone: what answers it stays, also the rest of its own thread. A post that is gone already is
    /// no error.
    async fn delete_post(&self, out: Outside<'_>, account: &Account, remote_id: &str) -> Result<(), NetworkError>;

    /// Replaces the words of a post that is there: its text, its link and its options, as far as the network lets them change. Images
    /// and films stay. Done twice, it comes to the same.
    async fn edit_post(
        &self,
        _out: Outside<'_>,
        _account: &Account,
        _remote_id: &str,
        _content: &Content,
    ) -> Result<(), NetworkError> {
        Err(NetworkError::not_offered("changing a post"))
    }
}
