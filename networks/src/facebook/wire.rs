//! The Graph API as pages use it: paths and answers.

use chrono::{DateTime, Utc};
use diwan_platform::apps::App;
use diwan_platform::http::{HttpClient, Request, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

pub(super) use crate::call::address;
use crate::call::{Step, no_answer, read};
use crate::error::NetworkError;
pub(super) use crate::meta::daily::moment;
use crate::meta::proof::proof;
use crate::meta::{is_gone, refusal};

/// Where the Graph API is, and in which version it is spoken.
pub(super) const GRAPH: &str = "https://graph.facebook.com/v25.0";

/// Where people see things.
pub(super) const SITE: &str = "https://www.facebook.com/";

/// The Graph API with a token, of a page or of a person.
pub(super) struct Graph<'a> {
    pub(super) http: &'a HttpClient,
    /// The application to which the token was given.
    pub(super) app: Option<&'a App>,
    pub(super) token: &'a str,
}

impl Graph<'_> {
    /// Starts a `GET` of a path that begins with a slash.
    pub(super) fn get(&self, path: &str) -> Result<Request, NetworkError> {
        Ok(self.http.get(address(&format!("{GRAPH}{path}"))?))
    }

    /// Starts a `POST`.
    pub(super) fn post(&self, path: &str) -> Result<Request, NetworkError> {
        Ok(self.http.post(address(&format!("{GRAPH}{path}"))?))
    }

    /// Sends a request and takes any answer.
    pub(super) async fn answer(&self, request: Request, step: Step) -> Result<Response, NetworkError> {
        let request = match self.app {
            Some(app) => request.query(&[("appsecret_proof", proof(&app.client_secret, self.token))]),
            None => request,
        };
        request.bearer(self.token).send().await.map_err(|error| no_answer(&error, step))
    }

    /// Sends a request and takes a success.
    pub(super) async fn send(&self, request: Request, step: Step) -> Result<Response, NetworkError> {
        let answer = self.answer(request, step).await?;
        if answer.status.is_success() { Ok(answer) } else { Err(refusal(&answer, step)) }
    }

    /// Sends a request and reads what a success holds.
    pub(super) async fn read<T: DeserializeOwned>(&self, request: Request, step: Step) -> Result<T, NetworkError> {
        read(&self.send(request, step).await?, step)
    }

    /// Asks for one thing; none when it is not there.
    pub(super) async fn find<T: DeserializeOwned>(&self, request: Request) -> Result<Option<T>, NetworkError> {
        let answer = self.answer(request, Step::Repeatable).await?;
        match answer.status {
            status if status.is_success() => read(&answer, Step::Repeatable).map(Some),
            _ if is_gone(&answer) => Ok(None),
            _ => Err(refusal(&answer, Step::Repeatable)),
        }
    }
}

/// The path of something by its id, escaped: ids come from the network.
pub(super) fn path(id: &str) -> String {
    let id: String = url::form_urlencoded::byte_serialize(id.as_bytes()).collect();
    format!("/{id}")
}

/// Where people see what an answer names: an address, or a path on Facebook's site.
pub(super) fn permalink(shown: Option<&str>) -> Option<Url> {
    Url::parse(SITE).ok()?.join(shown?).ok()
}

/// Elements of a list, one page of it.
#[derive(Deserialize)]
pub(super) struct List<T> {
    pub(super) data: Vec<T>,
    #[serde(default)]
    pub(super) paging: Value,
}

impl<T> List<T> {
    /// Behind what the next page begins; none when this is the last.
    pub(super) fn after(&self) -> Option<&str> {
        self.paging.get("next")?;
        self.paging["cursors"]["after"].as_str()
    }
}

/// What came to be.
#[derive(Deserialize)]
pub(super) struct Made {
    pub(super) id: String,
}

/// The fields of a post that are read.
pub(super) const POST_FIELDS: &str = "id,message,permalink_url,created_time,\
    attachments{media_type,unshimmed_url,target{id},subattachments{media_type,target{id}}}";

/// A post of a page. <https://developers.facebook.com/docs/graph-api/reference/page-post/>
#[derive(Deserialize)]
pub(super) struct Post {
    pub(super) id: String,
    #[serde(default)]
    pub(super) message: String,
    pub(super) permalink_url: Option<String>,
    pub(super) created_time: Option<String>,
    #[serde(default)]
    attachments: Value,
}

impl Post {
    /// When it was made.
    pub(super) fn created_at(&self) -> Option<DateTime<Utc>> {
        moment(self.created_time.as_deref()?)
    }

    /// The ids of its photos and films, in order.
    pub(super) fn media(&self) -> Vec<&str> {
        let mut found = Vec::new();
        for attachment in elements(&self.attachments) {
            let parts = elements(&attachment["subattachments"]);
            let all = if parts.is_empty() { vec![attachment] } else { parts };
            found.extend(all.into_iter().filter(|one| is_media(one)).filter_map(|one| one["target"]["id"].as_str()));
        }
        found
    }

    /// The page to which its card leads, where it has one.
    pub(super) fn link(&self) -> Option<&str> {
        let mut cards = elements(&self.attachments).into_iter().filter(|attachment| attachment["media_type"] == "link");
        cards.find_map(|card| card["unshimmed_url"].as_str())
    }
}

fn elements(list: &Value) -> Vec<&Value> {
    list["data"].as_array().into_iter().flatten().collect()
}

fn is_media(attachment: &Value) -> bool {
    attachment["media_type"].as_str().is_some_and(|kind| kind.starts_with("photo") || kind.starts_with("video"))
}

/// A number, which the Graph API also writes as text.
pub(super) fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

/// An id, which the Graph API also writes as a number.
pub(super) fn id(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned).or_else(|| value.as_u64().map(|number| number.to_string()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn post(attachments: &Value) -> Post {
        serde_json::from_value(json!({ "id": "1_2", "attachments": attachments })).unwrap()
    }

    #[test]
    fn media_are_found_in_an_album_and_alone() {
        let photo = |id: &str| json!({ "media_type": "photo", "target": { "id": id } });
        let album = json!({ "data": [{ "media_type": "album", "target": { "id": "9" },
            "subattachments": { "data": [photo("1"), photo("2")] } }] });
        assert_eq!(post(&album).media(), ["1", "2"]);
        assert_eq!(post(&json!({ "data": [photo("3")] })).media(), ["3"]);
        let card =
            json!({ "data": [{ "media_type": "link", "unshimmed_url": "https://e.io/", "target": { "id": "4" } }] });
        assert!(post(&card).media().is_empty());
        assert_eq!(post(&card).link(), Some("https://e.io/"));
        assert_eq!(post(&Value::Null).link(), None);
    }

    #[test]
    fn moments_and_addresses_are_read_as_they_are_written() {
        assert_eq!(moment("2026-11-26T10:00:00+0000").map(|moment| moment.timestamp()), Some(1_795_687_200));
        let shown = |text| permalink(Some(text)).map(String::from);
        assert_eq!(shown("/reel/1/").as_deref(), Some("https://www.facebook.com/reel/1/"));
        assert_eq!(shown("https://www.facebook.com/1/posts/2").as_deref(), Some("https://www.facebook.com/1/posts/2"));
        assert_eq!(permalink(None), None);
    }
}
