//! Mastodon's part, with a real snac: a server that ignores `Idempotency-Key`.

use async_trait::async_trait;
use diwan_networks::{
    Connected, Content, Draft, ErrorKind, LookUp, MentionDay, MentionWords, Metric, Network, NetworkError,
    ViolationCode,
};
use diwan_platform::http::HttpClient;
use diwan_testkit::servers::{Fault, FaultProxy, SnacServer, SnacUser};
use serde_json::{Value, json};
use url::Url;

use crate::rig::{Recorder, Rig, film, image, kind, out, registered, text, thread};

pub struct MastodonRig {
    proxy: FaultProxy,
    server: SnacServer,
    user: SnacUser,
}

impl MastodonRig {
    pub async fn start() -> Self {
        let proxy = FaultProxy::reserve().await.expect("a proxy");
        let server = SnacServer::start_behind(&proxy).await.expect("a running snac");
        let user = server.create_user("amal").expect("a user");
        Self { proxy, server, user }
    }
}

fn redirect_uri() -> Url {
    "https://diwan.example/networks/callback".parse().expect("a url")
}

#[async_trait]
impl Rig for MastodonRig {
    fn network(&self) -> &'static dyn Network {
        registered("mastodon")
    }

    fn proxy(&self) -> &FaultProxy {
        &self.proxy
    }

    async fn connect(&self, http: &HttpClient) -> Connected {
        let redirect_uri = redirect_uri();
        let begun = self.network().begin_authorization(out(http), &self.proxy.url, &redirect_uri, "st&te").await;
        let begun = begun.expect("an address to go to");
        let back = self.server.authorize(&self.user, &begun.url).await.expect("sent back");
        assert!(back.as_str().starts_with(redirect_uri.as_str()));
        let parameter = |name: &str| {
            back.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
        };
        let code = parameter("code");
        let connected = self.network().complete_authorization(out(http), &begun.pending, &code, &redirect_uri).await;
        let connected = connected.expect("the right code").remove(0);
        let authority = self.proxy.url.authority();
        assert_eq!(connected.handle, format!("amal@{authority}"));
        assert_eq!(connected.base_url, self.proxy.url);
        connected
    }

    async fn connect_wrongly(&self, http: &HttpClient) -> Result<Connected, NetworkError> {
        let redirect_uri = redirect_uri();
        let begun = self.network().begin_authorization(out(http), &self.proxy.url, &redirect_uri, "state").await?;
        let refused =
            self.network().complete_authorization(out(http), &begun.pending, "a code nobody gave", &redirect_uri).await;
        refused.map(|mut connected| connected.remove(0))
    }

    fn commit_path(&self) -> &'static str {
        "/api/v1/statuses"
    }

    fn upload_path(&self) -> &'static str {
        "/api/v2/media"
    }

    async fn posts(&self) -> usize {
        self.server.list_statuses(&self.user).expect("a list").len()
    }

    async fn chain(&self) -> Vec<(String, Option<usize>)> {
        let notes = self.server.list_statuses(&self.user).expect("a list");
        let answered = |note: &Value| {
            let parent = note["inReplyTo"].as_str()?;
            Some(notes.iter().position(|note| note["id"] == parent).expect("a post of its own"))
        };
        let words = |note: &Value| note["content"].as_str().expect("a text").replace("<br>", "");
        notes.iter().map(|note| (words(note), answered(note))).collect()
    }

    async fn alt_texts(&self) -> Vec<String> {
        let notes = self.server.list_statuses(&self.user).expect("a list");
        let images = notes[0]["attachment"].as_array().expect("images");
        images.iter().map(|image| image["name"].as_str().expect("a text").to_owned()).collect()
    }

    async fn revoke(&self) {
        self.server.revoke_tokens().expect("revoked");
    }

    fn deletes(&self) -> bool {
        false
    }
}

