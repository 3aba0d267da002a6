//! Facebook's pages, by the documentation of the Graph API (<https://developers.facebook.com/docs/graph-api/>).
//!
//! Every person works on three pages: one of their own name and `NAME Shop`, where they may post, and `NAME Club`,
//! where they may only read numbers. A person whose name begins with `alone` works on none, one whose name begins with
//! `many` on some more, and one whose name begins with `shy` does not let applications post. The application has
//! "Require App Secret" switched on.

pub(super) mod fields;
mod films;
mod pages;
pub(super) mod parameters;
mod posts;
mod stories;
mod talk;

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use serde_json::{Value, json};

use super::meta;
use crate::answer::Answer;
use crate::call::Call;
use crate::oauth::OAuth;
use crate::service::Service;
use crate::tokens::{Granted, TokenKind};
use crate::world::World;
use parameters::Parameters;

const KEY: &str = "facebook";

const OAUTH: OAuth = OAuth { network: KEY, client_id: "client_id", pkce: false, scopes_by: ',' };

/// The hosts of the interface, of uploads, and of people.
const GRAPH: &str = "graph.facebook.com";
const UPLOADS: &str = "rupload.facebook.com";
const SITE: &str = "www.facebook.com";

/// The versions that are served. <https://developers.facebook.com/docs/graph-api/changelog>
const VERSIONS: [&str; 6] = ["v21.0", "v22.0", "v23.0", "v24.0", "v25.0", "v26.0"];

/// The longest texts of posts and comments, in UTF-16 units, as the site enforces them.
const LONGEST_POST: usize = 63_206;
const LONGEST_COMMENT: usize = 8_000;

/// The network.
#[derive(Debug, Default)]
pub struct Facebook {
    state: Mutex<State>,
}

/// What nobody sees yet, and what is being processed.
#[derive(Debug, Default)]
struct State {
    photos: Vec<posts::Photo>,
    films: Vec<films::Film>,
}

/// The page that a token is of.
struct Page {
    id: String,
    name: String,
    token: Granted,
}

#[async_trait]
impl Service for Facebook {
    fn key(&self) -> &'static str {
        KEY
    }

    fn hosts(&self) -> &'static [&'static str] {
        &[GRAPH, UPLOADS, SITE]
    }

    async fn answer(&self, call: Call, world: &World) -> Answer {
        self.route(call, world).await.unwrap_or_else(|answer| answer)
    }

    fn trouble(&self, status: u16) -> Value {
        meta::trouble(status)
    }
}

impl Facebook {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn route(&self, mut call: Call, world: &World) -> Result<Answer, Answer> {
        let path: Vec<String> = call.segments().into_iter().map(str::to_owned).collect();
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let host = call.host.clone();
        match (host.as_str(), &path[..]) {
            (SITE, [version, "dialog", "oauth"]) => {
                served(version)?;
                Ok(OAUTH.authorize(&call, world))
            }
            (UPLOADS, ["video-upload", version, film]) => {
                served(version)?;
                films::receive(self, call, world, film).await
            }
            (GRAPH, [version, rest @ ..]) => {
                served(version)?;
                let parameters = Parameters::of(&mut call).await?;
                self.graph(&call, world, (call.method.as_str(), rest), &parameters).await
            }
            _ => Err(meta::error(404, 2500, None, "Unknown path components")),
        }
    }

