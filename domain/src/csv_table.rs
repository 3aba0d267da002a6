//! CSV as people and other programs write it: columns by their names in any order, with commas or semicolons between.

use crate::error::{Code, UserError};

/// A row: the line in which it begins, counted from 1, and its cells in the order in which the columns were asked for, without the
/// space around them. A cell whose column is not there is empty.
pub(crate) type Row<const N: usize> = (i64, [String; N]);

/// Reads the rows below the header, up to `most`. Names of columns are compared in small letters without spaces and underscores, which
/// is how `columns` are written; those of `needed` must be there, and others than `columns` are not looked at. What is refused as a whole
/// is no file of this kind.
pub(crate) fn read<const N: usize>(
    bytes: &[u8],
    columns: [&'static str; N],
    needed: &[&str],
    most: usize,
) -> Result<Vec<Row<N>>, UserError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|_| UserError::new(Code::FileNotText))?;
    if text.contains('\0') {
        return Err(UserError::new(Code::FileDamaged));
    }
    let header = text.lines().next().unwrap_or_default();
    let delimiter = if header.contains(';') && !header.contains(',') { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|_| UserError::new(Code::FileDamaged))?;
    let places = places(header, columns, needed)?;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|_| UserError::new(Code::FileDamaged))?;
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if rows.len() == most {
            return Err(UserError::at(Code::TooMany, "rows").number("limit", most).number("actual", most + 1));
        }
        let line = record.position().map_or(0, |position| begins(text, position));
        let cell = |place: Option<usize>| place.and_then(|place| record.get(place)).unwrap_or_default().trim();
        rows.push((line, places.map(|place| cell(place).to_owned())));
    }
    if rows.is_empty() {
        return Err(UserError::at(Code::Invalid, "rows"));
    }
    Ok(rows)
}

/// The line in which a record begins. The reader counts from the end of the one before, with the empty lines between them.
fn begins(text: &str, position: &csv::Position) -> i64 {
    let rest = usize::try_from(position.byte()).ok().and_then(|byte| text.as_bytes().get(byte..)).unwrap_or_default();
    let empty = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).filter(|byte| **byte == b'\n').count() as u64;
    i64::try_from(position.line() + empty).unwrap_or(i64::MAX)
}

/// Where the columns are.
fn places<const N: usize>(
    header: &csv::StringRecord,
    columns: [&'static str; N],
    needed: &[&str],
) -> Result<[Option<usize>; N], UserError> {
    let mut places = [None; N];
    for (place, written) in header.iter().enumerate() {
        let name = written.trim().to_ascii_lowercase().replace(['_', ' '], "");
        let Some(at) = columns.iter().position(|column| *column == name) else {
            continue;
        };
        if places[at].replace(place).is_some() {
            return Err(UserError::new(Code::ColumnTwice).text("column", columns[at]));
        }
    }
    for (column, place) in columns.iter().zip(&places) {
        if place.is_none() && needed.contains(column) {
            return Err(UserError::new(Code::ColumnMissing).text("column", *column));
        }
    }
    Ok(places)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_come_by_the_names_of_their_columns_with_the_line_that_they_begin_in() {
        let file = "\u{feff}Spend ;remarks;DAY\n 1.50;\"two\nlines\";2026-11-20\n\n;;\n2;;2026-11-21\n";
        let rows = read(file.as_bytes(), ["day", "spend", "clicks"], &["day"], 2).unwrap();
        let row = |line, day: &str, spend: &str| (line, [day.to_owned(), spend.to_owned(), String::new()]);
        assert_eq!(rows, [row(2, "2026-11-20", "1.50"), row(6, "2026-11-21", "2")]);
    }

    #[test]
    fn what_is_no_such_file_is_refused_as_a_whole() {
        for (file, code) in [
            (b"\xff\xfe".as_slice(), Code::FileNotText),
            (b"day\n\0\n", Code::FileDamaged),
            (b"", Code::ColumnMissing),
            (b"spend\n1\n", Code::ColumnMissing),
            (b"day,Day\n", Code::ColumnTwice),
            (b"day\n", Code::Invalid),
            (b"day\n1\n2\n3\n", Code::TooMany),
        ] {
            assert_eq!(read(file, ["day", "spend"], &["day"], 2).unwrap_err().code, code, "{file:?}");
        }
    }
}
