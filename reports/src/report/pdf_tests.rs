use std::path::PathBuf;

use proptest::prelude::*;
use typst::utils::Scalar;
use typst_layout::PagedDocument;
use typst_render::RenderOptions;

use super::super::example;
use super::super::model::*;
use super::*;
use crate::language::Language;
use crate::shown::{Shown, squeeze};

/// Lays a report out, without warnings.
fn laid(report: &Report) -> PagedDocument {
    let laid = render::compile(TEMPLATE, inputs(report)).unwrap();
    assert!(laid.warnings.is_empty(), "{:?}", laid.warnings);
    laid.output
}

fn show(report: &Report) -> Shown {
    Shown::of(&laid(report))
}

/// A report of these blocks alone.
fn of(blocks: Vec<Block>) -> Report {
    Report { blocks, ..example(Language::En, 0, 0) }
}

#[test]
fn every_block_stands_on_the_page() {
    let report = example(Language::En, 2, 3);
    let shown = show(&report);
    for words in [
        "March in numbers",
        "Studio Kiosk",
        "1–31 March 2025",
        "1–28 February 2025",
        "2 April 2025, 09:45 (Asia/Tehran)",
        "12.5%",
        "On track",
        "No figures from",
        "1 h 32 min",
        "12.50 EUR",
        "too few posts to tell",
        "By Interactions",
        "Weakest posts",
        "There is nothing of this in the period.",
        "154.44%",
        "2,950.00 EUR",
        "Reviews given",
        "Written by a program from the figures of this report.",
        "no figure available; this is not zero",
    ] {
        assert!(shown.says(words), "{words}: {}", shown.text);
    }
    // A link of two lines is two areas of the page.
    let links: std::collections::BTreeSet<_> = shown.links.iter().collect();
    assert_eq!(links.len(), 3, "{links:?}");
    assert_eq!(shown.images, 3, "the logo and two of three posts");
    let pdf = report_pdf(&report).unwrap();
    assert!(pdf.starts_with(b"%PDF-1."));
    assert_eq!(pdf, report_pdf(&report).unwrap(), "the same report gives the same bytes");
}

#[test]
fn the_community_is_told_in_each_language() {
    for language in Language::ALL {
        let mut report = of(vec![Block::Community(vec![Figure {
            kpi: "MESSAGES_RECEIVED".to_owned(),
            unit: Unit::Count,
            value: Some(Number { mantissa: 417, places: 0 }),
            before: None,
            change_percent: None,
            target: None,
            standing: None,
            missing_networks: Vec::new(),
        }])]);
        report.style.language = language;
        let page = String::from_utf8(crate::report::report_html(&report).unwrap()).unwrap();
        let words = report_words(language);
        for said in [words.block("COMMUNITY"), words.kpi("MESSAGES_RECEIVED"), "417".to_owned()] {
            assert!(page.contains(&said), "{language:?}: {said}");
        }
        assert!(report_pdf(&report).unwrap().starts_with(b"%PDF-1."), "{language:?}");
    }
}

#[test]
fn a_white_label_names_no_agency() {
    let mut report = of(Vec::new());
    report.look.names_agency = false;
    report.look.footer = Some("For you alone".to_owned());
    report.look.typeface = Typeface::Serif;
    report.look.accent = [255, 240, 0];
    let shown = show(&report);
    assert!(shown.says("For you alone") && !shown.says("Kiosk"), "{}", shown.text);
    let pdf = report_pdf(&report).unwrap();
    assert!(!pdf.windows(5).any(|window| window == b"Kiosk"));
}

#[test]
fn what_is_empty_says_why_and_a_broken_picture_is_left_out() {
    let nothing = Nothing { block: "BUDGETS".to_owned(), why: WhyNothing::NotAllowed };
    let mut report = of(vec![
        Block::Figures(Vec::new()),
        Block::Chart(Chart {
            metric: "REACH".to_owned(),
            unit: Unit::Count,
            kind: ChartKind::Line,
            points: Vec::new(),
        }),
        Block::Nothing(nothing),
    ]);
    for mime_type in ["image/png", "image/jpeg", "image/webp", "text/html"] {
        report.look.logo =
            Some(Picture { bytes: b"none".to_vec(), mime_type: mime_type.to_owned(), alt: String::new() });
        let shown = show(&report);
        assert_eq!(shown.images, 0);
        assert!(shown.says("This is left out"), "{}", shown.text);
        assert_eq!(shown.text.matches(&squeeze("There is nothing of this in the period.")).count(), 2);
    }
}

