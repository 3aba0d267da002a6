use chrono::{TimeZone, Utc};

use super::*;
use crate::language::{Digits, Language};
use crate::model::Month;
use crate::shown::Shown;

/// A report with nothing in it.
fn empty(language: Language) -> MonthReport {
    MonthReport {
        agency: "Kiosk".to_owned(),
        brand: "Darya".to_owned(),
        language,
        digits: Digits::Latin,
        time_zone: chrono_tz::Europe::Athens,
        period: Month { year: 2025, month: 3 },
        generated_at: Utc.with_ymd_and_hms(2025, 4, 2, 6, 15, 0).unwrap(),
        posts: Vec::new(),
        days: Vec::new(),
        account_totals: Vec::new(),
    }
}

fn post(title: &str, metrics: &[(&str, Option<i64>)]) -> PublishedPost {
    PublishedPost {
        title: title.to_owned(),
        excerpt: String::new(),
        network_name: "Mastodon".to_owned(),
        account_handle: "@darya".to_owned(),
        published_at: Utc.with_ymd_and_hms(2025, 3, 4, 22, 30, 0).unwrap(),
        url: None,
        metrics: metrics
            .iter()
            .map(|(metric, value)| MetricValue { metric: (*metric).to_owned(), value: *value })
            .collect(),
        measured_at: None,
    }
}

/// Lays a report out, without warnings, and reads the pages.
fn show(report: &MonthReport) -> Shown {
    let laid = render::compile(TEMPLATE, inputs(report).unwrap()).unwrap();
    assert!(laid.warnings.is_empty(), "{:?}", laid.warnings);
    Shown::of(&laid.output)
}

#[test]
fn every_language_says_its_words_and_the_titles() {
    for language in Language::ALL {
        let mut report = empty(language);
        report.posts = vec![post("Summer", &[("LIKES", Some(12_345))])];
        let shown = show(&report);
        let words = words(language);
        assert!(shown.says("Summer") && shown.says("Darya") && shown.says("Kiosk"), "{}", shown.text);
        // Persian and Arabic words may be shaped as several runs, so that only their number is looked at there.
        if matches!(language, Language::En | Language::El) {
            for phrase in [words.report, words.summary, words.legend, words.months[2], words.no_accounts] {
                assert!(shown.says(phrase), "{phrase}: {}", shown.text);
            }
        }
        assert!(
            shown.says(&Style { language, digits: Digits::Latin, time_zone: chrono_tz::UTC, words }.number(12_345))
        );
        let pdf = month_pdf(&report).unwrap();
        assert!(pdf.starts_with(b"%PDF-1."));
        let tag = format!("{}-{}", language.code(), language.region());
        assert!(pdf.windows(tag.len()).any(|window| window == tag.as_bytes()), "{tag}");
    }
}

#[test]
fn a_report_without_figures_renders() {
    for language in Language::ALL {
        let shown = show(&empty(language));
        assert_eq!(shown.pages, 1);
    }
    let mut report = empty(Language::En);
    report.agency.clear();
    report.brand.clear();
    assert!(show(&report).says("No posts were published in this month."));
    assert!(month_pdf(&report).is_ok());
}

