//! What a command is given: the services, the caller, the time, and the transaction under the caller's scope.

mod enter;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, Duration, Utc};
use diwan_entity::tenancy::agency::Locale;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_networks::{Network, Outside};
use diwan_platform::app_url::AppUrl;
use diwan_platform::apps::Apps;
use diwan_platform::clock::SharedClock;
use diwan_platform::crypto::Keyring;
use diwan_platform::db::{self, Database};
use diwan_platform::http::HttpClient;
use diwan_platform::ids;
use diwan_platform::language_model::LanguageModel;
use diwan_platform::mail::Mailer;
use diwan_platform::metrics::Metrics;
use diwan_platform::stills::Stills;
use diwan_platform::storage::Storage;
use sea_orm::{
    ActiveEnum, ConnectionTrait as _, DatabaseTransaction, DbErr, EntityTrait, FromQueryResult, QueryResult, Select,
    Value,
};
use url::Url;
use uuid::Uuid;

use crate::error::{Code, Failure, Fault, UserError};
use crate::permission::{Action, Extent, Permit, Reach, Relation};
use crate::trust::TokenIssuer;
use crate::turns::Turns;

pub(crate) use enter::EnteredReview;

/// How long things may take. The defaults are for production; tests make them short.
#[derive(Debug, Clone, Copy)]
pub struct Timing {
    /// How long a worker holds a job without a sign of life. Longer than the outbound client's total limit, so that a
    /// request of a silent worker has ended before another worker begins. What a worker held that is known to be gone goes on sooner
    /// ([`diwan_platform::presence`]): its connections ended with it.
    pub lease: Duration,
    /// How long a look-up that finds nothing is not believed, after a request may last have been on its way: until it was given up, or
    /// until its worker died. So long the network may still be working on what it has received.
    pub settle: Duration,
    /// The longest that one run of a job may take.
    pub longest_run: Duration,
    /// The first wait before a failed job runs again; it doubles from there.
    pub first_retry: Duration,
    /// The longest wait before a failed job runs again.
    pub longest_retry: Duration,
    /// How often a job may fail in a row before it is set aside.
    pub max_failures: i32,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            lease: Duration::seconds(90),
            settle: Duration::seconds(25),
            longest_run: Duration::minutes(15),
            first_retry: Duration::seconds(2),
            longest_retry: Duration::minutes(15),
            max_failures: 12,
        }
    }
}

/// What every command and every job can use. Made once per process.
#[derive(Debug)]
pub struct Services {
    /// The database, acting as the application.
    pub db: Database,
    /// The time.
    pub clock: SharedClock,
    /// Keys for secrets and links.
    pub keys: Keyring,
    /// Stored bytes.
    pub storage: Storage,
    /// What takes stills from films; none where this machine has no program for it, and films have no poster until one has.
    pub stills: Option<Stills>,
    /// The way out.
    pub http: HttpClient,
    /// The applications under which networks know this installation.
    pub apps: Apps,
    /// Mail; none when the operator has not set it up. Then letters are given up at once, and whoever makes a link for
    /// somebody hands it over in another way.
    pub mailer: Option<Mailer>,
    /// What writes summaries of reports where people want that; none writes none.
    pub language_model: Option<LanguageModel>,
    /// How the outside reaches the API.
    pub public_url: Url,
    /// Where the agency's own client application opens things; none where it has none, and letters then link to none.
    pub app_url: Option<AppUrl>,
    /// Access tokens.
    pub tokens: TokenIssuer,
    /// How long things may take.
    pub timing: Timing,
    /// Figures of this process.
    pub metrics: Metrics,
    /// How many jobs of one account are done at a time.
    pub turns: Turns,
}

