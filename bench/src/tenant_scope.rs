//! What permissions and row-level security cost a brand query: 10,000 brands, 2,000 people, 200,000 memberships.
//!
//! The query is what a calendar page reads: the brand, its calendars and accounts, its newest 50 posts with their variants
//! and publications. Three things take turns within one run, so that what else the machine does falls on all of them:
//!
//! - *request*: the query over HTTP, as a client sends it;
//! - *with*: the statements of that request as the product runs them, in a read transaction as `diwan_app`, under the scope
//!   of a session, with the rights asked;
//! - *without*: the same statements in the same kind of transaction as the superuser, to whom no policy applies, without a
//!   scope and without rights.
//!
//! Permissions and scope add *with* less *without*; the query without them takes *request* less that.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use diwan_domain::calendar::{self, PostFilter};
use diwan_domain::paging::Page;
use diwan_domain::{Context, Credential, publishing, tenancy};
use diwan_entity::InBrand as _;
use diwan_entity::calendar::{calendar as calendars, post, post_variant};
use diwan_entity::publishing::{publication, social_account};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_entity::tenancy::brand;
use diwan_platform::ids;
use diwan_testkit::services::TestServices;
use diwan_testkit::{Person, TestApp};
use sea_orm::{
    AccessMode, ColumnTrait as _, EntityTrait as _, IsolationLevel, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, TransactionTrait as _,
};
use serde_json::{Value, json};
use uuid::Uuid;

const ROUNDS: usize = 400;
const WARM_UP: usize = 60;
const POSTS: u64 = 50;
const PAGE: Page = Page { size: POSTS, after: None, before: None, from_end: false };
/// People who take turns, so that none is stopped by the limit of points per minute.
const MEMBERS: usize = 12;
/// The most that permissions and scope may add to the request without them.
const LIMIT: f64 = 0.2;

const REQUEST: &str = "query($id: ID!) { brand(id: $id) { id name calendars(first: 50) { nodes { id name } }
  socialAccounts(first: 50) { nodes { id handle network } } posts(first: 50) { nodes { id title state dueAt
  variants { id text } publications { id state dueAt } } } } }";

/// Builds the agency and measures.
pub(crate) async fn run() -> Result<()> {
    let app = TestApp::new().await?;
    let begun = Instant::now();
    let (members, chiefs, brands) = build(&app).await?;
    let sizes: String = app
        .db
        .value(
            "select format('%s brands, %s people, %s memberships, %s posts', (select count(*) from brand),
               (select count(*) from app_user), (select count(*) from membership), (select count(*) from post))",
        )
        .await?;
    println!("{sizes}; built in {:.0} s", begun.elapsed().as_secs_f64());
    for (who, people) in [("members of 100 brands each", &members), ("CMOs, who see all brands", &chiefs)] {
        measure(&app, who, people, &brands).await?;
    }
    Ok(())
}

