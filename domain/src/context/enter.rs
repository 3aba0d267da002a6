//! Becoming somebody: each way into a scope is a function of the database that opens it and says whose it is.

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use diwan_entity::tenancy::agency::Locale;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::db;
use sea_orm::{ActiveEnum as _, ConnectionTrait as _, DatabaseTransaction, DbErr, FromQueryResult};
use uuid::Uuid;

use super::{Actor, Context, Services};
use crate::error::{Code, Failure, Fault};
use crate::permission::Action;

#[derive(FromQueryResult)]
struct ActorRow {
    user_id: Uuid,
    agency_id: Uuid,
    kind: String,
    name: String,
    locale: String,
    agency_level: Option<String>,
    brands: Vec<Uuid>,
    levels: Vec<String>,
    archived: Vec<Uuid>,
}

#[derive(FromQueryResult)]
struct SessionRow {
    #[sea_orm(nested)]
    actor: ActorRow,
    restricted: bool,
}

impl ActorRow {
    fn into_actor(self, session_id: Option<Uuid>) -> Result<Actor, DbErr> {
        let levels = self.levels.iter().map(Level::try_from_value).collect::<Result<Vec<_>, _>>()?;
        Ok(Actor {
            user_id: self.user_id,
            agency_id: self.agency_id,
            kind: UserKind::try_from_value(&self.kind)?,
            name: self.name,
            locale: Locale::try_from_value(&self.locale)?,
            agency_level: self.agency_level.map(|level| Level::try_from_value(&level)).transpose()?,
            levels: self.brands.into_iter().zip(levels).collect(),
            archived: self.archived.into_iter().collect(),
            session_id,
            token_id: None,
            scopes: None,
            restricted: false,
            review_link: None,
        })
    }
}

#[derive(FromQueryResult)]
struct TokenRow {
    token_id: Uuid,
    scopes: Vec<String>,
    last_used_at: Option<DateTime<Utc>>,
}

/// A feed that was read, with the scope of its owner opened.
#[derive(Debug, FromQueryResult)]
pub(crate) struct EnteredFeed {
    /// The feed.
    #[sea_orm(from_alias = "feed_id")]
    pub(crate) id: Uuid,
    /// What it is called.
    #[sea_orm(from_alias = "feed_name")]
    pub(crate) name: String,
    /// The brands that it names.
    #[sea_orm(from_alias = "feed_brands")]
    pub(crate) brand_ids: Vec<Uuid>,
    /// When it was last read.
    pub(crate) last_read_at: Option<DateTime<Utc>>,
}

/// What a review link opens, or how it ended.
#[derive(Debug, FromQueryResult)]
pub(crate) struct EnteredReview {
    /// The link.
    #[sea_orm(from_alias = "link_id")]
    pub(crate) id: Uuid,
    /// The one request that it is for.
    pub(crate) request_id: Uuid,
    /// Until when it works.
    pub(crate) expires_at: DateTime<Utc>,
    /// The language that its holder reads.
    pub(crate) locale: String,
    /// How it ended; none while it works. Then the scope of the client is open.
    pub(crate) ending: Option<String>,
}

impl Context {
    /// Opens the scope of a living session, which is a narrow one where a second factor is owed. None when it has ended.
    pub(crate) async fn enter_session(&self, session_id: Uuid, user_id: Uuid) -> Result<Option<Arc<Actor>>, DbErr> {
        let sql = "select * from app.enter_session($1, $2, $3)";
        let row: Option<SessionRow> =
            db::one(&self.tx, sql, [session_id.into(), user_id.into(), self.now.into()]).await?;
        let Some(row) = row else { return Ok(None) };
        let actor = Actor { restricted: row.restricted, ..row.actor.into_actor(Some(session_id))? };
        Ok(Some(self.is_now(actor)))
    }

    /// Opens the scope of somebody who has not proved enough to be the caller: what is their own, and no more. None when
    /// they are gone.
    pub(crate) async fn enter_unproved(&self, user_id: Uuid) -> Result<Option<Actor>, DbErr> {
        let sql = "select * from app.enter_unproved($1, $2)";
        let row: Option<ActorRow> = db::one(&self.tx, sql, [user_id.into(), self.now.into()]).await?;
        row.map(|row| row.into_actor(None)).transpose()
    }

