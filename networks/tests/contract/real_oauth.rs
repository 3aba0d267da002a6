//! The code flow of a network against a real authorization server (npm's `oidc-provider`), which stands in for X: a code that counts
//! once and with its verifier alone, refresh tokens that count once, and an authorization that is taken back.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use diwan_networks::{Account, Connected, Credentials, ErrorKind, Network, NetworkError, Outside};
use diwan_platform::apps::App;
use diwan_platform::http::{HttpClient, HttpPolicy, StandIn};
use diwan_testkit::servers::OidcServer;
use serde_json::{Value, json};
use url::Url;

use crate::rig::{kind, now, registered};

const REDIRECT: &str = "https://diwan.example/oauth/callback";
const STATE: &str = "the state of a test";

struct Bench {
    server: OidcServer,
    http: HttpClient,
    app: App,
    network: &'static dyn Network,
}

impl Bench {
    async fn start() -> Self {
        let mut server = OidcServer::start_as_x(REDIRECT).await.expect("a server");
        server.tell("accounts", json!({ "amal": { "name": "Amal" } })).await.expect("an account");
        let network = registered("x");
        let hosts = network.capabilities().hosts.iter().map(|host| (*host).to_owned()).collect();
        let http = HttpClient::new(HttpPolicy {
            allowed_hosts: vec![server.issuer.authority().to_owned()],
            stand_in: Some(StandIn { at: server.issuer.clone(), hosts }),
            ..HttpPolicy::default()
        });
        let app = App { client_id: server.client_id.to_owned(), client_secret: server.client_secret.to_owned() };
        Self { server, http: http.expect("a client"), app, network }
    }

    fn out(&self) -> Outside<'_> {
        Outside { http: &self.http, app: Some(&self.app) }
    }

    /// Sends somebody to agree, who does. Answers what is kept meanwhile, and the code with which they come back.
    async fn agree(&self) -> (Credentials, String) {
        let (home, redirect) = (home(), redirect());
        let begun = self.network.begin_authorization(self.out(), &home, &redirect, STATE).await.expect("a page");
        let page = self.http.called(&begun.url);
        let back = self.server.sign_in(page.as_str(), &[("login", "amal")]).await.expect("somebody comes back");
        let said = |name: &str| back.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        assert_eq!(said("state").as_deref(), Some(STATE));
        (begun.pending, said("code").expect("a code"))
    }

    async fn complete(&self, pending: &Credentials, code: &str) -> Result<Connected, NetworkError> {
        let completed = self.network.complete_authorization(self.out(), pending, code, &redirect()).await?;
        Ok(completed.into_iter().next().expect("an account"))
    }

    async fn connect(&self) -> Account {
        let (pending, code) = self.agree().await;
        self.complete(&pending, &code).await.expect("connected").into_account()
    }

    /// Renews, as if the access token had ended.
    async fn renew(&self, account: &Account) -> Result<Option<Credentials>, NetworkError> {
        self.network.refresh(self.out(), account, now() + TimeDelta::hours(3)).await
    }

    async fn works(&self, account: &Account) -> Result<(), NetworkError> {
        self.network.check(self.out(), account).await.map(|_| ())
    }

    /// What the server was asked last for tokens, and what it gave.
    async fn last(&self) -> Value {
        self.server.exchanges().await.expect("what was exchanged").pop().expect("an exchange")
    }
}

fn home() -> Url {
    "https://api.x.com/".parse().expect("an address")
}

fn redirect() -> Url {
    REDIRECT.parse().expect("an address")
}

fn with(account: &Account, credentials: Credentials) -> Account {
    Account { credentials, ..account.clone() }
}

#[tokio::test]
async fn a_code_counts_once_and_with_its_own_verifier() {
    let bench = Bench::start().await;
    let (pending, code) = bench.agree().await;
    let (of_another, _) = bench.agree().await;
    let refused = bench.complete(&of_another, &code).await;
    assert_eq!(kind(&refused), Some(ErrorKind::Reconnect), "another's verifier: {refused:?}");
    assert_eq!(bench.last().await["error"], "invalid_grant");

    let connected = bench.complete(&pending, &code).await.expect("connected with its own");
    assert_eq!((connected.remote_id.as_str(), connected.display_name.as_str()), ("amal", "Amal"));
    let exchange = bench.last().await;
    assert_eq!((&exchange["basic"], &exchange["post"]), (&json!(true), &json!(false)), "how the secret is told");
    assert!(exchange["verifier"].as_str().is_some_and(|verifier| verifier.len() >= 43), "{exchange}");
    let account = connected.into_account();
    bench.works(&account).await.expect("the account works");

    let again = bench.complete(&pending, &code).await;
    assert_eq!(kind(&again), Some(ErrorKind::Reconnect), "a code that was used: {again:?}");
    // RFC 6749, section 4.1.2: a code that comes twice ends what the first one gave.
    let ended = bench.works(&account).await;
    assert_eq!(kind(&ended), Some(ErrorKind::Reconnect), "{ended:?}");
}

#[tokio::test]
async fn a_refresh_token_counts_once_and_the_new_one_is_kept() {
    let bench = Bench::start().await;
    let account = bench.connect().await;
    let first = bench.renew(&account).await.expect("renewed").expect("new tokens");
    assert_ne!(first.0["refresh"], account.credentials.0["refresh"], "another refresh token");
    assert_eq!(first.0["refresh"], bench.last().await["gave"]["refresh_token"]);
    let account_now = with(&account, first);
    bench.works(&account_now).await.expect("the new access token works");
    let second = bench.renew(&account_now).await.expect("renewed").expect("new tokens");
    let account_now = with(&account, second);
    bench.works(&account_now).await.expect("the newest access token works");

    // Whoever uses a spent one has stolen it, for all the server knows: it ends the authorization.
    let spent = bench.renew(&account).await;
    assert_eq!(kind(&spent), Some(ErrorKind::Reconnect), "{spent:?}");
    for ended in [bench.works(&account_now).await, bench.renew(&account_now).await.map(|_| ())] {
        assert_eq!(kind(&ended), Some(ErrorKind::Reconnect), "{ended:?}");
    }
}

#[tokio::test]
async fn an_authorization_that_was_taken_back_asks_to_connect_again() {
    let bench = Bench::start().await;
    let account = bench.connect().await;
    let refresh = account.credentials.0["refresh"].as_str().expect("a refresh token").to_owned();
    let revoke = "https://api.x.com/2/oauth2/revoke".parse().expect("an address");
    let basic = STANDARD.encode(format!("{}:{}", bench.app.client_id, bench.app.client_secret));
    let request = bench.http.post(revoke).header("authorization", &format!("Basic {basic}"));
    let request = request.form(&[("token", refresh.as_str())]);
    assert!(request.send().await.expect("an answer").status.is_success());
    for ended in [bench.works(&account).await, bench.renew(&account).await.map(|_| ())] {
        assert_eq!(kind(&ended), Some(ErrorKind::Reconnect), "{ended:?}");
    }
    // That of another application is a matter for whoever runs this installation, and no reason to connect again.
    let account = bench.connect().await;
    let stranger = App { client_secret: "not-the-secret".to_owned(), ..bench.app.clone() };
    let out = Outside { http: &bench.http, app: Some(&stranger) };
    let refused = bench.network.refresh(out, &account, now() + TimeDelta::hours(3)).await;
    assert_eq!(kind(&refused), Some(ErrorKind::Ask), "{refused:?}");
    bench.works(&account).await.expect("it works on");
}
