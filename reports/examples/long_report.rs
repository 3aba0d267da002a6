//! A long report with many charts, and what rendering it takes: `script/bench report`.
//!
//! The limits that are aimed at: 40 pages with 30 charts within 2 s of processor time and 300 MB.

use std::fs;

use diwan_reports::Language;
use diwan_reports::report::{example, report_pdf};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Charts and posts that come to some forty pages.
const CHARTS: u32 = 30;
const POSTS: u32 = 330;

/// Seconds of processor time that this process has taken, of all its threads: clock ticks by proc(5), a hundred a second.
fn processor_seconds() -> Outcome<f64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let fields = stat.rsplit_once(") ").map(|(_, fields)| fields).ok_or("no fields")?;
    // Behind the name: utime and stime are the 12th and the 13th.
    let ticks: Vec<f64> = fields.split(' ').skip(11).take(2).map(str::parse).collect::<Result<_, _>>()?;
    Ok(ticks.iter().sum::<f64>() / 100.0)
}

/// Megabytes of the largest resident set.
fn largest_megabytes() -> Outcome<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no largest resident set")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? / 1024)
}

fn main() -> Outcome<()> {
    println!("{CHARTS} charts and {POSTS} posts; the first of a language reads its fonts");
    for language in [Language::En, Language::En, Language::Fa, Language::Fa] {
        let report = example(language, CHARTS, POSTS);
        let before = processor_seconds()?;
        let pdf = report_pdf(&report)?;
        let took = processor_seconds()? - before;
        let path = std::env::temp_dir().join(format!("diwan-long-report-{}.pdf", language.code()));
        fs::write(&path, &pdf)?;
        println!(
            "{}: {took:.2} s of processor time, {} MB at most, {} bytes in {}",
            language.code(),
            largest_megabytes()?,
            pdf.len(),
            path.display()
        );
    }
    Ok(())
}
