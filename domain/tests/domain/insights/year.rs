//! A year of three brands, and what the product says of it, written out for `script/check-kpis`: a program in another language reckons
//! every figure anew from the raw rows.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use chrono::{Datelike as _, Days, Months, NaiveDate, TimeZone as _, Utc};
use diwan_domain::insights::{Against, AskedInsights, Insights, Period, insights};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::clock::ManualClock;
use diwan_testkit::{Person, Settings, TestServices};
use serde_json::{Value, json};
use uuid::Uuid;

use super::day;

/// Brands by name: zones with and without changes of clocks, one that changes them at midnight; and in which currencies they reckon.
const BRANDS: [(&str, &str, &[&str]); 3] = [
    ("Cairo", "Africa/Cairo", &["EUR"]),
    ("Tehran", "Asia/Tehran", &["JPY"]),
    ("New York", "America/New_York", &["USD", "KWD"]),
];
const NETWORKS: [&str; 4] = ["mastodon", "x", "bluesky", "youtube"];

/// What the raw rows are, for who reads them elsewhere.
const TABLES: [(&str, &str); 15] = [
    ("brands", "select id, name, time_zone from brand"),
    ("accounts", "select id, brand_id, network, state from social_account"),
    (
        "publications",
        "select id, brand_id, social_account_id, state, extract(epoch from due_at)::float8 as due_at,
           extract(epoch from published_at)::float8 as published_at from publication",
    ),
    (
        "samples",
        "select brand_id, social_account_id, publication_id, metric, value, extract(epoch from sampled_at)::float8 as sampled_at
         from metric_sample",
    ),
    ("links", "select id, brand_id, extract(epoch from created_at)::float8 as created_at from tracked_link"),
    ("clicks", "select brand_id, link_id, extract(epoch from quarter)::float8 as quarter, clicks from link_click"),
    (
        "conversions",
        "select c.id, c.brand_id, extract(epoch from c.occurred_at)::float8 as occurred_at, c.value_minor, c.currency,
           exists (select from conversion_touch t where t.conversion_id = c.id) as linked from conversion c",
    ),
    (
        "entries",
        "select e.brand_id, b.currency, e.kind, e.amount_minor, extract(epoch from e.booked_at)::float8 as booked_at
         from budget_entry e join budget b on b.id = e.budget_id",
    ),
    (
        "hours",
        "select brand_id, currency, fee_minor, worked_on, state, contract_id is null as of_team from time_entry",
    ),
    ("visits", "select brand_id, day, channel, sessions, bounces from web_day"),
    ("monitors", "select id, brand_id, kind, compared_from, compared_until from listening_monitor"),
    ("mention_sources", "select id, brand_id, network from mention_source"),
    ("mentions", "select brand_id, source_id, monitor_id, day, mentions from mention_day"),
    ("readings", "select brand_id, publication_id from comment_reading where read_at is not null"),
    (
        "messages",
        "select brand_id, social_account_id, asks, extract(epoch from sent_at)::float8 as sent_at,
           extract(epoch from answered_at)::float8 as answered_at from conversation_message",
    ),
];

