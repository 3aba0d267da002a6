//! Reports of days from CSV.
//!
//! The first row names the columns, in any order: `day` (as 2026-03-01), `id` and `spend`, and, where wanted, `currency`, `impressions`,
//! `clicks`, `conversions` and `reach`. Amounts are in the currency's own unit (`12.50`); an empty count is one that nobody said.

use chrono::NaiveDate;

use super::queries::boost_to_record;
use super::spend::{DayReport, Placed, RecordedDays, Recording, record};
use crate::context::Context;
use crate::csv_table;
use crate::error::{Code, Failure, UserError};
use crate::finance::minor_of_text;

/// The largest file, in bytes.
pub const MOST_SPEND_BYTES: usize = 200_000;
/// The most rows below the header.
pub const MOST_SPEND_ROWS: usize = 1000;

const COLUMNS: [&str; 8] = ["day", "id", "spend", "currency", "impressions", "clicks", "conversions", "reach"];
const NEEDED: [&str; 3] = ["day", "id", "spend"];

/// Records the rows of a file: up to 1000 rows, 200,000 bytes. Refusals name the line in which a row begins, counted from 1.
pub async fn import_spend(context: &Context, recording: Recording, csv: &str) -> Result<RecordedDays, Failure> {
    let boost = boost_to_record(context, recording.boost_id).await?;
    if csv.len() > MOST_SPEND_BYTES {
        return Err(UserError::at(Code::FileTooLarge, "csv").number("limit", MOST_SPEND_BYTES).into());
    }
    let placed = read(csv, &boost.currency).map_err(|error| Failure::from(error).within("csv"))?;
    record(context, recording, "csv", placed).await
}

/// The rows of a file about a promotion in this currency.
fn read(csv: &str, currency: &str) -> Result<Vec<Placed>, UserError> {
    let rows = csv_table::read(csv.as_bytes(), COLUMNS, &NEEDED, MOST_SPEND_ROWS)?;
    Ok(rows.into_iter().map(|(line, cells)| (line, row(&cells, currency))).collect())
}

fn row(
    [day, id, spend, said, impressions, clicks, conversions, reach]: &[String; 8],
    currency: &str,
) -> Result<DayReport, Vec<UserError>> {
    let mut wrong = Vec::new();
    let read = NaiveDate::parse_from_str(day, "%F").ok().filter(|_| day.len() == 10);
    if read.is_none() {
        wrong.push(UserError::at(Code::DateNotUnderstood, "day").text("value", shown(day)));
    }
    if !said.is_empty() && !said.eq_ignore_ascii_case(currency) {
        wrong.push(UserError::at(Code::BoostCurrencyDiffers, "currency").text("currency", currency.to_owned()));
    }
    let spend_minor = minor_of_text(spend, currency);
    if spend_minor.is_none() {
        wrong.push(UserError::at(Code::Invalid, "spend"));
    }
    let mut count = |text: &str, column: &str| {
        if text.is_empty() {
            return None;
        }
        let count = text.parse::<i64>().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
        if count.is_none() {
            wrong.push(UserError::at(Code::Invalid, column));
        }
        count
    };
    let (impressions, clicks) = (count(impressions, "impressions"), count(clicks, "clicks"));
    let (conversions, reach) = (count(conversions, "conversions"), count(reach, "reach"));
    let (Some(day), Some(spend_minor), true) = (read, spend_minor, wrong.is_empty()) else { return Err(wrong) };
    Ok(DayReport { day, source_id: id.clone(), spend_minor, impressions, clicks, conversions, reach })
}

fn shown(text: &str) -> String {
    text.chars().take(32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_row_by_row_and_what_is_wrong_is_told_by_its_line() {
        let file = "Day,ID,Spend,Currency,Impressions,Clicks\n2026-03-01,ad 1,12.50,eur,1000,\n\
            01.03.2026,ad 1,12.505,USD,many,-1\n2026-03-02,ad 1,0,,,\n";
        let rows = read(file, "EUR").unwrap();
        let first = rows[0].1.as_ref().unwrap();
        assert_eq!((rows[0].0, first.source_id.as_str(), first.spend_minor), (2, "ad 1", 1250));
        assert_eq!((first.impressions, first.clicks, first.reach), (Some(1000), None, None));
        let wrong = rows[1].1.as_ref().unwrap_err();
        let fields: Vec<(Code, String)> = wrong.iter().map(|error| (error.code, error.field.join("."))).collect();
        let expected = [
            (Code::DateNotUnderstood, "day"),
            (Code::BoostCurrencyDiffers, "currency"),
            (Code::Invalid, "spend"),
            (Code::Invalid, "impressions"),
            (Code::Invalid, "clicks"),
        ];
        assert_eq!(fields, expected.map(|(code, field)| (code, field.to_owned())));
        assert_eq!((rows[2].0, rows[2].1.as_ref().map(|report| report.spend_minor)), (4, Ok(0)));
    }

    #[test]
    fn amounts_have_no_more_digits_than_their_currency() {
        for (amount, currency, minor) in [
            ("12", "JPY", Some(12)),
            ("0.5", "JPY", None),
            ("0.005", "KWD", Some(5)),
            ("-1", "EUR", None),
            ("", "EUR", None),
        ] {
            let rows = read(&format!("day,id,spend\n2026-03-01,a,{amount}\n"), currency).unwrap();
            assert_eq!(rows[0].1.as_ref().ok().map(|report| report.spend_minor), minor, "{amount} {currency}");
        }
    }
}
