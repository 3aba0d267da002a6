//! Every network that has servers of its own, as a person meets it through the API: agreeing, choosing, publishing, changing what was
//! published, taking it back. What counts is what the network's ledger says.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use chrono::TimeDelta;
use diwan_domain::jobs::{self, Ran};
use diwan_emulator::{Effect, EffectKind, Emulator, EmulatorOptions};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_networks::{AudienceOffer, Capabilities, ConnectMethod, OptionKind, registry};
use diwan_platform::apps::{App, Apps};
use diwan_platform::crypto::Place;
use diwan_platform::{db, ids};
use diwan_testkit::{Person, Settings, TestApp, films, pictures};
use sea_orm::{ConnectionTrait as _, TransactionTrait as _};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};
use url::Url;
use uuid::Uuid;

use crate::kit::{fingerprint, id};

mod documents;

const PATIENCE: Duration = Duration::from_secs(40);

struct Studio {
    app: TestApp,
    emulator: Emulator,
    brand: Uuid,
    calendar: Uuid,
    person: Person,
}

impl Studio {
    async fn new(apps: Apps) -> Result<Self> {
        let emulator = Emulator::start(EmulatorOptions::default())?;
        let stand_in = Some(emulator.url().clone());
        let mut app = TestApp::with(Settings { apps, stand_in, can_be_reached: true, ..Settings::default() }).await?;
        // Numbers are read later.
        app.leave_jobs();
        let brand = app.brand("Alpha").await?;
        let calendar = app.db.value(&format!("select id from calendar where brand_id = '{brand}'")).await?;
        let person = app.member(brand, Level::Senior, UserKind::Staff).await?;
        Ok(Self { app, emulator, brand, calendar, person })
    }

    async fn mutate(&self, name: &str, selection: &str, input: Value) -> Result<Value> {
        let answer = self.app.client.mutate(&self.person.token, name, selection, input).await?;
        Ok(answer.get(name).clone())
    }

    async fn node(&self, id: &str, selection: &str) -> Result<Value> {
        let query = format!("query($id: ID!) {{ node(id: $id) {{ {selection} }} }}");
        Ok(self.app.client.gql(&self.person.token, &query, json!({ "id": id })).await?.ok()?.get("node").clone())
    }

    /// Runs jobs until a field of a thing has one of these values; answers the thing.
    async fn until(&self, id: &str, selection: &str, (field, values): (&str, &[&str])) -> Result<Value> {
        let so = async || {
            let node = self.node(id, selection).await?;
            Ok(values.iter().any(|value| node[field] == *value))
        };
        let came = self.app.run_jobs_until(PATIENCE, so).await;
        let node = self.node(id, selection).await?;
        came.with_context(|| format!("{field} is not one of {values:?}: {node}"))?;
        Ok(node)
    }

    /// Connects an account. Answers its id.
    async fn connect(&self, network: &Capabilities) -> Result<String> {
        const CONNECTION: &str = "... on AccountConnection { state authorizationUrl error { kind message } socialAccount { id } candidates { remoteId handle } }";
        let key = network.key.as_str();
        let using = match network.connect {
            ConnectMethod::BotToken => {
                // As the network hands it out to whoever makes a bot.
                let page = self.emulator.url().join("t.me/BotFather?emulator_account=studio")?;
                let bot: Value = self.app.services.http.get(page).send().await?.json()?;
                json!({ "botToken": { "chat": bot["chat"], "token": bot["token"] } })
            }
            _ => json!({ "oauth": {} }),
        };
        let input = json!({ "brandId": id("brand", self.brand), "network": key, "using": using });
        let asked = self.mutate("connectAccount", "connection { id }", input).await?;
        let connection = asked["connection"]["id"].as_str().context("a connection")?.to_owned();
        let ends = ["AWAITING_AUTHORIZATION", "CONNECTED", "FAILED"];
        let mut state = self.until(&connection, CONNECTION, ("state", &ends)).await?;
        if state["state"] == "AWAITING_AUTHORIZATION" {
            self.agree(&state).await?;
            let ends = ["CHOOSING", "CONNECTED", "FAILED"];
            state = self.until(&connection, CONNECTION, ("state", &ends)).await?;
        }
        if state["state"] == "CHOOSING" {
            return self.choose(&connection, &state).await;
        }
        ensure!(state["state"] == "CONNECTED", "{key}: {state}");
        Ok(state["socialAccount"]["id"].as_str().context("an account")?.to_owned())
    }

