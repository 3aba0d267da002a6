//! A network with everything that the core has to offer, and a client for it.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::Method;
use async_trait::async_trait;
use diwan_emulator::{
    Answer, Call, Effect, EffectKind, Emulator, EmulatorOptions, FaultRule, OAuth, SeenMedia, Service, TokenKind,
    TokenTrouble, World,
};
use diwan_platform::http::{HttpClient, HttpError, HttpPolicy, Request, Response, StandIn};
use serde_json::{Value, json};
use url::Url;

const OAUTH: OAuth = OAuth { network: "mini", client_id: "client_id", pkce: true, scopes_by: ' ' };

/// How long an access token lives.
pub const LIFETIME: Duration = Duration::from_hours(1);

/// The network.
struct Mini;

#[async_trait]
impl Service for Mini {
    fn key(&self) -> &'static str {
        "mini"
    }

    fn hosts(&self) -> &'static [&'static str] {
        &["api.mini.test", "www.mini.test"]
    }

    async fn answer(&self, mut call: Call, world: &World) -> Answer {
        match self.route(&mut call, world).await {
            Ok(answer) | Err(answer) => answer,
        }
    }

    fn trouble(&self, status: u16) -> Value {
        json!({ "mini_says": status })
    }
}

impl Mini {
    async fn route(&self, call: &mut Call, world: &World) -> Result<Answer, Answer> {
        let segments: Vec<String> = call.segments().into_iter().map(str::to_owned).collect();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        match (call.method.clone(), segments.as_slice()) {
            (_, ["authorize"]) => Ok(OAUTH.authorize(call, world)),
            (Method::POST, ["token"]) => token(call, world).await,
            (Method::GET, ["posts"]) => {
                let account = owner(call, world)?;
                let texts: Vec<_> = world.posts_of("mini", &account).into_iter().map(|post| post.text).collect();
                Ok(Answer::json(200, &json!(texts)))
            }
            (Method::POST, ["posts"]) => {
                let account = owner(call, world)?;
                let body = call.json().await?;
                let effect = effect(world, &account, EffectKind::Post, &body);
                let id = effect.id.clone();
                world.record(effect);
                Ok(Answer::json(201, &json!({ "id": id, "url": world.permalink("mini", &account, &id) })))
            }
            (method @ (Method::PUT | Method::DELETE), ["posts", id]) => {
                let account = owner(call, world)?;
                world.find("mini", id).ok_or_else(|| Answer::empty(404))?;
                let (kind, body) = if method == Method::PUT {
                    (EffectKind::Edit, call.json().await?)
                } else {
                    (EffectKind::Delete, Value::Null)
                };
                world.record(Effect { id: (*id).to_owned(), ..effect(world, &account, kind, &body) });
                Ok(Answer::empty(204))
            }
            (Method::POST, ["form"]) => Ok(Answer::json(200, &json!(call.form().await?))),
            (Method::POST, ["upload"]) => {
                let measured = call.measure().await?;
                Ok(Answer::json(200, &json!({ "size": measured.size, "sha256": measured.sha256 })))
            }
            (Method::POST, ["parts"]) => {
                let parts = call.multipart().await?.into_iter();
                let told =
                    parts.map(|part| json!([part.name, part.file_name, part.mime, part.size, part.text, part.image]));
                Ok(Answer::json(200, &told.collect()))
            }
            (Method::POST, ["pull"]) => {
                let address = call.json().await?["url"].as_str().unwrap_or_default().to_owned();
                let fetched = world.fetch(&address).await.map_err(|why| Answer::json(400, &json!(why)))?;
                Ok(Answer::json(200, &json!([fetched.mime, fetched.size, fetched.sha256, fetched.image])))
            }
            (Method::GET, ["slow"]) => {
                let milliseconds = u64::try_from(world.processing("mini").as_millis()).unwrap_or(u64::MAX);
                Ok(Answer::json(200, &json!(milliseconds)))
            }
            (Method::POST, ["nap"]) => {
                tokio::time::sleep(Duration::from_millis(300)).await;
                world.record(effect(world, "sleeper", EffectKind::Post, &json!({ "text": "awake" })));
                Ok(Answer::empty(204))
            }
            (_, ["panic"]) => panic!("a mistake"),
            _ => Ok(Answer::json(404, &json!({ "mini_says": "not here" }))),
        }
    }
}

fn effect(world: &World, account: &str, kind: EffectKind, body: &Value) -> Effect {
    let text = |name: &str| body[name].as_str().map(str::to_owned);
    let media = |mime: String| SeenMedia { mime, size: 2048, alt_text: text("alt") };
    Effect {
        network: "mini".to_owned(),
        account: account.to_owned(),
        kind,
        id: world.new_id().to_string(),
        parent: text("parent"),
        text: text("text").unwrap_or_default(),
        media: text("mime").map(media).into_iter().collect(),
        detail: json!({ "link": text("link") }),
        at: world.now(),
    }
}

