//! Posts that everybody sees. <https://developers.tiktok.com/doc/tiktok-api-v2-video-list>,
//! <https://developers.tiktok.com/doc/tiktok-api-v2-video-query>

use serde_json::{Value, json};

use super::publications::Publication;
use super::{KEY, TikTok, bad, done, fields, may, shown};
use crate::answer::Answer;
use crate::call::Call;
use crate::ledger::Effect;
use crate::world::World;

/// What can be asked of a post.
const FIELDS: &[&str] = &[
    "id",
    "create_time",
    "cover_image_url",
    "share_url",
    "video_description",
    "duration",
    "height",
    "width",
    "title",
    "like_count",
    "comment_count",
    "share_count",
    "view_count",
];

fn video(post: &Effect, world: &World) -> Value {
    json!({
        "id": post.id,
        "create_time": post.at.timestamp(),
        "cover_image_url": "https://p16.tiktokcdn.example/cover.webp",
        "share_url": world.permalink(KEY, &post.account, &post.id),
        "video_description": post.text,
        "duration": 5,
        "height": 1920,
        "width": 1080,
        "title": post.text,
        "like_count": 3,
        "comment_count": 1,
        "share_count": 2,
        "view_count": 70,
    })
}

impl TikTok {
    /// The posts of an account that everybody sees, newest first. One that stands in the ledger alone is seen since it was made.
    fn seen(&self, account: &str, world: &World) -> Vec<Effect> {
        let now = world.now();
        let state = self.state();
        let is_seen = |post: &Effect| {
            let publication = state.publications.values().find(|publication| publication.becomes(&post.id));
            let visible = publication.map_or(Some(post.at), Publication::visible_at);
            post.detail["privacy_level"] == "PUBLIC_TO_EVERYONE" && visible.is_some_and(|at| at <= now)
        };
        let mut posts = world.posts_of(KEY, account);
        posts.retain(is_seen);
        posts.reverse();
        posts
    }

    /// The newest.
    pub(super) fn list(&self, call: &Call, world: &World, body: &Value) -> Result<Answer, Answer> {
        let account = may(call, world, "video.list")?.account;
        let asked = fields(call, FIELDS)?;
        let most = body.get("max_count").map_or(Some(10), Value::as_u64).filter(|most| (1..=20).contains(most));
        let most = most.and_then(|most| usize::try_from(most).ok()).ok_or_else(|| bad("max_count is 1 to 20"))?;
        let posts = self.seen(&account, world);
        let shown: Vec<Value> = posts.iter().take(most).map(|post| shown(&video(post, world), &asked)).collect();
        Ok(done(&json!({ "videos": shown, "cursor": 0, "has_more": posts.len() > most })))
    }

    /// Those of these ids.
    pub(super) fn query(&self, call: &Call, world: &World, body: &Value) -> Result<Answer, Answer> {
        let account = may(call, world, "video.list")?.account;
        let asked = fields(call, FIELDS)?;
        let ids: Vec<&str> =
            body["filters"]["video_ids"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        if ids.is_empty() || ids.len() > 20 {
            return Err(bad("1 to 20 video_ids are expected"));
        }
        let posts = self.seen(&account, world);
        let found = posts.iter().filter(|post| ids.contains(&post.id.as_str()));
        let shown: Vec<Value> = found.map(|post| shown(&video(post, world), &asked)).collect();
        Ok(done(&json!({ "videos": shown })))
    }
}