    /// Agrees at the network and comes back.
    async fn agree(&self, connection: &Value) -> Result<()> {
        let mut page: Url = connection["authorizationUrl"].as_str().context("a page")?.parse()?;
        ensure!(page.as_str().starts_with(self.emulator.url().as_str()), "{page} is not the stand-in's");
        page.query_pairs_mut().append_pair("emulator_account", "studio");
        let agreed = self.app.services.http.get(page).send().await?;
        let back = agreed.header("location").context("nobody was sent back")?.to_owned();
        ensure!(self.app.client.get(&back).await?.status == 200, "{back}");
        Ok(())
    }

    /// Runs a job that asks for the account's own work while a worker is at that. It waits for it, and keeps nobody from the account meanwhile:
    /// that worker takes the account next.
    async fn beside_its_own_work(&self, job: Uuid) -> Result<Ran> {
        let worker = self.app.db.owner.begin().await?;
        worker.execute_unprepared("select 1 from job where kind = 'keep_account' for update").await?;
        let services = Arc::clone(&self.app.services);
        let running = tokio::spawn(async move { jobs::run(&services, job, "another").await });
        let waits =
            "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
        let until = Instant::now() + PATIENCE;
        while self.app.db.value::<i64>(waits).await? == 0 {
            ensure!(Instant::now() < until, "it does not wait");
            sleep(Duration::from_millis(5)).await;
        }
        worker.execute_unprepared("select 1 from social_account for update nowait").await?;
        worker.commit().await?;
        Ok(running.await??)
    }

    /// Chooses the first of several accounts; what nobody was offered is not to be had.
    async fn choose(&self, connection: &str, state: &Value) -> Result<String> {
        let before = fingerprint(&self.app).await?;
        let input = |remote_ids: Value| json!({ "connectionId": connection, "remoteIds": remote_ids });
        for (wrong, code) in [(json!(["nobody's"]), "NOT_FOUND"), (json!([]), "INVALID")] {
            let refused = self
                .app
                .client
                .try_mutate(&self.person.token, "chooseAccounts", "socialAccounts { id }", input(wrong))
                .await?;
            assert_eq!(refused.user_codes("chooseAccounts"), [code]);
        }
        assert_eq!(fingerprint(&self.app).await?, before);
        let first = state["candidates"][0]["remoteId"].clone();
        let chosen = self.mutate("chooseAccounts", "socialAccounts { id handle }", input(json!([first]))).await?;
        assert_eq!(chosen["socialAccounts"].as_array().map(Vec::len), Some(1));
        assert_eq!(chosen["socialAccounts"][0]["handle"], state["candidates"][0]["handle"]);
        let again = self
            .app
            .client
            .try_mutate(&self.person.token, "chooseAccounts", "socialAccounts { id }", input(json!([first])))
            .await?;
        assert_eq!(again.user_codes("chooseAccounts"), ["WRONG_STATE"], "the other tokens are forgotten");
        Ok(chosen["socialAccounts"][0]["id"].as_str().context("an account")?.to_owned())
    }

    /// A picture or a film in the library, with the forms that networks take.
    async fn asset(&self, film: bool) -> Result<String> {
        let (name, bytes) =
            if film { ("a.mp4", films::mp4(720, 1280, 12_000, 300_000)) } else { ("a.png", pictures::png(1080, 1080)) };
        self.upload((name, "What is to be seen"), bytes).await
    }

    /// A file in the library, by its name and description.
    async fn upload(&self, (name, alt_text): (&str, &str), bytes: Vec<u8>) -> Result<String> {
        let input = json!({ "brandId": id("brand", self.brand), "fileName": name, "altText": alt_text });
        let asked = self.mutate("requestUpload", "asset { id } uploadUrl", input).await?;
        let url = asked["uploadUrl"].as_str().context("an address")?;
        ensure!(self.app.client.put(url, bytes).await?.status == 200, "the upload was refused");
        self.app.run_jobs().await?;
        Ok(asked["asset"]["id"].as_str().context("an asset")?.to_owned())
    }

