//! Reading a file as rows, within bounds: nothing that it claims of itself is believed.

use std::io::{Cursor, Read as _};

use calamine::{DataRef, ExcelDateTime, Reader as _, Xlsx};
use diwan_entity::calendar::content_export::PlanFormat;

use super::{Column, Finding, values};
use crate::error::{Code, UserError};

/// The largest file, in bytes.
pub const MAX_PLAN_BYTES: u64 = 10 * 1024 * 1024;

/// The most rows below the header.
const MAX_ROWS: usize = 5000;

/// The most columns.
const MAX_COLUMNS: usize = 64;

/// The most characters of a cell: what a variant takes.
const MAX_CELL: usize = 100_000;

/// The most bytes of a workbook when it is unfolded, and how many times its own size that may be.
const MAX_UNFOLDED: u64 = 64 * 1024 * 1024;
const MAX_RATIO: u64 = 100;

/// Below this a ratio means nothing: empty sheets fold well.
const SMALL: u64 = 4 * 1024 * 1024;

/// The most parts of a workbook.
const MAX_PARTS: usize = 1000;

/// A file as rows.
#[derive(Debug)]
pub(super) struct Table {
    /// What it was.
    pub(super) format: PlanFormat,
    /// What is to be told of the header.
    pub(super) header: Vec<Finding>,
    /// The rows below it that hold anything.
    pub(super) rows: Vec<Row>,
}

/// A row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    /// As a spreadsheet counts, the header being 1.
    pub(super) number: u32,
    /// Cells that are not empty.
    pub(super) cells: Vec<(Column, String)>,
}

impl Row {
    /// What stands there; empty when nothing does.
    pub(super) fn get(&self, column: Column) -> &str {
        self.cells.iter().find(|(of, _)| *of == column).map_or("", |(_, text)| text)
    }
}

/// Reads a file.
pub(super) fn read(bytes: &[u8]) -> Result<Table, UserError> {
    if bytes.len() as u64 > MAX_PLAN_BYTES {
        return Err(UserError::new(Code::FileTooLarge).number("limit", MAX_PLAN_BYTES));
    }
    let (format, rows) = if bytes.starts_with(b"PK\x03\x04") {
        (PlanFormat::Xlsx, workbook(bytes)?)
    } else {
        (PlanFormat::Csv, text(bytes)?)
    };
    table(format, rows)
}

/// Numbered rows, the first of which is the header.
type Rows = Vec<(u32, Vec<String>)>;

fn table(format: PlanFormat, rows: Rows) -> Result<Table, UserError> {
    let mut rows = rows.into_iter();
    let (_, names) = rows.next().ok_or_else(|| UserError::new(Code::ColumnMissing).text("column", "title"))?;
    let mut columns = Vec::with_capacity(names.len());
    let mut header = Vec::new();
    for name in &names {
        let column = Column::of_name(name);
        if column.is_some() && columns.contains(&column) {
            return Err(UserError::new(Code::ColumnTwice).text("column", shown(name)));
        }
        if column.is_none() && !name.trim().is_empty() {
            header.push(Finding::warning(None, &UserError::new(Code::ColumnUnknown).text("column", shown(name))));
        }
        columns.push(column);
    }
    if !columns.contains(&Some(Column::Title)) {
        return Err(UserError::new(Code::ColumnMissing).text("column", "title"));
    }
    let rows = rows.map(|(number, cells)| {
        let cells = columns.iter().zip(cells).filter_map(|(column, text)| {
            let text = values::unescape(&text);
            (*column).filter(|_| !text.trim().is_empty()).map(|column| (column, text.to_owned()))
        });
        Row { number, cells: cells.collect() }
    });
    Ok(Table { format, header, rows: rows.filter(|row| !row.cells.is_empty()).collect() })
}

/// A name as it is told: not longer than somebody reads.
pub(super) fn shown(text: &str) -> String {
    text.trim().chars().take(100).collect()
}

fn check_size(rows: usize, columns: usize) -> Result<(), UserError> {
    if columns > MAX_COLUMNS {
        return Err(UserError::at(Code::TooMany, "columns").number("limit", MAX_COLUMNS).number("actual", columns));
    }
    if rows > MAX_ROWS + 1 {
        return Err(UserError::at(Code::TooMany, "rows").number("limit", MAX_ROWS).number("actual", rows - 1));
    }
    Ok(())
}

fn check_cell(text: &str) -> Result<(), UserError> {
    // Counted only where the bytes leave a doubt.
    if text.len() > MAX_CELL {
        let length = text.chars().count();
        if length > MAX_CELL {
            return Err(UserError::new(Code::TooLong).number("limit", MAX_CELL).number("actual", length));
        }
    }
    if text.contains('\0') { Err(UserError::new(Code::FileNotPlan)) } else { Ok(()) }
}

