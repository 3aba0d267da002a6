//! Conversations, as the API shows them.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use diwan_domain::community::{self as domain, MessageCount};
use diwan_domain::{Context as Domain, Failure};
use diwan_entity::community::{conversation, conversation_message};
use uuid::Uuid;

use crate::graphql::context::Op;
use crate::graphql::loaders::Grouped;
use crate::graphql::page::{Window, connection, cost};
use crate::graphql::publishing::{Publication, SocialAccount};
use crate::graphql::scalars::Kind;

/// What somebody, or the brand's account, said in a conversation.
#[derive(SimpleObject)]
struct ConversationMessage {
    /// The network's id of it.
    remote_id: String,
    /// The network's id of what it answers: a message, or the post.
    in_reply_to: String,
    /// Who wrote it; null where the network does not tell, and of what is gone.
    author_name: Option<String>,
    /// Whether the brand's account wrote it.
    is_own: bool,
    /// Its text without markup; empty of what is gone.
    text: String,
    /// When it was written.
    sent_at: DateTime<Utc>,
    /// When another text of it was read than before.
    changed_at: Option<DateTime<Utc>>,
    /// When it was not there any more.
    gone_at: Option<DateTime<Utc>>,
    /// Whether an answer is due: it began the conversation, or is the first after an answer.
    asks: bool,
    /// When the first answer after it came, if it asks.
    answered_at: Option<DateTime<Utc>>,
}

impl From<conversation_message::Model> for ConversationMessage {
    fn from(row: conversation_message::Model) -> Self {
        Self {
            remote_id: row.remote_id,
            in_reply_to: row.in_reply_to,
            author_name: row.author_name,
            is_own: row.is_own,
            text: row.text,
            sent_at: row.sent_at,
            changed_at: row.changed_at,
            gone_at: row.gone_at,
            asks: row.asks,
            answered_at: row.answered_at,
        }
    }
}

impl Grouped for conversation_message::Model {
    async fn load(context: &Domain, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        domain::messages_of(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.conversation_id
    }
}

impl Grouped for MessageCount {
    async fn load(context: &Domain, parents: &[Uuid]) -> Result<Vec<Self>, Failure> {
        domain::message_counts(context, parents).await
    }
    fn parent(&self) -> Uuid {
        self.conversation_id
    }
}

/// What somebody began to say under a publication, with all that was answered.
struct Conversation {
    op: Op,
    row: conversation::Model,
}

/// What somebody began to say under a publication, with all that was answered.
#[Object]
impl Conversation {
    /// The conversation's id.
    async fn id(&self) -> ID {
        Kind::Conversation.id(self.row.id)
    }
    /// Under which publication.
    async fn publication(&self) -> Result<Option<Publication>> {
        let row = self.op.load(self.row.publication_id).await?;
        Ok(row.map(|row| Publication { op: self.op.clone(), row }))
    }
    /// With which account of the brand.
    async fn social_account(&self) -> Result<Option<SocialAccount>> {
        let row = self.op.load(self.row.social_account_id).await?;
        Ok(row.map(|row| SocialAccount { op: self.op.clone(), row }))
    }
    /// When it began.
    async fn began_at(&self) -> DateTime<Utc> {
        self.row.began_at
    }
    /// When the last message was written.
    async fn last_message_at(&self) -> DateTime<Utc> {
        self.row.last_message_at
    }
    /// Since when somebody waits for an answer; null while nobody does.
    async fn waiting_since(&self) -> Option<DateTime<Utc>> {
        self.row.waiting_since
    }
    /// What was said, in the order in which it was: the newest 100 messages.
    #[graphql(complexity = "1 + 10 * child_complexity")]
    async fn messages(&self) -> Result<Vec<ConversationMessage>> {
        let rows: Vec<conversation_message::Model> = self.op.load_of(self.row.id).await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }
    /// How many messages there are, with those that are gone.
    async fn message_count(&self) -> Result<i64> {
        let rows: Vec<MessageCount> = self.op.load_of(self.row.id).await?;
        Ok(rows.first().map_or(0, |row| row.messages))
    }
}

/// Which conversations.
#[derive(InputObject, Default)]
struct ConversationFilter {
    /// Only under this publication.
    publication_id: Option<ID>,
    /// Only with this account.
    social_account_id: Option<ID>,
    /// Only those in which somebody waits for an answer.
    #[graphql(default)]
    unanswered: bool,
    /// Only those in which somebody wrote at this moment or later.
    since: Option<DateTime<Utc>>,
}

/// Reading what people say.
#[derive(Default)]
pub struct CommunityQuery;

#[Object]
impl CommunityQuery {
    /// What people say under the brand's posts, as far as its networks let it be read, the newest conversations first. For JUNIOR and above.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "the four of a connection are among them")]
    async fn conversations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which brand.")] brand_id: ID,
        #[graphql(desc = "Which of them; all, if it is left out.")] filter: Option<ConversationFilter>,
        #[graphql(desc = "How many from the beginning, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Only after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only before this cursor.")] before: Option<String>,
    ) -> Result<Connection<String, Conversation>> {
        let op = Op::of(ctx)?;
        op.query(op.signed_in())?;
        let page = Window { first, after, last, before }.page()?;
        let id = op.query(Kind::Brand.parse(&brand_id, "brandId"))?;
        let filter = filter.unwrap_or_default();
        let publication_id = filter.publication_id.map(|id| Kind::Publication.parse(&id, "filter.publicationId"));
        let account_id = filter.social_account_id.map(|id| Kind::Account.parse(&id, "filter.socialAccountId"));
        let filter = domain::ConversationFilter {
            publication_id: op.query(publication_id.transpose())?,
            social_account_id: op.query(account_id.transpose())?,
            unanswered: filter.unanswered,
            since: filter.since,
        };
        let slice = op.query(domain::conversations(op, id, filter, page).await)?;
        Ok(connection(slice, |row| row.id, |row| Conversation { op: op.clone(), row }))
    }
}
