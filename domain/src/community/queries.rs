//! Reading conversations.

use chrono::{DateTime, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::community::{conversation, conversation_message as message};
use sea_orm::{ColumnTrait as _, FromQueryResult, QueryFilter as _};
use uuid::Uuid;

use crate::context::Context;
use crate::error::Failure;
use crate::paging::{Page, Slice, newest_first};
use crate::permission::Action;

/// The most messages of one conversation that are read at once: where answers have no answers, one discussion may have thousands.
const MOST_MESSAGES: i64 = 100;

/// Which conversations.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ConversationFilter {
    /// Under this publication.
    pub publication_id: Option<Uuid>,
    /// With this account.
    pub social_account_id: Option<Uuid>,
    /// In which somebody waits for an answer.
    pub unanswered: bool,
    /// In which somebody wrote at this moment or later.
    pub since: Option<DateTime<Utc>>,
}

/// How long a conversation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromQueryResult)]
pub struct MessageCount {
    /// Of which brand it is.
    pub brand_id: Uuid,
    /// Which conversation.
    pub conversation_id: Uuid,
    /// How many messages are in it, with those that are gone.
    pub messages: i64,
}

/// The conversations of a brand in which somebody else than the brand wrote, those that were read last first.
pub async fn conversations(
    context: &Context,
    brand_id: Uuid,
    filter: ConversationFilter,
    page: Page,
) -> Result<Slice<conversation::Model>, Failure> {
    context.permit(Action::CommunityRead, brand_id).await?;
    let mut select = conversation::Entity::in_brand(brand_id).filter(conversation::Column::AskedAt.is_not_null());
    if let Some(id) = filter.publication_id {
        select = select.filter(conversation::Column::PublicationId.eq(id));
    }
    if let Some(id) = filter.social_account_id {
        select = select.filter(conversation::Column::SocialAccountId.eq(id));
    }
    if filter.unanswered {
        select = select.filter(conversation::Column::WaitingSince.is_not_null());
    }
    if let Some(since) = filter.since {
        select = select.filter(conversation::Column::AskedAt.gte(since));
    }
    newest_first(context, select, conversation::Column::Id, page).await
}

/// The newest messages of each of these conversations, at most 100, in the order in which they were said; for whoever may read them.
pub async fn messages_of(context: &Context, conversation_ids: &[Uuid]) -> Result<Vec<message::Model>, Failure> {
    let sql = "select m.* from conversation c cross join lateral (
        select * from conversation_message s where s.brand_id = c.brand_id and s.conversation_id = c.id
          order by s.sent_at desc, s.remote_id desc limit $2) m
      where c.id = any($1::uuid[]) order by m.sent_at, m.remote_id";
    let rows: Vec<message::Model> = context.rows(sql, [conversation_ids.to_vec().into(), MOST_MESSAGES.into()]).await?;
    Ok(rows.into_iter().filter(|row| context.may(Action::CommunityRead, row.brand_id)).collect())
}

/// How many messages there are in these conversations; for whoever may read them.
pub async fn message_counts(context: &Context, conversation_ids: &[Uuid]) -> Result<Vec<MessageCount>, Failure> {
    let sql = "select c.brand_id, c.id as conversation_id,
        (select count(*) from conversation_message s where s.brand_id = c.brand_id and s.conversation_id = c.id) as messages
      from conversation c where c.id = any($1::uuid[])";
    let rows: Vec<MessageCount> = context.rows(sql, [conversation_ids.to_vec().into()]).await?;
    Ok(rows.into_iter().filter(|row| context.may(Action::CommunityRead, row.brand_id)).collect())
}
