//! What Instagram and Threads have in common: a post is made in a container, which the network fills from addresses and
//! processes, and which then is published, once.
//! <https://developers.facebook.com/documentation/instagram-platform/content-publishing>,
//! <https://developers.facebook.com/documentation/threads/posts>

use std::time::Duration;

use chrono::{DateTime, Utc};
use diwan_platform::http::{HttpClient, Method, Request, Response};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use url::Url;

use super::{CONTAINER_GONE, is_gone, refusal};
use crate::call::{Step, no_answer, polls, read, within};
use crate::error::{ErrorKind, NetworkError};
use crate::network::{Progress, Published};
use crate::steps::{Search, State};

/// When a container that is still filled is asked for again: "once per minute, for no more than 5 minutes".
const LATER: Duration = Duration::from_secs(30);

/// Posts per page of a list, and how many pages a look-up reads.
const PAGE: &str = "50";
const MAX_PAGES: usize = 4;

/// The code of an error that says that the network could not fetch the media, or not now.
const MEDIA_NOT_FETCHED: &str = "media_not_fetched";

/// The code of an error that says that the network can make nothing of the media.
const MEDIA_REJECTED: &str = "media_rejected";

/// What a failed container names when another one may do: the network's own trouble, and media that did not come in time.
/// <https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/error-codes>,
/// <https://developers.facebook.com/docs/threads/troubleshooting>
const PASSING: &[&str] =
    &["2207001", "2207003", "2207020", "2207032", "2207052", "2207053", "FAILED_DOWNLOADING_VIDEO", "UNKNOWN"];

/// Fields of a request.
pub(crate) type Form = Vec<(&'static str, String)>;

/// One network's interface, for one account.
pub(crate) struct Graph<'a> {
    pub(crate) http: &'a HttpClient,
    pub(crate) base: &'a Url,
    /// What stands before each path, such as `v25.0`.
    pub(crate) version: &'static str,
    pub(crate) token: &'a str,
    /// The fields of a container that say how far it is, and what is wrong with it.
    pub(crate) condition: [&'static str; 2],
}

/// How far a container is.
enum Condition {
    /// It is filled or published just now.
    AtWork,
    /// It can be published.
    Ready,
    /// It was published.
    Published,
    /// It was not published within 24 hours.
    Expired,
    /// The network does not show it.
    Hidden,
    /// It cannot be published, for this reason.
    Failed(String),
}

/// What is remembered of a publication.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Own {
    /// The containers of what is to be seen, where there is more than one thing.
    #[serde(default)]
    items: Vec<String>,
    /// The container of the post.
    #[serde(default)]
    post: Option<String>,
    /// The newest posts before sending.
    #[serde(default)]
    before: Vec<String>,
}

impl Own {
    /// Forgets the containers.
    pub(crate) fn forget(&mut self) {
        self.items.clear();
        self.post = None;
    }
}

/// What a post is made of.
pub(crate) struct Plan {
    /// One for each image or film, where there are several.
    pub(crate) items: Vec<Form>,
    /// The post.
    pub(crate) post: Form,
}

/// A post as lists show it.
#[derive(Deserialize)]
pub(crate) struct Post {
    pub(crate) id: String,
    #[serde(default, alias = "caption")]
    pub(crate) text: Option<String>,
    #[serde(default)]
    pub(crate) permalink: Option<String>,
    #[serde(default, deserialize_with = "moment")]
    pub(crate) timestamp: Option<DateTime<Utc>>,
    #[serde(default)]
    pub(crate) media_type: Option<String>,
    /// What is to be seen, where there is more than one thing.
    #[serde(default)]
    pub(crate) children: Option<Page<Thing>>,
    /// What it answers.
    #[serde(default)]
    pub(crate) replied_to: Option<Thing>,
    /// Whose it is, where that is told.
    #[serde(default)]
    pub(crate) username: Option<String>,
}

impl Post {
    /// As people see it.
    pub(crate) fn published(self) -> Published {
        Published { url: self.permalink.and_then(|link| link.parse().ok()), remote_id: self.id }
    }

    /// How many images and films it has.
    pub(crate) fn media_count(&self) -> usize {
        match (&self.children, self.media_type.as_deref()) {
            (Some(children), _) if !children.data.is_empty() => children.data.len(),
            (_, Some("TEXT_POST" | "REPOST_FACADE") | None) => 0,
            _ => 1,
        }
    }

    /// Whether it says this. Networks fold white space.
    pub(crate) fn says(&self, text: &str) -> bool {
        let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        squeezed(self.text.as_deref().unwrap_or_default()) == squeezed(text)
    }
}

