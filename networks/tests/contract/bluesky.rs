//! Bluesky's part, with a real PDS, and what only Bluesky does.

use async_trait::async_trait;
use chrono::TimeDelta;
use diwan_networks::{Connected, Content, Metric, Missing, Network, NetworkError};
use diwan_platform::http::HttpClient;
use diwan_testkit::servers::{BlueskyServer, BlueskyUser, FaultProxy};
use serde_json::{Value, json};

use crate::rig::{Rig, now, out, registered, text, with_every_network};

pub struct BlueskyRig {
    proxy: FaultProxy,
    server: BlueskyServer,
    user: BlueskyUser,
}

impl BlueskyRig {
    pub async fn start() -> Self {
        let proxy = FaultProxy::reserve().await.expect("a proxy");
        let server = BlueskyServer::start_behind(&proxy).await.expect("a running PDS");
        let user = server.create_account("amal").await.expect("an account");
        Self { proxy, server, user }
    }
}

#[async_trait]
impl Rig for BlueskyRig {
    fn network(&self) -> &'static dyn Network {
        registered("bluesky")
    }

    fn proxy(&self) -> &FaultProxy {
        &self.proxy
    }

    async fn connect(&self, http: &HttpClient) -> Connected {
        // As it comes out of the app: with an `@` and marks of writing direction.
        let identifier = format!("\u{2066}@{}\u{2069}", self.user.handle);
        let password = &self.user.app_password;
        let connected =
            self.network().connect_with_app_password(out(http), &self.proxy.url, &identifier, password).await;
        let connected = connected.expect("the right password");
        assert_eq!(connected.remote_id, self.user.did);
        assert_eq!(connected.handle, self.user.handle);
        connected
    }

    async fn connect_wrongly(&self, http: &HttpClient) -> Result<Connected, NetworkError> {
        self.network()
            .connect_with_app_password(out(http), &self.proxy.url, &self.user.handle, "aaaa-bbbb-cccc-dddd")
            .await
    }

    fn commit_path(&self) -> &'static str {
        "/xrpc/com.atproto.repo.putRecord"
    }

    fn upload_path(&self) -> &'static str {
        "/xrpc/com.atproto.repo.uploadBlob"
    }

    async fn posts(&self) -> usize {
        self.server.list_posts(&self.user.did).await.expect("a list").len()
    }

    async fn chain(&self) -> Vec<(String, Option<usize>)> {
        let mut posts = self.server.list_posts(&self.user.did).await.expect("a list");
        posts.sort_by_key(|post| post["value"]["createdAt"].as_str().expect("a time").to_owned());
        let answered = |post: &Value| {
            let parent = post["value"]["reply"]["parent"].as_object()?;
            let (uri, cid) = (&parent["uri"], &parent["cid"]);
            Some(posts.iter().position(|post| post["uri"] == *uri && post["cid"] == *cid).expect("a post of its own"))
        };
        posts.iter().map(|post| (post["value"]["text"].as_str().expect("a text").to_owned(), answered(post))).collect()
    }

    async fn alt_texts(&self) -> Vec<String> {
        let posts = self.server.list_posts(&self.user.did).await.expect("a list");
        let images = posts[0]["value"]["embed"]["images"].as_array().expect("images");
        images.iter().map(|image| image["alt"].as_str().expect("a text").to_owned()).collect()
    }

    async fn revoke(&self) {
        self.server.revoke_app_password(&self.user).await.expect("revoked");
    }

    fn deletes(&self) -> bool {
        true
    }
}

