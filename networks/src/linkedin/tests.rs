use super::*;

fn draft(options: &[(&str, &str)]) -> Draft {
    let options = options.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Draft { text: "one".to_owned(), options, ..Draft::default() }
}

fn found(author: &str, draft: &Draft) -> Vec<(ViolationCode, Part)> {
    let found = LinkedIn.validate(&oauth::limits(author), draft).into_iter();
    found.map(|violation| (violation.code, violation.part)).collect()
}

fn option(code: ViolationCode, name: &str) -> (ViolationCode, Part) {
    (code, Part::Option(name.to_owned()))
}

const MEMBER: &str = "urn:li:person:abc";
const PAGE: &str = "urn:li:organization:1";

#[test]
fn nothing_is_asked_about_a_member() {
    assert!(LinkedIn.is_asked_about(PAGE) && !LinkedIn.is_asked_about(MEMBER));
}

#[test]
fn a_page_has_no_connections() {
    let connections = draft(&[(VISIBILITY, "connections")]);
    assert_eq!(found(MEMBER, &connections), []);
    assert_eq!(found(PAGE, &connections), [option(ViolationCode::OptionInvalid, VISIBILITY)]);
    assert_eq!(found(PAGE, &draft(&[(VISIBILITY, "public")])), []);
}

#[test]
fn a_poll_has_a_question_and_stands_alone() {
    let poll = [(POLL, "yes\nno"), (POLL_QUESTION, "well?"), (POLL_DURATION, "one_day")];
    assert_eq!(found(PAGE, &draft(&poll)), []);
    assert_eq!(found(PAGE, &draft(&poll[..1])), [option(ViolationCode::OptionMissing, POLL_QUESTION)]);
    let apart = |name| option(ViolationCode::NotTogether, name);
    assert_eq!(found(PAGE, &draft(&poll[1..])), [apart(POLL_QUESTION), apart(POLL_DURATION)]);
    let linked = Draft { link: Some("https://example.com/".to_owned()), ..draft(&poll) };
    assert_eq!(found(PAGE, &linked), [apart(POLL)]);
    let titled = draft(&[(LINK_TITLE, "a title")]);
    assert_eq!(found(PAGE, &titled), [apart(LINK_TITLE)]);
}

#[test]
fn comments_are_shorter_than_posts_and_films_are_no_crumbs() {
    let commented = |length| Draft { first_comment: Some("c".repeat(length)), ..draft(&[]) };
    assert_eq!(found(PAGE, &commented(1_250)), []);
    for length in [1_251, 3_001] {
        assert_eq!(found(PAGE, &commented(length)), [(ViolationCode::TextTooLong, Part::FirstComment)], "{length}");
    }
    let film = |size| {
        let (mime, alt_text) = ("video/mp4".to_owned(), String::new());
        let film = DraftMedia { mime, size, width: 9, height: 9, alt_text, duration_ms: Some(3_000) };
        Draft { media: vec![film], ..draft(&[]) }
    };
    assert_eq!(found(PAGE, &film(SMALLEST_FILM)), []);
    assert_eq!(found(PAGE, &film(SMALLEST_FILM - 1)), [(ViolationCode::MediaShape, Part::Text)]);
}

#[test]
fn a_document_has_a_title_and_stands_alone() {
    let media = |mime: &str, size| {
        let (mime, alt_text) = (mime.to_owned(), "what it says".to_owned());
        DraftMedia { mime, size, width: 0, height: 0, alt_text, duration_ms: None }
    };
    let pdf = |size| media("application/pdf", size);
    let titled = |media| Draft { media, ..draft(&[(DOCUMENT_TITLE, "a title")]) };
    let most = 100 * 1024 * 1024;
    assert_eq!(found(PAGE, &titled(vec![pdf(most)])), []);
    assert_eq!(LinkedIn.undescribed(&titled(vec![pdf(1)])), [0]);
    for (media, code) in [
        (vec![pdf(most + 1)], ViolationCode::DocumentTooLarge),
        (vec![pdf(1), pdf(1)], ViolationCode::TooManyDocuments),
        (vec![pdf(1), media("image/png", 1)], ViolationCode::DocumentNotAlone),
        (vec![media("application/msword", 1)], ViolationCode::DocumentNotOffered),
    ] {
        assert_eq!(found(PAGE, &titled(media)), [(code, Part::Text)]);
    }
    let bare = Draft { media: vec![pdf(1)], ..draft(&[]) };
    assert_eq!(found(PAGE, &bare), [option(ViolationCode::OptionMissing, DOCUMENT_TITLE)]);
    assert_eq!(found(PAGE, &titled(Vec::new())), [option(ViolationCode::NotTogether, DOCUMENT_TITLE)]);
    // Of an account whose limits were read before there were documents.
    let early = Limits { mime_types: vec!["image/png".to_owned()], ..oauth::limits(PAGE) };
    assert_eq!(LinkedIn.validate(&early, &titled(vec![pdf(1)])), []);
}

#[test]
fn the_preview_knows_no_mentions() {
    let preview = LinkedIn.preview("hi @amal #news e.com/a", 0);
    let tag = Piece::Tag("#news".to_owned());
    let link = Piece::Link { shown: "e.com/a".to_owned(), address: "https://e.com/a".to_owned() };
    let text = |text: &str| Piece::Text(text.to_owned());
    assert_eq!(preview.pieces, [text("hi @amal "), tag, text(" "), link]);
    assert_eq!(preview.card, None);
}