/// Something of which only the id is asked.
#[derive(Deserialize)]
pub(crate) struct Thing {
    pub(crate) id: String,
}

/// A part of a list.
#[derive(Deserialize)]
pub(crate) struct Page<T> {
    #[serde(default = "Vec::new")]
    pub(crate) data: Vec<T>,
    #[serde(default)]
    paging: Paging,
}

impl<T> Page<T> {
    /// Behind what the next part begins; none when this is the last.
    pub(crate) fn after(&self) -> Option<&str> {
        self.paging.next.as_ref()?;
        self.paging.cursors.after.as_deref()
    }

    /// Whether more follows.
    pub(crate) fn is_not_the_last(&self) -> bool {
        self.paging.next.is_some()
    }
}

#[derive(Deserialize, Default)]
struct Paging {
    #[serde(default)]
    cursors: Cursors,
    /// The address of the next part; none behind the last.
    #[serde(default)]
    next: Option<String>,
}

#[derive(Deserialize, Default)]
struct Cursors {
    #[serde(default)]
    after: Option<String>,
}

/// Moments are written with a zone without a colon: `2026-02-18T10:00:00+0000`.
pub(crate) fn moment<'de, D: Deserializer<'de>>(from: D) -> Result<Option<DateTime<Utc>>, D::Error> {
    let Some(text) = Option::<String>::deserialize(from)? else { return Ok(None) };
    let read = DateTime::parse_from_str(&text, "%Y-%m-%dT%H:%M:%S%z").or_else(|_| DateTime::parse_from_rfc3339(&text));
    read.map(|moment| Some(moment.to_utc())).map_err(D::Error::custom)
}

/// Which list is looked through for a post.
pub(crate) struct Lookup<'a> {
    /// Where the list is.
    pub(crate) path: [&'a str; 2],
    /// What is asked of each post.
    pub(crate) fields: &'static str,
    /// Posts before this moment are others.
    pub(crate) oldest: DateTime<Utc>,
}

