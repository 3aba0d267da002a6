//! Reading conversions from CSV.
//!
//! The first row names the columns, in any order: `id`, `kind`, `name`, `occurredAt`, `value`, `currency`, `touches`. Times are in
//! RFC 3339; a value is in the currency's own unit (`12.50`); touches are codes with their times, `code@time`, with spaces between them.

use chrono::{DateTime, Utc};
use diwan_entity::tracking::conversion::ConversionKind;
use sea_orm::ActiveEnum as _;

use super::conversion::{MOST_TOUCHES, NewConversion, Touch};
use crate::approvals::Money;
use crate::csv_table;
use crate::error::{Code, UserError};
use crate::finance::{is_currency, minor_of_text};

/// The largest file, in bytes.
pub(super) const MOST_BYTES: usize = 5 * 1024 * 1024;
/// The most rows below the header.
pub(super) const MOST_ROWS: usize = 5000;

const COLUMNS: [&str; 7] = ["id", "kind", "name", "occurredat", "value", "currency", "touches"];
/// Those that must be there.
const NEEDED: [&str; 3] = ["id", "kind", "occurredat"];

/// A row, or what is wrong with how it is written.
pub(super) type Read = Result<NewConversion, Vec<UserError>>;

/// The rows of a file, each with the line in which it begins, counted from 1. What is refused as a whole is no file of this kind.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<(i64, Read)>, UserError> {
    let rows = csv_table::read(bytes, COLUMNS, &NEEDED, MOST_ROWS)?;
    Ok(rows.into_iter().map(|(line, cells)| (line, row(&cells))).collect())
}

fn row([id, kind, name, occurred_at, amount, currency, touches]: &[String; 7]) -> Read {
    let mut wrong = Vec::new();
    let kind = ConversionKind::try_from_value(&kind.to_ascii_uppercase().replace([' ', '-'], "_")).ok();
    if kind.is_none() {
        wrong.push(UserError::at(Code::Invalid, "kind"));
    }
    let occurred_at = moment(occurred_at);
    if occurred_at.is_none() {
        wrong.push(UserError::at(Code::Invalid, "occurredAt"));
    }
    let value = value(amount, currency).unwrap_or_else(|error| {
        wrong.push(error);
        None
    });
    // One more than there may be, so that it is told; what comes after is not looked at.
    let said = touches.split_whitespace().take(MOST_TOUCHES + 1);
    let touches = said.enumerate().filter_map(|(index, written)| {
        let touch =
            written.split_once('@').and_then(|(code, at)| Some(Touch { code: code.to_owned(), at: moment(at)? }));
        if touch.is_none() {
            wrong.push(UserError::at(Code::Invalid, &format!("touches.{index}")));
        }
        touch
    });
    let touches: Vec<Touch> = touches.collect();
    let (Some(kind), Some(occurred_at), true) = (kind, occurred_at, wrong.is_empty()) else {
        return Err(wrong);
    };
    let name = Some(name.clone()).filter(|name| !name.is_empty());
    Ok(NewConversion { external_id: id.clone(), kind, name, occurred_at, value, touches })
}

fn moment(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc())
}

/// An amount as people write it, exactly: with no more digits behind the point than its currency has.
fn value(amount: &str, code: &str) -> Result<Option<Money>, UserError> {
    if amount.is_empty() && code.is_empty() {
        return Ok(None);
    }
    let code = code.to_ascii_uppercase();
    let unknown = || UserError::at(Code::UnknownCurrency, "currency").text("currency", shown(&code));
    if !is_currency(&code) {
        return Err(unknown());
    }
    let minor = minor_of_text(amount, &code);
    let minor = minor.ok_or_else(|| UserError::at(Code::Invalid, "value"))?;
    Ok(Some(Money { minor, currency: code.clone() }))
}

fn shown(text: &str) -> String {
    text.chars().take(16).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minor(amount: &str, currency: &str) -> Option<i64> {
        value(amount, currency).ok().flatten().map(|money| money.minor)
    }

    #[test]
    fn amounts_are_read_exactly_or_not_at_all() {
        assert_eq!(minor("12.50", "EUR"), Some(1250));
        assert_eq!(minor("12.5", "eur"), Some(1250));
        assert_eq!(minor("12.500", "EUR"), Some(1250));
        assert_eq!(minor("12", "JPY"), Some(12));
        assert_eq!(minor("0.001", "KWD"), Some(1));
        assert_eq!(value("", ""), Ok(None));
        for (amount, currency) in [
            ("12.505", "EUR"),
            ("0.5", "JPY"),
            ("1,5", "EUR"),
            ("-1", "EUR"),
            ("1e3", "EUR"),
            ("", "EUR"),
            ("5", ""),
            ("5", "XYZ1"),
            ("99999999999999999999999999999999", "EUR"),
        ] {
            assert!(value(amount, currency).is_err(), "{amount} {currency}");
        }
    }

    #[test]
    fn a_file_is_read_by_the_names_of_its_columns() {
        let file = "\u{feff}Kind;id;Occurred At;value;currency;touches;remarks\n\
            sale;7;2026-11-20T10:00:00Z;19.90;EUR;abcdefghij@2026-11-19T10:00:00+02:00 ABCDEFGHJK@2026-11-20T09:00:00Z;thanks\n\
            \n\
            sign up;8;2026-11-20 10:00;;;;\n";
        let rows = read(file.as_bytes()).unwrap();
        assert_eq!((rows[0].0, rows[1].0), (2, 4));
        let sale = rows[0].1.as_ref().unwrap();
        assert_eq!((sale.external_id.as_str(), sale.kind), ("7", ConversionKind::Sale));
        assert_eq!(sale.value, Some(Money { minor: 1990, currency: "EUR".to_owned() }));
        assert_eq!(sale.touches.len(), 2);
        let wrong = rows[1].1.as_ref().unwrap_err();
        assert_eq!(wrong.iter().map(|error| error.field.join(".")).collect::<Vec<_>>(), ["occurredAt"]);
        assert_eq!(rows.len(), 2);
    }

    #[test]
    fn a_row_without_an_end_is_read_as_far_as_it_could_be_right() {
        let file = format!("id,kind,occurredAt,touches\n1,SALE,2026-11-20T10:00:00Z,{}\n", "x ".repeat(500_000));
        let rows = read(file.as_bytes()).unwrap();
        assert_eq!(rows[0].1.as_ref().unwrap_err().len(), MOST_TOUCHES + 1);
        let many = "abcdefghij@2026-11-19T10:00:00Z ".repeat(60);
        let file = format!("id,kind,occurredAt,touches\n1,SALE,2026-11-20T10:00:00Z,{many}\n");
        assert_eq!(read(file.as_bytes()).unwrap()[0].1.as_ref().unwrap().touches.len(), MOST_TOUCHES + 1);
    }

    #[test]
    fn what_is_no_such_file_is_refused_as_a_whole() {
        let many = format!("id,kind,occurredAt\n{}", "1,SALE,2026-11-20T10:00:00Z\n".repeat(MOST_ROWS + 1));
        for (file, code) in [
            (b"\xff\xfe".as_slice(), Code::FileNotText),
            (b"", Code::ColumnMissing),
            (b"id,kind\n1,SALE\n", Code::ColumnMissing),
            (b"id,kind,occurredAt,ID\n", Code::ColumnTwice),
            (b"id,kind,occurredAt\n", Code::Invalid),
            (many.as_bytes(), Code::TooMany),
        ] {
            assert_eq!(read(file).unwrap_err().code, code);
        }
    }
}
