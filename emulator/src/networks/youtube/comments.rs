//! Comments. <https://developers.google.com/youtube/v3/docs/commentThreads>

use chrono::SecondsFormat;
use serde_json::{Value, json};

use super::{KEY, READ, WRITE, YouTube, channel_id, may, parts, refused};
use crate::answer::Answer;
use crate::call::Call;
use crate::ledger::{Effect, EffectKind};
use crate::networks::google::only;
use crate::world::World;

/// The longest comment, in characters.
const LONGEST: usize = 10_000;

fn thread(comment: &Effect, world: &World) -> Value {
    let snippet = json!({
        "videoId": comment.parent,
        "textOriginal": comment.text,
        "textDisplay": comment.text,
        "authorDisplayName": format!("@{}", comment.account),
        "authorChannelId": { "value": channel_id(&comment.account, world) },
        "publishedAt": comment.at.to_rfc3339_opts(SecondsFormat::Secs, true),
    });
    let top = json!({ "kind": "youtube#comment", "id": comment.id, "snippet": snippet });
    json!({
        "kind": "youtube#commentThread",
        "id": comment.id,
        "snippet": { "videoId": comment.parent, "topLevelComment": top, "canReply": true, "totalReplyCount": 0 },
    })
}

impl YouTube {
    /// Whether comments on a video can be made and read.
    fn takes_comments(&self, video: &str) -> Result<(), Answer> {
        let state = self.state();
        let not_found = || refused(404, "videoNotFound", "The video cannot be found.");
        if state.video(video).ok_or_else(not_found)?.takes_comments() {
            return Ok(());
        }
        Err(refused(403, "commentsDisabled", "The video has disabled comments."))
    }

    /// The comments on a video, newest first.
    pub(super) fn comments(&self, call: &Call, world: &World) -> Result<Answer, Answer> {
        may(KEY, call, world, READ)?;
        parts(call, &["id", "snippet", "replies"])?;
        let video = call.query("videoId").unwrap_or_default();
        self.takes_comments(video)?;
        if call.query("order").is_some_and(|order| !["time", "relevance"].contains(&order)) {
            return Err(refused(400, "invalidParameter", "order is time or relevance"));
        }
        let all = world.effects();
        let is_here = |effect: &&Effect| {
            effect.network == KEY && effect.kind == EffectKind::Comment && effect.parent.as_deref() == Some(video)
        };
        let most = call.query("maxResults").map_or(Some(20), |most| most.parse().ok());
        let most = most.filter(|most| (1..=100).contains(most));
        let most: usize = most.ok_or_else(|| refused(400, "invalidParameter", "maxResults is 1 to 100"))?;
        let mut items: Vec<Value> = all.iter().rev().filter(is_here).map(|comment| thread(comment, world)).collect();
        let more = items.len() > most;
        items.truncate(most);
        let kind = "youtube#commentThreadListResponse";
        let info = json!({ "totalResults": items.len(), "resultsPerPage": most });
        let mut answer = json!({ "kind": kind, "items": items, "pageInfo": info });
        if more {
            // Nothing here asks for the next page.
            answer["nextPageToken"] = json!(most.to_string());
        }
        Ok(Answer::json(200, &answer))
    }

    /// Comments on a video.
    pub(super) fn comment(&self, call: &Call, world: &World, body: &Value) -> Result<Answer, Answer> {
        let account = may(KEY, call, world, WRITE)?.account;
        parts(call, &["id", "snippet"])?;
        only(body, &["snippet"])?;
        only(&body["snippet"], &["channelId", "videoId", "topLevelComment"])?;
        let video = body["snippet"]["videoId"].as_str().unwrap_or_default();
        self.takes_comments(video)?;
        let text = body["snippet"]["topLevelComment"]["snippet"]["textOriginal"].as_str().unwrap_or_default();
        if text.trim().is_empty() {
            return Err(refused(400, "commentTextRequired", "The comment has no text."));
        }
        if text.chars().count() > LONGEST {
            return Err(refused(400, "commentTextTooLong", "The comment has too many characters."));
        }
        let comment = Effect {
            network: KEY.to_owned(),
            account,
            kind: EffectKind::Comment,
            id: world.secret("Ug").chars().take(26).collect(),
            parent: Some(video.to_owned()),
            text: text.to_owned(),
            media: Vec::new(),
            detail: Value::Null,
            at: world.now(),
        };
        world.record(comment.clone());
        Ok(Answer::json(200, &thread(&comment, world)))
    }
}
