//! What is said about a post: within the team, or with the client.

use diwan_entity::InBrand as _;
use diwan_entity::approvals::approval_request::ApprovalKind;
use diwan_entity::calendar::post_comment::{self, Visibility};
use diwan_entity::calendar::{comment_mention, post, post_assignment};
use diwan_entity::tenancy::app_user::UserKind;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder as _, QuerySelect as _};
use uuid::Uuid;

use super::relation::relation_to;
use super::validate::load_post;
use crate::approvals::Ground;
use crate::context::Context;
use crate::error::{Arg, Code, Complaints, Failure, UserError};
use crate::paging::{Page, Slice, newest_first};
use crate::permission::Action;
use crate::trust::{self, Letter, queue_letters};

/// The most people that one comment calls on.
const MOST_MENTIONS: usize = 20;

/// A comment to write.
#[derive(Debug, Clone)]
pub struct NewComment {
    /// About which post.
    pub post_id: Uuid,
    /// Who reads it.
    pub visibility: Visibility,
    /// 1 to 5000 characters.
    pub body: String,
    /// The comment on the same post that it answers.
    pub reply_to: Option<Uuid>,
    /// Whom it calls on, up to 20: people of the brand who read it. They are told by mail.
    pub mentions: Vec<Uuid>,
}

/// Says something about a post.
pub async fn comment_on_post(context: &Context, new: NewComment) -> Result<post_comment::Model, Failure> {
    let actor = context.signed_in()?;
    let post = load_post(context, new.post_id, false).await?;
    let relation = relation_to(context, &post).await?;
    let action = match new.visibility {
        Visibility::Client => Action::CommentWrite,
        Visibility::Internal => Action::CommentInternally,
    };
    let permit = context.permit_on(action, post.brand_id, relation).await?;
    let mut wrong = Complaints::default();
    let body = wrong.text("body", &new.body, 5000).to_owned();
    let answered = answered(context, &post, &new, &mut wrong).await?;
    let listeners = listeners(context, &post, &new, answered.as_ref(), &mut wrong).await?;
    wrong.check()?;
    let row = post_comment::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(post.brand_id),
        post_id: Set(post.id),
        author_id: Set(actor.user_id),
        author_name: Set(actor.name.clone()),
        visibility: Set(new.visibility),
        body: Set(body),
        reply_to_id: Set(new.reply_to),
        created_at: Set(context.now),
        deleted_at: Set(None),
    };
    let row = post_comment::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    if !new.mentions.is_empty() {
        let mentions = new.mentions.iter().map(|user_id| comment_mention::ActiveModel {
            brand_id: Set(post.brand_id),
            comment_id: Set(row.id),
            user_id: Set(*user_id),
        });
        comment_mention::Entity::insert_many(mentions).exec_without_returning(permit.tx()).await?;
    }
    if let Some(listeners) = listeners {
        let answered = answered.map(|comment| comment.author_id).filter(|id| !new.mentions.contains(id));
        let mentioned = new.mentions.iter().map(|id| (*id, "mention"));
        let told = mentioned.chain(answered.map(|id| (id, "reply"))).filter(|(id, _)| *id != actor.user_id);
        let letters = told.filter_map(|(id, how)| letter(context, &listeners, (&post, &row), (id, how))).collect();
        queue_letters(permit.tx(), &context.services, letters).await?;
    }
    let detail = actor.says_how(serde_json::json!({ "post": post.id, "mentions": new.mentions }));
    trust::record(permit, context.now, "comment.write", row.id, detail).await?;
    Ok(row)
}

/// The comment that is answered. What is said within the team is answered within the team.
async fn answered(
    context: &Context,
    post: &post::Model,
    new: &NewComment,
    wrong: &mut Complaints,
) -> Result<Option<post_comment::Model>, Failure> {
    let Some(id) = new.reply_to else { return Ok(None) };
    let select = post_comment::Entity::one_in_brand(post.brand_id, id)
        .filter(post_comment::Column::PostId.eq(post.id))
        .filter(post_comment::Column::DeletedAt.is_null());
    let comment = context.one(select).await?;
    match &comment {
        None => wrong.add(UserError::at(Code::NotFound, "replyToId")),
        Some(comment) if comment.visibility == Visibility::Internal && new.visibility == Visibility::Client => {
            wrong.add(UserError::at(Code::Invalid, "visibility"));
        }
        Some(_) => {}
    }
    Ok(comment)
}

/// Who could be told of a comment.
struct Listeners {
    /// The people of the brand.
    ground: Ground,
    /// Those of them to whom the post is given.
    given: Vec<Uuid>,
}

