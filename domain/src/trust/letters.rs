//! Letters: what the product writes to people by mail. Queued by the command that wants it said, sent by the worker.

use diwan_entity::tenancy::agency::Locale;
use diwan_platform::crypto::Place;
use diwan_platform::{db, ids};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use url::Url;
use uuid::Uuid;

use crate::context::Services;
use crate::error::{Arg, Failure, Fault};
use crate::messages;

/// A letter to somebody.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Their address.
    pub to: String,
    /// The language that they read.
    pub locale: Locale,
    /// Its key in the catalogue without `mail-`: the message is the text, its attribute `subject` the subject, and
    /// `button` what to press for the link, where that is more than to open it.
    pub template: &'static str,
    /// What the message shows.
    pub args: Vec<(&'static str, Arg)>,
    /// What to open, if anything: shown below the text.
    pub link: Option<Url>,
}

/// What is sent, sealed until then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Content {
    pub subject: String,
    pub text: String,
    pub button: Option<String>,
    pub link: Option<Url>,
    pub locale: Locale,
}

/// Where the content of a letter is sealed.
pub fn letter_place(id: Uuid) -> Place {
    Place { brand_id: Uuid::nil(), row_id: id, column: "letter.content" }
}

/// A letter's content in the words of its reader, sealed.
fn sealed(services: &Services, id: Uuid, letter: Letter) -> Result<Vec<u8>, Failure> {
    let key = format!("mail-{}", letter.template);
    let content = Content {
        subject: messages::attribute(letter.locale, &key, "subject", &letter.args),
        text: messages::message(letter.locale, &key, &letter.args),
        button: messages::find_attribute(letter.locale, &key, "button", &letter.args),
        link: letter.link,
        locale: letter.locale,
    };
    let content = serde_json::to_vec(&content).map_err(|error| Fault::broken(error.to_string()))?;
    Ok(services.keys.seal(letter_place(id), &content)?)
}

/// Queues a letter with the job that sends it, in the caller's transaction.
pub async fn queue_letter(tx: &impl ConnectionTrait, services: &Services, letter: Letter) -> Result<(), Failure> {
    let now = services.now();
    let (id, job) = (ids::new_id(now), ids::new_id(now));
    let (to, template) = (letter.to.clone(), letter.template);
    let sealed = sealed(services, id, letter)?;
    let values = [id.into(), job.into(), to.into(), template.into(), sealed.into(), now.into()];
    tx.execute_raw(db::statement("select app.queue_letter($1, $2, $3, $4, $5, $6)", values)).await?;
    Ok(())
}

/// Queues several letters in one statement.
pub async fn queue_letters(
    tx: &impl ConnectionTrait,
    services: &Services,
    letters: Vec<Letter>,
) -> Result<(), Failure> {
    if letters.is_empty() {
        return Ok(());
    }
    let now = services.now();
    let (mut all, mut jobs, mut recipients, mut templates, mut contents) = (vec![], vec![], vec![], vec![], vec![]);
    for letter in letters {
        let id = ids::new_id(now);
        templates.push(letter.template.to_owned());
        recipients.push(letter.to.clone());
        contents.push(sealed(services, id, letter)?);
        jobs.push(ids::new_id(now));
        all.push(id);
    }
    let sql = "select app.queue_letter(l.id, l.job, l.recipient, l.template, l.content, $6)
      from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::bytea[]) l (id, job, recipient, template, content)";
    let values = [all.into(), jobs.into(), recipients.into(), templates.into(), contents.into(), now.into()];
    tx.execute_raw(db::statement(sql, values)).await?;
    Ok(())
}
