//! A ledger of 1,000,000 entries: 100 budgets of 20 lines with 500 entries each.
//!
//! Four things take turns within one run, so that what else the machine does falls on all of them:
//!
//! - *request*: the balances of one budget and its lines over HTTP, as a client sends it;
//! - *product*: the same as the product reads it, under the scope of a session, with the rights asked;
//! - *raw*: one statement for the same rows as the superuser, to whom no policy applies;
//! - *sum*: what the balances would cost if they were not kept: the ledger of the budget, added up.
//!
//! Then entries are booked on one line, one after the other.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use diwan_domain::finance::{self, Booking};
use diwan_domain::{Context, Credential};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::ids;
use diwan_testkit::{Person, TestApp};
use sea_orm::ConnectionTrait as _;
use serde_json::json;
use uuid::Uuid;

const ROUNDS: usize = 300;
const WARM_UP: usize = 50;
const BOOKED: usize = 300;
const LINES: usize = 20;
/// The most that reading the balances of one budget may take.
const LIMIT: Duration = Duration::from_millis(5);
/// People who take turns, so that none is stopped by the limit of points per minute.
const MEMBERS: usize = 12;

const REQUEST: &str =
    "query($id: ID!) { node(id: $id) { ... on Budget { balance { left { minor } } lines { id name balance {
  allocated { minor } committed { minor } spent { minor } } } } } }";

/// Builds the ledger and measures.
pub(crate) async fn run() -> Result<()> {
    let app = TestApp::new().await?;
    let begun = Instant::now();
    let (people, budgets) = build(&app).await?;
    let entries: i64 = app.db.count("budget_entry").await?;
    println!("{entries} entries in {} budgets; built in {:.0} s", budgets.len(), begun.elapsed().as_secs_f64());
    let (lines, astray) = finance::verify_budgets(&app.db.owner).await?;
    ensure!(astray.is_empty(), "balances that are not what the ledger says: {astray:?}");
    println!("{lines} balances reckoned anew from the ledger");
    read(&app, &people, &budgets).await?;
    book(&app, &people, budgets[0]).await
}

async fn read(app: &TestApp, people: &[Person], budgets: &[Uuid]) -> Result<()> {
    let mut times = [const { Vec::new() }; 4];
    for round in 0..WARM_UP + ROUNDS {
        let (budget, person) = (budgets[round % budgets.len()], &people[round % people.len()]);
        // Who goes first changes, so that none always finds the pages warm.
        for turn in 0..4 {
            let which = (round + turn) % 4;
            let begun = Instant::now();
            let rows = match which {
                0 => requested(app, person, budget).await?,
                1 => as_product(app, person, budget).await?,
                2 => raw(app, budget, RAW).await?,
                _ => raw(app, budget, SUM).await?,
            };
            let took = begun.elapsed();
            ensure!(rows == LINES, "{rows} lines");
            if round >= WARM_UP {
                times[which].push(took);
            }
        }
    }
    for times in &mut times {
        times.sort_unstable();
    }
    let [request, product, raw, sum] = times.map(|times| (times[times.len() / 2], times[times.len() * 99 / 100]));
    for (name, (median, slow)) in
        [("request", request), ("product", product), ("raw SQL", raw), ("ledger added up", sum)]
    {
        println!("{name}: {:.2} ms (median), {:.2} ms (99 %)", ms(median), ms(slow));
    }
    println!(
        "the product reads the balances of a budget {} {:.0} ms",
        if product.0 <= LIMIT { "within" } else { "in MORE THAN" },
        ms(LIMIT)
    );
    Ok(())
}