#[tokio::test]
async fn bluesky_marks_links_tags_and_the_mentions_that_resolve() {
    let rig = BlueskyRig::start().await;
    let other = rig.server.create_account("samir").await.expect("an account");
    let http = diwan_testkit::servers::http_client([&rig.proxy.url]).expect("a client");
    let account = rig.connect(&http).await.into_account();
    let content = text("مرحبا @samir.test و @nobody.test: https://example.com/س #وسم");
    let progress = crate::rig::Recorder::default();
    rig.network().publish(out(&http), &account, &content, None, &progress).await.expect("published");
    let posts = rig.server.list_posts(&rig.user.did).await.expect("a list");
    let facets = posts[0]["value"]["facets"].as_array().expect("facets").clone();
    let found: Vec<(String, Value)> = facets
        .iter()
        .map(|facet| {
            let at = |name: &str| usize::try_from(facet["index"][name].as_u64().expect("an offset")).expect("small");
            let mut feature = facet["features"][0].clone();
            feature.as_object_mut().expect("an object").remove("$type");
            (content.text[at("byteStart")..at("byteEnd")].to_owned(), feature)
        })
        .collect();
    assert_eq!(
        found,
        [
            ("@samir.test".to_owned(), json!({ "did": other.did })),
            ("https://example.com/س".to_owned(), json!({ "uri": "https://example.com/س" })),
            ("#وسم".to_owned(), json!({ "tag": "وسم" })),
        ]
    );
}

#[tokio::test]
async fn bluesky_shows_a_link_as_a_card() {
    let rig = BlueskyRig::start().await;
    let http = diwan_testkit::servers::http_client([&rig.proxy.url]).expect("a client");
    let account = rig.connect(&http).await.into_account();
    let content = Content { link: Some("https://www.example.com/س?a=1".to_owned()), ..text("Look") };
    let progress = crate::rig::Recorder::default();
    rig.network().publish(out(&http), &account, &content, None, &progress).await.expect("published");
    let posts = rig.server.list_posts(&rig.user.did).await.expect("a list");
    let address = "https://www.example.com/%D8%B3?a=1";
    let card = json!({ "uri": address, "title": "example.com", "description": "" });
    let embed = json!({ "$type": "app.bsky.embed.external", "external": card });
    assert_eq!((posts.len(), &posts[0]["value"]["embed"]), (1, &embed));
}

#[tokio::test]
async fn bluesky_renews_its_session_before_it_ends_and_counts_what_a_lone_server_knows() {
    let rig = BlueskyRig::start().await;
    let http = diwan_testkit::servers::http_client([&rig.proxy.url]).expect("a client");
    let mut account = rig.connect(&http).await.into_account();
    assert!(
        rig.network().refresh(out(&http), &account, now()).await.expect("an answer").is_none(),
        "the session is young"
    );
    let later = now() + TimeDelta::minutes(115);
    let renewed = rig.network().refresh(out(&http), &account, later).await.expect("an answer").expect("a new session");
    assert_ne!(renewed, account.credentials);
    account.credentials = renewed;
    let progress = crate::rig::Recorder::default();
    let published =
        rig.network().publish(out(&http), &account, &text("one"), None, &progress).await.expect("published");

    // Nobody counts likes or followers here: absent, not zero. Its own posts the server knows.
    let ids = [published.remote_id];
    let metrics = rig.network().post_metrics(out(&http), &account, &ids).await.expect("an answer");
    assert_eq!((metrics[0].missing, metrics[0].values.len()), (Some(Missing::NotServed), 0));
    let metrics = rig.network().account_metrics(out(&http), &account).await.expect("an answer");
    assert_eq!(metrics.values, [(Metric::Posts, 1), (Metric::Following, 0)]);
    assert_eq!(metrics.missing, Some(Missing::NotServed));
}

#[tokio::test]
async fn bluesky_refuses_another_text_under_the_same_key() {
    with_every_network(async |bench| {
        if bench.network.capabilities().key.as_str() != "bluesky" {
            return;
        }
        let first = text("first");
        let mut second = first.clone();
        second.text = "second".to_owned();
        bench.publish(&first, None).await.0.expect("published");
        let (attempt, _) = bench.publish(&second, None).await;
        assert_eq!(attempt.expect_err("the key is taken").code, "record_key_taken");
        assert_eq!(bench.rig.posts().await, 1);
    })
    .await;
}