    async fn graph(
        &self,
        call: &Call,
        world: &World,
        (method, path): (&str, &[&str]),
        parameters: &Parameters,
    ) -> Result<Answer, Answer> {
        if let ("GET" | "POST", ["oauth", "access_token"]) = (method, path) {
            return pages::token(parameters, world);
        }
        let token = authorized(call, world, parameters)?;
        match (method, path) {
            ("GET", ["me", "permissions"]) => return pages::permissions(&token, parameters),
            ("GET", ["me", "accounts"]) => return pages::accounts(&token, parameters, world),
            _ => {}
        }
        let page = pages::of_token(token, world)?;
        let body = match (method, path) {
            ("GET", [id]) if *id == page.id => pages::show(&page, parameters, world)?,
            ("GET", [id, "published_posts"]) => posts::list(self, own(&page, id)?, parameters, world)?,
            ("GET", [id, "stories"]) => stories::list(self, own(&page, id)?, parameters, world)?,
            ("POST", [id, "feed"]) => posts::create(self, own(&page, id)?, parameters, world)?,
            ("POST", [id, "photos"]) => posts::photo(self, own(&page, id)?, parameters, world).await?,
            ("POST", [id, edge @ ("videos" | "video_reels" | "video_stories")]) => {
                films::phase(self, own(&page, id)?, edge, parameters, world)?
            }
            ("POST", [id, "photo_stories"]) => stories::photo(self, own(&page, id)?, parameters, world)?,
            ("GET", [id, "comments"]) => talk::comments(&page, id, parameters, world)?,
            ("POST", [id, "comments"]) => talk::comment(self, &page, id, parameters, world)?,
            ("GET", [id, "insights"]) => talk::insights(&page, id, parameters, world)?,
            ("GET", [id]) => self.show(&page, id, parameters, world)?,
            ("POST", [id]) => talk::edit(&page, id, parameters, world)?,
            ("DELETE", [id]) => talk::delete(&page, id, world)?,
            _ => return Err(meta::error(400, 2500, None, "Unknown path components")),
        };
        Ok(Answer::json(200, &body))
    }

    /// A film by its own state, and everything else by what was published of it.
    fn show(&self, page: &Page, id: &str, parameters: &Parameters, world: &World) -> Result<Value, Answer> {
        parameters.only(&["fields"])?;
        match films::show(self, page, id, parameters, world) {
            Some(film) => film,
            None => talk::show(page, id, parameters, world),
        }
    }
}

fn served(version: &str) -> Result<(), Answer> {
    if VERSIONS.contains(&version) {
        return Ok(());
    }
    Err(meta::error(400, 2635, None, &format!("You are calling a version of the API that is not there: {version}")))
}

/// A parameter that is not taken.
fn invalid(message: &str) -> Answer {
    meta::error(400, 100, None, message)
}

/// Something that is not there, or not for this token.
fn unknown(id: &str) -> Answer {
    let message = format!(
        "Unsupported request. Object with ID '{id}' does not exist, cannot be loaded due to missing permissions, \
         or does not support this operation"
    );
    meta::error(400, 100, Some(33), &message)
}

fn done() -> Value {
    json!({ "success": true })
}

/// Whose token it is. It comes with the proof that the application uses it.
fn authorized(call: &Call, world: &World, parameters: &Parameters) -> Result<Granted, Answer> {
    let token = call.bearer().or_else(|| call.authorization("oauth")).or_else(|| parameters.text("access_token"));
    let missing = || meta::error(400, 2500, None, "An active access token must be used to query information");
    let token = token.ok_or_else(missing)?;
    let granted = world.token(KEY, token, TokenKind::Access).map_err(meta::bad_token)?;
    match parameters.text("appsecret_proof") {
        Some(proof) if meta::proves(proof, token) => Ok(granted),
        Some(_) => Err(invalid("Invalid appsecret_proof provided in the API argument")),
        None => Err(invalid("API calls from the server require an appsecret_proof argument")),
    }
}

/// The page itself: nothing is posted to others.
fn own<'a>(page: &'a Page, id: &str) -> Result<&'a Page, Answer> {
    if id == page.id { Ok(page) } else { Err(unknown(id)) }
}

/// Refuses what the person did not agree to.
fn allowed(token: &Granted, permission: &str) -> Result<(), Answer> {
    let granted = token.detail["scopes"].as_array().is_some_and(|scopes| scopes.iter().any(|one| one == permission));
    if granted {
        return Ok(());
    }
    Err(meta::error(403, 200, None, &format!("Requires {permission} permission to manage the object")))
}

/// Refuses a text of more than so many UTF-16 units.
fn fits(text: &str, most: usize) -> Result<(), Answer> {
    if text.encode_utf16().count() <= most { Ok(()) } else { Err(invalid("Param message is too long")) }
}