    /// An operation of an integration.
    pub(super) async fn of_token(
        services: Arc<Services>,
        tx: DatabaseTransaction,
        hash: [u8; 32],
    ) -> Result<Self, Fault> {
        let mut context = Self::stranger(services, tx);
        let values = [hash.to_vec().into(), context.now.into()];
        let used = context.enter_token(db::statement("select * from app.enter_token($1, $2)", values)).await?;
        if let Some((token_id, last_used_at)) = used {
            let stale = last_used_at.is_none_or(|used| used < context.now - Duration::minutes(1));
            context.token_in_use = stale.then_some(token_id);
        }
        Ok(context)
    }

    /// Opens the scope of a token by a statement that answers it. None when it is not good any more; else which it is, and when it was last used.
    async fn enter_token(&self, found: sea_orm::Statement) -> Result<Option<(Uuid, Option<DateTime<Utc>>)>, DbErr> {
        let Some(row) = self.tx.query_one_raw(found).await? else { return Ok(None) };
        let token = TokenRow::from_query_result(&row, "")?;
        let mut actor = ActorRow::from_query_result(&row, "")?.into_actor(None)?;
        actor.token_id = Some(token.token_id);
        actor.scopes = Some(token.scopes.iter().filter_map(|scope| Action::of_name(scope)).collect());
        self.is_now(actor);
        Ok(Some((token.token_id, token.last_used_at)))
    }

    /// Opens the scope of whoever's feed has this digest. None when there is none, or its owner is gone.
    pub(crate) async fn enter_feed(&self, hash: [u8; 32]) -> Result<Option<EnteredFeed>, DbErr> {
        let found = db::statement("select * from app.enter_feed($1, $2)", [hash.to_vec().into(), self.now.into()]);
        let Some(row) = self.tx.query_one_raw(found).await? else { return Ok(None) };
        self.is_now(ActorRow::from_query_result(&row, "")?.into_actor(None)?);
        EnteredFeed::from_query_result(&row, "").map(Some)
    }

    /// Opens the scope of the client whose review link has this digest, in that link's brand alone. None when there is none, or
    /// the client's place is gone.
    pub(crate) async fn enter_review(&self, hash: [u8; 32]) -> Result<Option<EnteredReview>, DbErr> {
        let found = db::statement("select * from app.enter_review($1, $2)", [hash.to_vec().into(), self.now.into()]);
        let Some(row) = self.tx.query_one_raw(found).await? else { return Ok(None) };
        let entered = EnteredReview::from_query_result(&row, "")?;
        if entered.ending.is_none() {
            let actor = ActorRow::from_query_result(&row, "")?.into_actor(None)?;
            self.is_now(Actor { review_link: Some(entered.id), ..actor });
        }
        Ok(Some(entered))
    }

    /// Opens a person's scope: a stranger becomes who they have just proved to be, and whoever asks already sees what has
    /// become theirs meanwhile, such as a brand that they have just made.
    pub(crate) async fn enter_user(&self, user_id: Uuid, session_id: Option<Uuid>) -> Result<Arc<Actor>, Failure> {
        let row: Option<ActorRow> =
            db::one(&self.tx, "select * from app.enter_user($1, $2)", [user_id.into(), self.now.into()]).await?;
        Ok(self.is_now(row.ok_or(Code::WrongCredentials)?.into_actor(session_id)?))
    }

    /// Opens the scope of whoever asked for work that is done later, with no more than they asked with: `token_id` is the API token that they
    /// came with, and `scopes` what it was good for; none for people. None when they are gone, or the token is not good any more.
    pub(crate) async fn enter_for(
        &self,
        user_id: Uuid,
        token_id: Option<Uuid>,
        scopes: Option<Vec<Action>>,
    ) -> Result<Option<Arc<Actor>>, Fault> {
        if let Some(token_id) = token_id {
            let again = "select * from app.enter_token_again($1, $2)";
            let again = db::statement(again, [token_id.into(), self.now.into()]);
            return Ok(self.enter_token(again).await?.and_then(|_| self.actor()));
        }
        let row: Option<ActorRow> =
            db::one(&self.tx, "select * from app.enter_user($1, $2)", [user_id.into(), self.now.into()]).await?;
        let Some(row) = row else { return Ok(None) };
        let actor = Actor { scopes, ..row.into_actor(None)? };
        Ok(Some(self.is_now(actor)))
    }
}
