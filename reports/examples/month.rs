//! Writes a sample of the monthly report, for looking at a change of the template:
//! `cargo run -p diwan-reports --example month -- fa 24 /tmp/month.pdf`.

#[path = "../tests/fixture/mod.rs"]
mod fixture;

use std::time::Instant;

use diwan_reports::{Language, month_pdf};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(code), Some(posts), Some(path)) = (args.next(), args.next(), args.next()) else {
        return Err("usage: month <en|fa|ar|el|he> <posts> <file.pdf>".into());
    };
    let language = Language::from_code(&code).ok_or("unknown language")?;
    let report = fixture::report(language, posts.parse()?);
    let started = Instant::now();
    let pdf = month_pdf(&report)?;
    println!("{} bytes in {:?}", pdf.len(), started.elapsed());
    std::fs::write(path, pdf)?;
    Ok(())
}