async fn book(app: &TestApp, people: &[Person], budget: Uuid) -> Result<()> {
    let line: Uuid = app.db.value(&format!("select id from budget_line where budget_id = '{budget}' limit 1")).await?;
    let mut times = Vec::with_capacity(BOOKED);
    for round in 0..BOOKED {
        let context = app.act(&people[round % people.len()]).await?;
        let begun = Instant::now();
        finance::commit(&context, Booking { line_id: line, minor: 1, reason: "Ordered".to_owned() }).await?;
        context.commit().await?;
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    println!(
        "booking an entry: {:.2} ms (median), {:.2} ms (99 %)",
        ms(times[BOOKED / 2]),
        ms(times[BOOKED * 99 / 100])
    );
    Ok(())
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// The balances as a client asks for them.
async fn requested(app: &TestApp, person: &Person, budget: Uuid) -> Result<usize> {
    let answer = app.client.gql(&person.token, REQUEST, json!({ "id": ids::encode("budget", budget) })).await?.ok()?;
    Ok(answer.get("node.lines").as_array().context("lines")?.len())
}

/// The balances as the product reads them.
async fn as_product(app: &TestApp, person: &Person, budget: Uuid) -> Result<usize> {
    let tx = app.services.db.read().await?;
    let shown = Credential::Session { user_id: person.id, session_id: person.session_id };
    let context = Context::of(app.services.clone(), tx, shown).await?;
    let lines = finance::lines_of_budgets(&context, &[budget]).await?;
    context.roll_back().await?;
    Ok(lines.len())
}

const RAW: &str = "select id, allocated, overdraft, committed, spent from budget_line where budget_id = $1";
const SUM: &str = "select e.line_id, sum(f.allocated), sum(f.overdraft), sum(f.committed), sum(f.spent)
  from budget_entry e cross join lateral app.budget_effect(e.kind, e.amount_minor, e.drawn_minor) f
  where e.brand_id = (select brand_id from budget where id = $1) and e.budget_id = $1 group by e.line_id";

/// One statement with nothing around it.
async fn raw(app: &TestApp, budget: Uuid, sql: &str) -> Result<usize> {
    let statement = diwan_platform::db::statement(sql, [budget.into()]);
    Ok(app.db.owner.query_all_raw(statement).await?.len())
}

/// The brand's people, and its budgets.
async fn build(app: &TestApp) -> Result<(Vec<Person>, Vec<Uuid>)> {
    let brand = app.brand("Alpha").await?;
    let mut people = Vec::new();
    for _ in 0..MEMBERS {
        people.push(app.member(brand, Level::Mid, UserKind::Staff).await?);
    }
    let by = people[0].id;
    // Balances are written with the entries here, in one statement each: a trigger per entry would take minutes.
    app.db
        .run(&format!(
            "begin;
             set local session_replication_role = replica;
             insert into budget (id, brand_id, name, starts_on, ends_on, currency, state, created_by, created_at, updated_at)
               select gen_random_uuid(), '{brand}', 'Budget ' || n, '2026-01-01', '2027-12-31', 'EUR', 'OPEN', '{by}', now(), now()
               from generate_series(1, 100) n;
             insert into budget_line (id, brand_id, budget_id, position, name, category, created_at)
               select gen_random_uuid(), '{brand}', b.id, n, 'Line ' || n, 'ADS', now() from budget b cross join generate_series(1, {LINES}) n;
             insert into budget_entry (id, brand_id, budget_id, line_id, kind, amount_minor, drawn_minor, source_kind, source_id, actor_id,
                 reason, booked_at)
               select gen_random_uuid(), '{brand}', l.budget_id, l.id, k.kind, k.minor, k.drawn, 'EXPENSE', gen_random_uuid(), '{by}',
                 'Agreed', now()
               from budget_line l cross join generate_series(1, 125) n
                 cross join (values ('ALLOCATE', 1000, 0), ('COMMIT', 600, 0), ('SPEND', 500, 400), ('REFUND', 50, 0)) k (kind, minor, drawn);
             update budget_line set allocated = 125 * 1000, committed = 125 * 200, spent = 125 * 450;
             commit"
        ))
        .await?;
    app.db.run("vacuum analyze").await?;
    let list: String = app.db.value("select string_agg(id::text, ',' order by id) from budget").await?;
    Ok((people, list.split(',').map(str::parse).collect::<Result<_, _>>()?))
}