/// Rows of a brand's year, from September to September: posts of which some never went out and some have no numbers, numbers that are
/// restated, weeks without a reading, clicks, conversions, costs and hours.
#[expect(clippy::too_many_lines, reason = "one statement after the other")]
fn rows(brand: Uuid, (person, other): (Uuid, Uuid), currencies: &[&str], seed: usize) -> String {
    let list = currencies.iter().map(|code| format!("'{code}'")).collect::<Vec<_>>().join(", ");
    format!(
        "begin;
         select setseed(0.{seed});
         create temp table new on commit drop as
           select gen_random_uuid() as post_id, gen_random_uuid() as variant_id, gen_random_uuid() as publication_id, n, a.id as account_id,
             timestamptz '2025-09-01' + random() * interval '380 days' as due_at, random() as fate,
             (select id from calendar where brand_id = '{brand}' limit 1) as calendar_id
           from generate_series(1, 420) n join (select id, row_number() over (order by id) - 1 as place from social_account
             where brand_id = '{brand}') a on a.place = n % 4;
         insert into post (id, brand_id, calendar_id, title, state, due_at, created_by, created_at, updated_at)
           select post_id, '{brand}', calendar_id, 'Post', 'PUBLISHED', due_at, '{person}', now(), now() from new;
         insert into post_variant (id, brand_id, post_id, social_account_id, text)
           select variant_id, '{brand}', post_id, account_id, 'Post ' || n from new;
         insert into publication (id, brand_id, post_id, variant_id, social_account_id, state, due_at, created_at, updated_at,
             remote_id, published_at, trouble)
           select publication_id, '{brand}', post_id, variant_id, account_id, s.state, due_at, now(), now(),
             case when s.state = 'PUBLISHED' then n::text end, case when s.state = 'PUBLISHED' then due_at + random() * interval '2 hours' end,
             case when s.state in ('FAILED', 'NEEDS_ATTENTION') then 'CONTENT' end
           from new cross join lateral (select case when fate < 0.04 then 'FAILED' when fate < 0.08 then 'MISSED'
             when fate < 0.1 then 'NEEDS_ATTENTION' when fate < 0.12 then 'CANCELED' else 'PUBLISHED' end as state) s;
         insert into metric_sample
           select gen_random_uuid(), '{brand}', p.social_account_id, p.id, m.metric,
             greatest(0, (ln(2 + h.hours) * m.size * (0.5 + random()) - 3)::bigint), p.published_at + h.hours * interval '1 hour'
           from publication p join new on new.publication_id = p.id
             cross join (values ('LIKES', 9), ('REPLIES', 2), ('REPOSTS', 3), ('QUOTES', 1), ('BOOKMARKS', 1), ('REACH', 300), ('VIEWS', 700),
               ('DISLIKES', 2)) m (metric, size)
             cross join (values (0.25), (1), (6), (24), (72), (160), (167.9), (168), (200), (700)) h (hours)
           where p.state = 'PUBLISHED' and ('x' || substr(md5(p.id::text || m.metric), 1, 2))::bit(8)::int > 60
             and (m.metric <> 'DISLIKES' or (select network from social_account a where a.id = p.social_account_id) = 'youtube');
         insert into metric_sample
           select gen_random_uuid(), '{brand}', a.id, null, 'FOLLOWERS', 1000 + d * 2 + (random() * 40)::bigint,
             timestamptz '2025-08-20' + d * interval '1 day' + random() * interval '20 hours'
           from social_account a cross join generate_series(0, 395) d
           where a.brand_id = '{brand}' and ('x' || substr(md5(a.id::text || (d / 12)::text), 1, 2))::bit(8)::int > 50;
         insert into tracked_link (id, brand_id, name, code, target_url, destination, created_by, created_at, updated_at)
           select gen_random_uuid(), '{brand}', 'Link ' || n, 'yearkpis{seed}' || n, 'https://nour.example', 'https://nour.example', '{person}',
             timestamptz '2025-10-01' + n * interval '20 days', now() from generate_series(1, 3) n;
         insert into link_click
           select '{brand}', l.id, date_trunc('hour', l.created_at) + n * interval '135 minutes', '', 'MOBILE', 1 + (random() * 9)::int
           from tracked_link l cross join generate_series(1, 1200) n where l.brand_id = '{brand}';
         insert into conversion (id, brand_id, kind, source, external_id, digest, occurred_at, value_minor, currency, recorded_by, recorded_at)
           select gen_random_uuid(), '{brand}', 'SALE', 'shop', n::text, sha256('x'), timestamptz '2025-11-01' + random() * interval '310 days',
             case when n % 4 <> 0 then (random() * 90000)::bigint end,
             case when n % 4 <> 0 then (array[{list}])[1 + (n / 4) % array_length(array[{list}], 1)] end, '{person}', now()
           from generate_series(1, 260) n;
         insert into conversion_touch
           select '{brand}', c.id, 1, (select id from tracked_link l where l.brand_id = '{brand}' limit 1), c.occurred_at
           from conversion c where c.brand_id = '{brand}' and c.external_id::int % 3 <> 0;
         with budgets as (
           insert into budget (id, brand_id, name, starts_on, ends_on, currency, state, created_by, created_at, updated_at)
             select gen_random_uuid(), '{brand}', 'Budget ' || c, '2025-09-01', '2026-12-31', c, 'OPEN', '{person}', now(), now()
             from unnest(array[{list}]) c returning id),
         lines as (
           insert into budget_line (id, brand_id, budget_id, position, name, category, created_at)
             select gen_random_uuid(), '{brand}', id, 1, 'Ads', 'ADS', now() from budgets returning id, budget_id)
         insert into budget_entry (id, brand_id, budget_id, line_id, kind, amount_minor, source_kind, source_id, reason, booked_at)
           select gen_random_uuid(), '{brand}', l.budget_id, l.id, e.kind, e.minor, 'MANUAL', gen_random_uuid(), 'Agreed', e.at
           from lines l cross join (
             select 'ALLOCATE' as kind, 100000000 as minor, timestamptz '2025-09-01' as at
             union all select 'SPEND', 5000 + (random() * 20000)::bigint, timestamptz '2025-12-01' + n * interval '37 hours'
               from generate_series(1, 150) n
             union all select 'REFUND', 1 + (random() * 4000)::bigint, timestamptz '2025-12-03' + n * interval '370 hours'
               from generate_series(1, 15) n) e order by e.at;
         with rate as (
           insert into work_rate (id, brand_id, person_id, minor_per_hour, currency, starts_on, set_by, set_at)
             values (gen_random_uuid(), '{brand}', '{person}', 6000, (array[{list}])[1], '2025-09-01', '{other}', now()) returning id, currency)
         insert into time_entry (id, brand_id, person_id, worked_on, minutes, note, state, rate_id, fee_minor, currency, decided_by,
             decided_at, created_by, said_by, created_at, updated_at)
           select gen_random_uuid(), '{brand}', '{person}', date '2026-01-10' + n * 3, 60, 'Worked', 'ACCEPTED', r.id, 6000 + n, r.currency,
             '{other}', now(), '{person}', '{person}', now(), now() from rate r cross join generate_series(1, 70) n;
         with source as (
           insert into web_source (id, brand_id, name, kind, state, created_by, created_at)
             values (gen_random_uuid(), '{brand}', 'Shop', 'CSV', 'CONNECTED', '{person}', now()) returning id)
         insert into web_day (brand_id, source_id, day, channel, referrer, sessions, bounces, recorded_at)
           select '{brand}', s.id, date '2025-10-20' + n, w.channel, w.referrer, w.most + n % 7, case when n % 5 <> 0 then n % w.most end, now()
           from source s cross join generate_series(0, 320) n
             cross join (values ('DIRECT', '', 40), ('SOCIAL', 'mastodon', 25), ('SOCIAL', 'x', 9), ('SEARCH', 'google', 60)) w (channel, referrer, most)
           where n % 11 <> 0;
         with monitors as (
           insert into listening_monitor (id, brand_id, kind, name, keywords, hashtags, words_since, compared_from, compared_until, created_by,
               created_at, archived_at)
             select gen_random_uuid(), '{brand}', v.kind, v.name, array[v.name], array[]::text[], now(), v.starts, v.ends, '{person}', now(),
               case when v.ends is not null then now() end
             from (values ('OWN', 'Own', date '2025-10-10', null::date), ('COMPETITOR', 'Always', '2025-10-20', null),
               ('COMPETITOR', 'For a while', '2026-02-10', '2026-06-20')) v (kind, name, starts, ends) returning id, name),
         sources as (
           insert into mention_source (id, brand_id, kind, network, name, created_by, created_at)
             values (gen_random_uuid(), '{brand}', 'CSV', null, 'Press', '{person}', now()),
               (gen_random_uuid(), '{brand}', 'NETWORK', 'bluesky', null, null, now()) returning id, network)
         insert into mention_day (brand_id, source_id, monitor_id, day, mentions, recorded_at)
           select '{brand}', s.id, m.id, date '2025-10-05' + n, (n * 7 + ascii(m.name) * 5 + {seed}) % 37, now()
           from sources s cross join monitors m cross join generate_series(0, 345) n
           where case when s.network is null then (n + ascii(m.name)) % 9 <> 0 else (n * 5 + ascii(m.name)) % 23 <> 0 end;
         insert into comment_reading (brand_id, publication_id, social_account_id, read_at)
           select '{brand}', p.id, p.social_account_id, now() from publication p join new on new.publication_id = p.id
             join social_account a on a.id = p.social_account_id
           where p.state = 'PUBLISHED' and (a.network <> 'x') and new.n % 50 <> 0;
         with talks as (
           insert into conversation (id, brand_id, social_account_id, publication_id, kind, remote_id, began_at, last_message_at, asked_at,
               created_at)
             select gen_random_uuid(), '{brand}', p.social_account_id, p.id, 'COMMENT', p.remote_id || '-' || k, t.at, t.at, t.at, now()
             from publication p join comment_reading r on r.publication_id = p.id cross join generate_series(1, 3) k
               cross join lateral (select p.published_at + k * interval '31 hours' as at) t
             where p.brand_id = '{brand}' and t.at < timestamptz '2026-09-20 09:00Z' returning id, social_account_id, remote_id, began_at)
         insert into conversation_message (id, brand_id, conversation_id, social_account_id, remote_id, in_reply_to, is_own, text, sent_at,
             read_at, seen_at, asks, answered_at)
           select gen_random_uuid(), '{brand}', t.id, t.social_account_id, t.remote_id || m.place, 'post', false, 'How much?',
             t.began_at + m.place * interval '1 hour', t.began_at, t.began_at, m.place = 0,
             case when m.place = 0 and ascii(t.remote_id) % 4 <> 0
               then t.began_at + (ascii(t.remote_id) * 613 + length(t.remote_id) * 97 + 0.4) * interval '1 second' end
           from talks t cross join (values (0), (1)) m (place);
         commit;"
    )
}

