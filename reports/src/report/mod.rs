//! Composed reports: blocks that a person chose, of a brand and a period, as PDF, XLSX, CSV and HTML.

mod csv_file;
mod drawing;
mod exact;
mod example;
mod html;
mod html_chart;
mod look;
mod model;
mod pdf;
mod tables;
mod words;
mod write;
mod xlsx;

#[cfg(test)]
mod formats_tests;

pub use csv_file::{COLUMNS as CSV_COLUMNS, report_csv};
#[doc(hidden)]
pub use example::example;
pub use html::{FILES as FILES_PLACE, report_html};
pub use model::*;
pub use pdf::report_pdf;
pub use xlsx::report_xlsx;
