//! Posters of films: by the program that takes stills, without it, and of films that have none.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use chrono::Duration;
use diwan_domain::media::{self, SCREEN, THUMBNAIL};
use diwan_entity::calendar::asset::{self, AssetKind, AssetState};
use diwan_entity::media::media_rendition;
use diwan_platform::stills::Stills;
use diwan_testkit::{Settings, films};
use image::{GenericImageView as _, Rgba};

use crate::media::bench::Bench;

const FAILURES: &str = "select failures from job where kind = 'make_renditions'";
const STATE: &str = "select state from job where kind = 'make_renditions'";

/// A film's forms, the larger first.
async fn forms(bench: &Bench, film: &asset::Model) -> Result<Vec<media_rendition::Model>> {
    let file = film.file_id.context("a file")?;
    Ok(bench.done(async |context| media::renditions_of_files(context, &[file]).await).await?)
}

async fn decoded(bench: &Bench, form: &media_rendition::Model) -> Result<image::DynamicImage> {
    let key = media::rendition_key(bench.brand, form.file_id, &form.purpose);
    Ok(image::load_from_memory(&bench.test.services.storage.get(key).await?)?)
}

/// Whether a part of a picture is rather red than blue, and light; none of something else.
fn is_red(Rgba([red, green, blue, _]): Rgba<u8>) -> Option<bool> {
    match (red > 150, blue > 150, green < 100) {
        (true, false, true) => Some(true),
        (false, true, true) => Some(false),
        _ => None,
    }
}

#[tokio::test]
async fn a_film_has_a_poster_that_stands_as_it_does() -> Result<()> {
    let bench = Bench::new().await?;
    let upright = films::real((1920, 1080), 2).await?;
    for (film, sides, screen, small, first, second) in [
        // It begins in the dark, and its upper half is red.
        (upright.clone(), (1920, 1080), (1600, 900), (320, 180), (0.5, 0.1), (0.5, 0.9)),
        // Turned clockwise, the upper half is on the right.
        (films::turned(upright)?, (1080, 1920), (900, 1600), (180, 320), (0.9, 0.5), (0.1, 0.5)),
    ] {
        let film = bench.upload(&film).await?;
        assert_eq!((film.state, film.kind), (AssetState::Ready, Some(AssetKind::Video)));
        assert_eq!((film.width, film.height), (Some(sides.0), Some(sides.1)));
        let forms = forms(&bench, &film).await?;
        let seen: Vec<_> = forms
            .iter()
            .map(|form| (form.purpose.as_str(), form.mime_type.as_str(), form.width, form.height))
            .collect();
        let jpeg = "image/jpeg";
        assert_eq!(seen, [(SCREEN, jpeg, screen.0, screen.1), (THUMBNAIL, jpeg, small.0, small.1)]);
        for form in &forms {
            let picture = decoded(&bench, form).await?;
            assert_eq!((i32::try_from(picture.width())?, i32::try_from(picture.height())?), (form.width, form.height));
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of a side")]
            let at = |(x, y): (f64, f64)| {
                let place = |side: u32, part: f64| (f64::from(side) * part) as u32;
                is_red(picture.get_pixel(place(picture.width(), x), place(picture.height(), y)))
            };
            assert_eq!((at(first), at(second)), (Some(true), Some(false)), "{}", form.purpose);
        }
    }
    // Nothing but the films and their forms is left, and nothing is left to do.
    assert_eq!(bench.test.stored_files()?.len(), 6);
    assert_eq!(bench.test.db.value::<i64>("select count(*) from job where state <> 'DONE'").await?, 0);
    // Asked for again, it is found done.
    bench
        .test
        .db
        .run("update media_file set renditions_at = null; update job set state = 'PENDING', finished_at = null")
        .await?;
    let before: String =
        bench.test.db.value("select string_agg(id::text, ' ' order by id) from media_rendition").await?;
    assert_eq!(bench.test.run_jobs().await?, 2);
    let after: String =
        bench.test.db.value("select string_agg(id::text, ' ' order by id) from media_rendition").await?;
    assert_eq!(before, after);
    Ok(())
}

