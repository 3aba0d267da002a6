//! Instagram, as those see it who log in there:
//! <https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login>.
//!
//! Every name is a professional account, except those that begin with `private`. An account may publish 50 posts a day.

mod comments;
mod making;
mod posts;

use actix_web::http::Method;
use async_trait::async_trait;
use serde_json::{Value, json};

use super::containers::Containers;
use super::facebook::fields::chosen;
use super::facebook::parameters::Parameters;
use super::{long_lived, meta, meta_audience};
use crate::answer::Answer;
use crate::call::Call;
use crate::oauth::OAuth;
use crate::service::Service;
use crate::world::{AccountId, World};

const KEY: &str = "instagram";

const GRAPH: &str = "graph.instagram.com";
const TOKENS: &str = "api.instagram.com";
const SITE: &str = "www.instagram.com";

/// The versions that are served. <https://developers.facebook.com/docs/graph-api/changelog>
const VERSIONS: [&str; 6] = ["v21.0", "v22.0", "v23.0", "v24.0", "v25.0", "v26.0"];

const BASIC: &str = "instagram_business_basic";
const PUBLISH: &str = "instagram_business_content_publish";
const COMMENTS: &str = "instagram_business_manage_comments";
const INSIGHTS: &str = "instagram_business_manage_insights";
const SCOPES: [&str; 5] = [BASIC, PUBLISH, COMMENTS, INSIGHTS, "instagram_business_manage_messages"];

/// How many follow each account, and those that begin with `few`.
const FOLLOWERS: i64 = 150;
const FEW: i64 = 60;

/// The most posts in 24 hours.
const QUOTA: usize = 50;

const OAUTH: OAuth = OAuth { network: KEY, client_id: "client_id", pkce: false, scopes_by: ',' };

/// The network.
#[derive(Debug, Default)]
pub struct Instagram {
    containers: Containers,
}

/// A request whose caller is known.
struct Asked<'a> {
    account: String,
    parameters: &'a Parameters,
    world: &'a World,
}

impl Asked<'_> {
    fn followers(&self) -> i64 {
        if self.account.starts_with("few") { FEW } else { FOLLOWERS }
    }

    fn id(&self) -> AccountId {
        self.world.account(KEY, &self.account)
    }

    /// Whether the path names the account.
    fn is_me(&self, id: &str) -> bool {
        id == "me" || id == self.id().to_string()
    }
}

fn invalid(message: &str) -> Answer {
    meta::error(400, 100, None, message)
}

impl Instagram {
    async fn graph(&self, mut call: Call, world: &World) -> Result<Answer, Answer> {
        let parameters = Parameters::of(&mut call).await?;
        let segments = call.segments();
        match (call.method.as_str(), segments.as_slice()) {
            ("GET", ["access_token"]) => {
                wants(&parameters, "ig_exchange_token")?;
                return long_lived::exchange(&OAUTH, &parameters, world);
            }
            ("GET", ["refresh_access_token"]) => {
                wants(&parameters, "ig_refresh_token")?;
                return long_lived::refresh(&OAUTH, &parameters, world);
            }
            _ => {}
        }
        let [version, path @ ..] = segments.as_slice() else { return Err(invalid("Unknown path components")) };
        if !VERSIONS.contains(version) {
            return Err(meta::error(
                400,
                2635,
                None,
                "This version of the API does not exist or is not served any more",
            ));
        }
        let asked = |scopes: &[&str]| {
            let account = long_lived::may(&OAUTH, (&call, &parameters), world, scopes)?;
            Ok::<_, Answer>(Asked { account, parameters: &parameters, world })
        };
        match (call.method.as_str(), path) {
            ("GET", ["me"]) => profile(&asked(&[BASIC])?),
            ("GET", [id, "content_publishing_limit"]) => limit(&asked(&[BASIC, PUBLISH])?, id),
            ("POST", [id, "media"]) => self.make(&asked(&[BASIC, PUBLISH])?, id).await,
            ("POST", [id, "media_publish"]) => self.publish(&asked(&[BASIC, PUBLISH])?, id),
            ("GET", [id, "media"]) => posts::list(&asked(&[BASIC])?, id, false),
            ("GET", [id, "stories"]) => posts::list(&asked(&[BASIC])?, id, true),
            ("GET", [id, "insights"]) => insights(&asked(&[BASIC, INSIGHTS])?, id),
            ("GET", [id, "comments"]) => comments::of_post(&asked(&[BASIC, COMMENTS])?, id),
            ("GET", [id, "replies"]) => comments::of_comment(&asked(&[BASIC, COMMENTS])?, id),
            ("POST", [id, "comments"]) => posts::comment(&asked(&[BASIC, COMMENTS])?, id),
            ("GET", [id]) => self.node(&asked(&[BASIC])?, id),
            ("DELETE", [id]) => Err(long_lived::not_there(id)),
            _ => Err(invalid("Unknown path components")),
        }
    }

