//! A month's KPIs of one brand over 10,000 accounts of 1,000 brands: first with four months of samples (11 million), then with three years
//! of them (101 million).
//!
//! Two things take turns within one run:
//!
//! - *product*: `insights` of a month beside the month before, under the scope of a session, with the rights asked;
//! - *raw*: the samples of the same posts and of the same two months, added up by one statement as the superuser, to whom no policy applies.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use chrono::{DateTime, Datelike as _, Months, NaiveDate, Utc};
use diwan_domain::insights::{Against, AskedInsights, Period, insights};
use diwan_domain::{Context, Credential};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_testkit::{Person, TestServices};
use sea_orm::ConnectionTrait as _;
use uuid::Uuid;

const BRANDS: usize = 1000;
const ACCOUNTS_OF_BRAND: usize = 10;
/// Of each account and month.
const POSTS: usize = 4;
/// How many months of samples there are at first, and at last.
const MONTHS: [u32; 2] = [4, 36];
const ROUNDS: usize = 200;
const WARM_UP: usize = 30;
/// Brands that are asked for in turn.
const ASKED: usize = 25;
/// The most that a month's KPIs of one brand may take.
const LIMIT: Duration = Duration::from_millis(50);
/// How much longer they may take with all samples than with the first.
const FLAT: f64 = 1.3;

/// Builds and measures.
pub(crate) async fn run() -> Result<()> {
    let test = TestServices::new().await?;
    let now = test.services.now();
    let (person, brands) = people(&test).await?;
    // The last month that is over.
    let asked = first_of_month(now.date_naive(), 1)?;
    let mut medians = Vec::new();
    let mut built = 0;
    for months in MONTHS {
        let begun = Instant::now();
        for back in built..months {
            month(&test, first_of_month(now.date_naive(), back + 1)?).await?;
        }
        built = months;
        // As PostgreSQL leaves them by itself after a while: so that it is at work on none of them while this is measured.
        test.db.run("vacuum (analyze)").await?;
        let samples: i64 = test.db.count("metric_sample").await?;
        println!("{samples} samples of {months} months; built in {:.0} s", begun.elapsed().as_secs_f64());
        medians.push(measure(&test, &person, &brands, asked).await?);
    }
    let ratio = medians[1].as_secs_f64() / medians[0].as_secs_f64();
    let (within, flat) = (medians.iter().all(|median| *median <= LIMIT), ratio <= FLAT);
    println!("a month's KPIs are read {} {:.0} ms", if within { "within" } else { "in MORE THAN" }, ms(LIMIT));
    println!(
        "with nine times the samples in {ratio:.2} times the time, {} {FLAT}",
        if flat { "within" } else { "MORE THAN" }
    );
    Ok(())
}

