//! The networks of the tour, and what they themselves say of a post.

use anyhow::{Context as _, Result, ensure};
use diwan_platform::http::HttpClient;
use diwan_testkit::servers::{BlueskyServer, BlueskyUser, SnacServer, SnacUser, http_client};
use serde_json::Value;

/// Real servers with one account each.
pub struct Networks {
    /// Bluesky's PDS.
    pub bluesky: BlueskyServer,
    /// Its account.
    pub did: BlueskyUser,
    /// A server of the Mastodon API.
    pub snac: SnacServer,
    /// Its account.
    pub user: SnacUser,
    http: HttpClient,
}

impl Networks {
    /// Starts both, and makes the accounts.
    pub async fn start() -> Result<Self> {
        let (bluesky, snac) = tokio::try_join!(BlueskyServer::start(), SnacServer::start())?;
        let did = bluesky.create_account("nour").await?;
        let user = snac.create_user("nour")?;
        let http = http_client([&bluesky.url, &snac.url])?;
        Ok(Self { bluesky, did, snac, user, http })
    }

    /// The hosts that Diwan must be allowed to call, because they are on this machine.
    pub fn hosts(&self) -> String {
        format!("{},{}", self.bluesky.url.authority(), self.snac.url.authority())
    }

    /// Reads the post from the PDS, and checks that it is the only one and says what it should.
    pub async fn check_bluesky(&self, remote_id: &str, text: &str, alt_text: &str) -> Result<String> {
        let posts = self.bluesky.list_posts(&self.did.did).await?;
        ensure!(posts.len() == 1, "{} posts on the PDS", posts.len());
        let post = &posts[0];
        ensure!(post["uri"] == remote_id, "the PDS has {}, Diwan says {remote_id}", post["uri"]);
        ensure!(post["value"]["text"] == text, "the text is {}", post["value"]["text"]);
        let alt = &post["value"]["embed"]["images"][0]["alt"];
        ensure!(*alt == *alt_text, "the image's description is {alt}");
        let facets = post["value"]["facets"].as_array().map_or(0, Vec::len);
        ensure!(facets == 2, "{facets} facets instead of a link and a hashtag");
        Ok(format!("1 record, {} characters, image, link and hashtag marked", text.chars().count()))
    }

    /// Reads the post from snac as another server would, over `ActivityPub`, and checks that it is the only one and says
    /// what it should.
    pub async fn check_snac(&self, url: &str, words: &str, alt_text: &str) -> Result<String> {
        let stored = self.snac.list_statuses(&self.user)?;
        ensure!(stored.len() == 1, "{} notes on snac", stored.len());
        let answer = self.http.get(url.parse()?).header("accept", "application/activity+json").send().await?;
        let note: Value = answer.json().with_context(|| format!("snac answered {} at {url}", answer.status))?;
        ensure!(note["id"] == stored[0]["id"], "snac says {} and stores {}", note["id"], stored[0]["id"]);
        let content = note["content"].as_str().unwrap_or_default();
        ensure!(content.contains(words), "the text is {content}");
        let alt = &note["attachment"][0]["name"];
        ensure!(*alt == *alt_text, "the image's description is {alt}");
        let tags: Vec<_> =
            note["tag"].as_array().into_iter().flatten().filter_map(|tag| tag["name"].as_str()).collect();
        ensure!(tags.iter().any(|tag| tag.eq_ignore_ascii_case("#NowruzSale")), "the hashtags are {tags:?}");
        Ok("1 note, image with its description, hashtag marked".to_owned())
    }
}
