//! What is one's own: the notices that one has, and how one wants to be told.

use std::collections::HashMap;
use std::sync::Arc;

use diwan_entity::tenancy::app_user::UserKind;
use diwan_entity::trust::notice::{self, NoticeKind};
use diwan_entity::trust::notice_setting;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveEnum as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
};
use uuid::Uuid;

use crate::context::{Actor, Context};
use crate::error::{Code, Complaints, Failure, UserError};
use crate::paging::{Page, Slice, newest_first};

/// The most notices that are marked as read by their ids at a time.
pub const MOST_READ: usize = 100;

/// The kinds that somebody says for themselves how they want to be told of. Of a webhook that was switched off they are told in
/// the product, since nobody else is.
const TO_CHOOSE: [NoticeKind; 11] = [
    NoticeKind::PublicationFailed,
    NoticeKind::PublicationUnconfirmed,
    NoticeKind::PublicationMissed,
    NoticeKind::AccountDisconnected,
    NoticeKind::ContractEnding,
    NoticeKind::ContractCommented,
    NoticeKind::DeliverableDue,
    NoticeKind::ReportNotSent,
    NoticeKind::InsightAlert,
    NoticeKind::WebSourceFailed,
    NoticeKind::ReportHostLost,
];

/// Which notices are read now.
#[derive(Debug, Clone)]
pub enum Read {
    /// These, up to [`MOST_READ`].
    These(Vec<Uuid>),
    /// All that there are.
    All,
}

/// How somebody wants to be told of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoticeSetting {
    /// Of what.
    pub kind: NoticeKind,
    /// Whether in the product.
    pub in_app: bool,
    /// Whether by mail.
    pub mail: bool,
}

/// A change of it; what is not said stays.
#[derive(Debug, Clone, Copy)]
pub struct NoticeWish {
    /// Of what.
    pub kind: NoticeKind,
    /// Whether in the product.
    pub in_app: Option<bool>,
    /// Whether by mail.
    pub mail: Option<bool>,
}

/// Somebody who has notices: a person, who has proved enough.
fn reader(context: &Context) -> Result<Arc<Actor>, Failure> {
    let actor = context.signed_in()?;
    if actor.restricted {
        return Err(Code::SecondFactorRequired.into());
    }
    if actor.kind == UserKind::Integration {
        return Err(UserError::new(Code::KindMismatch).text("kind", actor.kind.to_value()).into());
    }
    Ok(actor)
}

fn of(actor: &Actor, unread_only: bool) -> sea_orm::Select<notice::Entity> {
    let select = notice::Entity::find()
        .filter(notice::Column::RecipientId.eq(actor.user_id))
        .filter(notice::Column::InApp.eq(true));
    if unread_only { select.filter(notice::Column::ReadAt.is_null()) } else { select }
}

/// The caller's notices, newest first.
pub async fn notices(context: &Context, unread_only: bool, page: Page) -> Result<Slice<notice::Model>, Failure> {
    let actor = reader(context)?;
    newest_first(context, of(&actor, unread_only), notice::Column::Id, page).await
}

/// How many the caller has not read.
pub async fn unread_notices(context: &Context) -> Result<u64, Failure> {
    let actor = reader(context)?;
    Ok(of(&actor, true).count(context.own_tx()).await?)
}

/// Marks notices of the caller's as read; somebody else's and those that were read before stay as they are. Answers how many it were.
pub async fn mark_notices_read(context: &Context, which: Read) -> Result<u64, Failure> {
    let actor = reader(context)?;
    let mut update = notice::Entity::update_many()
        .col_expr(notice::Column::ReadAt, Expr::value(context.now))
        .filter(notice::Column::RecipientId.eq(actor.user_id))
        .filter(notice::Column::InApp.eq(true))
        .filter(notice::Column::ReadAt.is_null());
    if let Read::These(ids) = which {
        if ids.len() > MOST_READ {
            let error = UserError::at(Code::TooMany, "which.noticeIds").number("limit", MOST_READ);
            return Err(error.number("actual", ids.len()).into());
        }
        update = update.filter(notice::Column::Id.is_in(ids));
    }
    Ok(update.exec(context.own_tx()).await?.rows_affected)
}

/// How the caller wants to be told, of each kind.
pub async fn notification_settings(context: &Context) -> Result<Vec<NoticeSetting>, Failure> {
    let actor = reader(context)?;
    let rows = notice_setting::Entity::find().filter(notice_setting::Column::UserId.eq(actor.user_id));
    let said: HashMap<NoticeKind, notice_setting::Model> =
        context.all(rows).await?.into_iter().map(|row| (row.kind, row)).collect();
    Ok(TO_CHOOSE
        .into_iter()
        .map(|kind| {
            let row = said.get(&kind);
            NoticeSetting { kind, in_app: row.is_none_or(|row| row.in_app), mail: row.is_none_or(|row| row.mail) }
        })
        .collect())
}

/// Changes it, in one statement. Answers how it is then.
pub async fn update_notification_settings(
    context: &Context,
    wishes: &[NoticeWish],
) -> Result<Vec<NoticeSetting>, Failure> {
    let actor = reader(context)?;
    let mut settings = notification_settings(context).await?;
    let mut wrong = Complaints::default();
    if wishes.is_empty() {
        wrong.add(UserError::at(Code::Invalid, "settings"));
    }
    for (at, wish) in wishes.iter().enumerate() {
        let twice = wishes[..at].iter().any(|before| before.kind == wish.kind);
        match settings.iter_mut().find(|setting| setting.kind == wish.kind) {
            None => wrong.add(UserError::at(Code::Invalid, &format!("settings.{at}.kind"))),
            Some(_) if twice => wrong.add(UserError::at(Code::AlreadyExists, &format!("settings.{at}.kind"))),
            Some(setting) => {
                setting.in_app = wish.in_app.unwrap_or(setting.in_app);
                setting.mail = wish.mail.unwrap_or(setting.mail);
            }
        }
    }
    wrong.check()?;
    let changed = settings.iter().filter(|setting| wishes.iter().any(|wish| wish.kind == setting.kind));
    let rows = changed.map(|setting| notice_setting::ActiveModel {
        user_id: Set(actor.user_id),
        kind: Set(setting.kind),
        in_app: Set(setting.in_app),
        mail: Set(setting.mail),
    });
    let known = OnConflict::columns([notice_setting::Column::UserId, notice_setting::Column::Kind])
        .update_columns([notice_setting::Column::InApp, notice_setting::Column::Mail])
        .to_owned();
    notice_setting::Entity::insert_many(rows).on_conflict(known).exec_without_returning(context.own_tx()).await?;
    Ok(settings)
}
