//! Threads, by <https://developers.facebook.com/documentation/threads/overview>.
//!
//! Every name is an account. It may publish 250 posts and 1,000 answers a day.

mod making;
mod posts;

use actix_web::http::Method;
use async_trait::async_trait;
use serde_json::{Value, json};

use super::containers::Containers;
use super::facebook::fields::chosen;
use super::facebook::parameters::Parameters;
use super::{long_lived, meta};
use crate::answer::Answer;
use crate::call::Call;
use crate::oauth::OAuth;
use crate::service::Service;
use crate::world::World;

const KEY: &str = "threads";

const GRAPH: &str = "graph.threads.net";
const SITE: &str = "threads.net";

const BASIC: &str = "threads_basic";
const PUBLISH: &str = "threads_content_publish";
const ANSWER: &str = "threads_manage_replies";
const READ_ANSWERS: &str = "threads_read_replies";
const INSIGHTS: &str = "threads_manage_insights";
const DELETE: &str = "threads_delete";
const SCOPES: [&str; 7] = [BASIC, PUBLISH, ANSWER, READ_ANSWERS, INSIGHTS, DELETE, "threads_manage_mentions"];

/// The most posts and the most answers in 24 hours.
const POSTS: usize = 250;
const ANSWERS: usize = 1_000;

const OAUTH: OAuth = OAuth { network: KEY, client_id: "client_id", pkce: false, scopes_by: ',' };

/// The network.
#[derive(Debug, Default)]
pub struct Threads {
    containers: Containers,
}

/// A request whose caller is known.
struct Asked<'a> {
    account: String,
    parameters: &'a Parameters,
    world: &'a World,
}

impl Asked<'_> {
    /// Refuses a path that names somebody else.
    fn is_me(&self, id: &str) -> Result<(), Answer> {
        let me = id == "me" || id == self.world.account(KEY, &self.account).to_string();
        if me { Ok(()) } else { Err(long_lived::not_there(id)) }
    }
}

fn invalid(message: &str) -> Answer {
    meta::error(400, 100, None, message)
}

impl Threads {
    async fn graph(&self, mut call: Call, world: &World) -> Result<Answer, Answer> {
        let parameters = Parameters::of(&mut call).await?;
        let grant = |name: &str| match parameters.needed("grant_type")? {
            grant if grant == name => Ok(()),
            _ => Err(invalid("grant_type is not supported here")),
        };
        let segments = call.segments();
        let (method, path) = (call.method.as_str(), segments.as_slice());
        let path = match (method, path) {
            ("POST", ["oauth", "access_token"]) => return Ok(long_lived::by_code(&OAUTH, &parameters, world)),
            ("GET", ["access_token"]) => {
                grant("th_exchange_token")?;
                return long_lived::exchange(&OAUTH, &parameters, world);
            }
            ("GET", ["refresh_access_token"]) => {
                grant("th_refresh_token")?;
                return long_lived::refresh(&OAUTH, &parameters, world);
            }
            (_, ["v1.0", path @ ..]) => path,
            _ => return Err(invalid("Unknown path components")),
        };
        let asked = |scopes: &[&str]| {
            let account = long_lived::may(&OAUTH, (&call, &parameters), world, scopes)?;
            Ok::<_, Answer>(Asked { account, parameters: &parameters, world })
        };
        match (method, path) {
            ("GET", ["me"]) => profile(&asked(&[BASIC])?),
            ("GET", [id, "threads_publishing_limit"]) => limit(&asked(&[BASIC, PUBLISH])?, id),
            ("POST", [id, "threads"]) => {
                let answers = parameters.text("reply_to_id").is_some();
                let scopes: &[&str] = if answers { &[BASIC, PUBLISH, ANSWER] } else { &[BASIC, PUBLISH] };
                self.make(&asked(scopes)?, id).await
            }
            ("POST", [id, "threads_publish"]) => self.publish(&asked(&[BASIC, PUBLISH])?, id),
            ("GET", [id, "threads"]) => posts::list(&asked(&[BASIC])?, id, false),
            ("GET", [id, "replies"]) => posts::list(&asked(&[BASIC, READ_ANSWERS])?, id, true),
            ("GET", [id, "conversation"]) => posts::conversation(&asked(&[BASIC, READ_ANSWERS])?, id),
            ("GET", [id, "threads_insights"]) => posts::account_insights(&asked(&[BASIC, INSIGHTS])?, id),
            ("GET", [id, "insights"]) => posts::insights(&asked(&[BASIC, INSIGHTS])?, id),
            ("GET", [id]) => self.node(&asked(&[BASIC])?, id),
            ("DELETE", [id]) => posts::delete(&asked(&[BASIC, DELETE])?, id),
            _ => Err(invalid("Unknown path components")),
        }
    }

    /// A container or a post.
    fn node(&self, asked: &Asked<'_>, id: &str) -> Result<Answer, Answer> {
        let Some((status, failed)) = self.containers.status(id, &asked.account, asked.world.now()) else {
            return posts::post(asked, id);
        };
        let node = json!({ "id": id, "status": status.as_str(), "error_message": failed });
        chosen(&node, asked.parameters, &["status"]).map(|node| Answer::json(200, &node))
    }
}

fn profile(asked: &Asked<'_>) -> Result<Answer, Answer> {
    let node = json!({
        "id": asked.world.account(KEY, &asked.account).to_string(),
        "username": asked.account,
        "name": asked.account,
        "threads_profile_picture_url": Value::Null,
        "threads_biography": "",
        "is_verified": false,
    });
    chosen(&node, asked.parameters, &["id"]).map(|node| Answer::json(200, &node))
}

fn limit(asked: &Asked<'_>, id: &str) -> Result<Answer, Answer> {
    asked.is_me(id)?;
    let config = |total: usize| json!({ "quota_total": total, "quota_duration": 86_400 });
    let node = json!({
        "quota_usage": making::used(asked, false),
        "config": config(POSTS),
        "reply_quota_usage": making::used(asked, true),
        "reply_config": config(ANSWERS),
    });
    let mut shown = chosen(&node, asked.parameters, &["quota_usage"])?;
    if let Some(shown) = shown.as_object_mut() {
        shown.remove("id");
    }
    Ok(Answer::json(200, &json!({ "data": [shown] })))
}

#[async_trait]
impl Service for Threads {
    fn key(&self) -> &'static str {
        KEY
    }

    fn hosts(&self) -> &'static [&'static str] {
        &[GRAPH, SITE]
    }

    async fn answer(&self, call: Call, world: &World) -> Answer {
        match (call.host == GRAPH, call.path.as_str()) {
            (true, _) => self.graph(call, world).await.unwrap_or_else(|refusal| refusal),
            (false, "/oauth/authorize") if call.method == Method::GET => {
                long_lived::authorize(&OAUTH, &SCOPES, &call, world)
            }
            (false, _) => Answer::empty(404),
        }
    }

    fn trouble(&self, status: u16) -> Value {
        meta::trouble(status)
    }
}
