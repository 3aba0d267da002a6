//! One report in all formats: they say the same numbers, and nothing that people wrote is anything but text.

use std::collections::BTreeSet;
use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};
use chrono::{NaiveDate, Weekday};

use super::model::{
    Audience, AudiencePart, AudienceSlice, Block, Budget, Campaign, Chart, ChartKind, Days, Figure, HeatCell, HeatMap,
    Look, Nothing, Number, OtherCalendar, Picture, Place, Point, Post, PostsBlock, Progress, Report, Standing,
    TextBlock, TextKind, Typeface, Unit, WhyNothing, Writing,
};
use super::{CSV_COLUMNS, FILES_PLACE, exact, report_csv, report_html, report_xlsx};
use crate::language::{Digits, Language};

/// What somebody writes who means harm, or who does not.
const NASTY: &str = "=1+1 <script>alert(1)</script> \"><img src=x> <!--files--> & 'b'";

#[expect(clippy::unnecessary_wraps, reason = "what a report holds may be missing")]
fn number(mantissa: i64, places: u8) -> Option<Number> {
    Some(Number { mantissa, places })
}

fn day(number: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, number).unwrap()
}

fn figure(kpi: &str, unit: Unit, numbers: [Option<Number>; 4]) -> Figure {
    let [value, before, change_percent, target] = numbers;
    let standing = target.map(|_| Standing::Behind);
    let missing_networks = vec![NASTY.to_owned()];
    Figure { kpi: kpi.to_owned(), unit, value, before, change_percent, target, standing, missing_networks }
}

fn charts() -> [Block; 2] {
    let point = |at, value, before| Point { at, value, before };
    let line = Chart {
        metric: "REACH".to_owned(),
        unit: Unit::Count,
        kind: ChartKind::Line,
        points: vec![
            point(Place::Day(day(1)), number(10, 0), number(8, 0)),
            point(Place::Day(day(2)), None, number(9, 0)),
            point(Place::Day(day(3)), number(-12, 0), None),
        ],
    };
    let bars = Chart {
        metric: "COST_PER_RESULT".to_owned(),
        unit: Unit::Money("KWD".to_owned()),
        kind: ChartKind::Bars,
        points: vec![
            point(Place::Named(NASTY.to_owned()), number(1_234_567, 3), None),
            point(Place::ContentType("VIDEO".to_owned()), number(71, 3), None),
            point(Place::Weekday(Weekday::Sat), None, None),
            point(Place::Month(day(1)), number(72, 3), None),
        ],
    };
    [Block::Chart(line), Block::Chart(bars)]
}

fn lists() -> Vec<Block> {
    let days = Days { from: day(1), to: day(31) };
    let eur = |mantissa| Number { mantissa, places: 2 };
    let post = Post {
        text: NASTY.to_owned(),
        network_name: "Mastodon".to_owned(),
        account_handle: "@nour".to_owned(),
        published_at: "2026-03-05T22:30:00Z".parse().unwrap(),
        url: Some("https://nour.example/?a=1&b=\"".to_owned()),
        picture: Some(Picture { bytes: vec![1, 2, 3], mime_type: "image/png".to_owned(), alt: NASTY.to_owned() }),
        metrics: vec![("INTERACTIONS".to_owned(), number(411, 0)), ("VIEWS".to_owned(), None)],
    };
    vec![
        Block::HeatMap(HeatMap {
            metric: "INTERACTIONS_PER_POST".to_owned(),
            cells: vec![
                HeatCell { weekday: Weekday::Mon, hour: 9, value: number(2137, 2), posts: 17, enough: true },
                HeatCell { weekday: Weekday::Sat, hour: 23, value: None, posts: 1, enough: false },
            ],
        }),
        Block::Posts(PostsBlock { metric: "INTERACTIONS".to_owned(), best: true, posts: vec![post] }),
        Block::Campaigns(vec![Campaign {
            name: NASTY.to_owned(),
            days,
            cost: Some((eur(50_050), "EUR".to_owned())),
            value: None,
            conversions: Some(42),
            return_percent: number(-2550, 2),
        }]),
        Block::Audience(vec![AudienceSlice {
            key: "AUDIENCE_GENDER".to_owned(),
            known_percent: number(9_871, 2),
            viewers_from: vec![NASTY.to_owned()],
            missing_networks: vec![NASTY.to_owned()],
            parts: vec![
                AudiencePart {
                    key: "FEMALE".to_owned(),
                    share: Number { mantissa: 6_213, places: 2 },
                    people: Some(621),
                },
                AudiencePart { key: NASTY.to_owned(), share: Number { mantissa: 3_787, places: 2 }, people: None },
            ],
        }]),
        Block::Community(vec![
            figure("MESSAGES_RECEIVED", Unit::Count, [number(4_321, 0), number(3_210, 0), None, None]),
            figure("RESPONSE_TIME", Unit::Seconds, [number(7_260, 0), None, None, None]),
        ]),
        Block::Budgets(vec![Budget {
            name: "@budget".to_owned(),
            currency: "EUR".to_owned(),
            allocated: eur(900_000),
            committed: eur(120_001),
            spent: eur(300_002),
            left: eur(479_997),
        }]),
        Block::Progress(vec![Progress {
            name: "+Sami".to_owned(),
            level: "MID".to_owned(),
            counts: vec![("POSTS_WRITTEN".to_owned(), 31), ("REVIEWS_GIVEN".to_owned(), 0)],
        }]),
        Block::Nothing(Nothing { block: "BUDGETS".to_owned(), why: WhyNothing::NotAllowed }),
    ]
}

