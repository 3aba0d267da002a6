//! Files that are handed in by a link: what they truly are, how much of them, and that they count once or not at all.

use anyhow::{Context as _, Result};
use chrono::Duration;
use diwan_domain::deliverables::{
    DeliverablePage, FileAwaited, FileSaid, await_file_by_link, create_deliverable_link, open_deliverable,
    record_deliverable_check, revoke_deliverable_links, send_deliverable_back,
};
use diwan_domain::public_links::{Answered, LinkEnding, Opened};
use diwan_domain::{Code, Failure, UserError};
use diwan_entity::payments::deliverable::DeliverableState;
use diwan_entity::payments::deliverable_check::{CheckKind, CheckOutcome};
use diwan_testkit::{films, pictures};
use uuid::Uuid;

use super::Desk;
use super::days::{by_mail, secret};

/// The smallest file that is a document.
const PDF: &[u8] =
    b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n";

impl Desk {
    /// Something to hand in, and a link for it.
    async fn with_link(&self) -> Result<(Uuid, String)> {
        let id = self.create(None).await?.id;
        let made = self.must(&self.mid, async |context| create_deliverable_link(context, id, 1).await).await?;
        Ok((id, secret(&made)?))
    }

    async fn send(&self, secret: &str, version: i32, name: &str, bytes: &[u8]) -> Result<Answered<DeliverablePage>> {
        let length = bytes.len() as u64;
        let said = FileSaid { version, name: name.to_owned(), note: "Here".to_owned(), bytes: length };
        let mut file = match await_file_by_link(&self.test.services, secret, said).await? {
            FileAwaited::Receiving(file) => file,
            FileAwaited::Not(why) => return Ok(why),
        };
        for piece in bytes.chunks(60_000) {
            match file.write(piece).await {
                Ok(()) => {}
                Err(Failure::Refused(errors)) => return Ok(file.give_up(errors).await?),
                Err(failure) => return Err(failure.into()),
            }
        }
        Ok(file.finish().await?)
    }

    /// That nothing of a file is there.
    async fn is_empty(&self) -> Result<bool> {
        let rows = self.test.db.count("asset").await? + self.test.db.count("media_file").await?;
        Ok(rows == 0 && self.test.stored_files()?.is_empty())
    }

    /// That no more files are taken by a link just now.
    async fn busy(&self, secret: &str) -> Result<()> {
        let said = FileSaid { version: 1, name: "a.png".to_owned(), ..FileSaid::default() };
        let errors = match await_file_by_link(&self.test.services, secret, said).await? {
            FileAwaited::Not(Answered::Refused(_, errors)) => errors,
            other => anyhow::bail!("{other:?}"),
        };
        assert_eq!((errors[0].code, errors[0].field.as_slice()), (Code::UploadBusy, &["file".to_owned()][..]));
        Ok(())
    }

    async fn refused(&self, secret: &str, version: i32, (name, bytes): (&str, &[u8]), code: Code) -> Result<()> {
        let errors = match self.send(secret, version, name, bytes).await? {
            Answered::Refused(_, errors) => errors,
            other => anyhow::bail!("{name} was not refused: {other:?}"),
        };
        assert_eq!(errors[0].code, code, "{name}");
        assert!(["file", "version", "deliverableId"].contains(&errors[0].field.join(".").as_str()), "{errors:?}");
        assert!(self.is_empty().await?, "something of {name} is left");
        Ok(())
    }
}

#[tokio::test]
async fn pictures_films_and_documents_are_handed_in_as_what_they_are() -> Result<()> {
    let desk = Desk::new().await?;
    let (picture, film) = (pictures::png(30, 20), films::mp4(64, 48, 1_000, 100_000));
    for (name, bytes, facts) in [
        // What it is called tells nothing.
        ("C:\\film.mp4", picture.as_slice(), "READY IMAGE image/png film.mp4"),
        ("فیلم.png", film.as_slice(), "READY VIDEO video/mp4 فیلم.png"),
        ("", PDF, "READY DOCUMENT application/pdf file"),
    ] {
        let (id, secret) = desk.with_link().await?;
        let done = desk.send(&secret, 1, name, bytes).await?;
        assert!(matches!(done, Answered::Done), "{name}: {done:?}");
        let row = desk.read(id).await?;
        assert_eq!((row.state, row.submission, row.note.as_str()), (DeliverableState::Submitted, 1, "Here"));
        let asset = row.asset_id.context("a file")?;
        let found = "state || ' ' || kind || ' ' || mime_type || ' ' || file_name";
        let sql = format!(
            "select {found} from asset where id = '{asset}' and uploaded_by is null
               and upload_link_id = (select submitted_link_id from deliverable where id = '{id}')"
        );
        assert_eq!(desk.test.db.value::<String>(&sql).await?, facts);
        let page = open_deliverable(&desk.test.services, &secret).await?;
        let shown = facts.rsplit(' ').next();
        assert!(matches!(page, Opened::View(page) if page.file.as_deref() == shown));
    }
    desk.test.run_jobs().await?;
    assert_eq!(desk.test.due_jobs().await?, 0);
    // Forms are made of what can be seen.
    let of_document =
        "select count(*) from media_rendition r join asset a on a.file_id = r.file_id where a.kind = 'DOCUMENT'";
    assert_eq!(desk.test.db.value::<i64>(of_document).await?, 0);
    // Another deliverable's page knows nothing of it.
    let (_, other) = desk.with_link().await?;
    let page = open_deliverable(&desk.test.services, &other).await?;
    assert!(matches!(page, Opened::View(page) if page.file.is_none()));
    Ok(())
}

