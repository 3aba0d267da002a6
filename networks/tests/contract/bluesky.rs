//! Bluesky's part, with a real PDS, and what only Bluesky does.

use async_trait::async_trait;
use chrono::TimeDelta;
use diwan_networks::{
    Connected, Content, Draft, ErrorKind, LookUp, Media, MentionDay, MentionWords, Metric, Missing, Network,
    NetworkError, ViolationCode,
};
use diwan_platform::http::HttpClient;
use diwan_testkit::servers::{BlueskyServer, BlueskyUser, FaultProxy};
use serde_json::{Value, json};

use crate::rig::{Recorder, Rig, film, kind, now, out, registered, text, with_every_network};

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
    let progress = Recorder::default();
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
    let progress = Recorder::default();
    rig.network().publish(out(&http), &account, &content, None, &progress).await.expect("published");
    let posts = rig.server.list_posts(&rig.user.did).await.expect("a list");
    let address = "https://www.example.com/%D8%B3?a=1";
    let card = json!({ "uri": address, "title": "example.com", "description": "" });
    let embed = json!({ "$type": "app.bsky.embed.external", "external": card });
    assert_eq!((posts.len(), &posts[0]["value"]["embed"]), (1, &embed));
}

#[tokio::test]
async fn bluesky_publishes_a_film_and_uploads_it_once() {
    let rig = BlueskyRig::start().await;
    let http = diwan_testkit::servers::http_client([&rig.proxy.url]).expect("a client");
    let account = rig.connect(&http).await.into_account();
    let content = Content { media: vec![film()], ..text("a film") };
    assert_eq!(rig.network().validate(&account.limits, &Draft::from(&content)), []);
    // The lease is lost between the upload and the post.
    let first = Recorder::losing_the_lease(false, true);
    let attempt = rig.network().publish(out(&http), &account, &content, None, &first).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::LeaseLost));
    let published = rig.network().publish(out(&http), &account, &content, first.last(), &Recorder::default()).await;
    let published = published.expect("published");
    assert_eq!(rig.proxy.count(rig.upload_path()), 1);
    let posts = rig.server.list_posts(&rig.user.did).await.expect("a list");
    assert_eq!(posts.len(), 1);
    let embed = &posts[0]["value"]["embed"];
    assert_eq!(embed["$type"], "app.bsky.embed.video");
    assert_eq!(
        (&embed["alt"], &embed["aspectRatio"]),
        (&json!("a film of nothing"), &json!({ "width": 640, "height": 480 }))
    );
    assert_eq!(
        (&embed["video"]["mimeType"], &embed["video"]["size"]),
        (&json!("video/mp4"), &json!(content.media[0].source.size()))
    );
    let read = rig.network().read_post(out(&http), &account, &published.remote_id).await.expect("an answer");
    assert_eq!(read.expect("the post").media_count, 1);
    // What is there is found, and not taken for another.
    let found = rig.network().look_up(out(&http), &account, &content, first.last().as_ref()).await.expect("an answer");
    assert_eq!(found, LookUp::Found(published));
}

#[tokio::test]
async fn bluesky_takes_one_film_alone_and_describes_it_in_fewer_words() {
    let limits = diwan_networks::Limits::defaults(registered("bluesky").capabilities());
    let codes = |media: Vec<Media>| {
        let draft = Draft::from(&Content { media, ..text("a film") });
        registered("bluesky").validate(&limits, &draft).into_iter().map(|one| (one.code, one.limit)).collect::<Vec<_>>()
    };
    let described = |length: usize| Media { alt_text: "a".repeat(length), ..film() };
    assert_eq!(codes(vec![described(1000)]), []);
    assert_eq!(codes(vec![described(1001)]), [(ViolationCode::AltTextTooLong, Some(1000))]);
    assert_eq!(codes(vec![described(2001)]), [(ViolationCode::AltTextTooLong, Some(2000))]);
    assert_eq!(codes(vec![film(), film()]), [(ViolationCode::TooManyVideos, Some(1))]);
    let long = Media { duration_ms: Some(180_001), ..film() };
    assert_eq!(codes(vec![long]), [(ViolationCode::VideoTooLong, Some(180))]);
    let other = Media { mime: "video/quicktime".to_owned(), ..film() };
    assert_eq!(codes(vec![other]), [(ViolationCode::ImageTypeUnsupported, None)]);
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
    let progress = Recorder::default();
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

#[tokio::test]
async fn bluesky_says_that_a_lone_server_cannot_search() {
    let rig = BlueskyRig::start().await;
    let http = diwan_testkit::servers::http_client([&rig.proxy.url]).expect("a client");
    let account = rig.connect(&http).await.into_account();
    let keywords = ["tea".to_owned()];
    let words = MentionWords { keywords: &keywords, hashtags: &[] };
    let end = now();
    let day = MentionDay { date: end.date_naive(), start: end - TimeDelta::days(1), end };
    let told = rig.network().count_mentions(out(&http), &account, words, &[day]).await;
    let error = told.expect_err("nobody searches");
    assert!(matches!(error.code, "not_served" | "server_error"), "{error:?}");
}