fn report(language: Language) -> Report {
    let figures = vec![
        figure("REACH", Unit::Count, [number(1_000_001, 0), number(900_000, 0), number(111_112, 4), None]),
        figure("ENGAGEMENT_RATE_BY_REACH", Unit::Percent, [number(31_415, 4), None, None, number(4, 0)]),
        figure("RESPONSE_TIME", Unit::Seconds, [number(5_400, 0), None, None, None]),
        figure("BOUNCE_RATE", Unit::Percent, [None, None, None, None]),
    ];
    let text = format!("{NASTY}\n\nA second paragraph.\nIn two lines.");
    let mut blocks = vec![Block::Text(TextBlock { kind: TextKind::MachineSummary, text }), Block::Figures(figures)];
    blocks.extend(charts());
    blocks.extend(lists());
    Report {
        title: NASTY.to_owned(),
        agency: "Nour Agency".to_owned(),
        brand: Some("نور".to_owned()),
        audience: Audience::Management,
        style: Writing {
            language,
            digits: Digits::Local,
            beside: Some(OtherCalendar::Jalali),
            time_zone: chrono_tz::Asia::Tehran,
            week_start: Weekday::Sat,
        },
        period: Days { from: day(1), to: day(31) },
        compared: Some(Days { from: day(1), to: day(28) }),
        generated_at: "2026-04-01T06:00:00Z".parse().unwrap(),
        look: Look {
            logo: None,
            accent: [255, 255, 0],
            typeface: Typeface::Serif,
            footer: Some(NASTY.to_owned()),
            names_agency: false,
        },
        blocks,
    }
}

/// Every number that a report says, with whether it is in hundredths; one for each place where it stands.
fn numbers(report: &Report) -> Vec<(Number, bool)> {
    let mut all: Vec<(Option<Number>, bool)> = Vec::new();
    let count = |mantissa: i64| Some(Number { mantissa, places: 0 });
    for block in &report.blocks {
        match block {
            Block::Text(_) | Block::Nothing(_) => {}
            Block::Figures(figures) | Block::Community(figures) => {
                for one in figures {
                    let percent = one.unit == Unit::Percent;
                    all.extend([one.value, one.before, one.target].map(|number| (number, percent)));
                    all.push((one.change_percent, true));
                }
            }
            Block::Chart(chart) => {
                all.extend(chart.points.iter().flat_map(|point| [(point.value, false), (point.before, false)]));
            }
            Block::HeatMap(map) => {
                all.extend(map.cells.iter().flat_map(|cell| [(cell.value, false), (count(cell.posts.into()), false)]));
            }
            Block::Posts(posts) => {
                let metrics = posts.posts.iter().flat_map(|post| &post.metrics);
                all.extend(metrics.map(|(_, value)| (*value, false)));
            }
            Block::Audience(slices) => {
                for one in slices {
                    all.push((one.known_percent, true));
                    let parts = one.parts.iter();
                    all.extend(parts.flat_map(|part| [(Some(part.share), true), (part.people.and_then(count), false)]));
                }
            }
            Block::Campaigns(campaigns) => {
                for one in campaigns {
                    let amounts = [&one.cost, &one.value].map(|amount| amount.as_ref().map(|(number, _)| *number));
                    all.extend(amounts.map(|amount| (amount, false)));
                    all.extend([(one.conversions.and_then(count), false), (one.return_percent, true)]);
                }
            }
            Block::Budgets(budgets) => {
                let amounts = budgets.iter().flat_map(|one| [one.allocated, one.committed, one.spent, one.left]);
                all.extend(amounts.map(|amount| (Some(amount), false)));
            }
            Block::Progress(people) => {
                all.extend(people.iter().flat_map(|one| &one.counts).map(|(_, number)| (count(*number), false)));
            }
        }
    }
    all.into_iter().filter_map(|(number, percent)| Some((number?, percent))).collect()
}

/// The rows of the text file.
fn rows(file: &[u8]) -> Vec<csv::StringRecord> {
    let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap();
    let mut reader = csv::ReaderBuilder::new().has_headers(true).from_reader(file);
    assert_eq!(reader.headers().unwrap(), &csv::StringRecord::from(CSV_COLUMNS.to_vec()));
    reader.records().map(Result::unwrap).collect()
}