    /// An account, a container, a post.
    fn node(&self, asked: &Asked<'_>, id: &str) -> Result<Answer, Answer> {
        if asked.is_me(id) {
            return profile(asked);
        }
        let Some((status, failed)) = self.containers.status(id, &asked.account, asked.world.now()) else {
            return posts::post(asked, id);
        };
        let said = failed.map_or_else(
            || format!("{}: Media is {}", status.as_str(), status.as_str()),
            |code| format!("Error: Media upload has failed with error code {code}"),
        );
        let node = json!({ "id": id, "status_code": status.as_str(), "status": said });
        chosen(&node, asked.parameters, &["id"]).map(|node| Answer::json(200, &node))
    }
}

/// Refuses another grant.
fn wants(parameters: &Parameters, grant: &str) -> Result<(), Answer> {
    if parameters.needed("grant_type")? == grant { Ok(()) } else { Err(invalid("grant_type is not supported here")) }
}

fn profile(asked: &Asked<'_>) -> Result<Answer, Answer> {
    let id = asked.id().to_string();
    let posts = asked.world.posts_of(KEY, &asked.account).len();
    let private = asked.account.starts_with("private");
    let node = json!({
        "id": format!("9{id}"),
        "user_id": id,
        "username": asked.account,
        "name": asked.account,
        "account_type": if private { "PERSONAL" } else { "BUSINESS" },
        "profile_picture_url": Value::Null,
        "followers_count": asked.followers(),
        "follows_count": 0,
        "media_count": posts,
    });
    chosen(&node, asked.parameters, &["id"]).map(|node| Answer::json(200, &node))
}

/// Of a post, or of the account: who follows it.
/// <https://developers.facebook.com/docs/instagram-platform/api-reference/instagram-user/insights>
fn insights(asked: &Asked<'_>, id: &str) -> Result<Answer, Answer> {
    if !asked.is_me(id) {
        return posts::insights(asked, id);
    }
    let metric = asked.parameters.needed("metric")?;
    if metric != meta_audience::METRIC {
        return Err(invalid("metric[0] must be one of the following values: follower_demographics"));
    }
    audience(asked)
}

/// Who follows the account.
fn audience(asked: &Asked<'_>) -> Result<Answer, Answer> {
    let parameters = asked.parameters;
    parameters.only(&["metric", "period", "timeframe", "metric_type", "breakdown"])?;
    let known: [(&str, &[&str]); 3] =
        [("period", &["lifetime"]), ("metric_type", &["total_value"]), ("timeframe", &["this_week", "this_month"])];
    for (name, known) in known {
        let value = parameters.needed(name)?;
        if !known.contains(&value) {
            return Err(invalid(&format!("{name} must be one of {}", known.join(", "))));
        }
    }
    meta_audience::told(parameters.needed("breakdown")?, asked.followers())
}

fn limit(asked: &Asked<'_>, id: &str) -> Result<Answer, Answer> {
    if !asked.is_me(id) {
        return Err(long_lived::not_there(id));
    }
    let used = making::used(asked);
    let node = json!({ "quota_usage": used, "config": { "quota_total": QUOTA, "quota_duration": 86_400 } });
    let mut shown = chosen(&node, asked.parameters, &["quota_usage"])?;
    if let Some(shown) = shown.as_object_mut() {
        shown.remove("id");
    }
    Ok(Answer::json(200, &json!({ "data": [shown] })))
}

#[async_trait]
impl Service for Instagram {
    fn key(&self) -> &'static str {
        KEY
    }

    fn hosts(&self) -> &'static [&'static str] {
        &[GRAPH, TOKENS, SITE]
    }

    async fn answer(&self, mut call: Call, world: &World) -> Answer {
        let (host, path) = (call.host.clone(), call.path.clone());
        match (host.as_str(), path.as_str()) {
            (GRAPH, _) => self.graph(call, world).await.unwrap_or_else(|refusal| refusal),
            (SITE, "/oauth/authorize") => long_lived::authorize(&OAUTH, &SCOPES, &call, world),
            (TOKENS, "/oauth/access_token") if call.method == Method::POST => match Parameters::of(&mut call).await {
                Ok(parameters) => long_lived::by_code(&OAUTH, &parameters, world),
                Err(refusal) => refusal,
            },
            _ => Answer::empty(404),
        }
    }

    fn trouble(&self, status: u16) -> Value {
        meta::trouble(status)
    }
}
