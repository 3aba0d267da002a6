//! Every network that has servers of its own, as a person meets it through the API: agreeing, choosing, publishing, changing what was
//! published, taking it back. What counts is what the network's ledger says.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use chrono::TimeDelta;
use diwan_emulator::{EffectKind, Emulator, EmulatorOptions};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_networks::{Capabilities, ConnectMethod, OptionKind, registry};
use diwan_platform::apps::{App, Apps};
use diwan_platform::ids;
use diwan_testkit::{Person, Settings, TestApp, films, pictures};
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

use crate::kit::{fingerprint, id};

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
            let mut page: Url = state["authorizationUrl"].as_str().context("a page")?.parse()?;
            ensure!(page.as_str().starts_with(self.emulator.url().as_str()), "{page} is not the stand-in's");
            page.query_pairs_mut().append_pair("emulator_account", "studio");
            let agreed = self.app.services.http.get(page).send().await?;
            let back = agreed.header("location").context("nobody was sent back")?.to_owned();
            ensure!(self.app.client.get(&back).await?.status == 200, "{back}");
            let ends = ["CHOOSING", "CONNECTED", "FAILED"];
            state = self.until(&connection, CONNECTION, ("state", &ends)).await?;
        }
        if state["state"] == "CHOOSING" {
            return self.choose(&connection, &state).await;
        }
        ensure!(state["state"] == "CONNECTED", "{key}: {state}");
        Ok(state["socialAccount"]["id"].as_str().context("an account")?.to_owned())
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
        let input = json!({ "brandId": id("brand", self.brand), "fileName": name, "altText": "What is to be seen" });
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
    let of = |kind: EffectKind| {
        let effects = studio.emulator.world().effects().into_iter();
        effects.filter(|effect| effect.network == key && effect.kind == kind).collect::<Vec<_>>()
    };
    let posts = of(EffectKind::Post);
    assert_eq!(posts.len(), 1, "{posts:?}");
    assert!(posts[0].text.contains(&text), "{:?}", posts[0].text);
    assert_eq!(posts[0].media.len(), media.as_array().map_or(0, Vec::len));

    if let Some(link) = there["remoteUrl"].as_str() {
        is_on_the_timeline(studio, link).await?;
    }
    numbers(studio, network, &publication).await?;
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
    of: &impl Fn(EffectKind) -> Vec<diwan_emulator::Effect>,
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
