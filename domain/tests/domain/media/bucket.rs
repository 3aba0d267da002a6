//! The media library in a bucket of a real S3 server: large files, a server that is away, workers that die, files that go
//! there directly.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use bytes::Bytes;
use chrono::{TimeDelta, TimeZone as _, Utc};
use diwan_domain::jobs;
use diwan_domain::media::{self, NewUpload, receive_upload};
use diwan_entity::calendar::asset::{self, AssetState};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::clock::ManualClock;
use diwan_platform::http::{HttpClient, Method};
use diwan_platform::storage::{Opened, PIECE, Served};
use diwan_testkit::servers::{Fault, FaultProxy, S3Server, http_client};
use diwan_testkit::{Person, Settings, TestServices, films, pictures};
use uuid::Uuid;

const PATIENCE: Duration = Duration::from_secs(30);

struct Bench {
    test: TestServices,
    clock: Arc<ManualClock>,
    server: S3Server,
    proxy: FaultProxy,
    http: HttpClient,
    brand: Uuid,
    person: Person,
}

impl Bench {
    async fn new() -> Result<Self> {
        let server = S3Server::start().await?;
        let proxy = FaultProxy::keeping_host(&server.url).await?;
        let clock = Arc::new(ManualClock::new(Utc.with_ymd_and_hms(2026, 8, 3, 9, 30, 0).single().context("a time")?));
        let settings =
            Settings { clock: Some(Arc::clone(&clock)), s3: Some(server.settings(&proxy.url)), ..Settings::default() };
        let test = TestServices::with(settings).await?;
        let brand = test.brand("Alpha").await?;
        let person = test.member(brand, Level::Mid, UserKind::Staff).await?;
        let http = http_client([&server.url])?;
        Ok(Self { test, clock, server, proxy, http, brand, person })
    }

    async fn ask(&self, size: Option<usize>, direct: bool) -> Result<media::RequestedUpload> {
        let context = self.test.act(&self.person).await?;
        let new = NewUpload {
            brand_id: self.brand,
            file_name: "cup.png".to_owned(),
            byte_size: size.map(i64::try_from).transpose()?,
            direct,
            ..NewUpload::default()
        };
        let made = media::request_upload(&context, new).await?;
        context.commit().await?;
        Ok(made)
    }

    /// Uploads a file; what follows is work that waits.
    async fn upload(&self, bytes: &[u8]) -> Result<Uuid> {
        let made = self.ask(None, false).await?;
        let token = made.url.path_segments().and_then(|mut parts| parts.next_back()).context("a token")?;
        let mut receiver = receive_upload(Arc::clone(&self.test.services), token).await?;
        receiver.write(bytes).await?;
        receiver.finish().await?;
        Ok(made.asset.id)
    }

    async fn asset(&self, id: Uuid) -> Result<asset::Model> {
        let context = self.test.act(&self.person).await?;
        let found = diwan_domain::calendar::assets_by_ids(&context, &[id]).await?.pop();
        context.roll_back().await?;
        found.context("an asset")
    }

    /// Puts a file into the bucket by the address that was signed for it, and says so.
    async fn put(&self, made: &media::RequestedUpload, bytes: Vec<u8>) -> Result<u16> {
        let direct = made.direct.as_ref().context("a direct address")?;
        let request = self.http.request(Method::PUT, direct.url.clone());
        Ok(request.bytes("application/octet-stream", Bytes::from(bytes)).send().await?.status.as_u16())
    }

    async fn complete(&self, id: Uuid) -> Result<asset::Model> {
        let context = self.test.act(&self.person).await?;
        let asset = media::complete_upload(&context, id).await?;
        context.commit().await?;
        Ok(asset)
    }

    async fn forms(&self) -> Result<Vec<String>> {
        let sql = "select coalesce(array_agg(purpose order by purpose), '{}') from media_rendition";
        self.test.db.value(sql).await
    }

    fn kinds(&self) -> Result<BTreeSet<String>> {
        let objects = self.server.objects()?;
        Ok(objects.iter().filter_map(|name| name.split('/').next()).map(str::to_owned).collect())
    }
}