impl Services {
    /// The time.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// The way to a network.
    pub fn outside(&self, network: &dyn Network) -> Outside<'_> {
        self.outside_as(network.capabilities().app)
    }

    /// The way to a network under the application of this key, for what it wants another one for.
    pub fn outside_as(&self, app: Option<&str>) -> Outside<'_> {
        Outside { http: &self.http, app: app.and_then(|key| self.apps.get(key)) }
    }

    /// Below `public_url`.
    pub fn link(&self, path: &str) -> Result<Url, Fault> {
        self.public_url.join(path).map_err(|error| Fault::broken(format!("DIWAN_PUBLIC_URL: {error}")))
    }

    /// Where the agency's client application opens a thing; `prefix` is that of its ids.
    pub fn open_in_app(&self, prefix: &str, id: Uuid) -> Option<Url> {
        self.app_url.as_ref()?.open(prefix, id)
    }

    /// Where networks send people back after they agreed.
    pub fn oauth_redirect(&self) -> Result<Url, Fault> {
        self.link("oauth/callback")
    }

    /// Where identity providers send people back.
    pub fn single_sign_on_redirect(&self) -> Result<Url, Fault> {
        self.link("sso/callback")
    }
}

/// Who asks.
#[derive(Debug, Clone)]
pub struct Actor {
    /// The person.
    pub user_id: Uuid,
    /// Their agency.
    pub agency_id: Uuid,
    /// What kind of account.
    pub kind: UserKind,
    /// Their name.
    pub name: String,
    /// The language that they read.
    pub locale: Locale,
    /// The level that they hold agency-wide.
    pub agency_level: Option<Level>,
    /// The level of each place that they hold now, by brand. Whoever holds a level agency-wide holds it in every other
    /// brand besides: ask [`Actor::level_in`].
    pub levels: HashMap<Uuid, Level>,
    /// Those of the brands in `levels` that are archived.
    pub archived: HashSet<Uuid>,
    /// The session that they came with; none for an integration.
    pub session_id: Option<Uuid>,
    /// The API token that they came with; none for people.
    pub token_id: Option<Uuid>,
    /// What the API token that they came with is good for; none for people, who are bound by the table alone.
    pub scopes: Option<Vec<Action>>,
    /// Whether the agency asks for a second factor that this session was begun without: then only what is the person's own
    /// is there.
    pub restricted: bool,
    /// The review link that they came by; none for whoever has proved who they are.
    pub review_link: Option<Uuid>,
}

impl Actor {
    /// What the audit trail is told of an action, with the review link if that is how the actor came.
    pub(crate) fn says_how(&self, mut detail: serde_json::Value) -> serde_json::Value {
        if let Some(link) = self.review_link {
            detail["review_link"] = serde_json::json!(link);
        }
        detail
    }

    /// The level held in a brand: there or agency-wide, whichever is greater. The brand must be known to exist.
    pub fn level_in(&self, brand_id: Uuid) -> Option<Level> {
        self.levels.get(&brand_id).copied().max(self.agency_level)
    }

    /// How far the right to do something goes in a brand that is known to exist.
    fn extent(&self, action: Action, brand_id: Uuid) -> Option<Extent> {
        if self.scopes.as_ref().is_some_and(|scopes| !scopes.contains(&action)) {
            return None;
        }
        action.rule().extent(self.kind, self.levels.get(&brand_id).copied(), self.agency_level)
    }
}

/// What a request shows to say who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credential {
    /// An access token of a session.
    Session {
        /// The person.
        user_id: Uuid,
        /// Their session.
        session_id: Uuid,
    },
    /// An integration's API token, by its SHA-256.
    Token([u8; 32]),
}

/// One operation of one caller.
#[derive(Debug)]
pub struct Context {
    /// What can be used.
    pub services: Arc<Services>,
    /// When it is, for the whole operation.
    pub now: DateTime<Utc>,
    /// The language of a stranger.
    language: Locale,
    actor: RwLock<Option<Arc<Actor>>>,
    /// What has been asked of brands in which the caller holds no place: whether there is one, and whether it is archived.
    known: RwLock<HashMap<Uuid, Option<bool>>>,
    token_in_use: Option<Uuid>,
    tx: DatabaseTransaction,
}

#[derive(FromQueryResult)]
struct Standing {
    id: Uuid,
    archived: bool,
}