impl Graph<'_> {
    /// Starts a request.
    pub(crate) fn request(&self, method: Method, path: &[&str]) -> Result<Request, NetworkError> {
        Ok(self.http.request(method, within(self.base, self.version, path)?).bearer(self.token))
    }

    /// Asks for fields of one thing.
    pub(crate) fn get(&self, path: &[&str], fields: &str) -> Result<Request, NetworkError> {
        Ok(self.request(Method::GET, path)?.query(&[("fields", fields)]))
    }

    /// Sends a request and takes a success.
    pub(crate) async fn send(&self, request: Request, step: Step) -> Result<Response, NetworkError> {
        let answer = request.send().await.map_err(|error| no_answer(&error, step))?;
        if answer.status.is_success() { Ok(answer) } else { Err(refusal(&answer, step)) }
    }

    /// Asks for one thing; none when it is not there.
    pub(crate) async fn find(&self, request: Request) -> Result<Option<Response>, NetworkError> {
        let answer = request.send().await.map_err(|error| no_answer(&error, Step::Repeatable))?;
        match answer.status {
            status if status.is_success() => Ok(Some(answer)),
            _ if is_gone(&answer) => Ok(None),
            _ => Err(refusal(&answer, Step::Repeatable)),
        }
    }

    /// Fills what the next post is made of, as far as that has not happened, and waits until it is processed. `path` is where
    /// containers are made.
    pub(crate) async fn fill(
        &self,
        path: &[&str],
        plan: Plan,
        state: &mut State<Own>,
        progress: &dyn Progress,
    ) -> Result<(), NetworkError> {
        let filled = self.fill_what_is_missing(path, plan, state, progress).await;
        if let Err(error) = &filled
            && matches!(error.code, CONTAINER_GONE | MEDIA_NOT_FETCHED | MEDIA_REJECTED)
        {
            state.own.forget();
            state.save(progress).await?;
        }
        filled
    }

    async fn fill_what_is_missing(
        &self,
        path: &[&str],
        Plan { items, mut post }: Plan,
        state: &mut State<Own>,
        progress: &dyn Progress,
    ) -> Result<(), NetworkError> {
        if let Some(id) = &state.own.post {
            return self.wait(id).await;
        }
        for item in items.iter().skip(state.own.items.len()) {
            let id = self.make(path, item).await?;
            state.own.items.push(id);
            state.save(progress).await?;
        }
        for id in &state.own.items {
            self.wait(id).await?;
        }
        if !items.is_empty() {
            post.push(("children", state.own.items.join(",")));
        }
        let id = self.make(path, &post).await?;
        state.own.post = Some(id.clone());
        state.save(progress).await?;
        self.wait(&id).await
    }

    /// Makes a container, which nobody sees.
    async fn make(&self, path: &[&str], form: &Form) -> Result<String, NetworkError> {
        let request = self.request(Method::POST, path)?.form(form);
        let answer = self.send(request, Step::Repeatable).await.map_err(|error| {
            // <https://developers.facebook.com/documentation/threads/create-posts/text-attachments>
            let is_of_links = error.detail.contains("LINK_LIMIT_EXCEEDED");
            let refused = |error| NetworkError { kind: ErrorKind::Content, code: "too_many_links", ..error };
            if is_of_links { refused(error) } else { error }
        })?;
        let made: Thing = read(&answer, Step::Repeatable)?;
        Ok(made.id)
    }

    async fn wait(&self, id: &str) -> Result<(), NetworkError> {
        for pause in polls() {
            match self.condition(id).await? {
                Condition::Ready | Condition::Published => return Ok(()),
                Condition::AtWork => tokio::time::sleep(pause).await,
                Condition::Expired | Condition::Hidden => return Err(gone()),
                Condition::Failed(why) => return Err(failed(&why)),
            }
        }
        Err(NetworkError::waiting("the network still processes the media", LATER))
    }

    async fn condition(&self, id: &str) -> Result<Condition, NetworkError> {
        let [how_far, why] = self.condition;
        let request = self.get(&[id], &format!("{how_far},{why}"))?;
        let Some(answer) = self.find(request).await? else { return Ok(Condition::Hidden) };
        let body: Value = read(&answer, Step::Repeatable)?;
        Ok(match body[how_far].as_str().unwrap_or_default() {
            "FINISHED" => Condition::Ready,
            "PUBLISHED" => Condition::Published,
            "EXPIRED" => Condition::Expired,
            "ERROR" => Condition::Failed(body[why].as_str().unwrap_or_default().to_owned()),
            _ => Condition::AtWork,
        })
    }

    /// Remembers which posts are there before the next one is sent.
    pub(crate) async fn note(&self, list: &Lookup<'_>, state: &mut State<Own>) -> Result<(), NetworkError> {
        let page = self.page(list, None).await?;
        state.own.before = page.data.into_iter().map(|post| post.id).collect();
        Ok(())
    }

    /// Publishes the container: the one request that makes something visible. Answers the id of the post.
    pub(crate) async fn publish(&self, path: &[&str], own: &Own) -> Result<String, NetworkError> {
        let id = own.post.as_deref().ok_or_else(gone)?;
        let request = self.request(Method::POST, path)?.form(&[("creation_id", id)]);
        let answer = request.send().await.map_err(|error| no_answer(&error, Step::Commit))?;
        if answer.status.is_success() {
            return read::<Thing>(&answer, Step::Commit).map(|post| post.id);
        }
        let error = refusal(&answer, Step::Commit);
        if matches!(error.kind, ErrorKind::RateLimited | ErrorKind::Reconnect) {
            return Err(error);
        }
        // What was refused may have been published before, and what failed on the way leaves a container that is of no use.
        Err(match self.condition(id).await {
            Ok(Condition::Published) => {
                NetworkError { kind: ErrorKind::Unknown, code: "container_published", retry_after: None, ..error }
            }
            Ok(Condition::Expired) => gone(),
            Ok(Condition::Failed(why)) if error.kind != ErrorKind::Content => failed(&why),
            _ => error,
        })
    }

    /// Forgets containers of which the network's refusal says that they are of no use.
    pub(crate) fn refused(own: &mut Own, error: &NetworkError) {
        if error.kind == ErrorKind::Content || matches!(error.code, CONTAINER_GONE | MEDIA_NOT_FETCHED) {
            own.forget();
        }
    }

    /// Where people see a post; none where the network does not tell now: it is there all the same.
    pub(crate) async fn published(&self, id: String) -> Published {
        let answer = async { self.find(self.get(&[&id], "permalink")?).await };
        let shown = answer.await.ok().flatten().and_then(|answer| answer.json::<Value>().ok());
        let url = shown.and_then(|shown| shown["permalink"].as_str()?.parse().ok());
        Published { remote_id: id, url }
    }

    /// Finds out whether the container in doubt was published, and which post came of it: a new one of the list of which
    /// `is_it` is true.
    pub(crate) async fn search(
        &self,
        own: &Own,
        list: &Lookup<'_>,
        is_it: impl Fn(&Post) -> bool + Sync,
    ) -> Result<Search, NetworkError> {
        let Some(id) = own.post.as_deref() else { return self.listed(own, list, is_it).await };
        match self.condition(id).await? {
            Condition::Ready | Condition::Expired | Condition::Failed(_) => Ok(Search::NotThere),
            Condition::AtWork => Err(NetworkError::waiting("the network still publishes the post", LATER)),
            // The container says more than the list does, which may lag.
            Condition::Published | Condition::Hidden => Ok(match self.listed(own, list, is_it).await? {
                Search::NotThere => Search::CannotTell,
                search => search,
            }),
        }
    }

    /// Looks through a list, newest first.
    async fn listed(
        &self,
        own: &Own,
        list: &Lookup<'_>,
        is_it: impl Fn(&Post) -> bool + Sync,
    ) -> Result<Search, NetworkError> {
        let mut after = None;
        for _ in 0..MAX_PAGES {
            let page = self.page(list, after.as_deref()).await?;
            for post in page.data {
                if own.before.contains(&post.id) || post.timestamp.is_some_and(|moment| moment < list.oldest) {
                    return Ok(Search::NotThere);
                }
                if is_it(&post) {
                    return Ok(Search::Found(post.published()));
                }
            }
            after = page.paging.cursors.after.filter(|_| page.paging.next.is_some());
            if after.is_none() {
                return Ok(Search::NotThere);
            }
        }
        Ok(Search::CannotTell)
    }

    async fn page(&self, list: &Lookup<'_>, after: Option<&str>) -> Result<Page<Post>, NetworkError> {
        let mut request = self.get(&list.path, list.fields)?.query(&[("limit", PAGE)]);
        if let Some(after) = after {
            request = request.query(&[("after", after)]);
        }
        read(&self.send(request, Step::Repeatable).await?, Step::Repeatable)
    }
}