#[tokio::test]
async fn a_large_file_goes_up_in_parts_and_comes_back_the_same() -> Result<()> {
    let bench = Bench::new().await?;
    let film = films::mp4(1280, 720, 60_000, 2 * PIECE + 12_345);
    let id = bench.upload(&film).await?;
    assert_eq!(bench.asset(id).await?.state, AssetState::Processing);
    bench.test.run_jobs().await?;
    assert_eq!(bench.asset(id).await?.state, AssetState::Ready);
    assert_eq!(bench.test.stored_files()?, Vec::<String>::new(), "the folder has done its part");
    assert_eq!(bench.server.objects()?.len(), 1);
    let storage = &bench.test.services.storage;
    let key = media::file_key(bench.brand, id);
    assert!(storage.get(key).await? == film, "the bytes are others");
    // A reader gets it from the bucket itself.
    // (The test server reckons signatures wrongly where there are apostrophes and stars.)
    let served = Served { mime_type: "video/mp4", disposition: "inline; filename=cup.mp4" };
    let Opened::Link(url) = storage.open(key, served).await? else { anyhow::bail!("no link") };
    let answer = bench.http.get(url).header("range", "bytes=0-7").send().await?;
    assert_eq!((answer.status.as_u16(), answer.body.as_ref()), (206, &film[..8]));
    assert_eq!(answer.header("content-type"), Some("video/mp4"));
    Ok(())
}

#[tokio::test]
async fn while_the_store_answers_503_nothing_is_lost() -> Result<()> {
    let bench = Bench::new().await?;
    let picture = pictures::png(700, 700);
    bench.proxy.set("/", Fault::Status(503));
    let id = bench.upload(&picture).await?;
    bench.test.run_jobs().await?;
    let failures: i32 = bench.test.db.value("select failures from job").await?;
    assert_eq!(failures, 1);
    assert_eq!(bench.asset(id).await?.state, AssetState::Processing);
    assert_eq!(bench.test.stored_files()?.len(), 1, "it is kept here meanwhile");
    // The same bytes once more, while the first are on their way.
    let same = bench.upload(&picture).await?;
    assert_eq!(bench.asset(same).await?.state, AssetState::Processing);
    // Now the file gets through, and the store is away again for the forms.
    bench.proxy.clear();
    bench.proxy.set("/diwan/rendition", Fault::Status(503));
    bench.clock.advance(TimeDelta::minutes(1));
    bench.test.run_jobs().await?;
    assert_eq!((bench.asset(id).await?.state, bench.asset(same).await?.state), (AssetState::Ready, AssetState::Ready));
    assert_eq!(bench.forms().await?, Vec::<String>::new());
    bench.proxy.clear();
    bench.clock.advance(TimeDelta::minutes(1));
    bench.test.run_jobs().await?;
    assert_eq!(bench.forms().await?, ["JPEG", "SCREEN", "THUMBNAIL"]);
    assert_eq!(bench.test.stored_files()?, Vec::<String>::new());
    assert_eq!(bench.server.objects()?.len(), 4);
    assert!(bench.test.services.storage.get(media::file_key(bench.brand, id)).await? == picture);
    let unfinished: i64 = bench.test.db.value("select count(*) from job where state <> 'DONE'").await?;
    assert_eq!(unfinished, 0);
    Ok(())
}

#[tokio::test]
async fn a_store_that_stays_away_is_seen_and_tried_again() -> Result<()> {
    let bench = Bench::new().await?;
    bench.proxy.set("/", Fault::Status(503));
    let id = bench.upload(&pictures::png(9, 9)).await?;
    for _ in 0..4 {
        bench.test.run_jobs().await?;
        bench.clock.advance(TimeDelta::minutes(1));
    }
    let (job, state): (Uuid, String) =
        (bench.test.db.value("select id from job").await?, bench.test.db.value("select state from job").await?);
    assert_eq!(state, "SET_ASIDE");
    let context = bench.test.act(&bench.person).await?;
    let file = media::files_by_ids(&context, &[id]).await?.pop();
    let problem = media::problem_of(&bench.asset(id).await?, file.as_ref());
    assert_eq!(problem.map(|error| error.code), Some(diwan_domain::Code::StoreUnavailable));
    context.roll_back().await?;
    bench.proxy.clear();
    let chief = bench.test.chief().await?;
    let context = bench.test.act(&chief).await?;
    diwan_domain::trust::rerun_job(&context, job).await?;
    context.commit().await?;
    bench.test.run_jobs().await?;
    assert_eq!(bench.asset(id).await?.state, AssetState::Ready);
    assert_eq!(bench.forms().await?, ["JPEG", "SCREEN", "THUMBNAIL"]);
    Ok(())
}

