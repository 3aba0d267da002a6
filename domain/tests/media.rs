//! The media library on disk: what arrives and how, what is refused, what is kept, and what posts may show.

use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use chrono::{DateTime, Duration, TimeZone as _, Utc};
use diwan_domain::calendar::{ProblemSeverity, validate_post};
use diwan_domain::media::{
    self, AssetChange, AssetFilter, FolderChange, NewUpload, Rights, THUMBNAIL, receive_upload, resume_upload,
    upload_status,
};
use diwan_domain::paging::Page;
use diwan_domain::publishing::{ErrorPolicy, Shift, move_posts, schedule_post};
use diwan_domain::{Code, Failure};
use diwan_entity::calendar::asset::{self, AssetKind, AssetState, Licence};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::clock::ManualClock;
use diwan_testkit::{Person, Settings, TestServices, films, pictures};
use uuid::Uuid;

struct Bench {
    test: TestServices,
    clock: Arc<ManualClock>,
    brand: Uuid,
    person: Person,
}

impl Bench {
    async fn new() -> Result<Self> {
        let clock = Arc::new(ManualClock::new(Utc.with_ymd_and_hms(2026, 8, 3, 9, 30, 0).single().context("a time")?));
        let test = TestServices::with(Settings { clock: Some(Arc::clone(&clock)), ..Settings::default() }).await?;
        let brand = test.brand("Alpha").await?;
        let person = test.member(brand, Level::Director, UserKind::Staff).await?;
        Ok(Self { test, clock, brand, person })
    }

    fn new_upload(&self) -> NewUpload {
        NewUpload { brand_id: self.brand, file_name: "cup.png".to_owned(), ..NewUpload::default() }
    }

    /// Asks for a place as somebody. Answers the asset and the token.
    async fn ask(&self, person: &Person, new: NewUpload) -> Result<(Uuid, String)> {
        let context = self.test.act(person).await?;
        let made = media::request_upload(&context, new).await?;
        context.commit().await?;
        let token = made.url.path_segments().and_then(|mut parts| parts.next_back()).context("a token")?.to_owned();
        Ok((made.asset.id, token))
    }

    async fn send(&self, token: &str, bytes: &[u8]) -> Result<(), Failure> {
        let mut receiver = receive_upload(Arc::clone(&self.test.services), token).await?;
        for part in bytes.chunks(50_000) {
            receiver.write(part).await?;
        }
        receiver.finish().await
    }

    /// Uploads a file as the person, and waits for its forms.
    async fn upload(&self, bytes: &[u8]) -> Result<asset::Model> {
        let (id, token) = self.ask(&self.person, self.new_upload()).await?;
        self.send(&token, bytes).await?;
        self.test.run_jobs().await?;
        self.asset(id).await
    }

    async fn asset(&self, id: Uuid) -> Result<asset::Model> {
        let context = self.test.act(&self.person).await?;
        let found = diwan_domain::calendar::assets_by_ids(&context, &[id]).await?.pop();
        context.roll_back().await?;
        found.context("an asset")
    }

    async fn forms(&self, asset: &asset::Model) -> Result<Vec<(String, String, i32)>> {
        let context = self.test.act(&self.person).await?;
        let file = asset.file_id.context("a file")?;
        let forms = media::renditions_of_files(&context, &[file]).await?;
        context.roll_back().await?;
        Ok(forms.into_iter().map(|form| (form.purpose, form.mime_type, form.width)).collect())
    }

    /// Does something as the person, for good.
    async fn done<T>(
        &self,
        work: impl AsyncFnOnce(&diwan_domain::Context) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let context =
            self.test.act(&self.person).await.map_err(|error| diwan_domain::Fault::broken(error.to_string()))?;
        let outcome = work(&context).await;
        match &outcome {
            Ok(_) => context.commit().await?,
            Err(_) => context.roll_back().await?,
        }
        outcome
    }

    async fn folder(&self, parent: Option<Uuid>, name: &str) -> Result<Uuid, Failure> {
        let brand = self.brand;
        Ok(self.done(async |context| media::create_folder(context, brand, parent, name).await).await?.id)
    }