fn first_of_month(today: NaiveDate, back: u32) -> Result<NaiveDate> {
    let first = today.with_day(1).and_then(|first| first.checked_sub_months(Months::new(back)));
    first.ok_or_else(|| anyhow::anyhow!("a month beyond the calendar"))
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

async fn measure(test: &TestServices, person: &Person, brands: &[Uuid], month: NaiveDate) -> Result<Duration> {
    let last = month.checked_add_months(Months::new(1)).and_then(|next| next.pred_opt());
    let period = Period { from: month, to: last.ok_or_else(|| anyhow::anyhow!("a month beyond the calendar"))? };
    let mut times = [const { Vec::new() }; 2];
    for round in 0..WARM_UP + ROUNDS {
        let brand = brands[round % brands.len()];
        // Who goes first changes, so that none always finds the pages warm.
        for turn in 0..2 {
            let which = (round + turn) % 2;
            let tx = test.services.db.read().await?;
            let shown = Credential::Session { user_id: person.id, session_id: person.session_id };
            let context = Context::of(test.services.clone(), tx, shown).await?;
            let begun = Instant::now();
            if which == 0 {
                let asked = AskedInsights { brand_id: brand, period, against: Against::PeriodBefore };
                let told = insights(&context, asked).await?;
                ensure!(told.content_types.iter().map(|kind| kind.counted).sum::<i64>() > 0, "nothing was told");
            } else {
                let statement = diwan_platform::db::statement(RAW, [brand.into(), month.into()]);
                ensure!(!test.db.owner.query_all_raw(statement).await?.is_empty(), "nothing was read");
            }
            let took = begun.elapsed();
            context.roll_back().await?;
            if round >= WARM_UP {
                times[which].push(took);
            }
        }
    }
    for (name, times) in ["product", "raw SQL"].into_iter().zip(&mut times) {
        times.sort_unstable();
        println!(
            "{name}: {:.2} ms (median), {:.2} ms (99 %)",
            ms(times[times.len() / 2]),
            ms(times[times.len() * 99 / 100])
        );
    }
    Ok(times[0][times[0].len() / 2])
}

const RAW: &str = "
  select n.metric, sum(n.value) from publication p cross join lateral (
    select distinct on (s.metric) s.metric, s.value from metric_sample s where s.brand_id = $1 and s.publication_id = p.id
      and s.sampled_at >= $2::date - interval '1 month' and s.sampled_at < $2::date + interval '1 month 7 days'
    order by s.metric, s.sampled_at desc) n
  where p.brand_id = $1 and p.published_at >= $2::date - interval '1 month' and p.published_at < $2::date + interval '1 month'
  group by n.metric";

/// Brands with their accounts, and somebody who may read the numbers of some of them.
async fn people(test: &TestServices) -> Result<(Person, Vec<Uuid>)> {
    let first = test.brand("Alpha").await?;
    let person = test.member(first, Level::Mid, UserKind::Staff).await?;
    let mut brands = vec![first];
    for number in 1..ASKED {
        let brand = test.brand(&format!("Brand {number}")).await?;
        test.join(&person, brand, Level::Mid).await?;
        brands.push(brand);
    }
    let account = test.account(first, "mastodon", &person).await?;
    let calendar = test.calendar(first, "Calendar").await?;
    // The others are like the first.
    let more = BRANDS - ASKED;
    test.db
        .run(&format!(
            "begin;
             set local session_replication_role = replica;
             create temp table one on commit drop as select * from brand where id = '{first}';
             create temp table copied on commit drop as select one.* from one cross join generate_series(1, {more}) n;
             update copied set id = gen_random_uuid();
             update copied set name = 'More ' || id;
             insert into brand select * from copied;
             create temp table account on commit drop as select s.* from social_account s where s.id = '{account}';
             create temp table accounts on commit drop as
               select b.id as of_brand, a.* from brand b cross join account a cross join generate_series(1, {ACCOUNTS_OF_BRAND}) n;
             update accounts set id = gen_random_uuid(), brand_id = of_brand;
             update accounts set remote_id = id::text;
             alter table accounts drop column of_brand;
             delete from social_account;
             insert into social_account select * from accounts;
             create temp table calendars on commit drop as
               select b.id as of_brand, c.* from brand b cross join calendar c where c.id = '{calendar}' and b.id <> '{first}';
             update calendars set id = gen_random_uuid(), brand_id = of_brand;
             alter table calendars drop column of_brand;
             insert into calendar select * from calendars;
             commit"
        ))
        .await?;
    let accounts = test.db.count("social_account").await?;
    ensure!(usize::try_from(accounts)? == BRANDS * ACCOUNTS_OF_BRAND, "{accounts} accounts");
    Ok((person, brands))
}

/// The posts of a month and their numbers, nine readings of seven kinds each, and the followers of each day. A part of the table is filled
/// before it becomes one, so that its indexes are made once.
async fn month(test: &TestServices, first: NaiveDate) -> Result<()> {
    let part = format!("parts.metric_sample_{}", first.format("%Y_%m"));
    let from: DateTime<Utc> = first.and_time(chrono::NaiveTime::MIN).and_utc();
    let (from, seconds) = (from.to_rfc3339(), 20 * 86_400);
    test.db
        .run(&format!(
            "begin;
             set local session_replication_role = replica;
             set local maintenance_work_mem = '1GB';
             create temp table new on commit drop as
               select gen_random_uuid() as post_id, gen_random_uuid() as variant_id, gen_random_uuid() as publication_id, a.brand_id,
                 a.id as account_id, a.connected_by as by, c.id as calendar_id,
                 timestamptz '{from}' + random() * interval '{seconds} seconds' as at
               from social_account a join calendar c on c.brand_id = a.brand_id cross join generate_series(1, {POSTS}) n;
             insert into post (id, brand_id, calendar_id, title, state, due_at, created_by, created_at, updated_at)
               select post_id, brand_id, calendar_id, 'Post', 'PUBLISHED', at, by, at, at from new;
             insert into post_variant (id, brand_id, post_id, social_account_id, text)
               select variant_id, brand_id, post_id, account_id, 'Post' from new;
             insert into publication (id, brand_id, post_id, variant_id, social_account_id, state, due_at, created_at, updated_at, remote_id,
                 published_at)
               select publication_id, brand_id, post_id, variant_id, account_id, 'PUBLISHED', at, at, at, publication_id::text, at from new;
             drop table if exists {part};
             create table {part} (like metric_sample including defaults including constraints);
             insert into {part}
               select gen_random_uuid(), brand_id, account_id, publication_id, m.metric, (ln(2 + h.hours) * m.size)::bigint,
                 at + h.hours * interval '1 hour'
               from new cross join (values ('LIKES', 9), ('REPLIES', 2), ('REPOSTS', 3), ('QUOTES', 1), ('BOOKMARKS', 1), ('REACH', 300),
                   ('VIEWS', 700)) m (metric, size)
                 cross join (values (0.25), (1), (3), (6), (12), (24), (72), (120), (167)) h (hours)
               union all
               select gen_random_uuid(), a.brand_id, a.id, null, 'FOLLOWERS', 1000 + n, timestamptz '{from}' + n * interval '22 hours'
               from social_account a cross join generate_series(0, 29) n;
             alter table metric_sample attach partition {part} for values from ('{from}') to (timestamptz '{from}' + interval '1 month');
             select app.force_row_security('{part}'::regclass);
             commit"
        ))
        .await?;
    Ok(())
}