impl Context {
    /// An operation of a stranger, who has no scope yet: signing in and setting up begin so.
    pub fn stranger(services: Arc<Services>, tx: DatabaseTransaction) -> Self {
        let now = services.now();
        Self {
            services,
            now,
            language: Locale::En,
            actor: RwLock::new(None),
            known: RwLock::default(),
            token_in_use: None,
            tx,
        }
    }

    /// The same for somebody who would like to be answered in this language, as long as they are a stranger.
    #[must_use]
    pub fn speaking(self, language: Locale) -> Self {
        Self { language, ..self }
    }

    /// An operation of whoever holds this session. A stranger if the session has ended.
    pub async fn of_session(
        services: Arc<Services>,
        tx: DatabaseTransaction,
        session_id: Uuid,
        user_id: Uuid,
    ) -> Result<Self, Fault> {
        let context = Self::stranger(services, tx);
        context.enter_session(session_id, user_id).await?;
        Ok(context)
    }

    /// An operation of whoever shows this. A stranger if it is not good any more.
    pub async fn of(services: Arc<Services>, tx: DatabaseTransaction, shown: Credential) -> Result<Self, Fault> {
        match shown {
            Credential::Session { user_id, session_id } => Self::of_session(services, tx, session_id, user_id).await,
            Credential::Token(hash) => Self::of_token(services, tx, hash).await,
        }
    }

    /// The API token whose use is worth noting, after the operation and outside it.
    pub fn token_in_use(&self) -> Option<Uuid> {
        self.token_in_use
    }