    /// The options that the network wants for every post, on this account.
    async fn options(&self, network: &Capabilities, account: &str) -> Result<Vec<Value>> {
        let node = self.node(account, "... on SocialAccount { choices { option value } }").await?;
        let of_account = |name: &str| {
            let choices = node["choices"].as_array().into_iter().flatten();
            choices.into_iter().find(|choice| choice["option"] == name).map(|choice| choice["value"].clone())
        };
        let required = network.options.iter().filter(|option| option.required);
        required
            .map(|option| {
                let value = match option.kind {
                    OptionKind::OfAccount => of_account(option.name).context("a choice")?,
                    OptionKind::Choice(values) => json!(values[0]),
                    OptionKind::Flag => json!("false"),
                    OptionKind::Text { .. } => json!("What is new"),
                    OptionKind::Number { least, .. } => json!(least.to_string()),
                    OptionKind::Lines { .. } => json!("One\nTwo"),
                };
                Ok(json!({ "name": option.name, "value": value }))
            })
            .collect()
    }
}

fn all_apps() -> Apps {
    Apps::all(&App { client_id: "emulator".to_owned(), client_secret: "emulator-secret".to_owned() })
}

#[tokio::test]
async fn a_post_goes_out_once_on_every_network_and_is_changed_and_taken_back_where_it_can_be() -> Result<()> {
    let studio = Studio::new(all_apps()).await?;
    let (picture, film) = (studio.asset(false).await?, studio.asset(true).await?);
    for network in registry().iter().map(|network| network.capabilities()).filter(|known| known.home.is_some()) {
        let key = network.key.as_str();
        let account = studio.connect(network).await.with_context(|| format!("connecting {key}"))?;
        let took = one_post(&studio, network, &account, (&picture, &film)).await;
        took.with_context(|| format!("on {key}"))?;
    }
    Ok(())
}

async fn one_post(studio: &Studio, network: &Capabilities, account: &str, (picture, film): (&str, &str)) -> Result<()> {
    const PUBLICATION: &str =
        "... on Publication { state remoteId remoteUrl trouble { kind detail } attempts { outcome } }";
    let (key, text) = (network.key.as_str(), format!("Good morning from {}", network.name));
    let options = studio.options(network, account).await?;
    let media = if !network.media.required {
        json!([])
    } else if network.media.max_images > 0 {
        json!([picture])
    } else {
        json!([film])
    };
    let variant =
        json!({ "socialAccountId": account, "text": text, "language": "en", "assetIds": media, "options": options });
    let input = json!({ "calendarId": id("calendar", studio.calendar), "title": key, "variants": [variant] });
    let post = studio.mutate("createPost", "post { id }", input).await?;
    let post = post["post"]["id"].as_str().context("a post")?.to_owned();
    let due = (studio.app.services.now() + TimeDelta::seconds(1)).to_rfc3339();
    let scheduled =
        studio.mutate("schedulePost", "post { publications { id } }", json!({ "postId": post, "dueAt": due })).await?;
    let publication = scheduled["post"]["publications"][0]["id"].as_str().context("a publication")?.to_owned();
    let ends = ["PUBLISHED", "FAILED", "NEEDS_ATTENTION", "MISSED"];
    let there = studio.until(&publication, PUBLICATION, ("state", &ends)).await?;
    ensure!(there["state"] == "PUBLISHED", "{there}");
    // Of posts alone: what is below them is the matter of `comments`.
    let of = |kind: EffectKind| {
        let effects = studio.emulator.world().effects().into_iter();
        effects
            .filter(|effect| effect.network == key && effect.kind == kind && effect.parent.is_none())
            .collect::<Vec<_>>()
    };
    let posts = of(EffectKind::Post);
    assert_eq!(posts.len(), 1, "{posts:?}");
    assert!(posts[0].text.contains(&text), "{:?}", posts[0].text);
    assert_eq!(posts[0].media.len(), media.as_array().map_or(0, Vec::len));

    if let Some(link) = there["remoteUrl"].as_str() {
        is_on_the_timeline(studio, link).await?;
    }
    numbers(studio, network, &publication).await?;
    past(studio, network).await?;
    if network.comments {
        comments(studio, network, &publication).await?;
    }
    if let Some(offer) = network.audience {
        audience(studio, network, (account, offer)).await?;
    }
    change(studio, network, &publication, (&text, &options), &of).await
}