    /// A post that shows an asset on an account of a network.
    async fn post(&self, network: &str, asset: Uuid) -> Result<Uuid> {
        let account = self.test.account(self.brand, network, &self.person).await?;
        let (post, variant) = self.test.post(self.brand, account, "Hello", &self.person).await?;
        self.test
            .db
            .run(&format!("insert into variant_asset values ('{}', '{variant}', 0, '{asset}')", self.brand))
            .await?;
        Ok(post)
    }

    async fn problems(&self, post: Uuid, due: Option<DateTime<Utc>>) -> Result<Vec<(Code, ProblemSeverity)>> {
        let context = self.test.act(&self.person).await?;
        let problems = validate_post(&context, post, due).await?;
        context.roll_back().await?;
        Ok(problems.into_iter().map(|problem| (problem.error.code, problem.severity)).collect())
    }
}

fn code<T: std::fmt::Debug>(outcome: Result<T, Failure>) -> Result<Code> {
    match outcome {
        Err(Failure::Refused(errors)) => Ok(errors.first().context("a reason")?.code),
        other => bail!("instead of a refusal: {other:?}"),
    }
}

/// A picture that compresses badly, as PNG with stored data: `side` by `side` pixels.
fn large_picture(side: u32) -> Vec<u8> {
    pictures::png(side, side)
}

#[tokio::test]
async fn a_file_comes_in_parts_and_goes_on_where_it_was() -> Result<()> {
    let bench = Bench::new().await?;
    let film = films::mp4(1920, 1080, 12_500, 300_000);
    let size = film.len();
    let new = NewUpload { byte_size: Some(i64::try_from(size)?), ..bench.new_upload() };
    let (id, token) = bench.ask(&bench.person, new).await?;
    let services = || Arc::clone(&bench.test.services);
    let status = upload_status(services(), &token).await?;
    assert_eq!((status.offset, status.length), (0, Some(size as u64)));
    let mut at = 0;
    for part in film.chunks(100_000) {
        // Somebody who thinks that it is elsewhere, and somebody who comes in between.
        assert_eq!(code(resume_upload(services(), &token, at + 1).await)?, Code::WrongOffset);
        let mut receiver = resume_upload(services(), &token, at).await?;
        assert_eq!(code(resume_upload(services(), &token, at).await)?, Code::UploadBusy);
        receiver.write(part).await?;
        at = receiver.offset();
        if receiver.is_whole() {
            receiver.finish().await?;
        } else {
            receiver.pause().await?;
            assert_eq!(upload_status(services(), &token).await?.offset, at);
        }
    }
    let asset = bench.asset(id).await?;
    assert_eq!((asset.state, asset.kind), (AssetState::Ready, Some(AssetKind::Video)));
    assert_eq!(
        (asset.mime_type.as_deref(), asset.width, asset.height, asset.duration_ms, asset.byte_size),
        (Some("video/mp4"), Some(1920), Some(1080), Some(12_500), Some(i64::try_from(size)?))
    );
    let key = media::file_key(bench.brand, asset.file_id.context("a file")?);
    assert_eq!(bench.test.services.storage.get(key).await?.as_ref(), film.as_slice());
    assert_eq!(bench.test.stored_files()?.len(), 1, "nothing of the way is left");
    assert_eq!(code(upload_status(services(), &token).await)?, Code::LinkInvalid);
    assert_eq!(bench.test.due_jobs().await?, 0, "a film has no other forms");
    Ok(())
}