async fn measure(app: &TestApp, who: &str, people: &[Person], brands: &[Uuid]) -> Result<()> {
    let mut times = [const { Vec::new() }; 3];
    for round in 0..WARM_UP + ROUNDS {
        let (brand, person) = (brands[round % brands.len()], &people[round % people.len()]);
        // Who goes first changes, so that none always finds the pages warm.
        for turn in 0..3 {
            let which = (round + turn) % 3;
            let begun = Instant::now();
            let rows = match which {
                0 => requested(app, person, brand).await?,
                1 => as_product(app, person, brand).await?,
                _ => bare(app, brand).await?,
            };
            let took = begun.elapsed();
            ensure!(rows == 3 + 3 * usize::try_from(POSTS)?, "the query found {rows} rows");
            if round >= WARM_UP {
                times[which].push(took);
            }
        }
    }
    let [request, with, without] = times.map(median);
    let added = with.saturating_sub(without).as_secs_f64();
    let ratio = added / (request.as_secs_f64() - added);
    println!(
        "{who}: request {:.2} ms; its statements with scope and rights {:.2} ms, without {:.2} ms (medians): they add {:.1} % \
         to the request ({} {:.0} %)",
        ms(request),
        ms(with),
        ms(without),
        ratio * 100.0,
        if ratio <= LIMIT { "within" } else { "MORE THAN" },
        LIMIT * 100.0
    );
    Ok(())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// The calendar page as a client asks for it. Answers how many things it shows.
async fn requested(app: &TestApp, person: &Person, brand_id: Uuid) -> Result<usize> {
    let id = ids::encode("brand", brand_id);
    let answer = app.client.gql(&person.token, REQUEST, json!({ "id": id })).await?.ok()?;
    let brand = answer.get("brand");
    let count = |list: &Value| list.as_array().map_or(0, Vec::len);
    let posts = &brand["posts"]["nodes"];
    let below = |name: &str| posts.as_array().into_iter().flatten().map(|post| count(&post[name])).sum::<usize>();
    let lists = ["calendars", "socialAccounts", "posts"].map(|name| count(&brand[name]["nodes"]));
    Ok(1 + lists.iter().sum::<usize>() + below("variants") + below("publications"))
}

/// The calendar page as the product reads it.
async fn as_product(test: &TestServices, person: &Person, brand_id: Uuid) -> Result<usize> {
    let tx = test.services.db.read().await?;
    let shown = Credential::Session { user_id: person.id, session_id: person.session_id };
    let context = Context::of(test.services.clone(), tx, shown).await?;
    let brands = tenancy::brands_by_ids(&context, &[brand_id]).await?;
    let calendars = calendar::calendars(&context, brand_id, false, PAGE).await?.rows;
    let accounts = publishing::social_accounts(&context, brand_id, PAGE).await?.rows;
    let posts = calendar::posts(&context, brand_id, PostFilter::default(), PAGE).await?.rows;
    let ids: Vec<Uuid> = posts.iter().map(|post| post.id).collect();
    let variants = calendar::variants_of_posts(&context, &ids).await?;
    let publications = publishing::publications_of_posts(&context, &ids).await?;
    context.roll_back().await?;
    Ok(brands.len() + calendars.len() + accounts.len() + posts.len() + variants.len() + publications.len())
}

/// The same statements with nothing around them.
async fn bare(test: &TestServices, brand_id: Uuid) -> Result<usize> {
    let (snapshot, reading) = (Some(IsolationLevel::RepeatableRead), Some(AccessMode::ReadOnly));
    let tx = test.db.owner.begin_with_config(snapshot, reading).await?;
    let brands = brand::Entity::find().filter(brand::Column::Id.is_in([brand_id])).all(&tx).await?;
    let calendars = calendars::Entity::in_brand(brand_id)
        .filter(calendars::Column::ArchivedAt.is_null())
        .order_by_desc(calendars::Column::Id)
        .limit(POSTS + 1)
        .all(&tx)
        .await?;
    let accounts = social_account::Entity::in_brand(brand_id)
        .order_by_desc(social_account::Column::Id)
        .limit(POSTS + 1)
        .all(&tx)
        .await?;
    let posts = post::Entity::in_brand(brand_id).order_by_desc(post::Column::Id).limit(POSTS + 1).all(&tx).await?;
    let ids: Vec<Uuid> = posts.iter().map(|post| post.id).take(usize::try_from(POSTS)?).collect();
    let variants = post_variant::Entity::find()
        .filter(post_variant::Column::PostId.is_in(ids.iter().copied()))
        .order_by_asc(post_variant::Column::Id)
        .all(&tx)
        .await?;
    let publications = publication::Entity::find()
        .filter(publication::Column::PostId.is_in(ids.iter().copied()))
        .order_by_asc(publication::Column::Id)
        .all(&tx)
        .await?;
    tx.rollback().await?;
    Ok(brands.len() + calendars.len() + accounts.len() + ids.len() + variants.len() + publications.len())
}

/// 10,000 brands of which 100 have 60 posts each, 2,000 people with 100 places each. Answers members of busy brands, CMOs,
/// and the brands that all of them see.
async fn build(test: &TestServices) -> Result<(Vec<Person>, Vec<Person>, Vec<Uuid>)> {
    let agency = test.agency().await?;
    let (mut members, mut chiefs) = (Vec::new(), vec![test.chief().await?]);
    for _ in 0..MEMBERS {
        members.push(test.person(UserKind::Staff, None).await?);
        chiefs.push(test.person(UserKind::Staff, Some(Level::Cmo)).await?);
    }
    let by = chiefs[0].id;
    let own = members.iter().map(|member| format!("'{}'", member.id)).collect::<Vec<_>>().join(", ");
    test.db
        .run(&format!(
            "insert into brand (id, agency_id, name, time_zone, locale, created_at)
               select gen_random_uuid(), '{agency}', 'Brand ' || n, 'UTC', 'en', now() from generate_series(1, 10000) n;
             insert into calendar (id, brand_id, name, created_at)
               select gen_random_uuid(), id, 'Content', now() from brand;
             insert into app_user (id, agency_id, kind, email, name, locale, created_at)
               select gen_random_uuid(), '{agency}', 'STAFF', 'person' || n || '@nour.example', 'Sami', 'en', now()
               from generate_series(1, 2000 - {MEMBERS}) n;
             create temp table place as select id as brand_id, row_number() over (order by name) - 1 as n from brand;
             create temp table person as
               select id as user_id, row_number() over (order by id in ({own}) desc, email) - 1 as n from app_user where agency_level is null;
             insert into membership (id, brand_id, user_id, user_kind, level, starts_at, created_at)
               select gen_random_uuid(), place.brand_id, person.user_id, 'STAFF', 'MID', now() - interval '1 day', now()
               from person cross join generate_series(0, 99) k join place on place.n = (person.n + k) % 10000;
             insert into membership (id, brand_id, user_id, user_kind, level, starts_at, created_at)
               select gen_random_uuid(), brand_id, '{by}', 'STAFF', 'CMO', now() - interval '1 day', now() from place where n < 100;
             create temp table busy as select brand_id from place where n < 100;
             insert into social_account (id, brand_id, network, base_url, remote_id, handle, display_name, state, limits, connected_by,
                 connected_at)
               select gen_random_uuid(), brand_id, 'mastodon', 'https://network.example', 'x', 'x', 'X', 'DISCONNECTED', '{{}}', '{by}', now()
               from busy;
             insert into post (id, brand_id, calendar_id, title, state, due_at, created_by, created_at, updated_at)
               select gen_random_uuid(), b.brand_id, c.id, 'A post ' || n, 'SCHEDULED', now() + n * interval '1 hour', '{by}', now(), now()
               from busy b join calendar c using (brand_id) cross join generate_series(1, 60) n;
             insert into post_variant (id, brand_id, post_id, social_account_id, text)
               select gen_random_uuid(), p.brand_id, p.id, a.id, repeat('Good morning. ', 12)
               from post p join social_account a using (brand_id);
             insert into publication (id, brand_id, post_id, variant_id, social_account_id, state, due_at, created_at, updated_at)
               select gen_random_uuid(), v.brand_id, v.post_id, v.id, v.social_account_id, 'SCHEDULED', now() + interval '1 day', now(), now()
               from post_variant v;"
        ))
        .await?;
    test.db.run("vacuum analyze").await?;
    let list: String = test
        .db
        .value(&format!(
            "select string_agg(brand_id::text, ',' order by brand_id::text) from (
               select m.brand_id from membership m where m.user_id in ({own}) and m.brand_id in (select p.brand_id from post p)
               group by m.brand_id having count(*) = {MEMBERS}) shared"
        ))
        .await?;
    let brands = list.split(',').map(str::parse).collect::<Result<Vec<Uuid>, _>>()?;
    let context = test.act(&members[0]).await?;
    let places = context.actor().map_or(0, |actor| actor.levels.len());
    ensure!(places == 100 && brands.len() > 80, "{places} places, {} shared brands", brands.len());
    context.roll_back().await?;
    Ok((members, chiefs, brands))
}