/// The numbers of the post and of its account are read, as far as the network has any.
async fn numbers(studio: &Studio, network: &Capabilities, publication: &str) -> Result<()> {
    let row = ids::decode("publication", publication).context("an id")?;
    let now = studio.app.services.now().to_rfc3339();
    let due = format!("update job set due_at = '{now}' where kind = 'sync_metrics' and subject_id = '{row}'");
    studio.app.db.run(&due).await?;
    studio.app.run_jobs().await?;
    let node = studio.node(publication, "... on Publication { metrics { metric } metricsReadAt }").await?;
    let gaps = "select coalesce(string_agg(reason || ' ' || (publication_id is null), ', '), '') from metric_gap where reason = 'NETWORK'";
    let gaps: String = studio.app.db.value(gaps).await?;
    ensure!(gaps.is_empty() && !node["metricsReadAt"].is_null(), "{}: {gaps} {node}", network.name);
    for told in node["metrics"].as_array().into_iter().flatten() {
        assert!(network.metrics.iter().any(|metric| told["metric"] == metric.as_str()), "{}: {told}", network.name);
    }
    Ok(())
}

/// How many followed the account before it was connected is read where the network tells it. Of members LinkedIn tells nothing.
async fn past(studio: &Studio, network: &Capabilities) -> Result<()> {
    let key = network.key.as_str();
    let now = studio.app.services.now();
    let account = format!("(select id from social_account where network = '{key}')");
    let job = format!("job where kind = 'read_account_history' and subject_id = {account}");
    let count = async |of: &str| studio.app.db.value::<i64>(&format!("select count(*) from {of}")).await;
    assert_eq!(count(&job).await?, i64::from(network.history.is_some()), "{key}");
    let Some(history) = network.history else { return Ok(()) };
    // As if its own numbers had been read so long ago that all is told of the days before them.
    let read = now - TimeDelta::days(history.told_after.into());
    let own = format!(
        "select app.make_metric_parts('{read}'); update metric_sample set sampled_at = sampled_at - make_interval(days => {})
           where social_account_id = {account} and publication_id is null",
        history.told_after
    );
    studio.app.db.run(&own).await?;
    let due = format!(
        "update {} and state = 'PENDING'",
        job.replacen("job where", &format!("job set due_at = '{now}' where"), 1)
    );
    studio.app.db.run(&due).await?;
    studio.app.run_jobs().await?;
    let samples = format!(
        "metric_sample where social_account_id = {account} and metric = 'FOLLOWERS' and sampled_at < '{}'",
        now - TimeDelta::days(5)
    );
    let is_member = format!("social_account where id = {account} and remote_id like 'urn:li:person:%'");
    let expected = if count(&is_member).await? > 0 { 0 } else { 20 };
    let found = count(&samples).await?;
    assert!(found >= expected && found <= i64::from(history.days), "{key}: {found}");
    assert!(expected > 0 || found == 0, "{key}: {found}");
    Ok(())
}

/// Who follows the account, or sees its films, is read once it was connected, by all that the network says it tells. Of members LinkedIn tells
/// nothing.
async fn audience(studio: &Studio, network: &Capabilities, (account, offer): (&str, AudienceOffer)) -> Result<()> {
    let row = ids::decode("account", account).context("an id")?;
    let now = studio.app.services.now().to_rfc3339();
    let due = format!("update job set due_at = '{now}' where kind = 'read_audience' and subject_id = '{row}'");
    studio.app.db.run(&due).await?;
    studio.app.run_jobs().await?;
    let query = "query($id: ID!, $accounts: [ID!]) { audienceProfile(brandId: $id, accountIds: $accounts) { by { dimension parts { key }
      accounts { noAudience } } } }";
    let asked = json!({ "id": id("brand", studio.brand), "accounts": [account] });
    let told = studio.app.client.gql(&studio.person.token, query, asked).await?.ok()?;
    let member = format!("social_account where id = '{row}' and remote_id like 'urn:li:person:%'");
    let tells = studio.app.db.count(&member).await? == 0;
    for by in told.get("audienceProfile.by").as_array().into_iter().flatten() {
        let offered = tells && offer.dimensions.iter().any(|dimension| by["dimension"] == dimension.as_str());
        let known =
            by["accounts"][0]["noAudience"].is_null() && by["parts"].as_array().is_some_and(|parts| !parts.is_empty());
        assert_eq!(known, offered, "{}: {by}", network.name);
    }
    let pending = format!("job where kind = 'read_audience' and subject_id = '{row}' and state = 'PENDING'");
    assert_eq!(studio.app.db.count(&pending).await?, 1, "{}: it is read again", network.name);
    Ok(())
}

