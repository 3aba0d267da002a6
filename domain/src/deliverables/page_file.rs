//! Handing a file in from outside, by the link of a deliverable. It counts with what is handed in, or not at all.

use std::sync::Arc;

use diwan_entity::links::public_link::LinkPurpose;

use super::hand_in::{HandedIn, HandedInBy, take};
use super::page::{DeliverablePage, open_deliverable, open_row};
use crate::context::Services;
use crate::error::{Complaints, Failure, UserError};
use crate::media::{LinkedFile, await_linked_file};
use crate::public_links::{self, Answered, Outcome};
use crate::strategy::maybe_text;

/// What is said of a file before it comes.
#[derive(Debug, Clone, Default)]
pub struct FileSaid {
    /// The version that was shown.
    pub version: i32,
    /// What it is called; a label.
    pub name: String,
    /// What there is to say of it, up to 2000 characters.
    pub note: String,
    /// How many bytes will come at most; 0: nobody has said.
    pub bytes: u64,
}

/// A file on its way in by a link.
#[derive(Debug)]
pub struct FileByLink {
    services: Arc<Services>,
    secret: String,
    said: FileSaid,
    file: LinkedFile,
}

/// Whether a file may come.
#[derive(Debug)]
pub enum FileAwaited {
    /// It may.
    Receiving(Box<FileByLink>),
    /// It may not: it was refused, or the link has ended.
    Not(Answered<DeliverablePage>),
}

/// What is refused as a whole is the file's.
fn of_file(errors: Vec<UserError>) -> Vec<UserError> {
    let at_file = |mut error: UserError| {
        if error.field.is_empty() {
            error.field = vec!["file".to_owned()];
        }
        error
    };
    errors.into_iter().map(at_file).collect()
}

/// Begins to receive a file by a link, if it is good and the deliverable can be handed in now.
pub async fn await_file_by_link(
    services: &Arc<Services>,
    secret: &str,
    said: FileSaid,
) -> Result<FileAwaited, Failure> {
    let begun = public_links::act(services, secret, LinkPurpose::Deliverable, async |context, link| {
        let mut wrong = Complaints::default();
        open_row(context, link, said.version, &mut wrong).await?;
        maybe_text(&mut wrong, "note", &said.note, 2000);
        wrong.check()?;
        await_linked_file(link.permit(context), context.now, (link.id, &said.name), said.bytes).await
    });
    let begun = begun.await?;
    match begun {
        Outcome::Done(asset) => {
            let file = LinkedFile::receive(services, &asset).await?;
            let (services, secret) = (Arc::clone(services), secret.to_owned());
            Ok(FileAwaited::Receiving(Box::new(FileByLink { services, secret, said, file })))
        }
        Outcome::Ended(ending, locale) => Ok(FileAwaited::Not(Answered::Ended(ending, locale))),
        Outcome::Refused(errors) => {
            Ok(FileAwaited::Not(open_deliverable(services, secret).await?.refused(of_file(errors))))
        }
    }
}

impl FileByLink {
    /// Takes the next bytes. Refused at once where what comes is nothing that is taken, or more of it than is.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.file.write(bytes).await
    }

    /// Looks at the file for what it truly is and hands it in. Where that is refused, nothing of it is left.
    pub async fn finish(mut self) -> Result<Answered<DeliverablePage>, Failure> {
        match self.file.look().await {
            Ok(()) => {}
            Err(Failure::Refused(errors)) => return self.give_up(errors).await,
            Err(fault) => return Err(fault),
        }
        let (services, secret) = (Arc::clone(&self.services), self.secret.clone());
        let (version, note) = (self.said.version, self.said.note.clone());
        let file = &mut self.file;
        let done = public_links::act(&services, &secret, LinkPurpose::Deliverable, async |context, link| {
            let mut wrong = Complaints::default();
            let row = open_row(context, link, version, &mut wrong).await?;
            let handed = HandedIn { asset_id: Some(file.asset_id()), note, ..HandedIn::default() }.check(&mut wrong);
            wrong.check()?;
            let permit = link.permit(context);
            take(permit, context.now, row, (handed, HandedInBy::Link(link.id))).await?;
            public_links::used(permit, context.now, link).await?;
            file.take_in(permit).await
        });
        let done = done.await?;
        match done {
            Outcome::Done(()) => {
                self.file.done().await?;
                Ok(Answered::Done)
            }
            Outcome::Ended(ending, locale) => {
                self.file.forget().await?;
                Ok(Answered::Ended(ending, locale))
            }
            Outcome::Refused(errors) => self.give_up(errors).await,
        }
    }

    /// Leaves nothing behind of a file that was refused for these reasons; the page as it is now.
    pub async fn give_up(self, errors: Vec<UserError>) -> Result<Answered<DeliverablePage>, Failure> {
        self.file.forget().await?;
        Ok(open_deliverable(&self.services, &self.secret).await?.refused(of_file(errors)))
    }
}
