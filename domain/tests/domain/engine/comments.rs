//! What people say under posts: read twice, edited, answered, and kept from others.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use chrono::{DateTime, TimeDelta, TimeZone as _, Utc};
use diwan_domain::Failure;
use diwan_domain::community::{ConversationFilter, conversations, messages_of};
use diwan_domain::paging::Page;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::clock::ManualClock;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::engine::bench::Bench;
use crate::engine::pds::DID;

const ALL: Page = Page { size: 50, after: None, before: None, from_end: false };

/// A post of a thread as the network shows it.
fn said(uri: &str, (did, text): (&str, &str), at: DateTime<Utc>, replies: &[Value]) -> Value {
    json!({
        "post": { "uri": uri, "author": { "did": did, "handle": "h.example", "displayName": "" },
            "record": { "text": text, "createdAt": at.to_rfc3339() } },
        "replies": replies,
    })
}

struct Talk {
    bench: Bench,
    clock: Arc<ManualClock>,
    start: DateTime<Utc>,
    publication: Uuid,
}

impl Talk {
    /// A publication that went out an hour ago, whose comments are due.
    async fn new() -> Result<Self> {
        let start = Utc.with_ymd_and_hms(2026, 8, 3, 9, 0, 0).single().context("a time")?;
        let clock = Arc::new(ManualClock::new(start));
        let bench = Bench::new(1, TimeDelta::days(60), Some(Arc::clone(&clock))).await?;
        let at = start - TimeDelta::hours(1);
        let publication = bench.planned(bench.accounts[0], "tea", at).await?;
        let sql = format!(
            "update publication set state = 'PUBLISHED', remote_id = 'at://root', published_at = '{at}' where id = '{publication}';
             delete from job;
             insert into job (id, brand_id, kind, subject_id, due_at, created_at)
               values (gen_random_uuid(), '{}', 'read_comments', '{publication}', '{start}', '{start}')",
            bench.brand
        );
        bench.test.db.run(&sql).await?;
        Ok(Self { bench, clock, start, publication })
    }

    fn shows(&self, replies: &[Value]) {
        let at = self.start - TimeDelta::hours(1);
        self.bench.servers[0].state().thread = said("at://root", (DID, "tea"), at, replies);
    }

    async fn read(&self) -> Result<()> {
        self.clock.advance(TimeDelta::hours(1));
        self.bench.test.run_jobs().await?;
        Ok(())
    }

    async fn value(&self, sql: &str) -> Result<String> {
        self.bench
            .test
            .db
            .value(&format!("select coalesce(string_agg(v, '; ' order by v), '') from ({sql}) t (v)"))
            .await
    }
}

#[tokio::test]
async fn comments_are_read_once_edited_and_answered() -> Result<()> {
    let talk = Talk::new().await?;
    let at = |minutes: i64| talk.start - TimeDelta::minutes(60 - minutes);
    let question = |text: &str, answers: &[Value]| said("at://one", ("did:plc:sara", text), at(5), answers);
    let rest = said("at://rest", (DID, "and cake"), at(1), &[]);
    talk.shows(&[rest.clone(), question("How much?", &[])]);
    talk.read().await?;
    talk.read().await?;
    let texts = "select m.text || ' ' || m.asks || ' ' || (m.changed_at is not null) from conversation_message m";
    assert_eq!(talk.value(texts).await?, "How much? true false", "the rest of the brand's own thread is no comment");
    let waits = "select (waiting_since is not null)::text from conversation";
    assert_eq!(talk.value(waits).await?, "true");

    // She writes a second line, which waits for the same answer, and edits the first; the answer comes after ten minutes.
    let more = said("at://two", ("did:plc:sara", "Please"), at(6), &[]);
    let answer = said("at://three", (DID, "Three"), at(15), &[]);
    talk.shows(&[rest, question("How much is it?", &[more, answer])]);
    talk.read().await?;
    assert_eq!(talk.value(texts).await?, "How much is it? true true; Please false false; Three false false");
    assert_eq!(talk.value(waits).await?, "false");
    let took = "select extract(epoch from answered_at - sent_at)::int::text from conversation_message where asks";
    assert_eq!(
        (talk.value(took).await?.as_str(), talk.value("select id::text from conversation").await?.len()),
        ("600", 36)
    );
    let reading = "select (read_at is not null)::text from comment_reading";
    assert_eq!(talk.value(reading).await?, "true");
    Ok(())
}