/// What somebody says under the post is read, and forgotten when it is taken back.
async fn comments(studio: &Studio, network: &Capabilities, publication: &str) -> Result<()> {
    let row = ids::decode("publication", publication).context("an id")?;
    let remote_id: String =
        studio.app.db.value(&format!("select remote_id from publication where id = '{row}'")).await?;
    let key = network.key.as_str();
    let world = studio.emulator.world();
    let asked = world.comment(key, &remote_id, ("Sara", "How much?")).context("a post")?;
    let read = async || {
        let now = studio.app.services.now().to_rfc3339();
        let due = format!(
            "update job set due_at = '{now}' where kind = 'read_comments' and subject_id = '{row}' and state = 'PENDING'"
        );
        studio.app.db.run(&due).await?;
        studio.app.run_jobs().await?;
        let said = format!(
            "select coalesce(string_agg(concat_ws(' ', m.author_name, m.text, m.asks, m.gone_at is not null), '; '), '')
             from conversation_message m join conversation c on c.id = m.conversation_id where c.publication_id = '{row}' and m.remote_id = '{asked}'"
        );
        // YouTube tells a name as it is mentioned.
        studio.app.db.value::<String>(&said).await.map(|said| said.trim_start_matches('@').to_owned())
    };
    let whose = format!("select remote_id from social_account where network = '{key}'");
    if studio.app.db.value::<String>(&whose).await?.starts_with("urn:li:person:") {
        assert_eq!(read().await?, "", "LinkedIn tells them to pages alone");
        return Ok(());
    }
    for _ in 0..2 {
        assert_eq!(read().await?, "Sara How much? t f", "{}", network.name);
    }
    let there = world.find(key, &asked).context("the comment")?;
    world.record(Effect { kind: EffectKind::Delete, ..there });
    // X tells of seven days alone: what it does not tell may be there.
    let left = if key == "x" { "Sara How much? t f" } else { " f t" };
    assert_eq!(read().await?, left, "{}", network.name);
    Ok(())
}

/// Who follows the link sees the post where it is: at the emulator, not at the network.
async fn is_on_the_timeline(studio: &Studio, link: &str) -> Result<()> {
    let timeline = format!("{}timeline/", studio.emulator.url());
    if link.starts_with(&timeline) {
        return Ok(());
    }
    ensure!(link.starts_with(studio.emulator.url().as_str()), "{link}");
    let answer = studio.app.services.http.get(link.parse()?).send().await?;
    let to = answer.header("location").unwrap_or_default();
    ensure!(answer.status.as_u16() == 302 && to.starts_with(&timeline), "{link} leads to {to:?}: {}", answer.status);
    Ok(())
}