#[tokio::test]
async fn mastodon_takes_the_limits_its_server_tells_and_reports_its_numbers() {
    let rig = MastodonRig::start().await;
    let http = diwan_testkit::servers::http_client([&rig.proxy.url]).expect("a client");
    let account = rig.connect(&http).await.into_account();
    assert_eq!((account.limits.max_text, account.limits.url_length), (100_000, Some(32)));
    let types = ["image/jpeg", "image/png", "image/gif", "image/webp", "video/mp4", "video/quicktime", "video/webm"];
    assert_eq!(account.limits.mime_types, types);

    let content = text("numbers");
    let published = rig.network().publish(out(&http), &account, &content, None, &Recorder::default()).await;
    let ids = [published.expect("published").remote_id, "17953".to_owned()];
    let metrics = rig.network().post_metrics(out(&http), &account, &ids).await.expect("an answer");
    // This server counts no quotes: absent, not zero.
    assert_eq!(metrics[0].values, [(Metric::Likes, 0), (Metric::Reposts, 0), (Metric::Replies, 0)]);
    assert_eq!(metrics[1].missing, Some(diwan_networks::Missing::Gone));
    let metrics = rig.network().account_metrics(out(&http), &account).await.expect("an answer");
    assert!(metrics.values.contains(&(Metric::Followers, 0)), "{:?}", metrics.values);
    assert_eq!(metrics.handle.as_deref(), Some(account.handle.as_str()));
}

fn with_options(content: Content, options: &[(&str, &str)]) -> Content {
    let options = options.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Content { options, ..content }
}

#[tokio::test]
async fn mastodon_gives_no_poll_to_a_server_that_would_make_a_post_without_it() {
    let rig = MastodonRig::start().await;
    let http = diwan_testkit::servers::http_client([&rig.proxy.url]).expect("a client");
    let account = rig.connect(&http).await.into_account();
    let poll = with_options(text("well?"), &[("poll", "yes\nno"), ("poll_minutes", "60")]);
    let refused = rig.network().validate(&account.limits, &Draft::from(&poll));
    assert_eq!(refused.iter().map(|violation| violation.code).collect::<Vec<_>>(), [ViolationCode::OptionUnknown]);
    let published = rig.network().publish(out(&http), &account, &poll, None, &Recorder::default()).await;
    published.expect("published");
    let notes = rig.server.list_statuses(&rig.user).expect("a list");
    assert_eq!((notes.len(), &notes[0]["type"]), (1, &json!("Note")), "{}", notes[0]);
}

#[tokio::test]
async fn mastodon_shows_a_whole_thread_as_its_options_say() {
    let rig = MastodonRig::start().await;
    let http = diwan_testkit::servers::http_client([&rig.proxy.url]).expect("a client");
    let account = rig.connect(&http).await.into_account();
    let options = [("visibility", "unlisted"), ("sensitive", "true"), ("spoiler_text", "The end")];
    let content = with_options(thread("film"), &options);
    let published = rig.network().publish(out(&http), &account, &content, None, &Recorder::default()).await;
    published.expect("published");
    let notes = rig.server.list_statuses(&rig.user).expect("a list");
    assert_eq!(notes.len(), 4);
    for note in &notes {
        assert_eq!(json!([note["summary"], note["sensitive"]]), json!(["The end", true]), "{note}");
    }
    // This server shows answers as what they answer.
    let everybody = "https://www.w3.org/ns/activitystreams#Public";
    assert_eq!(json!([notes[0]["to"], notes[0]["cc"]]), json!([[], [everybody]]), "unlisted");
}

#[tokio::test]
async fn mastodon_asks_a_person_about_a_post_that_the_list_may_leave_out() {
    let rig = MastodonRig::start().await;
    let http = diwan_testkit::servers::http_client([&rig.proxy.url]).expect("a client");
    let account = rig.connect(&http).await.into_account();
    // This server has the post, and lists none that is not for everybody.
    let content = with_options(text("for followers"), &[("visibility", "private")]);
    rig.proxy.set(rig.commit_path(), Fault::ForwardThenReset);
    let recorder = Recorder::default();
    let attempt = rig.network().publish(out(&http), &account, &content, None, &recorder).await;
    assert_eq!(kind(&attempt), Some(ErrorKind::Unknown), "{attempt:?}");
    rig.proxy.clear();
    let found = rig.network().look_up(out(&http), &account, &content, recorder.last().as_ref()).await;
    assert_eq!(found.expect("an answer"), LookUp::CannotTell);
    let again = rig.network().publish(out(&http), &account, &content, recorder.last(), &Recorder::default()).await;
    assert_eq!(kind(&again), Some(ErrorKind::Unknown), "{again:?}");
    assert_eq!(rig.proxy.count(rig.commit_path()), 1, "it was not sent again");
}