#[tokio::test]
async fn a_worker_that_dies_at_a_rendition_is_followed_by_one_that_makes_the_rest() -> Result<()> {
    let bench = Bench::new().await?;
    let id = bench.upload(&pictures::png(700, 700)).await?;
    let file = id.simple().to_string();
    let of = |form: &str| format!("/diwan/rendition/{}/{file}/{form}", bench.brand.simple());
    // Two forms are stored; of the next the store has the bytes, and the worker dies before it hears so.
    bench.proxy.set(&of("JPEG"), Fault::ForwardThenHang);
    let services = Arc::clone(&bench.test.services);
    let dying = tokio::spawn(async move { jobs::run_due(&services, "dying").await });
    bench.proxy.wait_forwarded(&of("JPEG"), 1, PATIENCE).await?;
    dying.abort();
    let _dead = dying.await;
    assert_eq!(bench.forms().await?, ["SCREEN", "THUMBNAIL"]);
    let (state, made): (String, chrono::DateTime<Utc>) = (
        bench.test.db.value("select state from job where kind = 'make_renditions'").await?,
        bench.test.db.value("select created_at from media_rendition where purpose = 'THUMBNAIL'").await?,
    );
    assert_eq!(state, "RUNNING", "nobody has heard of its end");
    bench.proxy.clear();
    // Nobody takes it while the lease lasts; then somebody does.
    let job: Uuid = bench.test.db.value("select id from job where kind = 'make_renditions'").await?;
    assert_eq!(jobs::run(&bench.test.services, job, "early").await?, jobs::Ran::NotOurs);
    bench.clock.advance(TimeDelta::minutes(5));
    assert_eq!(jobs::run(&bench.test.services, job, "next").await?, jobs::Ran::Finished);
    assert_eq!(bench.forms().await?, ["JPEG", "SCREEN", "THUMBNAIL"]);
    let again: chrono::DateTime<Utc> =
        bench.test.db.value("select created_at from media_rendition where purpose = 'THUMBNAIL'").await?;
    assert_eq!(again, made, "what was made is not made again");
    assert_eq!(bench.proxy.forwarded(&of("THUMBNAIL")), 1);
    assert_eq!(bench.server.objects()?.len(), 4);
    Ok(())
}

#[tokio::test]
async fn a_worker_that_dies_at_the_file_itself_is_followed_by_another() -> Result<()> {
    let bench = Bench::new().await?;
    let film = films::mp4(1280, 720, 60_000, PIECE + 100);
    let id = bench.upload(&film).await?;
    let path = format!("/diwan/asset/{}", bench.brand.simple());
    // The upload is begun, and then nothing comes any more.
    bench.proxy.set(&path, Fault::ForwardThenHang);
    let services = Arc::clone(&bench.test.services);
    let dying = tokio::spawn(async move { jobs::run_due(&services, "dying").await });
    bench.proxy.wait_forwarded(&path, 1, PATIENCE).await?;
    dying.abort();
    let _dead = dying.await;
    bench.proxy.clear();
    assert_eq!(bench.asset(id).await?.state, AssetState::Processing);
    bench.clock.advance(TimeDelta::minutes(5));
    let job: Uuid = bench.test.db.value("select id from job").await?;
    assert_eq!(jobs::run(&bench.test.services, job, "next").await?, jobs::Ran::Finished);
    bench.test.run_jobs().await?;
    assert_eq!(bench.asset(id).await?.state, AssetState::Ready);
    assert!(bench.test.services.storage.get(media::file_key(bench.brand, id)).await? == film);
    Ok(())
}