/// CSV.
fn text(bytes: &[u8]) -> Result<Rows, UserError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    // Other files, such as pictures and the workbooks of before 2007, have bytes that no text has.
    if bytes.contains(&0) && !bytes.starts_with(b"\xff\xfe") && !bytes.starts_with(b"\xfe\xff") {
        return Err(UserError::new(Code::FileNotPlan));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| UserError::new(Code::FileNotText))?;
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(text))
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut rows = Rows::new();
    for (at, record) in reader.records().enumerate() {
        let record = record.map_err(|_| UserError::new(Code::FileDamaged))?;
        check_size(at + 1, record.len())?;
        let cells: Vec<String> = record.iter().map(str::to_owned).collect();
        cells.iter().try_for_each(|cell| check_cell(cell))?;
        rows.push((u32::try_from(at + 1).unwrap_or(u32::MAX), cells));
    }
    Ok(rows)
}

/// What separates the header: whichever there is most of, outside of quotation marks.
fn delimiter(text: &str) -> u8 {
    let mut quoted = false;
    let mut counts = [(b',', 0_usize), (b';', 0), (b'\t', 0)];
    for byte in text.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if quoted => {}
            _ => counts.iter_mut().filter(|(of, _)| *of == byte).for_each(|(_, count)| *count += 1),
        }
    }
    // Of equally many, the first.
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(of, _)| *of)
}

/// XLSX, cell by cell.
fn workbook(bytes: &[u8]) -> Result<Rows, UserError> {
    unfolds_within_bounds(bytes)?;
    let damaged = |_| UserError::new(Code::FileDamaged);
    // A ZIP file of anything else has no workbook in it.
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| UserError::new(Code::FileNotPlan))?;
    let sheet = book.sheet_names().into_iter().next().ok_or_else(|| UserError::new(Code::FileNotPlan))?;
    let mut cells = book.worksheet_cells_reader(&sheet).map_err(damaged)?;
    let mut rows = Rows::new();
    while let Some(cell) = cells.next_cell_with_formula().map_err(damaged)? {
        let (row, column) = (cell.pos.0, cell.pos.1 as usize);
        if cell.formula.is_some() {
            return Err(UserError::new(Code::FormulaCell).text("value", place(row, column)));
        }
        let text = said(&cell.value);
        if text.is_empty() {
            continue;
        }
        check_cell(&text)?;
        if rows.last().is_none_or(|(number, _)| *number != row + 1) {
            rows.push((row + 1, Vec::new()));
        }
        check_size(rows.len(), column + 1)?;
        if let Some((_, cells)) = rows.last_mut() {
            cells.resize(cells.len().max(column + 1), String::new());
            cells[column] = text;
        }
    }
    Ok(rows)
}

/// Where a cell is, as a spreadsheet says it.
fn place(row: u32, column: usize) -> String {
    let mut name = String::new();
    let mut left = column + 1;
    while left > 0 {
        left -= 1;
        let letter = u8::try_from(left % 26).map_or('?', |at| char::from(b'A' + at));
        name.insert(0, letter);
        left /= 26;
    }
    format!("{name}{}", row + 1)
}

/// Unfolds every part without keeping it: what the file says of its sizes may be a lie.
fn unfolds_within_bounds(bytes: &[u8]) -> Result<(), UserError> {
    let damaged = |_| UserError::new(Code::FileDamaged);
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    let limit = MAX_UNFOLDED.min(SMALL.max(bytes.len() as u64 * MAX_RATIO));
    let too_large = || UserError::new(Code::FileUnfolds).number("limit", limit);
    if archive.len() > MAX_PARTS {
        return Err(too_large());
    }
    let mut left = limit;
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(|_| UserError::new(Code::FileDamaged))?;
        let read = std::io::copy(&mut part.take(left + 1), &mut std::io::sink())
            .map_err(|_| UserError::new(Code::FileDamaged))?;
        left = left.checked_sub(read).ok_or_else(too_large)?;
    }
    Ok(())
}

/// A cell as somebody would have typed it.
fn said(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(yes) => yes.to_string(),
        DataRef::DateTime(at) => moment(at),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.replace('T', " "),
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

fn moment(at: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    // Days are counted from 1; below is a time alone.
    match at.as_f64() {
        days if days < 1.0 => time,
        days if days.fract() == 0.0 => format!("{year:04}-{month:02}-{day:02}"),
        _ => format!("{year:04}-{month:02}-{day:02} {time}"),
    }
}