#[test]
fn charts_of_every_size_and_number_are_drawn() {
    let number = |mantissa, places| Some(Number { mantissa, places });
    let sets = [
        vec![None],
        vec![number(0, 0)],
        vec![number(i64::MAX, 0), number(i64::MIN, 9), None],
        vec![number(-5, 2), number(-12_345, 2)],
        (0..366).map(|n| number(n * n, 1)).collect(),
    ];
    let places: [fn(usize) -> Place; 5] = [
        |n| Place::Day(chrono::NaiveDate::from_ymd_opt(2025, 3, 1).unwrap() + chrono::Days::new(n.try_into().unwrap())),
        |n| {
            Place::Month(
                chrono::NaiveDate::from_ymd_opt(2025, 1, 1).unwrap() + chrono::Months::new(n.try_into().unwrap()),
            )
        },
        |_| Place::Weekday(chrono::Weekday::Fri),
        |n| Place::Named(format!("#panic({n})")),
        |_| Place::ContentType("VIDEO".to_owned()),
    ];
    let mut blocks = Vec::new();
    for (set, values) in sets.iter().enumerate() {
        for (index, place) in places.iter().enumerate() {
            let before = |n: usize| {
                if index.is_multiple_of(2) { values.get(values.len() - 1 - n).copied().flatten() } else { None }
            };
            let points =
                values.iter().enumerate().map(|(n, value)| Point { at: place(n), value: *value, before: before(n) });
            let kind = if (set + index).is_multiple_of(2) { ChartKind::Line } else { ChartKind::Bars };
            let unit =
                [Unit::Count, Unit::Percent, Unit::Seconds, Unit::Money("EUR".to_owned())][(set + index) % 4].clone();
            blocks.push(Block::Chart(Chart { metric: "REACH".to_owned(), unit, kind, points: points.collect() }));
        }
    }
    assert!(show(&of(blocks)).pages > 5);
}

/// A report that says this text wherever people may write one.
fn saying(language: Language, text: &str) -> Report {
    let mut report = example(language, 1, 1);
    let own = || text.to_owned();
    report.title = own();
    report.agency = own();
    report.brand = Some(own());
    report.look.footer = Some(own());
    for block in &mut report.blocks {
        match block {
            Block::Text(block) => block.text = format!("{text}\n\n{text}\n{text}"),
            Block::Figures(figures) | Block::Community(figures) => {
                for figure in figures {
                    figure.missing_networks = vec![own(), own()];
                    figure.kpi = own();
                    figure.unit = Unit::Money(own());
                }
            }
            Block::Chart(chart) => {
                chart.metric = own();
                for point in &mut chart.points {
                    if matches!(point.at, Place::Named(_)) {
                        point.at = Place::Named(own());
                    }
                }
            }
            Block::HeatMap(map) => map.metric = own(),
            Block::Posts(block) => {
                for post in &mut block.posts {
                    post.text = own();
                    post.network_name = own();
                    post.account_handle = own();
                    post.url = Some(own());
                    post.metrics = vec![(own(), None)];
                }
            }
            Block::Audience(all) => {
                for one in all {
                    one.key = own();
                    one.missing_networks = vec![own()];
                    one.viewers_from = vec![own()];
                    one.parts.iter_mut().for_each(|part| part.key = own());
                }
            }
            Block::Campaigns(all) => all.iter_mut().for_each(|one| one.name = own()),
            Block::Budgets(all) => all.iter_mut().for_each(|one| one.name = own()),
            Block::Progress(all) => {
                for one in all {
                    one.name = own();
                    one.level = own();
                    one.counts = vec![(own(), 1)];
                }
            }
            Block::Nothing(nothing) => nothing.block = own(),
        }
    }
    report
}