#[tokio::test]
async fn what_a_network_refuses_stays_as_it_was_read() -> Result<()> {
    let talk = Talk::new().await?;
    talk.shows(&[said("at://one", ("did:plc:sara", "How much?"), talk.start, &[])]);
    talk.read().await?;
    talk.bench.servers[0].state().thread = json!(false);
    talk.read().await?;
    assert_eq!(talk.value("select text from conversation_message").await?, "How much?");
    let job = "select state from job where kind = 'read_comments'";
    assert_eq!(talk.value(job).await?, "PENDING", "it is asked for again");
    Ok(())
}

#[tokio::test]
async fn nothing_of_what_was_said_stays_under_a_post_that_is_gone() -> Result<()> {
    let talk = Talk::new().await?;
    let told = [said("at://one", ("did:plc:sara", "How much?"), talk.start, &[])];
    talk.shows(&told);
    talk.read().await?;
    talk.bench.servers[0].state().thread = Value::Null;
    talk.read().await?;
    let texts = "select concat_ws(' ', author_name, text, asks, gone_at is not null) from conversation_message";
    let waits = "select (waiting_since is not null)::text from conversation";
    assert_eq!((talk.value(texts).await?, talk.value(waits).await?), (" f t".to_owned(), "false".to_owned()));
    // The network was wrong.
    talk.shows(&told);
    talk.read().await?;
    assert_eq!(
        (talk.value(texts).await?, talk.value(waits).await?),
        ("h.example How much? t f".to_owned(), "true".to_owned())
    );
    Ok(())
}

#[tokio::test]
async fn comments_of_an_account_that_is_disconnected_wait_for_it() -> Result<()> {
    let talk = Talk::new().await?;
    talk.shows(&[said("at://one", ("did:plc:sara", "How much?"), talk.start, &[])]);
    talk.bench.test.db.run("update social_account set state = 'DISCONNECTED', credentials = null").await?;
    talk.read().await?;
    assert_eq!(talk.value("select text from conversation_message").await?, "", "nothing is asked");
    let job = "select state from job where kind = 'read_comments'";
    assert_eq!(talk.value(job).await?, "PENDING");
    Ok(())
}

#[tokio::test]
async fn whose_a_comment_is_and_when_it_was_written_is_held_in_bounds() -> Result<()> {
    let talk = Talk::new().await?;
    let far = TimeDelta::days(20_000);
    let at = |minutes: i64| talk.start - TimeDelta::minutes(60 - minutes);
    talk.shows(&[
        said("at://early", ("did:plc:sara", "How much?"), talk.start - TimeDelta::days(4_000), &[]),
        said("at://late", ("did:plc:omid", "How big?"), talk.start + far, &[]),
        said("at://one", ("did:plc:sara", "And now?"), at(5), &[said("at://two", (DID, "Three"), at(15), &[])]),
    ]);
    talk.read().await?;
    let read_at = talk.start + TimeDelta::hours(1);
    let out = format!(
        "select remote_id from conversation_message where sent_at > '{read_at}' or sent_at < '{}'",
        talk.start - TimeDelta::hours(2)
    );
    assert_eq!(talk.value(&out).await?, "");

    // As if the account had not been known by its name when they were read.
    let wrong = "update conversation_message set is_own = false, asks = true where remote_id = 'at://two'";
    talk.bench.test.db.run(wrong).await?;
    talk.read().await?;
    let own = "select is_own::text || ' ' || asks from conversation_message where remote_id = 'at://two'";
    assert_eq!(talk.value(own).await?, "true false");
    Ok(())
}

#[tokio::test]
async fn comments_wait_for_numbers() -> Result<()> {
    let talk = Talk::new().await?;
    talk.shows(&[said("at://one", ("did:plc:sara", "How much?"), talk.start, &[])]);
    let priorities = "select priority::text from job where kind = 'read_comments'";
    assert_eq!(talk.value(priorities).await?, "2", "as numbers");
    // All that comments may take of what the server allows in this half minute is booked already.
    let now = talk.start + TimeDelta::hours(1);
    let full = format!(
        "insert into rate_booking (name, slot, booked)
         select distinct 'bluesky address ' || base_url || ' 30', floor(extract(epoch from timestamptz '{now}') / 30)::bigint, 100
         from social_account"
    );
    talk.bench.test.db.run(&full).await?;
    talk.read().await?;
    let messages = "select text from conversation_message";
    assert_eq!(talk.value(messages).await?, "", "there is no room");
    let due = format!(
        "select (due_at > '{now}' and due_at < timestamptz '{now}' + interval '2 minutes')::text from job where kind = 'read_comments'"
    );
    assert_eq!(talk.value(&due).await?, "true", "in one of the next slots");
    talk.read().await?;
    assert_eq!(talk.value(messages).await?, "How much?");
    Ok(())
}