/// Months, quarters, weeks, the year, days on which clocks change, and what is not over.
fn periods() -> Result<Vec<Period>> {
    let first = day("2025-09-01")?;
    let from = |months: u32| first.checked_add_months(Months::new(months)).context("a month");
    let before = |date: NaiveDate| date.pred_opt().context("a day");
    let mut periods = vec![
        Period { from: first, to: day("2026-08-31")? },
        Period { from: day("2026-09-01")?, to: day("2026-09-30")? },
        Period { from: day("2026-02-28")?, to: day("2026-03-29")? },
        Period { from: day("2026-04-24")?, to: day("2026-04-24")? },
        Period { from: day("2025-10-31")?, to: day("2025-11-02")? },
        Period { from: day("2026-03-08")?, to: day("2026-03-08")? },
    ];
    for month in 0..12 {
        periods.push(Period { from: from(month)?, to: before(from(month + 1)?)? });
        if month % 3 == 0 {
            periods.push(Period { from: from(month)?, to: before(from(month + 3)?)? });
        }
    }
    for week in 0..52 {
        let from = first + Days::new(7 * week);
        periods.push(Period { from, to: from + Days::new(6) });
    }
    Ok(periods)
}

fn written(brand: Uuid, against: Against, told: &Insights) -> Value {
    let figures = told.figures.iter().map(|figure| {
        json!({
            "kpi": figure.formula.name, "value": figure.value, "why": figure.no_figure.map(|why| format!("{why:?}")),
            "currency": figure.currency, "before": figure.before, "difference": figure.difference,
            "change": figure.change_percent, "missing": figure.missing_networks,
        })
    });
    json!({
        "brand": brand, "against": format!("{against:?}"), "from": told.period.from, "to": told.period.to,
        "compared_from": told.compared.from, "compared_to": told.compared.to, "young": told.young,
        "figures": figures.collect::<Vec<_>>(),
    })
}

