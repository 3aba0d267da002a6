//! Writes the imagined report in every language and format into a folder, for looking at a change of the template:
//! `cargo run -p diwan-reports --example report -- /tmp/reports`.

use std::path::PathBuf;
use std::time::Instant;

use diwan_reports::Language;
use diwan_reports::report::{example, report_csv, report_html, report_pdf, report_xlsx};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("usage: report <folder>")?);
    std::fs::create_dir_all(&folder)?;
    for language in Language::ALL {
        let report = example(language, 2, 6);
        let started = Instant::now();
        let pdf = report_pdf(&report)?;
        println!("{}: {} bytes in {:?}", language.code(), pdf.len(), started.elapsed());
        let files = [
            ("pdf", pdf),
            ("xlsx", report_xlsx(&report)?),
            ("csv", report_csv(&report)?),
            ("html", report_html(&report)?),
        ];
        for (ending, bytes) in files {
            std::fs::write(folder.join(format!("{}.{ending}", language.code())), bytes)?;
        }
    }
    Ok(())
}