#[tokio::test]
async fn what_was_whole_when_a_process_died_is_taken_in_at_the_next_look() -> Result<()> {
    let bench = Bench::new().await?;
    let film = films::mp4(64, 64, 900, 5000);
    let new = NewUpload { byte_size: Some(i64::try_from(film.len())?), ..bench.new_upload() };
    let (id, token) = bench.ask(&bench.person, new).await?;
    let mut receiver = resume_upload(Arc::clone(&bench.test.services), &token, 0).await?;
    receiver.write(&film).await?;
    // All of it was acknowledged, and then the process is gone.
    receiver.pause().await?;
    assert_eq!(bench.asset(id).await?.state, AssetState::AwaitingUpload);
    upload_status(Arc::clone(&bench.test.services), &token).await?;
    assert_eq!(bench.asset(id).await?.state, AssetState::Ready);
    assert_eq!(bench.test.stored_files()?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn what_means_harm_is_refused_and_leaves_nothing() -> Result<()> {
    let bench = Bench::new().await?;
    let film = films::mp4(640, 480, 4000, 2000);
    let with = |at: usize, byte: u8| {
        let mut changed = film.clone();
        changed[at] = byte;
        changed
    };
    let mut endless = film.clone();
    // The film's own box claims to be larger than anything.
    endless[24..28].copy_from_slice(&u32::MAX.to_be_bytes());
    let good = pictures::png(30, 20);
    for (what, bytes, expected) in [
        ("nothing", Vec::new(), Code::FileTypeUnsupported),
        ("a page", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec(), Code::FileTypeUnsupported),
        ("a program", b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\0".to_vec(), Code::FileTypeUnsupported),
        ("an archive", b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0\0\0\0".to_vec(), Code::FileTypeUnsupported),
        ("a picture that no network takes", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec(), Code::FileTypeUnsupported),
        ("half a picture", good[..good.len() / 2].to_vec(), Code::FileDamaged),
        ("a bomb", pictures::png_that_claims(60_000, 60_000), Code::ImageTooManyPixels),
        ("a film that ends in its head", film[..60].to_vec(), Code::FileDamaged),
        ("a film without a film", film[..24].to_vec(), Code::FileDamaged),
        ("a film whose box has no end", endless, Code::FileDamaged),
        ("a film whose boxes are nonsense", with(31, 0), Code::FileDamaged),
        ("a film without sides", films::mp4(0, 0, 4000, 10), Code::FileDamaged),
        ("a film without length", films::mp4(640, 480, 0, 10), Code::FileDamaged),
        ("too many bytes of a picture", [&good[..], &vec![0; 21 << 20]].concat(), Code::FileTooLarge),
    ] {
        let (id, token) = bench.ask(&bench.person, bench.new_upload()).await?;
        assert_eq!(code(bench.send(&token, &bytes).await).context(what)?, expected, "{what}");
        assert_eq!(bench.asset(id).await?.state, AssetState::AwaitingUpload, "{what}");
        assert_eq!(bench.test.stored_files()?, Vec::<String>::new(), "{what} was kept");
        // The same in parts.
        let new = NewUpload { byte_size: Some(i64::try_from(bytes.len().max(1))?), ..bench.new_upload() };
        let (_, token) = bench.ask(&bench.person, new).await?;
        if bytes.len() > 16 {
            let mut receiver = resume_upload(Arc::clone(&bench.test.services), &token, 0).await?;
            let refused = match receiver.write(&bytes).await {
                Ok(()) => receiver.finish().await,
                refused => {
                    receiver.discard().await?;
                    refused
                }
            };
            assert_eq!(code(refused).context(what)?, expected, "{what} in parts");
            assert_eq!(bench.test.stored_files()?, Vec::<String>::new(), "{what} was kept");
        }
    }
    // The name is a label: where the bytes go has nothing to do with it.
    for name in ["../../etc/passwd", "a/b.png", "a\\b.png", "a\u{0}b.png", " "] {
        let new = NewUpload { file_name: name.to_owned(), ..bench.new_upload() };
        let refused = bench.done(async |context| media::request_upload(context, new).await).await;
        assert_eq!(code(refused)?, Code::Invalid, "{name}");
    }
    for size in [0, -1, (4 << 30) + 1] {
        let new = NewUpload { byte_size: Some(size), ..bench.new_upload() };
        let refused = code(bench.done(async |context| media::request_upload(context, new).await).await)?;
        assert!(matches!(refused, Code::Invalid | Code::FileTooLarge), "{size}: {refused:?}");
    }
    let new = NewUpload { byte_size: Some(9), direct: true, ..bench.new_upload() };
    let refused = bench.done(async |context| media::request_upload(context, new).await).await;
    assert_eq!(code(refused)?, Code::NoDirectUpload);
    Ok(())
}

#[tokio::test]
async fn the_same_bytes_are_kept_once_and_as_long_as_somebody_shows_them() -> Result<()> {
    let bench = Bench::new().await?;
    let other_brand = bench.test.brand("Beta").await?;
    bench.test.join(&bench.person, other_brand, Level::Mid).await?;
    let picture = pictures::png(40, 30);
    let one = bench.upload(&picture).await?;
    let two = bench.upload(&picture).await?;
    assert_eq!(one.file_id, two.file_id);
    let new = NewUpload { brand_id: other_brand, ..bench.new_upload() };
    let (elsewhere, token) = bench.ask(&bench.person, new).await?;
    bench.send(&token, &picture).await?;
    bench.test.run_jobs().await?;
    assert_ne!(bench.asset(elsewhere).await?.file_id, one.file_id, "a brand shares nothing with another");
    // A file and its thumbnail, in each brand.
    assert_eq!(bench.test.stored_files()?.len(), 4);
    let brand = bench.brand;
    let usage = bench.done(async |context| media::media_use(context, brand).await).await?;
    assert_eq!(usage.used_bytes, i64::try_from(picture.len())?);

    bench.done(async |context| media::delete_asset(context, one.id).await).await?;
    bench.test.run_jobs().await?;
    assert_eq!(bench.test.stored_files()?.len(), 4, "the other shows it still");
    bench.done(async |context| media::delete_asset(context, two.id).await).await?;
    bench.test.run_jobs().await?;
    assert_eq!(bench.test.stored_files()?.len(), 2);
    assert_eq!(bench.test.db.count("media_rendition").await?, 1);
    let again = bench.upload(&picture).await?;
    assert_eq!((again.state, bench.test.stored_files()?.len()), (AssetState::Ready, 4));
    Ok(())
}

#[tokio::test]
async fn two_who_send_the_same_at_once_share_it() -> Result<()> {
    let bench = Bench::new().await?;
    let picture = pictures::png(60, 60);
    let (one, first) = bench.ask(&bench.person, bench.new_upload()).await?;
    let (two, second) = bench.ask(&bench.person, bench.new_upload()).await?;
    let (a, b) = tokio::join!(bench.send(&first, &picture), bench.send(&second, &picture));
    (a?, b?);
    assert_eq!(bench.asset(one).await?.file_id, bench.asset(two).await?.file_id);
    assert_eq!(bench.test.stored_files()?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_quota_holds_what_is_kept_and_what_is_awaited() -> Result<()> {
    let bench = Bench::new().await?;
    let brand = bench.brand;
    let picture = pictures::png(100, 100);
    let size = i64::try_from(picture.len())?;
    bench.done(async |context| media::set_media_quota(context, brand, Some(2 * size)).await).await?;
    bench.upload(&picture).await?;
    let announced = NewUpload { byte_size: Some(size), ..bench.new_upload() };
    let (_, token) = bench.ask(&bench.person, announced.clone()).await?;
    let refused = bench.done(async |context| media::request_upload(context, announced).await).await;
    assert_eq!(code(refused)?, Code::QuotaExceeded, "what is awaited counts");
    // What was not announced is refused when it is here; what is here already costs nothing.
    let (waiting, unannounced) = bench.ask(&bench.person, bench.new_upload()).await?;
    assert_eq!(code(bench.send(&unannounced, &pictures::png(100, 99)).await)?, Code::QuotaExceeded);
    assert_eq!(bench.asset(waiting).await?.state, AssetState::AwaitingUpload);
    bench.send(&unannounced, &picture).await?;
    let mut other = pictures::png(100, 100);
    *other.last_mut().context("a byte")? ^= 0;
    bench.send(&token, &other).await?;
    let usage = bench.done(async |context| media::media_use(context, brand).await).await?;
    assert_eq!((usage.used_bytes, usage.awaited_bytes, usage.quota_bytes), (size, 0, Some(2 * size)));
    for wrong in [0, -5, i64::MAX] {
        let refused = bench.done(async |context| media::set_media_quota(context, brand, Some(wrong)).await).await;
        assert_eq!(code(refused)?, Code::Invalid);
    }
    let usage = bench.done(async |context| media::set_media_quota(context, brand, None).await).await?;
    assert_eq!(usage.quota_bytes, None);
    bench.test.run_jobs().await?;
    // What nobody finishes is forgotten in the end, and does not count meanwhile.
    let announced = NewUpload { byte_size: Some(9), ..bench.new_upload() };
    let (_, token) = bench.ask(&bench.person, announced).await?;
    let mut receiver = resume_upload(Arc::clone(&bench.test.services), &token, 0).await?;
    receiver.write(b"\x89PNG").await?;
    receiver.pause().await?;
    let before = bench.test.stored_files()?.len();
    bench.clock.advance(Duration::hours(24));
    assert_eq!(code(upload_status(Arc::clone(&bench.test.services), &token).await)?, Code::LinkExpired);
    assert_eq!(media::forget_uploads(&bench.test.services).await?, 0);
    bench.clock.advance(Duration::hours(25));
    assert_eq!(media::forget_uploads(&bench.test.services).await?, 1);
    assert_eq!(bench.test.stored_files()?.len(), before - 1);
    Ok(())
}

#[tokio::test]
async fn each_network_gets_a_form_that_it_takes() -> Result<()> {
    let bench = Bench::new().await?;
    // More than Bluesky's million bytes.
    let large = large_picture(800);
    let (id, token) = bench.ask(&bench.person, bench.new_upload()).await?;
    bench.send(&token, &large).await?;
    bench.test.db.run("update asset set licence = 'OWNED', alt_text = 'A square'").await?;
    let post = bench.post("bluesky", id).await?;
    assert_eq!(bench.problems(post, None).await?, [(Code::RenditionPending, ProblemSeverity::Block)]);
    assert_eq!(bench.test.run_jobs().await?, 1);
    assert_eq!(bench.problems(post, None).await?, []);
    let asset = bench.asset(id).await?;
    let forms = bench.forms(&asset).await?;
    assert_eq!(
        forms,
        [(THUMBNAIL.to_owned(), "image/jpeg".to_owned(), 320), ("bluesky".to_owned(), "image/jpeg".to_owned(), 800)]
    );
    let key = media::rendition_key(bench.brand, id, "bluesky");
    assert!(bench.test.services.storage.get(key).await?.len() <= 1_000_000);
    // Asked for again, it is found done.
    bench
        .test
        .db
        .run("update media_file set renditions_at = null; update job set state = 'PENDING', finished_at = null")
        .await?;
    assert_eq!(bench.test.run_jobs().await?, 1);
    assert_eq!(bench.forms(&asset).await?, forms);
    assert_eq!(bench.test.stored_files()?.len(), 3);
    // A small one needs a thumbnail alone.
    let small = bench.upload(&pictures::png(50, 20)).await?;
    assert_eq!(bench.forms(&small).await?, [(THUMBNAIL.to_owned(), "image/jpeg".to_owned(), 50)]);
    // No network here takes films, and says so.
    let film = bench.upload(&films::mp4(64, 64, 900, 100)).await?;
    let post = bench.post("mastodon", film.id).await?;
    assert!(bench.problems(post, None).await?.contains(&(Code::ImageTypeNotForNetwork, ProblemSeverity::Block)));
    Ok(())
}

#[tokio::test]
async fn a_file_is_used_within_its_term_and_by_right() -> Result<()> {
    let bench = Bench::new().await?;
    let asset = bench.test.asset(bench.brand, &bench.person).await?;
    let post = bench.post("mastodon", asset).await?;
    bench.test.db.run("update asset set licence = null").await?;
    assert_eq!(bench.problems(post, None).await?, [(Code::RightsMissing, ProblemSeverity::Warning)]);
    let day = |day| Utc.with_ymd_and_hms(2026, 8, day, 12, 0, 0).single().context("a time");
    let (from, until) = (day(10)?, day(20)?);
    let rights = Rights {
        owner: " Lina ".to_owned(),
        licence: Some(Licence::UserGenerated),
        terms: "Once".to_owned(),
        usable_from: Some(from),
        usable_until: Some(until),
    };
    let change = AssetChange { rights: Some(rights.clone()), ..AssetChange::default() };
    let changed = bench.done(async |context| media::update_asset(context, asset, 1, change).await).await?;
    assert_eq!((changed.rights_owner.as_str(), changed.version), ("Lina", 2));
    for (due, expected) in [
        (day(5)?, vec![(Code::AssetNotYetUsable, ProblemSeverity::Block)]),
        (from, vec![]),
        (until - Duration::seconds(1), vec![]),
        (until, vec![(Code::AssetExpired, ProblemSeverity::Block)]),
        (day(25)?, vec![(Code::AssetExpired, ProblemSeverity::Block)]),
    ] {
        assert_eq!(bench.problems(post, Some(due)).await?, expected, "{due}");
    }
    let refused = bench.done(async |context| schedule_post(context, post, until).await).await;
    assert_eq!(code(refused)?, Code::AssetExpired);
    bench.done(async |context| schedule_post(context, post, day(15).unwrap()).await).await?;
    let shift = Shift { at: Some(until), ..Shift::default() };
    let moved =
        bench.done(async |context| move_posts(context, &[post], shift, ErrorPolicy::RejectFailedRows).await).await?;
    assert_eq!(moved[0].errors[0].code, Code::AssetExpired);
    let shift = Shift { at: Some(day(16)?), ..Shift::default() };
    let moved =
        bench.done(async |context| move_posts(context, &[post], shift, ErrorPolicy::RejectFailedRows).await).await?;
    assert!(moved[0].errors.is_empty());
    // What goes out with a post that is on its way stays as it is.
    let alt = AssetChange { alt_text: Some("Other".to_owned()), ..AssetChange::default() };
    let refused = bench.done(async |context| media::update_asset(context, asset, 2, alt).await).await;
    assert_eq!(code(refused)?, Code::AssetInUse);
    assert_eq!(code(bench.done(async |context| media::archive_asset(context, asset).await).await)?, Code::AssetInUse);
    assert_eq!(code(bench.done(async |context| media::delete_asset(context, asset).await).await)?, Code::AssetInUse);
    // A term that was cut short meanwhile holds when the post is due.
    let cut = Rights { usable_from: None, usable_until: Some(day(12)?), ..rights };
    let change = AssetChange { rights: Some(cut), ..AssetChange::default() };
    bench.done(async |context| media::update_asset(context, asset, 2, change).await).await?;
    bench.clock.advance(day(16)? - bench.test.services.now());
    bench.test.run_jobs().await?;
    let (state, trouble): (String, String) = (
        bench.test.db.value("select state from publication").await?,
        bench.test.db.value("select trouble from publication").await?,
    );
    assert_eq!((state.as_str(), trouble.as_str()), ("FAILED", "MEDIA_EXPIRED"));
    // Now it is not on its way any more.
    bench.done(async |context| media::archive_asset(context, asset).await).await?;
    assert!(bench.problems(post, Some(day(17)?)).await?.contains(&(Code::AssetArchived, ProblemSeverity::Block)));
    assert_eq!(code(bench.done(async |context| media::archive_asset(context, asset).await).await)?, Code::WrongState);
    bench.done(async |context| media::restore_asset(context, asset).await).await?;
    assert_eq!(code(bench.done(async |context| media::delete_asset(context, asset).await).await)?, Code::AssetInUse);
    Ok(())
}

#[tokio::test]
async fn folders_are_a_tree() -> Result<()> {
    let bench = Bench::new().await?;
    let top = bench.folder(None, "Summer").await?;
    assert_eq!(code(bench.folder(None, " SUMMER ").await)?, Code::AlreadyExists);
    assert_eq!(code(bench.folder(None, "").await)?, Code::Invalid);
    let mut deep = vec![top];
    for step in 2..=10 {
        deep.push(bench.folder(deep.last().copied(), &format!("{step}")).await?);
    }
    assert_eq!(code(bench.folder(deep.last().copied(), "11").await)?, Code::FolderTooDeep);
    let moved = async |id: Uuid, parent: Option<Uuid>| {
        let change = FolderChange { parent_id: Some(parent), ..FolderChange::default() };
        bench.done(async |context| media::update_folder(context, id, 1, change).await).await
    };
    assert_eq!(code(moved(top, Some(deep[4])).await)?, Code::FolderInItself);
    assert_eq!(code(moved(top, Some(top)).await)?, Code::FolderInItself);
    let other = bench.folder(None, "Winter").await?;
    assert_eq!(code(moved(top, Some(other)).await)?, Code::FolderTooDeep, "with what stands in it");
    // The database says the same to whoever does not ask.
    for (id, parent) in [(top, deep[4]), (top, top), (top, other)] {
        let refused =
            bench.test.db.run(&format!("update asset_folder set parent_id = '{parent}' where id = '{id}'")).await;
        assert!(refused.is_err());
    }
    let elsewhere = bench.test.brand("Beta").await?;
    bench.test.join(&bench.person, elsewhere, Level::Mid).await?;
    let foreign = bench.done(async |context| media::create_folder(context, elsewhere, None, "Spring").await).await?;
    assert_eq!(code(moved(other, Some(foreign.id)).await)?, Code::NotFound);
    let new = NewUpload { folder_id: Some(foreign.id), ..bench.new_upload() };
    assert_eq!(code(bench.done(async |context| media::request_upload(context, new).await).await)?, Code::NotFound);
    let new = NewUpload { folder_id: Some(other), ..bench.new_upload() };
    let (asset, _) = bench.ask(&bench.person, new).await?;
    assert_eq!(
        code(bench.done(async |context| media::delete_folder(context, other).await).await)?,
        Code::FolderNotEmpty
    );
    assert_eq!(code(bench.done(async |context| media::delete_folder(context, top).await).await)?, Code::FolderNotEmpty);
    let out = AssetChange { folder_id: Some(None), ..AssetChange::default() };
    bench.done(async |context| media::update_asset(context, asset, 1, out).await).await?;
    bench.done(async |context| media::delete_folder(context, other).await).await?;
    Ok(())
}

#[tokio::test]
async fn files_are_found_by_what_is_said_of_them() -> Result<()> {
    let bench = Bench::new().await?;
    let brand = bench.brand;
    let folder = bench.folder(None, "Summer").await?;
    let picture = bench.upload(&pictures::png(9, 9)).await?;
    let film = bench.upload(&films::mp4(64, 64, 900, 100)).await?;
    let change = AssetChange {
        file_name: Some("100%_plan.png".to_owned()),
        alt_text: Some("Wie man Kaffee kocht".to_owned()),
        infographic: Some(true),
        tags: Some(vec![" Coffee ".to_owned(), "coffee".to_owned(), "نوروز".to_owned()]),
        folder_id: Some(Some(folder)),
        rights: None,
    };
    let changed = bench.done(async |context| media::update_asset(context, picture.id, 1, change).await).await?;
    assert_eq!(
        (changed.tags, changed.kind),
        (vec!["coffee".to_owned(), "نوروز".to_owned()], Some(AssetKind::Infographic))
    );
    let film_change = AssetChange { infographic: Some(true), ..AssetChange::default() };
    let refused = bench.done(async |context| media::update_asset(context, film.id, 1, film_change).await).await;
    assert_eq!(code(refused)?, Code::Invalid);
    let page = Page { size: 10, after: None, before: None, from_end: false };
    let find = async |filter: AssetFilter| -> Result<Vec<Uuid>> {
        let found = bench.done(async |context| media::assets(context, brand, filter, page).await).await?;
        Ok(found.rows.into_iter().map(|row| row.id).collect())
    };
    let text = |text: &str| AssetFilter { text: Some(text.to_owned()), ..AssetFilter::default() };
    let both = find(AssetFilter::default()).await?;
    assert_eq!(both.len(), 2);
    for (filter, expected) in [
        (text("KAFFEE"), vec![picture.id]),
        (text("100%_"), vec![picture.id]),
        (text("100%x"), vec![]),
        (text("نوروز"), vec![picture.id]),
        (AssetFilter { tags: vec!["Coffee".to_owned()], ..AssetFilter::default() }, vec![picture.id]),
        (AssetFilter { tags: vec!["coffee".to_owned(), "tea".to_owned()], ..AssetFilter::default() }, vec![]),
        (AssetFilter { kinds: vec![AssetKind::Video], ..AssetFilter::default() }, vec![film.id]),
        (AssetFilter { folder_id: Some(Some(folder)), ..AssetFilter::default() }, vec![picture.id]),
        (AssetFilter { folder_id: Some(None), ..AssetFilter::default() }, vec![film.id]),
        (AssetFilter { archived: true, ..AssetFilter::default() }, vec![]),
        (AssetFilter { without_rights: true, ..AssetFilter::default() }, both.clone()),
        (AssetFilter { states: vec![AssetState::AwaitingUpload], ..AssetFilter::default() }, vec![]),
    ] {
        assert_eq!(find(filter.clone()).await?, expected, "{filter:?}");
    }
    let tags = bench.done(async |context| media::tags(context, brand).await).await?;
    assert_eq!(
        tags.iter().map(|tag| (tag.tag.as_str(), tag.assets)).collect::<Vec<_>>(),
        [("coffee", 1), ("نوروز", 1)]
    );
    Ok(())
}

#[tokio::test]
async fn freelancers_and_clients_see_their_part() -> Result<()> {
    let bench = Bench::new().await?;
    let brand = bench.brand;
    let freelancer = bench.test.member(brand, Level::Junior, UserKind::Freelancer).await?;
    let client = bench.test.member(brand, Level::Junior, UserKind::Client).await?;
    let shown = bench.upload(&pictures::png(9, 9)).await?;
    let hidden = bench.upload(&pictures::png(8, 7)).await?;
    let post = bench.post("mastodon", shown.id).await?;
    bench
        .test
        .db
        .run(&format!(
            "insert into post_assignment (id, brand_id, post_id, user_id, created_at)
               values (gen_random_uuid(), '{brand}', '{post}', '{}', now());
             update post set sent_to_client_at = now()",
            freelancer.id
        ))
        .await?;
    // The same bytes as the hidden one: their own file nevertheless.
    let (own, token) = bench.ask(&freelancer, bench.new_upload()).await?;
    bench.send(&token, &pictures::png(8, 7)).await?;
    bench.test.run_jobs().await?;
    let page = Page { size: 10, after: None, before: None, from_end: false };
    for (who, expected) in [(&freelancer, vec![own, shown.id]), (&client, vec![shown.id])] {
        let context = bench.test.act(who).await?;
        let seen = media::assets(&context, brand, AssetFilter::default(), page).await?;
        assert_eq!(seen.rows.iter().map(|row| row.id).collect::<Vec<_>>(), expected);
        let files: Vec<Uuid> = [&shown, &hidden].iter().filter_map(|asset| asset.file_id).collect();
        let forms = media::renditions_of_files(&context, &files).await?;
        let known = if who.id == client.id { 1 } else { 2 };
        assert_eq!(forms.len(), known, "forms are seen with what shows them");
        assert_eq!(code(media::update_asset(&context, shown.id, 1, AssetChange::default()).await)?, Code::Forbidden);
        assert_eq!(code(media::update_asset(&context, hidden.id, 1, AssetChange::default()).await)?, Code::NotFound);
        assert_eq!(code(media::media_use(&context, brand).await)?, Code::Forbidden);
        assert!(media::folders(&context, brand).await?.is_empty());
        context.roll_back().await?;
    }
    let context = bench.test.act(&freelancer).await?;
    let change = AssetChange { alt_text: Some("Mine".to_owned()), ..AssetChange::default() };
    assert_eq!(media::update_asset(&context, own, 1, change).await?.alt_text, "Mine");
    context.roll_back().await?;
    Ok(())
}
