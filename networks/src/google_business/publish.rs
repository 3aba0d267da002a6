//! Publishing, and finding out afterwards whether it happened.

use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::body;
use super::wire::{LocalPost, POSTS, Posts};
use crate::call::{Step, asked_later, not_noted, polls};
use crate::content::Content;
use crate::error::{ErrorKind, NetworkError};
use crate::google::{self, Api};
use crate::network::{Progress, Published};
use crate::steps::{Search, State, Steps};

/// Posts per page of a location's list, and how many pages a look-up reads.
const PAGE: &str = "100";
const MAX_PAGES: usize = 5;

/// How many of the newest posts are remembered before sending.
const REMEMBERED: usize = 20;

/// How far a server's clock may be behind.
const CLOCK_SKEW: TimeDelta = TimeDelta::hours(1);

/// When Google is asked again that is still looking at a post.
const PROCESSING: Duration = Duration::from_secs(30);

/// The code of an error that says that Google does not show the post.
const REJECTED: &str = "post_rejected";

/// What is remembered of a publication.
#[derive(Default, Serialize, Deserialize)]
pub struct Own {
    /// The names of the newest posts before sending.
    #[serde(default)]
    before: Vec<String>,
    /// The name of the post that was made.
    #[serde(default)]
    made: Option<String>,
}

/// What a location's list tells of a post.
enum Listed {
    There(LocalPost),
    Nowhere,
    /// There are more newer posts than are read.
    TooMany,
}

/// A publication on its way to a location.
pub struct Publishing<'a> {
    pub api: Api<'a>,
    /// `accounts/1/locations/2`.
    pub location: String,
    pub content: &'a Content,
}

#[async_trait]
impl Steps for Publishing<'_> {
    type Own = Own;

    async fn prepare(&self, state: &mut State<Own>, _progress: &dyn Progress) -> Result<(), NetworkError> {
        if state.own.made.is_none() {
            let page = self.page("").await?;
            state.own.before = page.local_posts.into_iter().take(REMEMBERED).map(|post| post.name).collect();
        }
        Ok(())
    }

    async fn send(&self, state: &mut State<Own>, progress: &dyn Progress) -> Result<Published, NetworkError> {
        let name = if let Some(name) = &state.own.made {
            name.clone()
        } else {
            let request = self.api.http.post(google::url(&format!("{POSTS}/{}/localPosts", self.location))?);
            let post: LocalPost = self.api.read(request.json(&body::post(self.content)?), Step::Commit).await?;
            state.own.made = Some(post.name.clone());
            // The post is there: what is not saved now is found in the list.
            state.save(progress).await.map_err(not_noted)?;
            post.name
        };
        let mut there = false;
        for pause in polls() {
            match self.post(&name).await.map_err(|error| asked_later(error, PROCESSING))? {
                Some(post) if post.state == "REJECTED" => return Err(rejected("Google does not show the post")),
                Some(post) if post.state != "PROCESSING" => return Ok(published(&post)),
                post => there = post.is_some(),
            }
            tokio::time::sleep(pause).await;
        }
        Err(if there { processing() } else { rejected("the post is not there any more") })
    }

    async fn find(&self, state: &State<Own>) -> Result<Search, NetworkError> {
        let post = match &state.own.made {
            Some(name) => self.post(name).await?,
            None => match self.listed(state).await? {
                Listed::There(post) => Some(post),
                Listed::Nowhere => None,
                Listed::TooMany => return Ok(Search::CannotTell),
            },
        };
        match post {
            // A rejected one is not to be seen; sending it again asks once more, and says so.
            None => Ok(Search::NotThere),
            Some(post) if post.state == "REJECTED" => Ok(Search::NotThere),
            Some(post) if post.state == "PROCESSING" => Err(processing()),
            Some(post) => Ok(Search::Found(published(&post))),
        }
    }

    fn arrived(&self, own: &mut Own) {
        *own = Own::default();
    }

    fn refused(&self, own: &mut Own, error: &NetworkError) {
        if error.code == REJECTED {
            *own = Own::default();
        }
    }
}

impl Publishing<'_> {
    /// A page of the location's posts, newest first.
    async fn page(&self, token: &str) -> Result<Posts, NetworkError> {
        let mut query = vec![("pageSize", PAGE)];
        if !token.is_empty() {
            query.push(("pageToken", token));
        }
        let request = self.api.get(&format!("{POSTS}/{}/localPosts", self.location))?.query(&query);
        self.api.read(request, Step::Repeatable).await
    }

    async fn post(&self, name: &str) -> Result<Option<LocalPost>, NetworkError> {
        self.api.find(self.api.get(&format!("{POSTS}/{name}"))?).await
    }

    /// Looks for the post among those that were not there before.
    async fn listed(&self, state: &State<Own>) -> Result<Listed, NetworkError> {
        let oldest = self.content.created_at - CLOCK_SKEW;
        let topic = body::topic(&self.content.options);
        let mut token = String::new();
        for _ in 0..MAX_PAGES {
            let page = self.page(&token).await?;
            let past = page.local_posts.iter().any(|post| post.create_time.is_some_and(|at| at < oldest));
            let is_it = |post: &LocalPost| {
                !state.own.before.contains(&post.name)
                    && post.create_time.is_none_or(|at| at >= oldest)
                    && post.topic_type == topic
                    && post.summary.trim() == self.content.text.trim()
                    && post.media.len() == self.content.media.len()
            };
            if let Some(post) = page.local_posts.into_iter().find(is_it) {
                return Ok(Listed::There(post));
            }
            match page.next_page_token {
                Some(next) if !next.is_empty() && !past => token = next,
                _ => return Ok(Listed::Nowhere),
            }
        }
        Ok(Listed::TooMany)
    }
}

fn published(post: &LocalPost) -> Published {
    Published { remote_id: post.id().to_owned(), url: post.url() }
}

fn rejected(why: &str) -> NetworkError {
    NetworkError::new(ErrorKind::Content, REJECTED, why)
}

fn processing() -> NetworkError {
    NetworkError::waiting("Google is still looking at the post", PROCESSING)
}