#[test]
fn a_persons_text_is_never_markup() {
    let hostile = [
        "#sys.inputs *bold* _it_ $x^2$ #image(\"x\") `raw` <label> @ref // gone",
        "= head #panic(\"no\") \\u{41} --- 'q' \"q\" [link](x) ]))}; #let said = none",
    ];
    for text in hostile {
        let shown = show(&saying(Language::En, text));
        assert!(shown.text.matches(&squeeze(text)).count() > 8, "{text}: {}", shown.text);
        assert!(shown.links.is_empty(), "{:?}", shown.links);
    }
}

#[test]
fn odd_text_renders_in_every_language() {
    let odd = [
        "x".repeat(10_000),
        "ن".repeat(10_000),
        "👩‍👩‍👧‍👦🏳️‍🌈\u{202E}gnp.exe\u{2066} ".repeat(500),
        "a\u{0}b\u{7F}c\u{85}d\u{2028}e\u{FFFE}f 漢字 ไทย \u{10FFFF} e\u{301}\u{301}\u{301}\r\n\t".to_owned(),
        String::new(),
    ];
    for (language, text) in Language::ALL.into_iter().zip(&odd) {
        assert!(report_pdf(&saying(language, text)).is_ok(), "{language:?}");
    }
}

proptest! {
    // Each is a whole report of several pages.
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn no_text_breaks_the_page(
        text in "[#$*_`<>@=\\[\\](){}\\\\/\"'a-zא-תا-ی0-9۰-۹\u{200B}-\u{200F}\u{202A}-\u{202E}\u{2066}-\u{2069}🌿👩\u{FE0F} \n\t]{0,200}",
        language in proptest::sample::select(Language::ALL.to_vec()),
    ) {
        let laid = render::compile(TEMPLATE, inputs(&saying(language, &text)));
        prop_assert!(laid.is_ok(), "{:?}", laid.err());
    }
}

/// Pixels for each point of a page.
const PIXELS: f64 = 1.2;
/// The side of the squares that are compared, in pixels.
const SQUARE: usize = 8;
/// How much two squares may differ on average, of 255. Smoothing of edges is far below, a moved line above.
const LIMIT: f64 = 1.0;

/// The mean of each square of an RGBA picture, row by row.
fn coarse(width: usize, rgba: &[u8]) -> Vec<f64> {
    let mut sums = std::collections::BTreeMap::<(usize, usize), (u32, u32)>::new();
    for (index, pixel) in rgba.chunks_exact(4).enumerate() {
        let sum = sums.entry((index / width / SQUARE, index % width / SQUARE)).or_default();
        sum.0 += pixel.iter().take(3).map(|part| u32::from(*part)).sum::<u32>();
        sum.1 += 3;
    }
    sums.into_values().map(|(sum, parts)| f64::from(sum) / f64::from(parts)).collect()
}

/// Written anew with `DIWAN_WRITE_REPORTS=1`; then look at them.
#[test]
fn the_first_page_looks_as_in_the_documents() {
    #[expect(clippy::disallowed_methods, reason = "asked by whoever runs the test, not a setting of the product")]
    let write = std::env::var_os("DIWAN_WRITE_REPORTS").is_some();
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/reports"));
    for language in Language::ALL {
        let document = laid(&example(language, 1, 2));
        let options = RenderOptions { pixel_per_pt: Scalar::new(PIXELS), ..RenderOptions::default() };
        let page = typst_render::render(&document.pages()[0], &options);
        let file = folder.join(format!("{}.png", language.code()));
        if write {
            let png = page.encode_png().unwrap();
            assert!(png.len() < 150_000, "{} bytes", png.len());
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&file, png).unwrap();
        }
        let reference = std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let reference = RasterImage::plain(Bytes::new(reference), ExchangeFormat::Png).unwrap();
        assert_eq!((reference.width(), reference.height()), (page.width(), page.height()));
        let width = usize::try_from(page.width()).unwrap();
        let (now, then) = (coarse(width, page.data()), coarse(width, &reference.dynamic().to_rgba8().into_raw()));
        let differences = now.iter().zip(&then).map(|(now, then)| (now - then).abs());
        #[expect(clippy::cast_precision_loss, reason = "a few thousand squares")]
        let mean = differences.sum::<f64>() / now.len() as f64;
        assert!(mean < LIMIT, "{}: the first page differs by {mean:.2}; see docs/reports", language.code());
    }
}