#[tokio::test]
async fn a_film_in_the_bucket_gets_its_poster_and_leaves_no_copy_here() -> Result<()> {
    let bench = Bench::new().await?;
    let id = bench.upload(&films::real((320, 180), 1).await?).await?;
    let path = format!("/diwan/asset/{}", bench.brand.simple());
    // The store takes no forms, and then answers nothing at all: the copy goes all the same.
    bench.proxy.set("/diwan/rendition", Fault::Status(503));
    bench.test.run_jobs().await?;
    assert_eq!(bench.asset(id).await?.state, AssetState::Ready);
    bench.proxy.set("/", Fault::Status(503));
    bench.clock.advance(TimeDelta::minutes(1));
    bench.test.run_jobs().await?;
    let failures: i32 = bench.test.db.value("select failures from job where kind = 'make_renditions'").await?;
    assert_eq!((failures, bench.forms().await?), (2, Vec::new()));
    assert_eq!(bench.test.stored_files()?, Vec::<String>::new());
    // A worker dies while it fetches the film. The next begins anew, and nothing is left of either.
    bench.proxy.clear();
    bench.proxy.set(&path, Fault::ForwardThenHang);
    bench.clock.advance(TimeDelta::minutes(1));
    let (before, services) = (bench.proxy.forwarded(&path), Arc::clone(&bench.test.services));
    let dying = tokio::spawn(async move { jobs::run_due(&services, "dying").await });
    bench.proxy.wait_forwarded(&path, before + 1, PATIENCE).await?;
    dying.abort();
    let _dead = dying.await;
    assert_eq!(bench.test.stored_files()?.len(), 1, "what it had of the film");
    bench.proxy.clear();
    bench.clock.advance(TimeDelta::minutes(5));
    let job: Uuid = bench.test.db.value("select id from job where kind = 'make_renditions'").await?;
    assert_eq!(jobs::run(&bench.test.services, job, "next").await?, jobs::Ran::Finished);
    assert_eq!(bench.forms().await?, ["SCREEN", "THUMBNAIL"]);
    assert_eq!(bench.test.stored_files()?, Vec::<String>::new());
    assert_eq!(bench.server.objects()?.len(), 3);
    Ok(())
}

#[tokio::test]
async fn a_file_that_goes_to_the_bucket_directly_is_looked_at_all_the_same() -> Result<()> {
    let bench = Bench::new().await?;
    let picture = pictures::png(64, 48);
    let made = bench.ask(Some(picture.len()), true).await?;
    let id = made.asset.id;
    assert_eq!(bench.put(&made, picture.clone()).await?, 200);
    assert_eq!(bench.complete(id).await?.state, AssetState::Processing);
    bench.test.run_jobs().await?;
    let asset = bench.asset(id).await?;
    assert_eq!((asset.state, asset.width, asset.height), (AssetState::Ready, Some(64), Some(48)));
    assert_eq!(bench.kinds()?, BTreeSet::from(["asset".to_owned(), "rendition".to_owned()]));
    // Whoever has the address cannot change what was looked at.
    assert_eq!(bench.put(&made, vec![0; picture.len()]).await?, 200);
    assert!(bench.test.services.storage.get(media::file_key(bench.brand, id)).await? == picture);

    for (what, bytes, sent, problem) in [
        ("nothing was sent", picture.clone(), false, "error-upload-missing"),
        ("a program", b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\0".to_vec(), true, "error-file-type-unsupported"),
        ("half a picture", picture[..picture.len() / 2].to_vec(), true, "error-file-damaged"),
        ("a bomb", pictures::png_that_claims(60_000, 60_000), true, "error-image-too-many-pixels"),
    ] {
        let made = bench.ask(Some(bytes.len()), true).await?;
        if sent {
            assert_eq!(bench.put(&made, bytes).await?, 200, "{what}");
        }
        bench.complete(made.asset.id).await?;
        bench.test.run_jobs().await?;
        let asset = bench.asset(made.asset.id).await?;
        assert_eq!((asset.state, asset.problem.as_deref()), (AssetState::AwaitingUpload, Some(problem)), "{what}");
        let left =
            bench.server.objects()?.into_iter().filter(|name| name.contains(&made.asset.id.simple().to_string()));
        assert_eq!(left.count(), 0, "{what} was kept");
        // The address can be used again.
        assert_eq!(media::problem_of(&asset, None).map(|error| error.code.message_key()).as_deref(), Some(problem));
    }
    assert_eq!(bench.test.stored_files()?, Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn what_is_deleted_leaves_the_bucket() -> Result<()> {
    let bench = Bench::new().await?;
    let (gone, kept) = (bench.upload(&pictures::png(9, 9)).await?, bench.upload(&pictures::png(8, 8)).await?);
    bench.test.run_jobs().await?;
    let context = bench.test.act(&bench.person).await?;
    media::delete_asset(&context, gone).await?;
    context.commit().await?;
    bench.proxy.set("/", Fault::Status(503));
    bench.test.run_jobs().await?;
    assert_eq!(bench.server.objects()?.len(), 8);
    bench.proxy.clear();
    bench.clock.advance(TimeDelta::minutes(1));
    bench.test.run_jobs().await?;
    let left = bench.server.objects()?;
    assert!(left.len() == 4 && left.iter().all(|name| name.contains(&kept.simple().to_string())), "{left:?}");
    bench.test.services.storage.check().await?;
    bench.test.services.storage.remove_brand(bench.brand, media::KINDS).await?;
    assert_eq!(bench.server.objects()?, Vec::<String>::new());
    Ok(())
}