#[tokio::test]
async fn an_answer_that_was_read_before_what_it_answers_joins_it() -> Result<()> {
    let talk = Talk::new().await?;
    let at = |minutes: i64| talk.start - TimeDelta::minutes(60 - minutes);
    talk.shows(&[said("at://two", ("did:plc:omid", "Please"), at(6), &[])]);
    talk.read().await?;
    // As from a network that tells the newest first.
    talk.bench.test.db.run("update conversation_message set in_reply_to = 'at://one'").await?;
    let more = said("at://two", ("did:plc:omid", "Please"), at(6), &[]);
    talk.shows(&[said("at://one", ("did:plc:sara", "How much?"), at(5), &[more])]);
    talk.read().await?;
    let texts = "select m.text || ' ' || m.asks || ' ' || c.remote_id from conversation_message m join conversation c on c.id = m.conversation_id";
    assert_eq!(talk.value(texts).await?, "How much? true at://one; Please false at://one");
    assert_eq!(talk.value("select count(*)::text from conversation").await?, "1");
    let waits = format!("select (waiting_since = '{}')::text from conversation", at(5));
    assert_eq!(talk.value(&waits).await?, "true", "since the first of them");
    Ok(())
}

#[tokio::test]
async fn a_junior_reads_conversations_and_nobody_else_does() -> Result<()> {
    let talk = Talk::new().await?;
    talk.shows(&[said("at://one", ("did:plc:sara", "How much?"), talk.start, &[])]);
    talk.read().await?;
    let test = &talk.bench.test;
    let junior = test.member(talk.bench.brand, Level::Junior, UserKind::Staff).await?;
    let context = test.act(&junior).await?;
    let filter = ConversationFilter {
        publication_id: Some(talk.publication),
        unanswered: true,
        ..ConversationFilter::default()
    };
    let slice = conversations(&context, talk.bench.brand, filter, ALL).await?;
    let ids: Vec<Uuid> = slice.rows.iter().map(|row| row.id).collect();
    let told = messages_of(&context, &ids).await?;
    assert_eq!((ids.len(), told.first().map(|row| row.text.as_str())), (1, Some("How much?")));
    let later = ConversationFilter { since: Some(talk.start + TimeDelta::days(1)), ..filter };
    assert!(conversations(&context, talk.bench.brand, later, ALL).await?.rows.is_empty());

    let other = test.brand("Beta").await?;
    let strangers = [
        test.member(other, Level::Senior, UserKind::Staff).await?,
        test.member(talk.bench.brand, Level::Junior, UserKind::Freelancer).await?,
        test.member(talk.bench.brand, Level::Junior, UserKind::Client).await?,
    ];
    for stranger in strangers {
        let context = test.act(&stranger).await?;
        let refused = conversations(&context, talk.bench.brand, ConversationFilter::default(), ALL).await;
        assert!(matches!(refused, Err(Failure::Refused(_))), "{refused:?}");
        assert!(messages_of(&context, &ids).await?.is_empty());
    }
    Ok(())
}

#[tokio::test]
async fn an_upgrade_begins_to_read_over_a_day_and_behind_what_people_wait_for() -> Result<()> {
    let talk = Talk::new().await?;
    let db = &talk.bench.test.db;
    // There already, as where the new program ran before, and of accounts that are to be connected again.
    for before in ["delete from job", "select 1"] {
        db.run(&format!(
            "{before}; update social_account set network = 'x', state = 'NEEDS_RECONNECT'; update publication set published_at = now()"
        ))
        .await?;
        db.migrate_again("m0079_comments_wait", "select 1").await?;
        assert_eq!(db.value::<i64>("select count(*) from job where kind = 'read_comments'").await?, 1);
    }
    db.run(&format!(
        "insert into job (id, brand_id, kind, subject_id, due_at, created_at)
           select gen_random_uuid(), '{}', kind, gen_random_uuid(), now(), now()
           from unnest(array['read_audience', 'read_account_history', 'sync_metrics']) kind",
        talk.bench.brand
    ))
    .await?;
    assert_eq!(db.value::<i64>("select count(*) from job where priority <> 2").await?, 0);
    Ok(())
}