    fn is_now(&self, actor: Actor) -> Arc<Actor> {
        let actor = Arc::new(actor);
        *self.actor.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&actor));
        actor
    }

    /// Who asks; none for a stranger.
    pub fn actor(&self) -> Option<Arc<Actor>> {
        self.actor.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Who asks, or the refusal that a stranger gets.
    pub fn signed_in(&self) -> Result<Arc<Actor>, Failure> {
        self.actor().ok_or_else(|| Code::SignInRequired.into())
    }

    /// The language in which the caller is answered.
    pub fn locale(&self) -> Locale {
        self.actor().map_or(self.language, |actor| actor.locale)
    }

    /// A new id.
    pub fn new_id(&self) -> Uuid {
        ids::new_id(self.now)
    }

    /// How far the caller's right to do something goes, in a brand that they are known to see.
    pub fn extent(&self, action: Action, brand_id: Uuid) -> Option<Extent> {
        self.actor().and_then(|actor| actor.extent(action, brand_id))
    }

    /// Whether the caller may, if only to some extent, in a brand that they are known to see.
    pub fn may(&self, action: Action, brand_id: Uuid) -> bool {
        self.extent(action, brand_id).is_some()
    }

    /// Whether a brand is archived; none when the caller does not see it.
    pub async fn brand_archived(&self, brand_id: Uuid) -> Result<Option<bool>, Failure> {
        let actor = self.signed_in()?;
        if actor.levels.contains_key(&brand_id) {
            return Ok(Some(actor.archived.contains(&brand_id)));
        }
        if actor.agency_level.is_none() {
            return Ok(None);
        }
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner).get(&brand_id).copied();
        if let Some(known) = known {
            return Ok(known);
        }
        self.look_at_brands(&[brand_id]).await?;
        Ok(self.known.read().unwrap_or_else(PoisonError::into_inner).get(&brand_id).copied().flatten())
    }

    /// Learns in one statement of many brands what [`Context::brand_archived`] learns of one.
    pub(crate) async fn look_at_brands(&self, ids: &[Uuid]) -> Result<(), Failure> {
        let actor = self.signed_in()?;
        let ids: Vec<Uuid> = ids.iter().filter(|id| !actor.levels.contains_key(id)).copied().collect();
        if ids.is_empty() || actor.agency_level.is_none() {
            return Ok(());
        }
        let sql =
            "select id, archived_at is not null as archived from brand where id = any ($1) and deleted_at is null";
        let rows: Vec<Standing> = db::all(&self.tx, sql, [ids.clone().into()]).await?;
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.extend(ids.into_iter().map(|id| (id, None)));
        known.extend(rows.into_iter().map(|row| (row.id, Some(row.archived))));
        Ok(())
    }

    /// The right to do something to anything in a brand. A brand that the caller does not see is not there.
    pub async fn permit(&self, action: Action, brand_id: Uuid) -> Result<Permit<'_>, Failure> {
        self.permit_to_extent(action, brand_id, |extent| extent == Extent::Any).await
    }

    /// The right to do something to one thing in a brand, to which the caller stands in this relation.
    pub async fn permit_on(&self, action: Action, brand_id: Uuid, relation: Relation) -> Result<Permit<'_>, Failure> {
        self.permit_to_extent(action, brand_id, |extent| extent.covers(relation)).await
    }

    /// The right to do something to some things of a brand at least: for lists, in which row-level security shows those.
    pub async fn permit_some(&self, action: Action, brand_id: Uuid) -> Result<Permit<'_>, Failure> {
        self.permit_to_extent(action, brand_id, |_| true).await
    }

    async fn permit_to_extent(
        &self,
        action: Action,
        brand_id: Uuid,
        enough: impl FnOnce(Extent) -> bool + Send,
    ) -> Result<Permit<'_>, Failure> {
        let actor = self.signed_in()?;
        if actor.restricted {
            return Err(Code::SecondFactorRequired.into());
        }
        if action.rule().reach == Reach::Brand {
            let archived = self.brand_archived(brand_id).await?.ok_or(Code::NotFound)?;
            if archived && !action.reads() && action != Action::BrandArchive {
                return Err(Code::BrandArchived.into());
            }
        }
        if !actor.extent(action, brand_id).is_some_and(enough) {
            return Err(forbidden(action).into());
        }
        Ok(Permit { tx: &self.tx, brand_id, actor_id: Some(actor.user_id), agency_id: actor.agency_id })
    }

    /// The right to do something that is the agency's.
    pub async fn permit_agency(&self, action: Action) -> Result<Permit<'_>, Failure> {
        self.permit(action, Uuid::nil()).await
    }

    /// The transaction of what a person may always do for themselves, such as signing in and out.
    pub(crate) fn own_tx(&self) -> &DatabaseTransaction {
        &self.tx
    }

    /// Reads one row.
    pub async fn one<E: EntityTrait>(&self, select: Select<E>) -> Result<Option<E::Model>, DbErr>
    where
        E::Model: Send,
    {
        select.one(&self.tx).await
    }

    /// Reads rows.
    pub async fn all<E: EntityTrait>(&self, select: Select<E>) -> Result<Vec<E::Model>, DbErr>
    where
        E::Model: Send,
    {
        select.all(&self.tx).await
    }

    /// Reads rows by a statement of our own.
    pub async fn rows<T: FromQueryResult>(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Vec<T>, DbErr> {
        db::all(&self.tx, sql, values).await
    }

    /// Reads rows whose columns are taken by their place: for what is read in great numbers.
    pub(crate) async fn results(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Vec<QueryResult>, DbErr> {
        self.tx.query_all_raw(db::statement(sql, values)).await
    }

    /// Begins a part of the operation that can be taken back alone.
    pub async fn savepoint(&self) -> Result<(), DbErr> {
        self.tx.execute_unprepared("savepoint command").await.map(|_| ())
    }

    /// Ends the part: kept, or as if it had never been.
    pub async fn end_savepoint(&self, keep: bool) -> Result<(), DbErr> {
        let sql =
            if keep { "release savepoint command" } else { "rollback to savepoint command; release savepoint command" };
        self.tx.execute_unprepared(sql).await.map(|_| ())
    }

    /// Makes everything count.
    pub async fn commit(self) -> Result<(), DbErr> {
        self.tx.commit().await
    }

    /// Makes nothing count.
    pub async fn roll_back(self) -> Result<(), DbErr> {
        self.tx.rollback().await
    }
}

fn forbidden(action: Action) -> UserError {
    UserError::new(Code::Forbidden).text("action", action.name()).text("level", action.rule().level_to_ask().to_value())
}