#[tokio::test]
#[ignore = "writes files for script/check-kpis"]
async fn a_year_is_written_for_the_check() -> Result<()> {
    #[expect(clippy::disallowed_methods, reason = "a setting of the tests, not of the product")]
    let folder = std::env::var_os("DIWAN_KPI_YEAR");
    let folder = PathBuf::from(folder.context("DIWAN_KPI_YEAR names no folder")?);
    let now = Utc.with_ymd_and_hms(2026, 9, 20, 9, 0, 0).single().context("a time")?;
    let clock = Arc::new(ManualClock::new(now));
    let test = TestServices::with(Settings { clock: Some(clock), ..Settings::default() }).await?;
    let mut asked: Vec<(Uuid, Person)> = Vec::new();
    for (place, (name, zone, currencies)) in BRANDS.into_iter().enumerate() {
        let brand = test.brand(name).await?;
        test.db.run(&format!("update brand set time_zone = '{zone}' where id = '{brand}'")).await?;
        let person = test.member(brand, Level::Cmo, UserKind::Staff).await?;
        let other = test.member(brand, Level::Senior, UserKind::Staff).await?;
        test.calendar(brand, "Year").await?;
        for network in NETWORKS {
            test.account(brand, network, &person).await?;
        }
        test.db.run(&rows(brand, (person.id, other.id), currencies, place + 3)).await?;
        asked.push((brand, person));
    }
    // One of the accounts is connected no more: it counts while there are numbers of it.
    test.db
        .run("update social_account set state = 'DISCONNECTED' where id = (select id from social_account order by id limit 1)")
        .await?;
    let mut figures = Vec::new();
    for (brand, person) in &asked {
        let context = test.act(person).await?;
        for period in periods()? {
            for against in [Against::PeriodBefore, Against::YearBefore] {
                let told = insights(&context, AskedInsights { brand_id: *brand, period, against }).await?;
                figures.push(written(*brand, against, &told));
            }
        }
    }
    let year = (first_year(&figures), figures.len());
    assert_eq!(year, (2025, 3 * 2 * periods()?.len()));
    fs::create_dir_all(&folder)?;
    for (name, sql) in TABLES {
        let rows: String = test.db.value(&format!("select coalesce(json_agg(t), '[]')::text from ({sql}) t")).await?;
        fs::write(folder.join(format!("{name}.json")), rows)?;
    }
    let told = json!({ "now": now.timestamp(), "today": now.date_naive(), "figures": figures });
    fs::write(folder.join("figures.json"), serde_json::to_vec(&told)?)?;
    Ok(())
}

fn first_year(figures: &[Value]) -> i32 {
    let days = figures.iter().filter_map(|told| told.get("from")?.as_str()?.parse::<NaiveDate>().ok());
    days.min().map_or(0, |date| date.year())
}
