//! The monthly report through the crate's public door.

mod fixture;

use std::time::{Duration, Instant};

use diwan_reports::{Digits, Language, month_pdf};

/// The number of pages a PDF file says it has.
fn pages(pdf: &[u8]) -> usize {
    let text = String::from_utf8_lossy(pdf);
    let count = text.split("/Type/Pages").nth(1).or_else(|| text.split("/Type /Pages").nth(1));
    let count = count.and_then(|rest| rest.split("/Count").nth(1)).expect("a page tree");
    count.trim_start().chars().take_while(char::is_ascii_digit).collect::<String>().parse().expect("a number")
}

#[test]
fn a_month_is_the_same_file_every_time() {
    for language in Language::ALL {
        let report = fixture::report(language, 12);
        let first = month_pdf(&report).unwrap();
        assert!(first.starts_with(b"%PDF-1."));
        assert_eq!(first, month_pdf(&report).unwrap());
        let mut later = report;
        later.generated_at += chrono::Duration::minutes(1);
        assert_ne!(first, month_pdf(&later).unwrap());
    }
}

#[test]
fn local_digits_are_a_choice() {
    let mut report = fixture::report(Language::Ar, 3);
    report.digits = Digits::Latin;
    let latin = month_pdf(&report).unwrap();
    report.digits = Digits::Local;
    assert_ne!(latin, month_pdf(&report).unwrap());
}

#[test]
fn five_hundred_posts_run_over_many_pages() {
    let started = Instant::now();
    let pdf = month_pdf(&fixture::report(Language::Fa, 500)).unwrap();
    assert!(pages(&pdf) > 20, "{} pages", pages(&pdf));
    // A generous bound for a slow machine without optimisation: it is there to notice quadratic growth.
    assert!(started.elapsed() < Duration::from_mins(1), "{:?}", started.elapsed());
}

#[test]
fn reports_render_side_by_side() {
    let report = fixture::report(Language::En, 5);
    let expected = month_pdf(&report).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(month_pdf(&report).unwrap(), expected));
        }
    });
}
