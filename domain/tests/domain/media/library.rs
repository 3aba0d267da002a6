//! What is in the library: the forms that networks get, terms and rights, folders, what is found, who sees what.

use anyhow::{Context as _, Result};
use chrono::{Duration, TimeZone as _, Utc};
use diwan_domain::Code;
use diwan_domain::calendar::ProblemSeverity;
use diwan_domain::media::{self, AssetChange, AssetFilter, FolderChange, NewUpload, Rights, SCREEN, THUMBNAIL};
use diwan_domain::paging::Page;
use diwan_domain::publishing::{ErrorPolicy, Shift, move_posts, schedule_post};
use diwan_entity::calendar::asset::{AssetKind, AssetState, Licence};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_testkit::{films, pictures};
use uuid::Uuid;

use crate::media::bench::{Bench, code};

/// The smallest file that is a document.
const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n";

#[tokio::test]
async fn each_network_gets_a_form_that_it_takes() -> Result<()> {
    let bench = Bench::new().await?;
    // More than Bluesky's million bytes.
    let large = pictures::png(800, 800);
    let (id, token) = bench.ask(&bench.person, bench.new_upload()).await?;
    bench.send(&token, &large).await?;
    bench.test.db.run("update asset set licence = 'OWNED', alt_text = 'A square'").await?;
    let post = bench.post("bluesky", id).await?;
    assert_eq!(bench.problems(post, None).await?, [(Code::RenditionPending, ProblemSeverity::Block)]);
    assert_eq!(bench.test.run_jobs().await?, 1);
    assert_eq!(bench.problems(post, None).await?, []);
    let asset = bench.asset(id).await?;
    let forms = bench.forms(&asset).await?;
    let jpeg = |purpose: &str, width| (purpose.to_owned(), "image/jpeg".to_owned(), width);
    assert_eq!(
        forms,
        [jpeg("JPEG", 800), jpeg(SCREEN, 800), jpeg(THUMBNAIL, 320)],
        "one is good enough for every network that does not take it as it is"
    );
    let key = media::rendition_key(bench.brand, id, "JPEG");
    assert!(bench.test.services.storage.get(key).await?.len() <= 1_000_000);
    // Asked for again, it is found done.
    bench
        .test
        .db
        .run("update media_file set renditions_at = null; update job set state = 'PENDING', finished_at = null")
        .await?;
    assert_eq!(bench.test.run_jobs().await?, 1);
    assert_eq!(bench.forms(&asset).await?, forms);
    assert_eq!(bench.test.stored_files()?.len(), 4);
    // A small one needs none but for networks that take no PNG.
    let small = bench.upload(&pictures::png(50, 20)).await?;
    let expected = [jpeg("JPEG", 50), jpeg(SCREEN, 50), jpeg(THUMBNAIL, 50)];
    assert_eq!(bench.forms(&small).await?, expected);
    // This network takes no films, and says so.
    let film = bench.upload(&films::mp4(64, 64, 900, 100)).await?;
    let post = bench.post("google_business", film.id).await?;
    assert!(bench.problems(post, None).await?.contains(&(Code::ImageTypeNotForNetwork, ProblemSeverity::Block)));
    Ok(())
}

#[tokio::test]
async fn a_document_is_published_where_its_pages_are_shown_and_refused_elsewhere() -> Result<()> {
    let bench = Bench::new().await?;
    let file = bench.upload(PDF).await?;
    assert_eq!(file.kind, Some(AssetKind::Document));
    bench.test.db.run("update asset set licence = 'OWNED'").await?;
    let (shown, refused) = (bench.post("linkedin", file.id).await?, bench.post("mastodon", file.id).await?);
    let block = |code| (code, ProblemSeverity::Block);
    assert_eq!(bench.problems(refused, None).await?, [block(Code::DocumentNotForNetwork)]);
    assert_eq!(bench.problems(shown, None).await?, [block(Code::OptionMissingForNetwork)]);
    let titled = format!(
        "update post_variant set options = jsonb_build_object('document_title', 'A guide') where post_id = '{shown}'"
    );
    bench.test.db.run(&titled).await?;
    // It has its title for a description, and takes no other.
    assert_eq!(bench.problems(shown, None).await?, []);
    bench.test.db.run("update asset set alt_text = 'What it says'").await?;
    assert_eq!(bench.problems(shown, None).await?, [(Code::AltTextNotForNetwork, ProblemSeverity::Warning)]);
    // So it is on an account whose limits were read before there were documents.
    let early = r#"update social_account set limits = jsonb_set(limits, '{mime_types}', '["image/png"]')"#;
    bench.test.db.run(early).await?;
    assert_eq!(bench.problems(shown, None).await?, [(Code::AltTextNotForNetwork, ProblemSeverity::Warning)]);
    assert_eq!(bench.problems(refused, None).await?, [block(Code::DocumentNotForNetwork)]);
    Ok(())
}

#[tokio::test]
async fn a_description_that_a_network_does_not_take_is_told() -> Result<()> {
    let bench = Bench::new().await?;
    let asset = bench.test.asset(bench.brand, &bench.person).await?;
    bench.test.db.run("update asset set alt_text = 'A red square'").await?;
    let (described, lost) = (bench.post("mastodon", asset).await?, bench.post("telegram", asset).await?);
    assert_eq!(bench.problems(described, None).await?, []);
    assert_eq!(bench.problems(lost, None).await?, [(Code::AltTextNotForNetwork, ProblemSeverity::Warning)]);
    bench.test.db.run("update asset set alt_text = ''").await?;
    assert_eq!(bench.problems(lost, None).await?, [(Code::AltTextMissing, ProblemSeverity::Warning)]);
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
        licence: Some(Licence::Licensed),
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
        // A thumbnail of each, a form for the screen, and one for the networks that take no PNG.
        let known = if who.id == client.id { 3 } else { 6 };
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
