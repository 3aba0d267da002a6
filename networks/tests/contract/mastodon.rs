//! Mastodon's part, with a real snac: a server that ignores `Idempotency-Key`.

use async_trait::async_trait;
use diwan_networks::{Connected, Metric, Network, NetworkError};
use diwan_platform::http::HttpClient;
use diwan_testkit::servers::{FaultProxy, SnacServer, SnacUser};
use url::Url;

use crate::rig::{Recorder, Rig, registered, text};

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
        let begun = self.network().begin_authorization(http, &self.proxy.url, &redirect_uri, "st&te").await;
        let begun = begun.expect("an address to go to");
        let back = self.server.authorize(&self.user, &begun.url).await.expect("sent back");
        assert!(back.as_str().starts_with(redirect_uri.as_str()));
        let parameter = |name: &str| {
            back.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
        };
        let code = parameter("code");
        let connected = self.network().complete_authorization(http, &begun.pending, &code, &redirect_uri).await;
        let connected = connected.expect("the right code");
        let authority = self.proxy.url.authority();
        assert_eq!(connected.handle, format!("amal@{authority}"));
        assert_eq!(connected.base_url, self.proxy.url);
        connected
    }

    async fn connect_wrongly(&self, http: &HttpClient) -> Result<Connected, NetworkError> {
        let redirect_uri = redirect_uri();
        let begun = self.network().begin_authorization(http, &self.proxy.url, &redirect_uri, "state").await?;
        self.network().complete_authorization(http, &begun.pending, "a code nobody gave", &redirect_uri).await
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
    assert_eq!(account.limits.mime_types, ["image/jpeg", "image/png", "image/gif", "image/webp"]);

    let content = text("numbers");
    let published = rig.network().publish(&http, &account, &content, None, &Recorder::default()).await;
    let ids = [published.expect("published").remote_id, "17953".to_owned()];
    let metrics = rig.network().post_metrics(&http, &account, &ids).await.expect("an answer");
    // This server counts no quotes: absent, not zero.
    assert_eq!(metrics[0].values, [(Metric::Likes, 0), (Metric::Reposts, 0), (Metric::Replies, 0)]);
    assert_eq!(metrics[1].missing, Some(diwan_networks::Missing::Gone));
    let metrics = rig.network().account_metrics(&http, &account).await.expect("an answer");
    assert!(metrics.values.contains(&(Metric::Followers, 0)), "{:?}", metrics.values);
}