/// A container that must be made anew.
fn gone() -> NetworkError {
    NetworkError::new(ErrorKind::Retry, CONTAINER_GONE, "the network has given up the container of the post")
}

/// What a container that could not be filled means.
fn failed(why: &str) -> NetworkError {
    let said: String = why.chars().filter(|c| !c.is_control()).take(200).collect();
    let (kind, code) = if said.is_empty() || PASSING.iter().any(|passing| said.contains(passing)) {
        (ErrorKind::Retry, MEDIA_NOT_FETCHED)
    } else {
        (ErrorKind::Content, MEDIA_REJECTED)
    };
    NetworkError::new(kind, code, format!("the network could not take the media: {said}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_failed_container_says_whether_another_one_may_do() {
        let kinds = |why| (failed(why).kind, failed(why).code);
        let again = (ErrorKind::Retry, MEDIA_NOT_FETCHED);
        assert_eq!(kinds("Error: Media upload has failed with error code 2207003"), again);
        assert_eq!(kinds("FAILED_DOWNLOADING_VIDEO"), again);
        assert_eq!(kinds(""), again);
        let rejected = (ErrorKind::Content, MEDIA_REJECTED);
        assert_eq!(kinds("Error: Media upload has failed with error code 2207026"), rejected);
        assert_eq!(kinds("INVALID_ASPEC_RATIO"), rejected);
    }

    #[test]
    fn a_post_is_read_as_either_network_writes_it() {
        let post = |value: Value| serde_json::from_value::<Post>(value).unwrap();
        let album = json!({
            "id": "1", "caption": "one\n two", "media_type": "CAROUSEL_ALBUM", "timestamp": "2026-02-18T10:00:00+0000",
            "children": { "data": [{ "id": "2" }, { "id": "3" }] }, "permalink": "https://www.instagram.com/p/a/",
        });
        let album = post(album);
        assert!(album.says("one two") && !album.says("one"));
        assert_eq!((album.media_count(), album.timestamp.unwrap().timestamp()), (2, 1_771_408_800));
        assert_eq!(album.published().url.unwrap().as_str(), "https://www.instagram.com/p/a/");
        let words = post(json!({ "id": "4", "text": "one", "media_type": "TEXT_POST", "replied_to": { "id": "1" } }));
        assert_eq!((words.media_count(), words.says("one")), (0, true));
        assert_eq!(words.replied_to.map(|parent| parent.id).as_deref(), Some("1"));
        assert_eq!(post(json!({ "id": "5", "media_type": "IMAGE" })).media_count(), 1);
    }
}
