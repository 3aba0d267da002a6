//! Connecting: the code flow of Facebook Login, a token that lasts, and with it the pages of the person.
//! <https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow>,
//! <https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived>

use diwan_platform::apps::App;
use diwan_platform::http::Response;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::wire::{GRAPH, Graph, List, address, path};
use super::{CAPABILITIES, HOME};
use crate::call::{Step, no_answer, read};
use crate::capabilities::Limits;
use crate::error::{ErrorKind, NetworkError};
use crate::meta::refusal;
use crate::network::{Authorization, Connected, Credentials, NO_ACCOUNT, Outside};
pub(super) use crate::oauth::tokens;
use crate::oauth::{TokenAnswer, Tokens};

/// Where the person agrees.
const DIALOG: &str = "https://www.facebook.com/v25.0/dialog/oauth";

/// What an application may do: list the pages, post to them, read what was posted, comment, read numbers.
/// <https://developers.facebook.com/docs/permissions>
const SCOPES: &str = "pages_show_list,pages_manage_posts,pages_read_engagement,pages_read_user_content,\
                      pages_manage_engagement,read_insights";

/// Without these nothing can be published.
const NEEDED: [&str; 2] = ["pages_show_list", "pages_manage_posts"];

/// Tasks of a person on a page that allow to post: of classic pages and of those in the new experience.
const POSTING: [&str; 2] = ["CREATE_CONTENT", "PROFILE_PLUS_CREATE_CONTENT"];

/// How many pages of a person are read.
const MOST_PAGES: usize = 1_000;

/// A page that the person works on.
#[derive(Deserialize)]
struct Page {
    id: String,
    name: String,
    access_token: Option<String>,
    #[serde(default)]
    tasks: Vec<String>,
    link: Option<String>,
    username: Option<String>,
}

/// A permission that was asked for.
#[derive(Deserialize)]
struct Permission {
    permission: String,
    status: String,
}

/// Says where the person agrees.
pub(super) fn begin(app: &App, redirect_uri: &Url, state: &str) -> Result<Authorization, NetworkError> {
    let mut url = address(DIALOG)?;
    url.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", &app.client_id)
        .append_pair("redirect_uri", redirect_uri.as_str())
        .append_pair("scope", SCOPES)
        .append_pair("state", state);
    Ok(Authorization { url, pending: Credentials(Value::Null) })
}

/// Exchanges the code and reads on which pages the person may post.
pub(super) async fn complete(out: Outside<'_>, code: &str, redirect_uri: &Url) -> Result<Vec<Connected>, NetworkError> {
    let app = out.app()?;
    let short =
        exchange(out, &[("grant_type", "authorization_code"), ("redirect_uri", redirect_uri.as_str()), ("code", code)])
            .await?;
    let long =
        exchange(out, &[("grant_type", "fb_exchange_token"), ("fb_exchange_token", &short.access_token)]).await?;
    let graph = Graph { http: out.http, app: Some(app), token: &long.access_token };
    check_permissions(&graph).await?;
    let pages = pages(&graph).await?;
    let may_post = |page: &Page| page.tasks.iter().any(|task| POSTING.contains(&task.as_str()));
    let connected: Vec<_> = pages.into_iter().filter(may_post).filter_map(connected).collect();
    if connected.is_empty() {
        let detail = "the person may not post on any page, or chose none";
        return Err(NetworkError::new(ErrorKind::Ask, NO_ACCOUNT, detail));
    }
    Ok(connected)
}

/// A page can be connected if it came with a token.
fn connected(page: Page) -> Option<Connected> {
    let tokens = Tokens { access: page.access_token?, refresh: None, expires_at: None, refresh_expires_at: None };
    Some(Connected {
        handle: page.username.filter(|name| !name.is_empty()).unwrap_or_else(|| page.name.clone()),
        display_name: page.name,
        profile_url: page.link.and_then(|link| link.parse().ok()),
        base_url: HOME.parse().ok()?,
        credentials: Credentials(serde_json::to_value(tokens).ok()?),
        limits: Limits::defaults(&CAPABILITIES),
        remote_id: page.id,
    })
}

/// A person may refuse single permissions: what is missing shows here, and not when it is too late.
async fn check_permissions(graph: &Graph<'_>) -> Result<(), NetworkError> {
    let granted: List<Permission> = graph.read(graph.get("/me/permissions")?, Step::Repeatable).await?;
    let has = |name: &str| granted.data.iter().any(|one| one.permission == name && one.status == "granted");
    match NEEDED.iter().find(|name| !has(name)) {
        Some(missing) => {
            let detail = format!("the person did not agree to {missing}");
            Err(NetworkError::new(ErrorKind::Reconnect, "permission_missing", detail))
        }
        None => Ok(()),
    }
}

async fn pages(graph: &Graph<'_>) -> Result<Vec<Page>, NetworkError> {
    let mut pages = Vec::new();
    let mut after: Option<String> = None;
    while pages.len() < MOST_PAGES {
        let mut query = vec![("fields", "id,name,access_token,tasks,link,username"), ("limit", "100")];
        query.extend(after.as_deref().map(|after| ("after", after)));
        let list: List<Page> = graph.read(graph.get("/me/accounts")?.query(&query), Step::Repeatable).await?;
        let next = list.after().map(str::to_owned);
        pages.extend(list.data);
        if next.is_none() || next == after {
            break;
        }
        after = next;
    }
    Ok(pages)
}

/// Whether the page's token is good.
pub(super) async fn check(graph: &Graph<'_>, page: &str) -> Result<(), NetworkError> {
    graph.send(graph.get(&path(page))?.query(&[("fields", "id")]), Step::Repeatable).await.map(|_| ())
}

/// Asks for a token. The parameters stand in the body, where no log sees the secrets.
async fn exchange(out: Outside<'_>, form: &[(&str, &str)]) -> Result<TokenAnswer, NetworkError> {
    let app = out.app()?;
    let mut form = form.to_vec();
    form.extend([("client_id", app.client_id.as_str()), ("client_secret", app.client_secret.as_str())]);
    let request = out.http.post(address(&format!("{GRAPH}/oauth/access_token"))?).form(&form);
    let answer = request.send().await.map_err(|error| no_answer(&error, Step::Repeatable))?;
    if answer.status.is_success() { read(&answer, Step::Repeatable) } else { Err(rejected(&answer)) }
}

/// What is said of an application that Facebook does not know by this name and secret is an error of the application
/// (101), or a general one with words.
fn rejected(answer: &Response) -> NetworkError {
    let error = refusal(answer, Step::Repeatable);
    let said: Value = answer.json().unwrap_or_default();
    let message = said["error"]["message"].as_str().unwrap_or_default();
    let is_of_app = said["error"]["code"] == 101 || message.contains("client secret");
    let (kind, code) = match answer.status.as_u16() {
        400 | 401 if is_of_app => (ErrorKind::Ask, "app_rejected"),
        400 | 401 | 403 if error.kind != ErrorKind::RateLimited => (ErrorKind::Reconnect, "authorization_rejected"),
        _ => return error,
    };
    NetworkError { kind, code, ..error }
}
