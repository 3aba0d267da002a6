//! What the holder of a link does: approves, asks for changes, comments.

use std::sync::Arc;

use diwan_entity::approvals::approval_request::RequestState;
use diwan_entity::calendar::post_comment::Visibility;
use diwan_entity::tenancy::agency::Locale;
use diwan_platform::crypto::sha256;
use serde_json::json;
use uuid::Uuid;

use super::content::content_of;
use super::show::{Ending, Entered, Review, enter, is_as_asked, show, subject};
use crate::approvals::decide::{Decision, approve, over, request_changes};
use crate::calendar::{self, NewComment};
use crate::context::{Context, EnteredReview, Services};
use crate::error::{Code, Failure, UserError};
use crate::trust::{Replay, begin_idempotent, remember_answer};

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// The open step is approved.
    Approve,
    /// It is sent back, which needs words.
    RequestChanges,
    /// Something is said to the team.
    Comment,
}

/// What a page sends.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What is done.
    pub act: Act,
    /// What is said, up to 5000 characters.
    pub text: String,
    /// The step that the page showed as open.
    pub step: i32,
    /// The digest of what the page showed.
    pub digest: String,
    /// Names what was sent: sent again, it is not done again.
    pub once: Uuid,
}

/// What came of it.
#[derive(Debug)]
pub enum Answered {
    /// It counts, or counted before.
    Done,
    /// Nothing was written, for these reasons. With what the holder sees now.
    Refused(Box<Review>, Vec<UserError>),
    /// The link has ended.
    Ended(Ending, Locale),
}

/// Does what the holder of a link wants, in a transaction of its own.
pub async fn answer_review(services: &Arc<Services>, secret: &str, answer: Answer) -> Result<Answered, Failure> {
    let context = Context::stranger(Arc::clone(services), services.db.write().await?);
    let link = match enter(&context, secret).await? {
        Entered::Open(link) => link,
        Entered::Ended(ending, locale) => return Ok(Answered::Ended(ending, locale)),
    };
    context.savepoint().await?;
    match carry_out(&context, &link, answer).await {
        Ok(()) => {
            context.end_savepoint(true).await?;
            context.commit().await?;
            Ok(Answered::Done)
        }
        Err(Failure::Refused(errors)) => {
            context.end_savepoint(false).await?;
            // A request that ended meanwhile has ended its links, which is to be said instead.
            let answered = match enter(&context, secret).await? {
                Entered::Open(link) => Answered::Refused(Box::new(show(&context, &link).await?), errors),
                Entered::Ended(ending, locale) => Answered::Ended(ending, locale),
            };
            context.roll_back().await?;
            Ok(answered)
        }
        Err(fault) => {
            context.roll_back().await?;
            Err(fault)
        }
    }
}

async fn carry_out(context: &Context, link: &EnteredReview, answer: Answer) -> Result<(), Failure> {
    let Answer { act, text, step, digest, once } = answer;
    // Forms are sent with the line ends of the web.
    let text = text.replace("\r\n", "\n");
    let what = format!("{act:?} {text}");
    // Other words from the same page are another thing to say.
    let key = format!("review {} {once} {}", link.id, data_encoding::HEXLOWER.encode(&sha256(what.as_bytes())[..16]));
    if !matches!(begin_idempotent(context, &key, what.as_bytes()).await?, Replay::New) {
        return Ok(());
    }
    let (request, post) = subject(context, link).await?;
    if act == Act::Comment {
        if request.state != RequestState::Pending {
            return Err(over(&request).into());
        }
        let new = NewComment {
            post_id: post.id,
            visibility: Visibility::Client,
            body: text,
            reply_to: None,
            mentions: Vec::new(),
        };
        calendar::comment_on_post(context, new).await?;
    } else {
        // What is decided is what was shown: nobody changes it between this look and the decision.
        let post = calendar::load_post(context, post.id, true).await?;
        let seen = is_as_asked(&request, &post) && content_of(context, &post).await?.1 == digest;
        if !seen && request.state == RequestState::Pending {
            return Err(UserError::at(Code::ChangedMeanwhile, "digest").number("current", post.version).into());
        }
        let decision = Decision { request_id: request.id, step: Some(step), comment: Some(text) };
        match act {
            Act::Approve => approve(context, decision).await?,
            _ => request_changes(context, decision).await?,
        };
    }
    remember_answer(context, &key, json!({})).await
}