#[tokio::test]
async fn what_is_not_taken_leaves_nothing_behind() -> Result<()> {
    let desk = Desk::new().await?;
    let (id, secret) = desk.with_link().await?;
    let picture = pictures::png(30, 20);
    let large = [picture.as_slice(), &vec![0; 20 * 1024 * 1024]].concat();
    let cut = &PDF[..PDF.len() - 7];
    desk.refused(&secret, 1, ("film.mp4", b"MZ is no film, whatever it is called"), Code::FileTypeUnsupported).await?;
    desk.refused(&secret, 1, ("page.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>"), Code::FileTypeUnsupported)
        .await?;
    desk.refused(&secret, 1, ("empty.png", b""), Code::FileTypeUnsupported).await?;
    desk.refused(&secret, 1, ("large.png", &large), Code::FileTooLarge).await?;
    desk.refused(&secret, 1, ("cut.png", &picture[..picture.len() / 2]), Code::FileDamaged).await?;
    desk.refused(&secret, 1, ("cut.pdf", cut), Code::FileDamaged).await?;
    desk.refused(&secret, 7, ("a.png", &picture), Code::ChangedMeanwhile).await?;
    let quota = format!(
        "insert into media_quota (brand_id, quota_bytes, set_by, updated_at) values ('{}', 1000, '{}', now())",
        desk.brand, desk.chief.id
    );
    desk.test.db.run(&quota).await?;
    desk.refused(&secret, 1, ("a.png", &pictures::png(100, 100)), Code::QuotaExceeded).await?;
    desk.test.db.run("delete from media_quota").await?;
    let row = desk.read(id).await?;
    assert_eq!((row.state, row.version, row.asset_id), (DeliverableState::Due, 1, None));

    // A link of nobody, one whose time is over, and one that was ended.
    let unknown = desk.send("dwl_unknown", 1, "a.png", &picture).await;
    assert!(unknown.is_err_and(|error| error.to_string().contains("LinkInvalid")));
    desk.must(&desk.mid, async |context| revoke_deliverable_links(context, id).await).await?;
    let ended = desk.send(&secret, 1, "a.png", &picture).await?;
    assert!(matches!(ended, Answered::Ended(LinkEnding::Revoked, _)), "{ended:?}");
    let (_, other) = desk.with_link().await?;
    desk.clock.advance(Duration::days(31));
    let ended = desk.send(&other, 1, "a.png", &picture).await?;
    assert!(matches!(ended, Answered::Ended(LinkEnding::Expired, _)), "{ended:?}");
    assert!(desk.is_empty().await?);
    Ok(())
}

#[tokio::test]
async fn a_file_counts_once_and_a_link_that_ends_on_the_way_takes_none() -> Result<()> {
    let desk = Desk::new().await?;
    let (id, secret) = desk.with_link().await?;
    let (one, two) = (pictures::png(30, 20), pictures::png(20, 30));
    let (first, second) = tokio::join!(desk.send(&secret, 1, "1.png", &one), desk.send(&secret, 1, "2.png", &two));
    let done = [first?, second?].iter().filter(|done| matches!(done, Answered::Done)).count();
    assert_eq!(done, 1);
    assert_eq!((desk.test.db.count("asset").await?, desk.test.stored_files()?.len()), (1, 1));
    // What was handed in is not handed in over it.
    let again = desk.send(&secret, 2, "3.png", &two).await?;
    assert!(matches!(again, Answered::Refused(_, errors) if errors[0].code == Code::WrongState));
    // It comes back; the next one is another file, and the first stays in the library.
    desk.must(&desk.mid, async |context| send_deliverable_back(context, id, 2, "Upright").await).await?;
    let said = FileSaid { version: 3, name: "4.png".to_owned(), note: String::new(), bytes: 0 };
    let FileAwaited::Receiving(mut file) = await_file_by_link(&desk.test.services, &secret, said).await? else {
        anyhow::bail!("it may come");
    };
    file.write(&pictures::png(25, 25)).await?;
    desk.must(&desk.mid, async |context| revoke_deliverable_links(context, id).await).await?;
    let ended = file.finish().await?;
    assert!(matches!(ended, Answered::Ended(LinkEnding::Revoked, _)), "{ended:?}");
    assert_eq!((desk.test.db.count("asset").await?, desk.test.stored_files()?.len()), (1, 1));
    assert_eq!(desk.read(id).await?.state, DeliverableState::SentBack);
    Ok(())
}