#[tokio::test]
async fn mastodon_publishes_a_film_and_uploads_it_once() {
    let rig = MastodonRig::start().await;
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
    let notes = rig.server.list_statuses(&rig.user).expect("a list");
    assert_eq!(notes.len(), 1);
    let film = &notes[0]["attachment"][0];
    assert_eq!(json!([film["mediaType"], film["name"]]), json!(["video/mp4", "a film of nothing"]));
    let read = rig.network().read_post(out(&http), &account, &published.remote_id).await.expect("an answer");
    assert_eq!(read.expect("the post").media_count, 1);
}

#[tokio::test]
async fn mastodon_changes_the_words_of_a_post_and_keeps_its_images() {
    let rig = MastodonRig::start().await;
    let http = diwan_testkit::servers::http_client([&rig.proxy.url]).expect("a client");
    let account = rig.connect(&http).await.into_account();
    let content = image("before", "a dot");
    let published = rig.network().publish(out(&http), &account, &content, None, &Recorder::default()).await;
    let published = published.expect("published");
    let changed = Content { text: "after".to_owned(), ..content };
    for _ in 0..2 {
        rig.network().edit_post(out(&http), &account, &published.remote_id, &changed).await.expect("changed");
    }
    let read = rig.network().read_post(out(&http), &account, &published.remote_id).await.expect("an answer");
    let read = read.expect("the post");
    assert_eq!((read.text.as_str(), read.media_count, rig.posts().await), ("after", 1, 1));
    assert_eq!(rig.alt_texts().await, ["a dot"]);
    let gone = rig.network().edit_post(out(&http), &account, "17953", &changed).await;
    assert_eq!(gone.expect_err("not there").code, "not_editable");
}

#[tokio::test]
async fn mastodon_tells_what_was_answered_and_by_whom() {
    let rig = MastodonRig::start().await;
    let http = diwan_testkit::servers::http_client([&rig.proxy.url]).expect("a client");
    let account = rig.connect(&http).await.into_account();
    let first = rig.network().publish(out(&http), &account, &thread("tea"), None, &Recorder::default()).await;
    let first = first.expect("published");
    let page = rig.network().read_comments(out(&http), &account, &first.remote_id, None).await.expect("answers");
    let mut told: Vec<(&str, bool)> = page.comments.iter().map(|one| (one.text.as_str(), one.is_own)).collect();
    told.sort_unstable();
    // This server tells what answers the post itself, and not what answers that ("tea three").
    assert_eq!(told, [("tea comment", true), ("tea two", true)]);
    let second = page.comments.iter().find(|one| one.text == "tea two").expect("the second post");
    assert_eq!((second.in_reply_to.as_str(), page.next.as_deref()), (first.remote_id.as_str(), None));
    let gone = rig.network().read_comments(out(&http), &account, "17953", None).await;
    assert_eq!(gone.expect_err("not there").kind, ErrorKind::Content);
}

#[tokio::test]
async fn mastodon_says_that_a_server_keeps_no_history_of_hashtags() {
    let rig = MastodonRig::start().await;
    let http = diwan_testkit::servers::http_client([&rig.proxy.url]).expect("a client");
    let account = rig.connect(&http).await.into_account();
    let hashtags = ["چای".to_owned()];
    let words = MentionWords { keywords: &[], hashtags: &hashtags };
    let end = crate::rig::now();
    let day = MentionDay { date: end.date_naive(), start: end - chrono::TimeDelta::days(1), end };
    let told = rig.network().count_mentions(out(&http), &account, words, &[day]).await;
    assert_eq!(told.expect_err("no history").code, "not_served");
}
