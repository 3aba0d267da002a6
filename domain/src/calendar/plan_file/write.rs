//! Writing rows as a file.

use diwan_entity::calendar::content_export::PlanFormat;
use diwan_entity::tenancy::agency::Locale;
use rust_xlsxwriter::{Workbook, XlsxError};

use super::read::Row;
use super::{Column, values};
use crate::error::Fault;

/// The most characters of a cell of a workbook, as the format has it.
const MAX_SHEET_CELL: usize = 32_767;

/// Why rows do not become a file.
#[derive(Debug)]
pub(super) enum Unwritten {
    /// A text is longer than a workbook takes.
    CellTooLong,
    /// It should have been possible.
    Fault(Fault),
}

impl From<csv::Error> for Unwritten {
    fn from(error: csv::Error) -> Self {
        Self::Fault(Fault::broken(format!("writing CSV: {error}")))
    }
}

impl From<XlsxError> for Unwritten {
    fn from(error: XlsxError) -> Self {
        match error {
            XlsxError::MaxStringLengthExceeded => Self::CellTooLong,
            error => Self::Fault(Fault::broken(format!("writing XLSX: {error}"))),
        }
    }
}

/// The rows as a file, with headers in this language.
pub(super) fn write(format: PlanFormat, locale: Locale, rows: &[Row]) -> Result<Vec<u8>, Unwritten> {
    match format {
        PlanFormat::Csv => text(locale, rows),
        PlanFormat::Xlsx => workbook(locale, rows),
    }
}

fn text(locale: Locale, rows: &[Row]) -> Result<Vec<u8>, Unwritten> {
    // Spreadsheets take a file without the mark for one of the old code pages.
    let mut writer = csv::WriterBuilder::new().from_writer(b"\xef\xbb\xbf".to_vec());
    writer.write_record(Column::all().map(|column| column.name(locale)))?;
    for row in rows {
        writer.write_record(Column::all().map(|column| values::escape(row.get(column))))?;
    }
    writer.into_inner().map_err(|error| Unwritten::Fault(Fault::broken(format!("writing CSV: {error}"))))
}

fn workbook(locale: Locale, rows: &[Row]) -> Result<Vec<u8>, Unwritten> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_right_to_left(crate::messages::direction(locale) == "rtl");
    sheet.set_freeze_panes(1, 0)?;
    for (column, at) in Column::all().zip(0_u16..) {
        sheet.write_string(0, at, column.name(locale))?;
        for (row, line) in rows.iter().zip(1_u32..) {
            let cell = values::escape(row.get(column));
            if cell.chars().count() > MAX_SHEET_CELL {
                return Err(Unwritten::CellTooLong);
            }
            if !cell.is_empty() {
                sheet.write_string(line, at, cell)?;
            }
        }
    }
    Ok(book.save_to_buffer()?)
}