#[test]
fn a_workbook_holds_the_logo_and_the_pictures_of_posts() {
    let holds = |file: &[u8], name: &str| file.windows(name.len()).any(|part| part == name.as_bytes());
    let mut report = super::example(Language::Fa, 0, 3);
    let book = report_xlsx(&report).unwrap();
    assert_eq!(book, report_xlsx(&report).unwrap(), "the same report gives the same bytes");
    assert!(holds(&book, "xl/media/image1.png") && holds(&book, "xl/drawings/drawing2.xml"));
    // The logo alone, and then what no program could show.
    for block in &mut report.blocks {
        if let Block::Posts(posts) = block {
            posts.posts.iter_mut().for_each(|post| post.picture = None);
        }
    }
    let logo_alone = report_xlsx(&report).unwrap();
    assert!(holds(&logo_alone, "xl/media/image1.png"));
    let mut broken = report.clone();
    for (bytes, mime_type) in [(vec![1, 2, 3], "image/png"), (Vec::new(), "image/svg+xml")] {
        broken.look.logo = Some(Picture { bytes, mime_type: mime_type.to_owned(), alt: String::new() });
        assert!(!holds(&report_xlsx(&broken).unwrap(), "xl/media/"), "{mime_type}");
    }
}

#[test]
fn all_formats_say_the_same_numbers() {
    for language in Language::ALL {
        let report = report(language);
        let mut expected: Vec<String> = numbers(&report).iter().map(|(number, _)| exact::decimal(*number)).collect();
        expected.sort();

        let rows = rows(&report_csv(&report).unwrap());
        let columns = ["value", "before", "change_percent", "target"]
            .map(|name| CSV_COLUMNS.iter().position(|column| *column == name).unwrap());
        let cells = rows.iter().flat_map(|row| columns.map(|column| row[column].to_owned()));
        let mut found: Vec<String> = cells.filter(|cell| !cell.is_empty()).collect();
        found.sort();
        assert_eq!(found, expected);

        let page = String::from_utf8(report_html(&report).unwrap()).unwrap();
        let found: BTreeSet<&str> =
            page.split("<data value=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(found, expected.iter().map(String::as_str).collect(), "{language:?}");

        let mut book = Xlsx::new(Cursor::new(report_xlsx(&report).unwrap())).unwrap();
        assert_eq!(book.sheet_names().len(), report.blocks.len() + 1, "{:?}", book.sheet_names());
        let mut found = BTreeSet::new();
        for name in book.sheet_names() {
            assert!(book.worksheet_formula(&name).unwrap().is_empty(), "{name} has a formula");
            let cells = book.worksheet_range(&name).unwrap();
            found.extend(cells.used_cells().filter_map(|(_, _, cell)| match cell {
                Data::Float(number) => Some(format!("{number:.9}")),
                Data::Int(number) => Some(format!("{number}.000000000")),
                _ => None,
            }));
        }
        for (number, percent) in numbers(&report) {
            let shown = Number { places: number.places + if percent { 2 } else { 0 }, ..number };
            let shown = format!("{:.9}", exact::float(shown).unwrap());
            assert!(found.contains(&shown), "{language:?}: {shown} of {number:?} is missing in {found:?}");
        }
    }
}

#[test]
fn what_people_wrote_is_text_in_every_format() {
    let report = report(Language::Ar);
    let page = String::from_utf8(report_html(&report).unwrap()).unwrap();
    assert!(page.contains("dir=\"rtl\"") && page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(!page.contains("<script") && !page.contains("<img src=x"), "markup of people");
    assert_eq!(page.matches(FILES_PLACE).count(), 1, "the place of the files is ours alone");
    assert!(page.contains("src=\"data:image/png;base64,AQID\"") && !page.contains(" style="));
    assert_eq!(page.matches("<style>").count(), 1);
    assert!(!page.contains("Nour Agency"), "the agency is not named");

    for row in rows(&report_csv(&report).unwrap()) {
        for (column, cell) in CSV_COLUMNS.iter().zip(row.iter()) {
            let number = ["value", "before", "change_percent", "target"].contains(column);
            assert!(number || !cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{column}: {cell}");
        }
    }
    let mut book = Xlsx::new(Cursor::new(report_xlsx(&report).unwrap())).unwrap();
    let first = book.sheet_names()[0].clone();
    let title = book.worksheet_range(&first).unwrap().get_value((0, 0)).cloned();
    assert_eq!(title, Some(Data::String(NASTY.to_owned())));
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    for language in [Language::En, Language::Fa] {
        let report = report(language);
        assert!(report_xlsx(&report).unwrap() == report_xlsx(&report).unwrap());
        assert_eq!(report_csv(&report).unwrap(), report_csv(&report).unwrap());
        assert_eq!(report_html(&report).unwrap(), report_html(&report).unwrap());
    }
}

#[test]
fn a_report_without_blocks_is_a_file_all_the_same() {
    let mut report = report(Language::En);
    report.blocks.clear();
    assert!(!report_html(&report).unwrap().is_empty());
    assert_eq!(Xlsx::new(Cursor::new(report_xlsx(&report).unwrap())).unwrap().sheet_names().len(), 1);
    assert!(rows(&report_csv(&report).unwrap()).iter().all(|row| row[0].is_empty() && &row[1] == "REPORT"));
}