/// The people of the brand, where somebody is to be told; and complaints about whoever would not read the comment: clients what is
/// internal or was not sent to them, freelancers what is not given to them. Clients have no directory, and call on nobody.
async fn listeners(
    context: &Context,
    post: &post::Model,
    new: &NewComment,
    answered: Option<&post_comment::Model>,
    wrong: &mut Complaints,
) -> Result<Option<Listeners>, Failure> {
    if new.mentions.is_empty() && answered.is_none() {
        return Ok(None);
    }
    if new.mentions.len() > MOST_MENTIONS {
        let error = UserError::at(Code::TooMany, "mentionIds").number("limit", MOST_MENTIONS);
        wrong.add(error.number("actual", new.mentions.len()));
        return Ok(None);
    }
    let permit = context.permit_some(Action::CommentWrite, post.brand_id).await?;
    let ground = Ground::load(permit.tx(), post.brand_id, ApprovalKind::Post, None, context.now).await?;
    let concerned = new.mentions.iter().copied().chain(answered.map(|comment| comment.author_id));
    let given = post_assignment::Entity::in_brand(post.brand_id)
        .filter(post_assignment::Column::PostId.eq(post.id))
        .filter(post_assignment::Column::UserId.is_in(concerned));
    let given: Vec<Uuid> = context.all(given).await?.into_iter().map(|one| one.user_id).collect();
    let by_client = context.signed_in()?.kind == UserKind::Client;
    for (place, id) in new.mentions.iter().enumerate() {
        let path = format!("mentionIds.{place}");
        let reads = ground.seat(*id).is_some_and(|seat| match seat.kind {
            UserKind::Staff => true,
            UserKind::Freelancer => given.contains(id),
            UserKind::Client => new.visibility == Visibility::Client && post.sent_to_client_at.is_some(),
            UserKind::Integration => false,
        });
        if by_client || !reads {
            wrong.add(UserError::at(Code::NotFound, &path));
        } else if new.mentions[..place].contains(id) {
            wrong.add(UserError::at(Code::AlreadyExists, &path));
        }
    }
    Ok(Some(Listeners { ground, given }))
}

/// Tells somebody of a comment; none when there is nowhere to write to, or they no longer read it: whoever was answered may have
/// left the brand or the post since, and a client does not read what the team answers within.
fn letter(
    context: &Context,
    Listeners { ground, given }: &Listeners,
    (post, comment): (&post::Model, &post_comment::Model),
    (user_id, how): (Uuid, &'static str),
) -> Option<Letter> {
    let seat = ground.seat(user_id)?;
    let reads = match seat.kind {
        UserKind::Client => comment.visibility == Visibility::Client,
        UserKind::Freelancer => given.contains(&user_id),
        UserKind::Staff | UserKind::Integration => true,
    };
    if !reads {
        return None;
    }
    let person = ground.person(user_id)?;
    let args = vec![
        ("name", Arg::Text(person.name.clone().into())),
        ("by", Arg::Text(comment.author_name.clone().into())),
        ("how", Arg::Text(how.into())),
        ("title", Arg::Text(post.title.clone().into())),
        ("body", Arg::Text(comment.body.clone().into())),
    ];
    let link = context.services.open_in_app("post", post.id);
    Some(Letter { to: person.email.clone()?, locale: person.locale, template: "comment", args, link })
}

/// Whom these comments call on.
pub async fn mentions_of_comments(context: &Context, ids: &[Uuid]) -> Result<Vec<comment_mention::Model>, Failure> {
    let select = comment_mention::Entity::find()
        .filter(comment_mention::Column::CommentId.is_in(ids.iter().copied()))
        .order_by_asc(comment_mention::Column::UserId);
    Ok(context.all(select).await?)
}

/// Takes back one's own comment: that there was one remains.
pub async fn delete_comment(context: &Context, comment_id: Uuid) -> Result<post_comment::Model, Failure> {
    let actor = context.signed_in()?;
    let not_there = || UserError::at(Code::NotFound, "commentId");
    let select =
        || post_comment::Entity::visible([comment_id]).filter(post_comment::Column::AuthorId.eq(actor.user_id));
    let comment = context.one(select().lock_exclusive()).await?.ok_or_else(not_there)?;
    let permit = context.permit_some(Action::CommentWrite, comment.brand_id).await?;
    if comment.deleted_at.is_some() {
        return Err(UserError::at(Code::WrongState, "commentId").text("state", "DELETED").into());
    }
    post_comment::Entity::update_many()
        .col_expr(post_comment::Column::DeletedAt, Expr::value(context.now))
        .filter(post_comment::Column::BrandId.eq(comment.brand_id))
        .filter(post_comment::Column::Id.eq(comment.id))
        .exec(permit.tx())
        .await?;
    let detail = serde_json::json!({ "post": comment.post_id });
    trust::record(permit, context.now, "comment.delete", comment.id, detail).await?;
    Ok(context.one(select()).await?.ok_or_else(not_there)?)
}

/// What was said about a post, newest first. Clients are shown what is for them.
pub async fn comments(
    context: &Context,
    brand_id: Uuid,
    post_id: Uuid,
    page: Page,
) -> Result<Slice<post_comment::Model>, Failure> {
    context.permit_some(Action::ContentRead, brand_id).await?;
    let mut select = post_comment::Entity::in_brand(brand_id).filter(post_comment::Column::PostId.eq(post_id));
    if !context.may(Action::CommentInternally, brand_id) {
        select = select.filter(post_comment::Column::Visibility.eq(Visibility::Client));
    }
    newest_first(context, select, post_comment::Column::Id, page).await
}

/// Comments by id.
pub async fn comments_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<post_comment::Model>, Failure> {
    let rows = context.all(post_comment::Entity::visible(ids.iter().copied())).await?;
    let shown = |row: &post_comment::Model| {
        row.visibility == Visibility::Client || context.may(Action::CommentInternally, row.brand_id)
    };
    Ok(rows.into_iter().filter(shown).collect())
}