#[tokio::test]
async fn whoever_was_shown_the_link_does_not_accept_its_file_alone() -> Result<()> {
    let desk = by_mail("en").await?;
    let (id, secret) = desk.with_link().await?;
    let done = desk.send(&secret, 1, "a.png", &pictures::png(30, 20)).await?;
    assert!(matches!(done, Answered::Done), "{done:?}");
    let row = desk.read(id).await?;
    assert_eq!(desk.accept(&desk.mid, &row, 2).await?, Err(Code::FourEyes));
    let seen = (CheckKind::Disclosed, CheckOutcome::Passed);
    let said = desk.act(&desk.mid, async |context| record_deliverable_check(context, id, seen, "").await.map(drop));
    assert_eq!(said.await?, Err(Code::FourEyes));
    assert_eq!((desk.read(id).await?, desk.test.db.count("deliverable_check").await?), (row.clone(), 0));
    // They may send it back. The link that goes with that is in the letter alone, and so nobody's of the team.
    desk.must(&desk.mid, async |context| send_deliverable_back(context, id, 2, "Upright").await).await?;
    let makers = "select count(*) || ' ' || count(created_by) from public_link";
    assert_eq!(desk.test.db.value::<String>(makers).await?, "2 1");
    let done = desk.send(&secret, 3, "b.png", &pictures::png(20, 30)).await?;
    assert!(matches!(done, Answered::Done), "{done:?}");
    assert_eq!(desk.accept(&desk.chief, &row, 4).await?, Ok(()));
    // Where an agency does without four eyes, one person may.
    let (id, secret) = desk.with_link().await?;
    desk.send(&secret, 1, "c.png", &pictures::png(25, 25)).await?;
    desk.test.db.run("update agency set four_eyes = false").await?;
    assert_eq!(desk.accept(&desk.mid, &desk.read(id).await?, 2).await?, Ok(()));
    Ok(())
}

#[tokio::test]
async fn only_so_many_files_come_by_one_link_at_a_time() -> Result<()> {
    let desk = Desk::new().await?;
    let (_, secret) = desk.with_link().await?;
    let said = || FileSaid { version: 1, name: "a.png".to_owned(), ..FileSaid::default() };
    let mut coming = Vec::new();
    for _ in 0..5 {
        match await_file_by_link(&desk.test.services, &secret, said()).await? {
            FileAwaited::Receiving(file) => coming.push(file),
            FileAwaited::Not(why) => anyhow::bail!("{why:?}"),
        }
    }
    desk.busy(&secret).await?;
    // Four lines break: what goes on counts, and what has stood still for a quarter of an hour does not.
    desk.clock.advance(Duration::minutes(8));
    let going_on = coming.first_mut().context("the first")?;
    going_on.write(&pictures::png(30, 20)).await?;
    desk.clock.advance(Duration::minutes(8));
    for _ in 0..4 {
        match await_file_by_link(&desk.test.services, &secret, said()).await? {
            FileAwaited::Receiving(file) => coming.push(file),
            FileAwaited::Not(why) => anyhow::bail!("{why:?}"),
        }
    }
    desk.busy(&secret).await?;
    // What has stopped counting does not go on: its place is taken.
    let gone = coming.get_mut(1).context("the second")?.write(&pictures::png(30, 20)).await;
    assert!(matches!(gone, Err(Failure::Refused(errors)) if errors[0].code == Code::LinkInvalid));
    for file in coming {
        file.give_up(Vec::new()).await?;
    }
    assert!(desk.is_empty().await?);
    Ok(())
}

#[tokio::test]
async fn what_is_announced_is_within_the_quota_while_it_comes() -> Result<()> {
    let desk = Desk::new().await?;
    let (_, secret) = desk.with_link().await?;
    let quota = format!(
        "insert into media_quota (brand_id, quota_bytes, set_by, updated_at) values ('{}', 10000, '{}', now())",
        desk.brand, desk.chief.id
    );
    desk.test.db.run(&quota).await?;
    let picture = pictures::png(30, 20);
    let said = |bytes| FileSaid { version: 1, name: "a.png".to_owned(), bytes, ..FileSaid::default() };
    let FileAwaited::Receiving(mut first) = await_file_by_link(&desk.test.services, &secret, said(6_000)).await? else {
        anyhow::bail!("it may come");
    };
    let refused = await_file_by_link(&desk.test.services, &secret, said(6_000)).await?;
    let full = |errors: &[UserError]| errors.iter().map(|error| error.code).eq([Code::QuotaExceeded]);
    assert!(matches!(&refused, FileAwaited::Not(Answered::Refused(_, errors)) if full(errors)), "{refused:?}");
    assert_eq!(desk.test.db.count("asset").await?, 1);
    // Its own announcement does not keep it out.
    first.write(&picture).await?;
    let done = first.finish().await?;
    assert!(matches!(done, Answered::Done), "{done:?}");
    let left: i64 = desk.test.db.value("select count(*) from asset where declared_size is not null").await?;
    assert_eq!(left, 0);
    Ok(())
}