/// What can be changed is, and what cannot be is refused and does nothing.
async fn change(
    studio: &Studio,
    network: &Capabilities,
    publication: &str,
    (text, options): (&str, &[Value]),
    of: &impl Fn(EffectKind) -> Vec<Effect>,
) -> Result<()> {
    const CHANGES: &str = "... on Publication { changes { kind state trouble { kind detail } } last: state }";
    let correction =
        json!({ "publicationId": publication, "text": format!("{text}!"), "options": options, "reason": "A typo" });
    let back = json!({ "publicationId": publication, "reason": "Too early" });
    let steps = [
        ("correctPublication", correction, network.edit, EffectKind::Edit),
        ("takeBackPublication", back, network.delete, EffectKind::Delete),
    ];
    let mut made = 0;
    for (name, input, offered, effect) in steps {
        let answer =
            studio.app.client.try_mutate(&studio.person.token, name, "change { state }", input.clone()).await?;
        if !offered {
            assert_eq!(answer.user_codes(name), ["CHANGE_NOT_FOR_NETWORK"]);
            assert_eq!(of(effect).len(), 0);
            continue;
        }
        ensure!(answer.user_codes(name).is_empty(), "{name}: {}", answer.body);
        let is_over = async || {
            let node = studio.node(publication, CHANGES).await?;
            Ok(node["changes"][made]["state"] != "REQUESTED")
        };
        studio.app.run_jobs_until(PATIENCE, is_over).await?;
        let node = studio.node(publication, CHANGES).await?;
        ensure!(node["changes"][made]["state"] == "DONE", "{name}: {node}");
        assert_eq!(of(effect).len(), 1, "{name}");
        made += 1;
        if effect == EffectKind::Delete {
            let again = studio.app.client.try_mutate(&studio.person.token, name, "change { state }", input).await?;
            assert_eq!(again.user_codes(name), ["WRONG_STATE"]);
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_for_the_work_of_an_account_takes_its_job_before_the_account() -> Result<()> {
    let studio = Studio::new(all_apps()).await?;
    let mut known = registry().iter().map(|network| network.capabilities());
    let x = known.find(|known| known.key.as_str() == "x").context("X")?;
    studio.connect(x).await?;
    let account: Uuid = studio.app.db.value("select id from social_account").await?;

    // A publication renews secrets that end, and asks for the next renewal.
    let place = Place { brand_id: studio.brand, row_id: account, column: "social_account.credentials" };
    let sealed: Vec<u8> = studio.app.db.value("select credentials from social_account").await?;
    let mut secrets: Value = serde_json::from_slice(&studio.app.services.keys.open(place, &sealed)?)?;
    secrets["expires_at"] = json!(studio.app.services.now());
    let ending = studio.app.services.keys.seal(place, secrets.to_string().as_bytes())?;
    let sql = "update social_account set credentials = $2 where id = $1";
    studio.app.db.owner.execute_raw(db::statement(sql, [account.into(), ending.clone().into()])).await?;
    let (post, _) = studio.app.post(studio.brand, account, "Good morning", &studio.person).await?;
    let (_, job) = studio.app.publication(studio.brand, post, studio.app.services.now()).await?;
    assert_eq!(studio.beside_its_own_work(job).await?, Ran::Finished);
    assert_eq!(studio.app.db.count("publication where state = 'PUBLISHED'").await?, 1);
    let renewed: Vec<u8> = studio.app.db.value("select credentials from social_account").await?;
    assert_ne!(renewed, ending, "nothing was renewed");

    // So does whoever connects the account again.
    let input = json!({ "brandId": id("brand", studio.brand), "network": "x", "using": { "oauth": {} } });
    let asked = studio.mutate("connectAccount", "connection { id }", input).await?;
    let connection = asked["connection"]["id"].as_str().context("a connection")?.to_owned();
    let page = "... on AccountConnection { state authorizationUrl }";
    let state = studio.until(&connection, page, ("state", &["AWAITING_AUTHORIZATION"])).await?;
    studio.agree(&state).await?;
    let job = studio.app.db.value("select id from job where kind = 'connect_account' and state = 'PENDING'").await?;
    assert_eq!(studio.beside_its_own_work(job).await?, Ran::Finished);
    let again: Vec<u8> =
        studio.app.db.value("select credentials from social_account where state = 'CONNECTED'").await?;
    assert_ne!(again, renewed, "it was not connected again");
    Ok(())
}

#[tokio::test]
async fn a_network_whose_application_is_not_set_up_says_so() -> Result<()> {
    let studio = Studio::new(Apps::default()).await?;
    let query = "{ networks { key setUp needsServer } }";
    let networks = studio.app.client.gql(&studio.person.token, query, json!({})).await?.ok()?.get("networks").clone();
    let before = fingerprint(&studio.app).await?;
    for network in registry().iter().map(|network| network.capabilities()) {
        let key = network.key.as_str();
        let listed = networks.as_array().into_iter().flatten().find(|listed| listed["key"] == key);
        let listed = listed.with_context(|| format!("{key} is listed"))?;
        assert_eq!(listed["setUp"], network.app.is_none(), "{key}");
        assert_eq!(listed["needsServer"], network.home.is_none(), "{key}");
        if network.app.is_some() {
            let input = json!({ "brandId": id("brand", studio.brand), "network": key, "using": { "oauth": {} } });
            let refused = studio
                .app
                .client
                .try_mutate(&studio.person.token, "connectAccount", "connection { id }", input)
                .await?;
            assert_eq!(refused.user_codes("connectAccount"), ["NETWORK_NOT_SET_UP"], "{key}");
        }
    }
    assert_eq!(fingerprint(&studio.app).await?, before);
    Ok(())
}
