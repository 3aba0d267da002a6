//! Sending a letter. What it holds opens doors, so it is sealed until it is sent and gone afterwards, however it ended.
//!
//! Between the server's last word and our note of it a worker can die; the letter is then sent a second time, under the same
//! `Message-ID`, by which mailboxes know it. Without a mail server to send by, a letter is given up at once: it would
//! only wait with its secret, and whoever asked for it has the link in the answer.

use async_trait::async_trait;
use diwan_entity::trust::letter;
use diwan_platform::mail::{Mail, MailError};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::letter_html;
use super::letters::{Content, letter_place};
use crate::error::Fault;
use crate::jobs::{Job, JobError, Next, Scope, Work};
use crate::messages;
use crate::permission::Permit;

/// Sends one letter.
#[derive(Debug)]
pub struct SendLetter;

#[async_trait]
impl Job for SendLetter {
    fn kind(&self) -> &'static str {
        "send_letter"
    }

    async fn run(&self, work: &Work) -> Result<(), JobError> {
        let scope = work.begin().await?;
        let found = letter::Entity::find_by_id(work.claim.subject_id).one(scope.tx()).await?;
        let Some((letter, sealed)) = found.and_then(|mut letter| letter.content.take().map(|sealed| (letter, sealed)))
        else {
            return scope.finish(Next::Done).await;
        };
        let Some(mailer) = &work.services.mailer else {
            give_up(&scope, letter.id, "NOT_CONFIGURED").await?;
            return scope.finish(Next::Done).await;
        };
        scope.commit().await?;
        let opened = work.services.keys.open(letter_place(letter.id), &sealed).map_err(Fault::from)?;
        let content: Content =
            serde_json::from_slice(&opened).map_err(|_| Fault::broken("a letter's content cannot be read"))?;
        let server = work.services.public_url.host_str().unwrap_or_default();
        let mail = Mail {
            id: letter.id,
            to: &letter.recipient,
            subject: &content.subject,
            language: messages::language_code(content.locale),
            text: letter_html::text(&content, server),
            html: letter_html::html(&content, server),
            at: letter.created_at,
        };
        let sent = mailer.send(mail).await;
        let scope = work.begin().await?;
        match sent {
            Ok(()) => end(&scope, letter.id, letter::Column::SentAt, Expr::value(scope.now)).await?,
            Err(MailError::Refused(code)) => give_up(&scope, letter.id, &format!("REFUSED {code}")).await?,
            Err(MailError::Unusable) => give_up(&scope, letter.id, "NO_ADDRESS").await?,
            Err(error @ MailError::Later(_)) => return Err(Fault::broken(error.to_string()).into()),
        }
        scope.finish(Next::Done).await
    }

    async fn give_up(&self, scope: &Scope, _reason: &str) -> Result<(), JobError> {
        Ok(give_up(scope, scope.subject_id(), "GAVE_UP").await?)
    }

    /// What it said is gone: whoever wants it said asks for a new one.
    async fn revive(&self, _permit: Permit<'_>, _subject_id: Uuid) -> Result<bool, DbErr> {
        Ok(false)
    }
}

async fn give_up(scope: &Scope, id: Uuid, why: &str) -> Result<(), DbErr> {
    end(scope, id, letter::Column::Error, Expr::value(why)).await
}

/// Writes how it ended, unless it has ended before, and erases what it held.
async fn end(scope: &Scope, id: Uuid, column: letter::Column, value: Expr) -> Result<(), DbErr> {
    letter::Entity::update_many()
        .col_expr(column, value)
        .col_expr(letter::Column::Content, Expr::value(Option::<Vec<u8>>::None))
        .filter(letter::Column::Id.eq(id))
        .filter(letter::Column::Content.is_not_null())
        .exec(scope.tx())
        .await
        .map(|_| ())
}
