//! Files on their way in: in parts, at once, hostile, the same, too many.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use chrono::Duration;
use diwan_domain::Code;
use diwan_domain::media::{self, NewUpload, resume_upload, upload_status};
use diwan_entity::calendar::asset::{AssetKind, AssetState};
use diwan_entity::tenancy::app_user::Level;
use diwan_testkit::{films, pictures};

use crate::media::bench::{Bench, code};

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
    assert_eq!(bench.test.due_jobs().await?, 1, "its poster is made by the worker");
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
    endless[20..24].copy_from_slice(&u32::MAX.to_be_bytes());
    let large_box = (33_u32 << 20).to_be_bytes().into_iter().chain(*b"moov").chain(vec![0; (33 << 20) - 8]);
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
        ("a film cut short", film[..film.len() - 1].to_vec(), Code::FileDamaged),
        (
            "a film whose head is larger than any",
            films::head(*b"isom", (9, 9), 9, 0).iter().copied().take(20).chain(large_box).collect(),
            Code::FileDamaged,
        ),
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
    // A file, its thumbnail, what the screen shows and a JPEG, in each brand.
    assert_eq!(bench.test.stored_files()?.len(), 8);
    let brand = bench.brand;
    let usage = bench.done(async |context| media::media_use(context, brand).await).await?;
    assert_eq!(usage.used_bytes, i64::try_from(picture.len())?);

    bench.done(async |context| media::delete_asset(context, one.id).await).await?;
    bench.test.run_jobs().await?;
    assert_eq!(bench.test.stored_files()?.len(), 8, "the other shows it still");
    bench.done(async |context| media::delete_asset(context, two.id).await).await?;
    bench.test.run_jobs().await?;
    assert_eq!(bench.test.stored_files()?.len(), 4);
    assert_eq!(bench.test.db.count("media_rendition").await?, 3);
    let again = bench.upload(&picture).await?;
    assert_eq!((again.state, bench.test.stored_files()?.len()), (AssetState::Ready, 8));
    Ok(())
}

#[tokio::test]
async fn two_who_send_the_same_at_once_share_it() -> Result<()> {
    let bench = Bench::new().await?;
    let picture = pictures::png(60, 60);
    let (one, first) = bench.ask(&bench.person, bench.new_upload()).await?;
    let (two, second) = bench.ask(&bench.person, bench.new_upload()).await?;
    let (a, b) = tokio::join!(bench.send(&first, &picture), bench.send(&second, &picture));
    a?;
    b?;
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
