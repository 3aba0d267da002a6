//! Comments. <https://developers.google.com/youtube/v3/docs/commentThreads>

use chrono::SecondsFormat;
use serde_json::{Value, json};

use super::{KEY, READ, WRITE, YouTube, channel_id, may, parts, refused};
use crate::answer::Answer;
use crate::call::Call;
use crate::ledger::{Effect, EffectKind};
use crate::networks::google::only;
use crate::visitors::under;
use crate::world::World;

/// The longest comment, in characters.
const LONGEST: usize = 10_000;

/// How many answers come with a comment.
const ANSWERS: usize = 5;

/// A comment, with what it answers where that is one.
fn resource(comment: &Effect, (video, parent): (&str, Option<&str>), world: &World) -> Value {
    let mut snippet = json!({
        "videoId": video,
        "textOriginal": comment.text,
        "textDisplay": comment.text,
        "authorDisplayName": format!("@{}", comment.account),
        "authorChannelId": { "value": channel_id(&comment.account, world) },
        "publishedAt": comment.at.to_rfc3339_opts(SecondsFormat::Secs, true),
    });
    if let Some(parent) = parent {
        snippet["parentId"] = json!(parent);
    }
    json!({ "kind": "youtube#comment", "id": comment.id, "snippet": snippet })
}

fn thread(comment: &Effect, world: &World, with_answers: bool) -> Value {
    let video = comment.parent.as_deref().unwrap_or_default();
    let answers = under(world, KEY, &comment.id);
    let mut thread = json!({
        "kind": "youtube#commentThread",
        "id": comment.id,
        "snippet": {
            "videoId": video,
            "topLevelComment": resource(comment, (video, None), world),
            "canReply": true,
            "totalReplyCount": answers.len(),
        },
    });
    if with_answers && !answers.is_empty() {
        let some = answers.iter().rev().take(ANSWERS);
        let some: Vec<_> = some.map(|answer| resource(answer, (video, Some(&comment.id)), world)).collect();
        thread["replies"] = json!({ "comments": some });
    }
    thread
}

/// A page of a list, as `maxResults` and `pageToken` ask for it.
fn list(kind: &str, all: &[Value], call: &Call) -> Result<Answer, Answer> {
    let most = call.query("maxResults").map_or(Some(20), |most| most.parse().ok());
    let most = most.filter(|most| (1..=100).contains(most));
    let most: usize = most.ok_or_else(|| refused(400, "invalidParameter", "maxResults is 1 to 100"))?;
    let from = call.query("pageToken").map_or(Some(0), |from| from.parse().ok());
    let from: usize = from.ok_or_else(|| refused(400, "invalidPageToken", "pageToken is not valid"))?;
    if call.query("textFormat").is_some_and(|format| !["html", "plainText"].contains(&format)) {
        return Err(refused(400, "invalidParameter", "textFormat is html or plainText"));
    }
    let items: Vec<&Value> = all.iter().skip(from).take(most).collect();
    let info = json!({ "totalResults": items.len(), "resultsPerPage": most });
    let mut answer = json!({ "kind": format!("youtube#{kind}"), "items": items, "pageInfo": info });
    if from + items.len() < all.len() {
        answer["nextPageToken"] = json!((from + items.len()).to_string());
    }
    Ok(Answer::json(200, &answer))
}

impl YouTube {
    /// Whether comments on a video can be made and read.
    fn takes_comments(&self, video: &str, world: &World) -> Result<(), Answer> {
        let state = self.knowing(&[video], world);
        let not_found = || refused(404, "videoNotFound", "The video cannot be found.");
        if state.video(video).ok_or_else(not_found)?.takes_comments() {
            return Ok(());
        }
        Err(refused(403, "commentsDisabled", "The video has disabled comments."))
    }

    /// The comments on a video, newest first.
    pub(super) fn comments(&self, call: &Call, world: &World) -> Result<Answer, Answer> {
        may(KEY, call, world, READ)?;
        let asked = parts(call, &["id", "snippet", "replies"])?;
        let video = call.query("videoId").unwrap_or_default();
        self.takes_comments(video, world)?;
        if call.query("order").is_some_and(|order| !["time", "relevance"].contains(&order)) {
            return Err(refused(400, "invalidParameter", "order is time or relevance"));
        }
        let with_answers = asked.contains(&"replies");
        let threads = under(world, KEY, video).into_iter().rev();
        let threads: Vec<Value> = threads.map(|comment| thread(&comment, world, with_answers)).collect();
        list("commentThreadListResponse", &threads, call)
    }

    /// The answers to a comment, oldest first. <https://developers.google.com/youtube/v3/docs/comments/list>
    pub(super) fn answers(&self, call: &Call, world: &World) -> Result<Answer, Answer> {
        may(KEY, call, world, READ)?;
        parts(call, &["id", "snippet"])?;
        let parent = call.query("parentId").unwrap_or_default();
        let comment = world.find(KEY, parent).filter(|found| found.kind == EffectKind::Comment);
        let video = comment.and_then(|comment| comment.parent);
        let video = video.ok_or_else(|| refused(404, "commentNotFound", "The comment cannot be found."))?;
        self.takes_comments(&video, world)?;
        let answers = under(world, KEY, parent);
        let answers: Vec<Value> =
            answers.iter().map(|answer| resource(answer, (&video, Some(parent)), world)).collect();
        list("commentListResponse", &answers, call)
    }

    /// Comments on a video.
    pub(super) fn comment(&self, call: &Call, world: &World, body: &Value) -> Result<Answer, Answer> {
        let account = may(KEY, call, world, WRITE)?.account;
        parts(call, &["id", "snippet"])?;
        only(body, &["snippet"])?;
        only(&body["snippet"], &["channelId", "videoId", "topLevelComment"])?;
        let video = body["snippet"]["videoId"].as_str().unwrap_or_default();
        self.takes_comments(video, world)?;
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
        Ok(Answer::json(200, &thread(&comment, world, false)))
    }
}
