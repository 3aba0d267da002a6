//! What these tests share.

use anyhow::Result;
use chrono::{DateTime, Duration, Utc};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::ids;
use diwan_testkit::client::Answer;
use diwan_testkit::{Person, TestApp};
use serde_json::Value;
use uuid::Uuid;

/// An id as the API writes it.
pub fn id(prefix: &str, id: Uuid) -> String {
    ids::encode(prefix, id)
}

/// A time as the API writes it.
pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time in RFC 3339")
}

/// An id that nothing has.
pub fn nobodys(prefix: &str) -> String {
    ids::encode(prefix, Uuid::from_u128(0x0199_0000_0000_7000_8000_0000_0000_0001))
}

/// A brand with one account of each network and somebody in it.
pub struct Desk {
    pub app: TestApp,
    pub brand: Uuid,
    pub calendar: Uuid,
    pub bluesky: Uuid,
    pub mastodon: Uuid,
    pub person: Person,
}

impl Desk {
    /// The person is staff of this level.
    pub async fn new(level: Level) -> Result<Self> {
        let app = TestApp::new().await?;
        let brand = app.brand("Alpha").await?;
        let calendar = app.db.value(&format!("select id from calendar where brand_id = '{brand}'")).await?;
        let person = app.member(brand, level, UserKind::Staff).await?;
        let bluesky = app.account(brand, "bluesky", &person).await?;
        let mastodon = app.account(brand, "mastodon", &person).await?;
        Ok(Self { app, brand, calendar, bluesky, mastodon, person })
    }

    /// Runs a mutation as the person, and fails unless it was carried out.
    pub async fn mutate(&self, name: &str, selection: &str, input: Value) -> Result<Answer> {
        self.app.client.mutate(&self.person.token, name, selection, input).await
    }

    /// Runs a mutation as the person, whatever comes of it.
    pub async fn try_mutate(&self, name: &str, selection: &str, input: Value) -> Result<Answer> {
        self.app.client.try_mutate(&self.person.token, name, selection, input).await
    }

    /// A time from now, as the API takes it.
    pub fn time_in(&self, wait: Duration) -> String {
        (self.app.services.now() + wait).to_rfc3339()
    }
}

/// A fingerprint of the whole database but for what every request leaves: kept answers.
pub async fn fingerprint(app: &TestApp) -> Result<String> {
    let tables: String = app
        .db
        .value(
            "select string_agg(format('select %L || count(*) || coalesce(md5(string_agg(t::text, ''|'' order by t::text)), '''') as print from %I t',
               relname, relname), ' union all ' order by relname)
             from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace and relname <> 'idempotency_record'",
        )
        .await?;
    let all = format!("select string_agg(print, ' ' order by print) from ({tables}) all_tables");
    app.db.value_of_many_tables(&all).await
}