#[tokio::test]
async fn a_film_without_a_still_is_as_good_as_any_and_is_not_tried_again() -> Result<()> {
    let bench = Bench::new().await?;
    let whole = films::real((320, 180), 1).await?;
    // The boxes are whole; what is in the film is not.
    let find = |wanted: &[u8; 4]| whole.windows(4).position(|name| name == wanted).context("a box");
    let mut spoiled = whole.clone();
    spoiled[find(b"mdat")? + 4..find(b"moov")? - 4].fill(0xff);
    for (what, bytes) in [
        ("no frames", films::mp4(320, 240, 900, 5000)),
        ("spoiled frames", spoiled),
        ("a codec that is not on the list", films::odd((64, 48)).await?),
    ] {
        let film = bench.upload(&bytes).await?;
        assert_eq!(film.state, AssetState::Ready, "{what}");
        assert!(forms(&bench, &film).await?.is_empty(), "{what}");
        let (link, file) = bench
            .done(async |context| {
                let file = media::files_by_ids(context, &[film.file_id.unwrap_or_default()]).await?;
                Ok((media::media_link(context, &film)?, file.into_iter().next()))
            })
            .await?;
        assert!(link.is_some(), "{what}");
        let file = file.context("a file")?;
        assert!(file.renditions_at.is_some() && media::problem_of(&film, Some(&file)).is_none(), "{what}");
        assert_eq!(bench.test.db.value::<i32>("select max(failures) from job").await?, 0, "{what}");
    }
    bench.clock.advance(Duration::days(30));
    let unfinished = "select count(*) from job where kind = 'make_renditions' and state <> 'DONE'";
    assert_eq!(bench.test.db.value::<i64>(unfinished).await?, 0);
    Ok(())
}

#[tokio::test]
async fn without_the_program_films_wait_for_it() -> Result<()> {
    let mut bench = Bench::with(Settings { no_stills: true, ..Settings::default() }).await?;
    let film = bench.upload(&films::real((320, 180), 1).await?).await?;
    assert_eq!((film.state, forms(&bench, &film).await?), (AssetState::Ready, Vec::new()));
    bench.clock.advance(Duration::hours(25));
    assert_eq!(bench.test.run_jobs().await?, 1, "once a day");
    assert_eq!(bench.test.due_jobs().await?, 0);
    assert_eq!(bench.test.db.value::<i32>(FAILURES).await?, 0, "that is nobody's fault");
    assert!(forms(&bench, &film).await?.is_empty());
    // It is installed.
    Arc::get_mut(&mut bench.test.services).context("nobody else has them")?.stills =
        Some(Stills::new(films::program()));
    bench.clock.advance(Duration::hours(25));
    bench.test.run_jobs().await?;
    assert_eq!(forms(&bench, &film).await?.len(), 2);
    assert_eq!(bench.test.db.value::<String>(STATE).await?, "DONE");
    Ok(())
}

#[tokio::test]
async fn a_program_that_does_not_run_is_a_fault_and_says_nothing_of_the_film() -> Result<()> {
    let mut bench = Bench::new().await?;
    Arc::get_mut(&mut bench.test.services).context("nobody else has them")?.stills =
        Some(Stills::new("/nonexistent/ffmpeg"));
    let film = bench.upload(&films::real((320, 180), 1).await?).await?;
    assert_eq!((film.state, forms(&bench, &film).await?), (AssetState::Ready, Vec::new()));
    assert_eq!(bench.test.db.value::<i32>(FAILURES).await?, 1);
    for _ in 0..4 {
        bench.clock.advance(Duration::minutes(1));
        bench.test.run_jobs().await?;
    }
    assert_eq!(bench.test.db.value::<String>(STATE).await?, "SET_ASIDE");
    assert_eq!(bench.asset(film.id).await?.state, AssetState::Ready);
    // It is mended, and the work ordered again.
    Arc::get_mut(&mut bench.test.services).context("nobody else has them")?.stills =
        Some(Stills::new(films::program()));
    let job: uuid::Uuid = bench.test.db.value("select id from job where kind = 'make_renditions'").await?;
    let chief = bench.test.chief().await?;
    let context = bench.test.act(&chief).await?;
    diwan_domain::trust::rerun_job(&context, job).await?;
    context.commit().await?;
    bench.test.run_jobs().await?;
    assert_eq!(forms(&bench, &film).await?.len(), 2);
    Ok(())
}