fn owner(call: &Call, world: &World) -> Result<String, Answer> {
    let token = call.bearer().ok_or(TokenTrouble::Unknown);
    let granted = token.and_then(|token| world.token("mini", token, TokenKind::Access));
    granted.map(|granted| granted.account).map_err(|trouble| Answer::json(401, &json!(trouble.to_string())))
}

async fn token(call: &mut Call, world: &World) -> Result<Answer, Answer> {
    let form = call.form().await?;
    let refused = |why: String| Answer::json(400, &json!(why));
    let refresh = form.iter().find(|(name, _)| name == "refresh_token");
    let granted = if let Some((_, refresh)) = refresh {
        OAUTH.client(&form).map_err(refused)?;
        world.redeem("mini", refresh, TokenKind::Refresh).map_err(|trouble| refused(trouble.to_string()))?
    } else {
        OAUTH.code(&form, world).map_err(refused)?
    };
    let issue = |kind, lifetime| world.issue("mini", &granted.account, kind, lifetime, granted.detail.clone());
    let (access, refresh) = (issue(TokenKind::Access, Some(LIFETIME)), issue(TokenKind::Refresh, None));
    Ok(Answer::json(200, &json!({ "access": access, "refresh": refresh, "detail": granted.detail })))
}

/// One of two networks that share a host.
pub struct Half {
    pub key: &'static str,
    pub path: &'static str,
}

#[async_trait]
impl Service for Half {
    fn key(&self) -> &'static str {
        self.key
    }

    fn hosts(&self) -> &'static [&'static str] {
        &["shared.mini.test"]
    }

    fn takes(&self, call: &Call) -> bool {
        call.path.starts_with(self.path)
    }

    async fn answer(&self, _call: Call, _world: &World) -> Answer {
        Answer::json(200, &json!(self.key))
    }
}

/// A running emulator with the network alone, and a client that is sent to it.
pub struct Stage {
    pub emulator: Emulator,
    pub http: HttpClient,
}

impl Stage {
    pub fn start() -> Self {
        Self::with(EmulatorOptions::default())
    }

    pub fn with(options: EmulatorOptions) -> Self {
        Self::of(EmulatorOptions { services: vec![Arc::new(Mini)], ..options })
    }

    pub fn of(options: EmulatorOptions) -> Self {
        Self::waiting(options, Duration::from_millis(700))
    }

    /// With the network alone and a client that bears as much silence as the product does: for what is work, and not a fault.
    pub fn patient() -> Self {
        let options = EmulatorOptions { services: vec![Arc::new(Mini)], ..EmulatorOptions::default() };
        Self::waiting(options, HttpPolicy::default().read_timeout)
    }

    fn waiting(options: EmulatorOptions, read_timeout: Duration) -> Self {
        let emulator = Emulator::start(options).expect("an emulator");
        let http = HttpClient::new(HttpPolicy {
            read_timeout,
            stand_in: Some(StandIn { at: emulator.url().clone(), hosts: emulator.hosts().to_vec() }),
            ..HttpPolicy::default()
        });
        Self { emulator, http: http.expect("a client") }
    }

    pub fn world(&self) -> &World {
        self.emulator.world()
    }

    /// An address of the network.
    pub fn api(&self, path: &str) -> Url {
        format!("https://{}{path}", self.emulator.hosts()[0]).parse().expect("an address")
    }

    /// An address of the emulator itself.
    pub fn own(&self, path: &str) -> Url {
        self.emulator.url().join(path).expect("an address")
    }

    pub fn access(&self, account: &str) -> String {
        self.world().issue("mini", account, TokenKind::Access, Some(LIFETIME), Value::Null)
    }

    pub fn posting(&self, token: &str, body: &Value) -> Request {
        self.http.post(self.api("/posts")).bearer(token).json(body)
    }

    /// Publishes this text for `nour`.
    pub async fn publish(&self, text: &str) -> Result<Response, HttpError> {
        self.posting(&self.access("nour"), &json!({ "text": text })).send().await
    }

    /// Publishes and answers the id.
    pub async fn published(&self, body: &Value) -> String {
        let answer = self.posting(&self.access("nour"), body).send().await.expect("an answer");
        assert_eq!(answer.status.as_u16(), 201);
        json_of(&answer)["id"].as_str().expect("an id").to_owned()
    }

    pub fn posts(&self) -> usize {
        self.world().posts_of("mini", "nour").len()
    }

    pub fn place(&self, rule: FaultRule) {
        self.world().place(rule);
    }

    /// How often each fault struck.
    pub fn struck(&self) -> Vec<u64> {
        self.world().faults().iter().map(|placed| placed.struck).collect()
    }
}

pub fn json_of(answer: &Response) -> Value {
    answer.json().expect("JSON")
}

pub fn text_of(answer: &Response) -> String {
    String::from_utf8(answer.body.to_vec()).expect("text")
}
