//! Files as they come: right ones go round, hostile ones are refused.

use std::io::Write as _;

use chrono::{NaiveDate, NaiveTime};
use diwan_entity::calendar::content_export::PlanFormat;
use diwan_entity::tenancy::agency::{CalendarSystem, Locale};
use proptest::prelude::*;
use rust_xlsxwriter::Workbook;
use zip::write::SimpleFileOptions;

use super::read::{Row, read};
use super::write::write;
use super::{Column, values};
use crate::error::Code;

fn refused(bytes: &[u8]) -> Code {
    read(bytes).map(|table| panic!("read: {table:?}")).unwrap_err().code
}

/// A plan of a title alone.
fn plan(rows: usize) -> String {
    std::iter::repeat_n("Hello\n", rows).fold("title\n".to_owned(), |text, row| text + row)
}

fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn headers_are_known_in_every_language_and_any_order() {
    for locale in [Locale::En, Locale::Fa, Locale::Ar, Locale::El, Locale::He] {
        for column in Column::all() {
            assert_eq!(Column::of_name(&format!(" \u{200f}{} ", column.name(locale).to_uppercase())), Some(column));
        }
    }
    for separator in [",", ";", "\t"] {
        let text =
            format!("\u{feff}متن{separator}عنوان{separator}Budget\n\"a{separator}b\"{separator}Hello{separator}9\n");
        let table = read(text.as_bytes()).unwrap();
        let cells = vec![(Column::Text, format!("a{separator}b")), (Column::Title, "Hello".to_owned())];
        assert_eq!(table.rows, [Row { number: 2, cells }]);
        assert_eq!(table.header.len(), 1, "a column that nobody knows is told of");
    }
}

#[test]
fn dates_and_times_are_read_as_people_write_them() {
    use CalendarSystem::{Gregorian, Hebrew, Hijri, Jalali};
    let day = |text: &str| NaiveDate::parse_from_str(text, "%F").ok();
    for (text, system, expected) in [
        ("2026-11-30", Gregorian, day("2026-11-30")),
        ("30.11.2026", Jalali, day("2026-11-30")),
        ("۱۴۰۵/۰۱/۰۱", Jalali, day("2026-03-21")),
        ("1404/12/30", Jalali, None),
        ("1405-01-01", Gregorian, None),
        ("1447-10-01", Hijri, day("2026-03-20")),
        ("5787-01-01", Hebrew, None),
        ("٢٠٢٦-١١-٣٠", Gregorian, day("2026-11-30")),
        ("2026-02-30", Gregorian, None),
        ("11-30", Gregorian, None),
        ("+026-11-30", Gregorian, None),
        ("9999-01-01", Gregorian, None),
        ("", Gregorian, None),
    ] {
        assert_eq!(values::date(text, system), expected, "{text}");
    }
    for (text, expected) in [
        ("9:05", NaiveTime::from_hms_opt(9, 5, 0)),
        ("۱۷:۳۰", NaiveTime::from_hms_opt(17, 30, 0)),
        ("23:59:59", NaiveTime::from_hms_opt(23, 59, 59)),
        ("24:00", None),
        ("9", None),
        ("9:5", None),
        ("-1:00", None),
    ] {
        assert_eq!(values::time(text), expected, "{text}");
    }
}

#[test]
fn what_is_no_plan_is_refused() {
    assert_eq!(refused(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), Code::FileNotPlan);
    assert_eq!(refused(&zipped(&[("word/document.xml", b"<x/>")])), Code::FileNotPlan);
    assert_eq!(refused(b"PK\x03\x04 and no more"), Code::FileDamaged);
    assert_eq!(refused(b""), Code::ColumnMissing);
    assert_eq!(refused(b"text\nHello\n"), Code::ColumnMissing);
    assert_eq!(refused("title,τίτλος\n".as_bytes()), Code::ColumnTwice);
    // Broken UTF-8, another encoding half way, UTF-16.
    assert_eq!(refused(b"title\n\xc3\x28\n"), Code::FileNotText);
    assert_eq!(
        refused("title\nΚαλημέρα\n".bytes().chain(*b"\xea\xe1\xeb\n").collect::<Vec<_>>().as_slice()),
        Code::FileNotText
    );
    assert_eq!(refused(b"\xff\xfet\0i\0t\0l\0e\0"), Code::FileNotText);
}

