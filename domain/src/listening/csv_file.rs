//! Days of mentions from CSV.
//!
//! The first row names the columns, in any order: `day` (as 2026-03-01), `monitor` (its name) and `mentions`.

use chrono::NaiveDate;

use crate::csv_table;
use crate::error::{Code, UserError};

/// The largest file, in bytes.
pub const MOST_MENTION_BYTES: usize = 500_000;
/// The most rows below the header.
pub const MOST_MENTION_LINES: usize = 5000;

const COLUMNS: [&str; 3] = ["day", "monitor", "mentions"];

/// A row, as it is written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub day: NaiveDate,
    pub monitor: String,
    pub mentions: i64,
}

/// A row of a file with the line in which it begins, counted from 1, or what is wrong with how it is written.
pub(super) type Row = (i64, Result<Line, Vec<UserError>>);

/// The rows of a file.
pub(super) fn read(csv: &str) -> Result<Vec<Row>, UserError> {
    let rows = csv_table::read(csv.as_bytes(), COLUMNS, &COLUMNS, MOST_MENTION_LINES)?;
    Ok(rows.into_iter().map(|(line, cells)| (line, row(&cells))).collect())
}

fn row([day, monitor, mentions]: &[String; 3]) -> Result<Line, Vec<UserError>> {
    let mut wrong = Vec::new();
    let read = NaiveDate::parse_from_str(day, "%F").ok().filter(|_| day.len() == 10);
    if read.is_none() {
        let shown: String = day.chars().take(32).collect();
        wrong.push(UserError::at(Code::DateNotUnderstood, "day").text("value", shown));
    }
    let count = mentions.parse::<i64>().ok().filter(|_| mentions.bytes().all(|byte| byte.is_ascii_digit()));
    if count.is_none() {
        wrong.push(UserError::at(Code::Invalid, "mentions"));
    }
    match (read, count) {
        (Some(day), Some(mentions)) => Ok(Line { day, monitor: monitor.clone(), mentions }),
        _ => Err(wrong),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_and_what_is_wrong_is_told_by_its_line() {
        let file = "\u{feff}Mentions;Day;Monitor\n12;2026-07-01;Nour\n\n-1;1 July;Nour\n;2026-07-02;Sama\n";
        let rows = read(file).unwrap();
        let day = "2026-07-01".parse().unwrap();
        assert_eq!(rows[0], (2, Ok(Line { day, monitor: "Nour".to_owned(), mentions: 12 })));
        let told = |place: usize| -> Vec<(Code, String)> {
            let errors = rows[place].1.as_ref().unwrap_err();
            errors.iter().map(|error| (error.code, error.field.join("."))).collect()
        };
        let at = |code, path: &str| (code, path.to_owned());
        assert_eq!((rows[1].0, told(1)), (4, vec![at(Code::DateNotUnderstood, "day"), at(Code::Invalid, "mentions")]));
        assert_eq!((rows[2].0, told(2)), (5, vec![at(Code::Invalid, "mentions")]));
        assert_eq!(read("day,mentions\n2026-07-01,3\n").unwrap_err().code, Code::ColumnMissing);
    }
}
