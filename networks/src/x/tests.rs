use super::*;

fn draft() -> Draft {
    Draft { text: "one".to_owned(), ..Draft::default() }
}

fn media(mime: &str, size: u64, (width, height): (u32, u32)) -> DraftMedia {
    let (mime, alt_text) = (mime.to_owned(), String::new());
    DraftMedia { mime, size, width, height, alt_text, duration_ms: None }
}

fn found(draft: &Draft) -> Vec<(ViolationCode, Option<u64>, Option<u64>)> {
    let found = X.validate(&Limits::defaults(&CAPABILITIES), draft).into_iter();
    found.map(|violation| (violation.code, violation.limit, violation.actual)).collect()
}

fn with_options(draft: Draft, options: &[(&str, &str)]) -> Draft {
    let options = options.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Draft { options, ..draft }
}

#[test]
fn a_gif_stands_alone_and_may_be_larger() {
    let mib = 1024 * 1024;
    let with = |media: Vec<DraftMedia>| Draft { media, ..draft() };
    assert_eq!(found(&with(vec![media(GIF, 15 * mib, (9, 9))])), []);
    let too_large = |actual| (ViolationCode::ImageTooLarge, Some(5 * mib), Some(actual));
    assert_eq!(found(&with(vec![media(GIF, 15 * mib + 1, (9, 9))])), [too_large(15 * mib + 1)]);
    assert_eq!(found(&with(vec![media("image/png", 5 * mib + 1, (9, 9))])), [too_large(5 * mib + 1)]);
    let both = with(vec![media(GIF, 9, (9, 9)), media("image/png", 9, (9, 9))]);
    assert_eq!(found(&both), [(ViolationCode::MediaMixed, None, None)]);
}

#[test]
fn a_film_is_neither_a_strip_nor_a_dot() {
    let film = |size| Draft { media: vec![media("video/mp4", 9, size)], ..draft() };
    assert_eq!(found(&film((960, 320))), []);
    for size in [(961, 320), (320, 961), (31, 31), (0, 0)] {
        assert_eq!(found(&film(size)), [(ViolationCode::MediaShape, None, None)], "{size:?}");
    }
}

#[test]
fn a_poll_has_answers_and_no_images() {
    assert_eq!(found(&with_options(draft(), &[(POLL, "yes\nno"), (POLL_MINUTES, "5")])), []);
    let invalid = (ViolationCode::OptionInvalid, None, None);
    assert_eq!(found(&with_options(draft(), &[(POLL, "yes")])), [invalid]);
    assert_eq!(found(&with_options(draft(), &[(POLL, "a\nb"), (POLL_MINUTES, "4")])), [invalid]);
    let long = format!("{}\nno", "y".repeat(26));
    let too_long = (ViolationCode::OptionInvalid, Some(25), Some(26));
    assert_eq!(found(&with_options(draft(), &[(POLL, &long)])), [too_long]);
    let apart = (ViolationCode::NotTogether, None, None);
    assert_eq!(found(&with_options(draft(), &[(POLL_MINUTES, "5")])), [apart]);
    let image = Draft { media: vec![media("image/png", 9, (9, 9))], ..draft() };
    assert_eq!(found(&with_options(image, &[(POLL, "yes\nno")])), [apart]);
}

#[test]
fn subscribers_may_more() {
    let user = |kind: &str| {
        serde_json::from_value(serde_json::json!({ "id": "1", "username": "amal", "subscription_type": kind })).unwrap()
    };
    assert_eq!(oauth::limits(&user("None")), Limits::defaults(&CAPABILITIES));
    let more = oauth::limits(&user("Premium"));
    assert_eq!((more.max_text, more.video.unwrap().max_ms), (25_000, 7_500_000));
}