#[test]
fn what_is_too_much_is_refused() {
    assert_eq!(read(plan(5000).as_bytes()).unwrap().rows.len(), 5000);
    assert_eq!(refused(plan(5001).as_bytes()), Code::TooMany);
    assert_eq!(refused(format!("title{}\n", ",".repeat(1_000_000)).as_bytes()), Code::TooMany);
    assert_eq!(refused(format!("title\n{}\n", "x".repeat(100_001)).as_bytes()), Code::TooLong);
    assert_eq!(refused(&vec![b'x'; 10 * 1024 * 1024 + 1]), Code::FileTooLarge);
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_string(0, 0, "title").unwrap();
    sheet.write_string(1_048_575, 16_383, "far away").unwrap();
    assert_eq!(refused(&book.save_to_buffer().unwrap()), Code::TooMany);
    // Small, and a hundred times as large unfolded.
    let bomb = zipped(&[("xl/workbook.xml", &vec![b' '; 80 * 1024 * 1024])]);
    assert!(bomb.len() < 1024 * 1024);
    assert_eq!(refused(&bomb), Code::FileUnfolds);
}

#[test]
fn formulas_are_refused_with_their_place() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_string(0, 0, "title").unwrap();
    sheet.write_formula(1, 0, "=1+1").unwrap();
    let error = read(&book.save_to_buffer().unwrap()).unwrap_err();
    assert_eq!((error.code, format!("{:?}", error.args).contains("A2")), (Code::FormulaCell, true));
}

#[test]
fn dates_of_a_workbook_are_read() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let date = rust_xlsxwriter::ExcelDateTime::parse_from_str("2026-11-30").unwrap();
    let time = rust_xlsxwriter::ExcelDateTime::parse_from_str("17:30").unwrap();
    for (at, name) in (0_u16..).zip(["title", "date", "time"]) {
        sheet.write_string(0, at, name).unwrap();
    }
    sheet.write_number(1, 0, 7).unwrap();
    sheet.write_with_format(1, 1, &date, &rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd")).unwrap();
    sheet.write_with_format(1, 2, &time, &rust_xlsxwriter::Format::new().set_num_format("hh:mm")).unwrap();
    let table = read(&book.save_to_buffer().unwrap()).unwrap();
    let row = &table.rows[0];
    assert_eq!((row.get(Column::Title), row.get(Column::Date), row.get(Column::Time)), ("7", "2026-11-30", "17:30:00"));
}

#[test]
fn what_would_begin_a_formula_is_text() {
    for text in ["=1+1", "+1", "-1", "@me", "\tx", "'=1", "''-", "'quoted'", "plain", ""] {
        let escaped = values::escape(text);
        assert!(!escaped.starts_with(['=', '+', '-', '@', '\t', '\r']), "{escaped}");
        assert_eq!(values::unescape(&escaped), text);
    }
}

fn cells() -> impl Strategy<Value = Vec<(Column, String)>> {
    let text = "['=+@a-zא-תآ-ی0-9,;\"\n -]{0,12}[a-z]";
    let title = Just(Column::Title);
    let others =
        proptest::sample::subsequence(Column::all().filter(|of| *of != Column::Title).collect::<Vec<_>>(), 0..=17);
    (title, others).prop_flat_map(move |(title, others)| {
        let mut columns = vec![title];
        columns.extend(others);
        columns.sort();
        columns.into_iter().map(|column| (Just(column), text)).collect::<Vec<_>>()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_is_read_again(
        rows in proptest::collection::vec(cells(), 1..20),
        format in proptest::sample::select(vec![PlanFormat::Csv, PlanFormat::Xlsx]),
        locale in proptest::sample::select(vec![Locale::En, Locale::Fa, Locale::Ar, Locale::El, Locale::He]),
    ) {
        let rows: Vec<Row> = rows.into_iter().zip(2..).map(|(cells, number)| Row { number, cells }).collect();
        let bytes = write(format, locale, &rows).unwrap();
        let table = read(&bytes).unwrap();
        prop_assert_eq!(table.format, format);
        prop_assert!(table.header.is_empty());
        prop_assert_eq!(table.rows, rows);
    }

    #[test]
    fn nothing_that_comes_in_brings_it_down(bytes: Vec<u8>) {
        let _any = read(&bytes);
        let _any = read(&[b"PK\x03\x04".as_slice(), &bytes].concat());
    }
}