#[test]
fn missing_is_a_dash_and_zero_is_zero() {
    let mut report = empty(Language::En);
    report.posts = vec![
        post("first", &[("LIKES", Some(0)), ("REACH", None)]),
        post("second", &[("LIKES", Some(41)), ("REACH", None)]),
        post("third", &[]),
    ];
    let style =
        Style { language: Language::En, digits: Digits::Latin, time_zone: chrono_tz::UTC, words: words(Language::En) };
    let cards = format!("{:?}", cards(&style, &report.posts));
    assert!(cards.contains("2 of 3 posts measured"), "{cards}");
    assert!(cards.contains("0 of 3 posts measured"), "{cards}");
    assert!(cards.contains(r#""label": "Reach", "value": "–""#), "{cards}");
    let rows = format!("{:?}", posts(&style, &report.posts));
    assert!(rows.contains(r#""cells": ["0", "–"]"#), "{rows}");
    assert!(rows.contains(r#""cells": ["41", "–"]"#), "{rows}");
    assert!(rows.contains(r#""cells": ["–", "–"]"#), "{rows}");
    let shown = show(&report);
    assert!(shown.says("no figure available; this is not zero"));
    assert!(shown.text.matches('–').count() > 6, "{}", shown.text);
}

#[test]
fn a_missing_day_has_no_bar() {
    let style =
        Style { language: Language::En, digits: Digits::Latin, time_zone: chrono_tz::UTC, words: words(Language::En) };
    let first = NaiveDate::from_ymd_opt(2024, 2, 1).unwrap();
    let day = |day, interactions| DayTotal {
        date: NaiveDate::from_ymd_opt(2024, 2, day).unwrap(),
        published: 1,
        interactions,
    };
    let charts = format!("{:?}", charts(&style, first, &[day(1, Some(0)), day(3, None), day(29, Some(80))]).unwrap());
    assert_eq!(charts.matches("\"29\"").count(), 1, "{charts}");
    assert!(charts.contains(r#""bars": [0.0, None, None, None"#), "{charts}");
    assert!(charts.contains(r#""label": "80""#), "{charts}");
}

#[test]
fn days_outside_the_month_or_repeated_are_errors() {
    let mut report = empty(Language::En);
    let date = NaiveDate::from_ymd_opt(2025, 4, 1).unwrap();
    report.days = vec![DayTotal { date, published: 1, interactions: None }];
    assert!(matches!(month_pdf(&report), Err(RenderError::Day(day)) if day == date));
    let date = NaiveDate::from_ymd_opt(2025, 3, 1).unwrap();
    report.days = vec![DayTotal { date, published: 1, interactions: None }; 2];
    assert!(matches!(month_pdf(&report), Err(RenderError::Day(day)) if day == date));
    report.days.clear();
    report.period.month = 13;
    assert!(matches!(month_pdf(&report), Err(RenderError::Month { month: 13, .. })));
    report.period = Month { year: 10_000, month: 1 };
    assert!(matches!(month_pdf(&report), Err(RenderError::Month { .. })));
}

#[test]
fn the_ends_of_the_calendar_render() {
    for year in [1, 9999] {
        let mut report = empty(Language::En);
        report.period = Month { year, month: 12 };
        assert!(month_pdf(&report).is_ok());
    }
}

#[test]
fn a_persons_text_is_never_markup() {
    let hostile = [
        "#sys.inputs",
        "*bold* _it_ = head",
        "$x^2$",
        "#image(\"x\")",
        "#panic(\"no\")",
        "`raw` <label> @ref // gone",
        "\\u{41} ~ --- ... 'q' \"q\"",
        "[link](x) #link(\"https://evil.example\")",
        "]))}; #let said = none",
    ];
    let mut report = empty(Language::En);
    report.posts = hostile.iter().map(|text| post(text, &[("#panic()", Some(1)), ("*X*", None)])).collect();
    for (post, text) in report.posts.iter_mut().zip(hostile) {
        post.excerpt = format!("in the text: {text}");
        post.network_name = text.to_owned();
        post.account_handle = text.to_owned();
        post.url = Some("javascript:alert(1)".to_owned());
    }
    hostile[0].clone_into(&mut report.agency);
    hostile[1].clone_into(&mut report.brand);
    report.account_totals = vec![AccountTotal {
        network_name: hostile[3].to_owned(),
        handle: hostile[4].to_owned(),
        published: 1,
        metrics: Vec::new(),
    }];
    let shown = show(&report);
    for text in hostile {
        assert!(shown.says(text), "{text}: {}", shown.text);
        assert!(shown.says(&format!("in the text: {text}")), "{text}");
    }
    assert!(shown.links.is_empty(), "{:?}", shown.links);
    assert_eq!(shown.images, 0);
}

#[test]
fn odd_text_renders_in_every_language() {
    let odd = [
        String::new(),
        " ".to_owned(),
        "x".repeat(5_000),
        "ن".repeat(5_000),
        "word ".repeat(2_000),
        (0..0x20).filter_map(char::from_u32).collect(),
        "a\u{0}b\u{7F}c\u{85}d\u{2028}e\u{FFFE}f".to_owned(),
        "👩‍👩‍👧‍👦🏳️‍🌈🇬🇷❤️1️⃣".to_owned(),
        "\u{202E}gnp.exe\u{2066}".to_owned(),
        "漢字 한국어 ไทย 🜂 \u{10FFFF}".to_owned(),
        "e\u{301}\u{301}\u{301}\u{301}".repeat(50),
    ];
    for language in Language::ALL {
        let mut report = empty(language);
        report.posts =
            odd.iter().map(|text| post(text, &[(text.as_str(), Some(i64::MIN)), ("LIKES", Some(i64::MAX))])).collect();
        for (post, text) in report.posts.iter_mut().zip(&odd) {
            post.excerpt.clone_from(text);
            post.account_handle.clone_from(text);
            post.network_name.clone_from(text);
            post.url = Some(text.clone());
        }
        report.agency.clone_from(&odd[2]);
        report.brand.clone_from(&odd[3]);
        report.days = vec![DayTotal {
            date: NaiveDate::from_ymd_opt(2025, 3, 31).unwrap(),
            published: u32::MAX,
            interactions: Some(i64::MAX),
        }];
        show(&report);
        assert!(month_pdf(&report).is_ok());
    }
}

#[test]
fn web_addresses_become_links() {
    let mut report = empty(Language::En);
    report.posts = vec![post("seen", &[])];
    report.posts[0].url = Some("https://social.example/p/1?a=b".to_owned());
    assert_eq!(show(&report).links, ["https://social.example/p/1?a=b"]);
}

#[test]
fn the_page_is_written_in_the_brands_time_zone() {
    let mut report = empty(Language::En);
    report.posts = vec![post("late", &[])];
    let shown = show(&report);
    assert!(shown.says("5 March") && shown.says("00:30"), "{}", shown.text);
    assert!(shown.says("Generated: 2 April 2025, 09:15"), "{}", shown.text);
}

#[test]
fn metrics_beyond_the_columns_stand_in_the_small_print() {
    let keys = ["LIKES", "COMMENTS", "SHARES", "REACH", "IMPRESSIONS", "STORY_TAPS", "STORY_TAPS"];
    let metrics: Vec<_> = keys.iter().map(|key| (*key, Some(5))).collect();
    let rows = [post("all", &metrics)];
    let columns = columns(rows.iter().map(|post| post.metrics.as_slice()));
    assert_eq!(columns, ["LIKES", "COMMENTS", "SHARES", "REACH", "IMPRESSIONS"]);
    let mut report = empty(Language::En);
    report.posts = rows.to_vec();
    let shown = show(&report);
    assert_eq!(shown.text.matches("Storytaps5").count(), 2, "the card and the row: {}", shown.text);
}

#[test]
fn axes_have_few_round_ticks() {
    for most in [0, 1, 2, 3, 4, 5, 7, 9, 10, 99, 1_234, 56_789, i64::MAX / 8, i64::MAX] {
        let step = tick_step(most);
        assert!(step > 0);
        assert!(most / step <= 4, "{most} in steps of {step}");
    }
    assert_eq!([tick_step(1), tick_step(4), tick_step(5), tick_step(1_757)], [1, 1, 2, 500]);
}
