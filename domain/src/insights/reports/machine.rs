//! The summary that a program writes where nobody did, if its template says that one may, and the operator has set one up.
//!
//! - It gets figures of the report: keys, numbers and days. No names, no texts, nothing of who asked.
//! - What it writes stands in the report only if every number in it is one of those. The report says who wrote it.
//! - Tokens are set aside before it is asked and settled afterwards, both in the month in which it was asked. Where nobody knows what was
//!   taken, what was set aside counts.
//! - It is asked once for each report, however often the making of that is tried: what came of it is kept with the report.
//! - Whatever goes wrong, the report is made without it, and its run says why.

use std::collections::HashSet;
use std::fmt::Write as _;

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::insights::{report_run, report_summary};
use diwan_platform::db;
use diwan_platform::language_model::LanguageModel;
use diwan_reports::as_shown;
use diwan_reports::report::{Block, Days, Figure, Number, Report, TextBlock, TextKind, Unit};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::json;

use crate::jobs::{JobError, Work};
use crate::trust;

/// Nobody set a program up.
pub(super) const NOT_SET_UP: &str = "NOT_SET_UP";
/// Nothing is left of the month's tokens.
pub(super) const TOKENS_SPENT: &str = "TOKENS_SPENT";
/// There was no answer.
pub(super) const NO_ANSWER: &str = "NO_ANSWER";
/// The answer was none that can stand in a report.
pub(super) const ANSWER_DISCARDED: &str = "ANSWER_DISCARDED";
/// The report has no figures that it could be about.
pub(super) const NO_FIGURES: &str = "NO_FIGURES";

/// The longest answer that is wanted, in tokens.
const MOST_TOKENS: u32 = 700;
/// The longest that stands in a report, in characters.
const LONGEST: usize = 2000;
/// The most figures that it is told.
const MOST_FIGURES: usize = 60;

/// Writes the summary before the block at `place`. Answers why not, where it did not.
pub(super) async fn write(
    work: &Work,
    run: &report_run::Model,
    report: &mut Report,
    place: usize,
) -> Result<Option<&'static str>, JobError> {
    let Some(model) = &work.services.language_model else { return Ok(Some(NOT_SET_UP)) };
    let figures: Vec<&Figure> = told(report).take(MOST_FIGURES).collect();
    if figures.is_empty() {
        return Ok(Some(NO_FIGURES));
    }
    let question = question(report, &figures);
    let known = known(report, &figures);
    let rules = rules(report);
    // No token is shorter than a byte.
    let aside = i64::try_from(rules.len() + question.len()).unwrap_or(i64::MAX).saturating_add(MOST_TOKENS.into());
    let asked_at = work.services.now();
    let told = match begin(work, run, model, (asked_at, aside)).await? {
        // The figures were gathered anew: it must fit these.
        Begun::Before(told) => told.and_then(|text| fit(&text, &known).ok_or(ANSWER_DISCARDED)),
        Begun::Spent => return Ok(Some(TOKENS_SPENT)),
        Begun::Now => {
            let answer = model.ask(&work.services.http, (&rules, &question), MOST_TOKENS).await;
            let (taken, text) = match answer {
                Ok(written) => (written.tokens.unwrap_or(aside), Ok(written.text)),
                Err(error) => {
                    tracing::warn!(report = %run.id, %error, "no summary was written");
                    (if error.may_have_cost() { aside } else { 0 }, Err(NO_ANSWER))
                }
            };
            let told = text.and_then(|text| fit(&text, &known).ok_or(ANSWER_DISCARDED));
            settle(work, run, (model, asked_at), (aside, taken, &told)).await?;
            told
        }
    };
    match told {
        Ok(text) => {
            let block = Block::Text(TextBlock { kind: TextKind::MachineSummary, text });
            report.blocks.insert(place.min(report.blocks.len()), block);
            Ok(None)
        }
        Err(why) => Ok(Some(why)),
    }
}

fn month(at: DateTime<Utc>) -> NaiveDate {
    let day = at.date_naive();
    day.with_day(1).unwrap_or(day)
}

/// Whether it is to be asked.
enum Begun {
    /// It was before, for this report, and this came of it.
    Before(Result<String, &'static str>),
    /// There are not as many tokens left.
    Spent,
    /// Now: the tokens are set aside.
    Now,
}

/// Sets tokens aside, and notes that it is asked, in one transaction: a run that is tried again asks and pays nothing more. Where the worker died
/// while it was asked, nobody knows the answer, and there is none.
async fn begin(
    work: &Work,
    run: &report_run::Model,
    model: &LanguageModel,
    (at, tokens): (DateTime<Utc>, i64),
) -> Result<Begun, JobError> {
    let scope = work.begin().await?;
    if let Some(before) = report_summary::Entity::one_in_brand(scope.brand_id, run.id).one(scope.tx()).await? {
        scope.commit().await?;
        let why = if before.note.as_deref() == Some(ANSWER_DISCARDED) { ANSWER_DISCARDED } else { NO_ANSWER };
        return Ok(Begun::Before(before.text.ok_or(why)));
    }
    let values = [scope.brand_id.into(), month(at).into(), tokens.into(), model.monthly_tokens.into()];
    if !db::scalar::<bool>(scope.tx(), "select app.take_ai_tokens($1, $2, $3, $4)", values).await? {
        scope.commit().await?;
        return Ok(Begun::Spent);
    }
    let row = report_summary::ActiveModel {
        report_id: Set(run.id),
        brand_id: Set(scope.brand_id),
        asked_at: Set(at),
        ended_at: Set(None),
        text: Set(None),
        note: Set(None),
    };
    report_summary::Entity::insert(row).exec_without_returning(scope.tx()).await?;
    scope.commit().await?;
    Ok(Begun::Now)
}

/// Books what it took, and that it was asked: which model and how many tokens, and nothing of what was said. What came of it is kept with the
/// report.
async fn settle(
    work: &Work,
    run: &report_run::Model,
    (model, at): (&LanguageModel, DateTime<Utc>),
    (aside, taken, told): (i64, i64, &Result<String, &'static str>),
) -> Result<(), JobError> {
    let scope = work.begin().await?;
    let note = told.as_ref().err().map(|why| (*why).to_owned());
    report_summary::Entity::update_many()
        .col_expr(report_summary::Column::EndedAt, Expr::value(scope.now))
        .col_expr(report_summary::Column::Text, Expr::value(told.as_ref().ok().cloned()))
        .col_expr(report_summary::Column::Note, Expr::value(note))
        .filter(report_summary::Column::BrandId.eq(scope.brand_id))
        .filter(report_summary::Column::ReportId.eq(run.id))
        .exec(scope.tx())
        .await?;
    let values = [scope.brand_id.into(), month(at).into(), aside.into(), taken.into()];
    scope.tx().execute_raw(db::statement("select app.settle_ai_tokens($1, $2, $3, $4)", values)).await?;
    let detail = json!({ "model": model.model, "tokens": taken });
    trust::record(scope.permit().await?, scope.now, "report.summarize", run.id, detail).await?;
    scope.commit().await
}

/// The figures of a report that have a number.
fn told(report: &Report) -> impl Iterator<Item = &Figure> {
    let figures = report.blocks.iter().filter_map(|block| match block {
        Block::Figures(figures) => Some(figures),
        _ => None,
    });
    figures.flatten().filter(|figure| figure.value.is_some())
}

fn rules(report: &Report) -> String {
    format!(
        "You write the summary of a marketing report. Write one paragraph of three to five plain sentences in the language with the code \
         {}, for {}. Say only what the figures say. Copy numbers exactly as they are given and write no other number, also not in words. \
         No headings, lists, markup, greetings or advice.",
        report.style.language.code(),
        match report.audience {
            diwan_reports::report::Audience::Client => "the client",
            diwan_reports::report::Audience::Management => "the management",
            diwan_reports::report::Audience::Team => "the team",
        }
    )
}

fn question(report: &Report, figures: &[&Figure]) -> String {
    let days = |days: Days| format!("{} to {}", days.from.format("%F"), days.to.format("%F"));
    let mut text = format!("Period: {}", days(report.period));
    if let Some(compared) = report.compared {
        let _infallible = write!(text, "\nCompared with: {}", days(compared));
    }
    for figure in figures {
        let _infallible = write!(text, "\n{}: {}", figure.kpi, figure.value.map(decimal).unwrap_or_default());
        match &figure.unit {
            Unit::Count => {}
            Unit::Percent => text.push_str(" percent"),
            Unit::Seconds => text.push_str(" seconds"),
            Unit::Money(currency) => {
                text.push(' ');
                text.push_str(currency);
            }
        }
        for (name, number) in
            [("before", figure.before), ("change in percent", figure.change_percent), ("target", figure.target)]
        {
            if let Some(number) = number {
                let _infallible = write!(text, "; {name} {}", decimal(number));
            }
        }
        if !figure.missing_networks.is_empty() {
            text.push_str("; some of it is not known");
        }
    }
    text
}

fn decimal(number: Number) -> String {
    let places = usize::from(number.places);
    let digits = format!("{:0>width$}", number.mantissa.unsigned_abs(), width = places + 1);
    let (whole, part) = digits.split_at(digits.len() - places);
    let sign = if number.mantissa < 0 { "-" } else { "" };
    if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") }
}

/// The numbers that may stand in a text, without signs.
fn known(report: &Report, figures: &[&Figure]) -> HashSet<String> {
    let numbers = figures.iter().flat_map(|figure| [figure.value, figure.before, figure.change_percent, figure.target]);
    let mut known: HashSet<String> =
        numbers.flatten().map(|number| plain(decimal(number).trim_start_matches('-'))).collect();
    for days in [Some(report.period), report.compared].into_iter().flatten() {
        for day in [days.from, days.to] {
            known.extend([day.year().to_string(), day.month().to_string(), day.day().to_string()]);
        }
    }
    known
}

/// A decimal without zeros that say nothing.
fn plain(decimal: &str) -> String {
    let (whole, part) = decimal.split_once('.').unwrap_or((decimal, ""));
    let (whole, part) = (whole.trim_start_matches('0'), part.trim_end_matches('0'));
    let whole = if whole.is_empty() { "0" } else { whole };
    if part.is_empty() { whole.to_owned() } else { format!("{whole}.{part}") }
}

/// The text as it may stand in the report; none where it is none, is too long, or says a number that it was not told.
fn fit(text: &str, known: &HashSet<String>) -> Option<String> {
    let text = as_shown(text);
    let text = text.trim();
    let fits = !text.is_empty() && text.chars().count() <= LONGEST && !text.contains('\0');
    (fits && numbers(text).iter().all(|number| is_known(number, known))).then(|| text.to_owned())
}

/// The numbers in a text, in Latin digits, with the signs between their digits as they are. What nobody sees parts no number. One with a letter or
/// a mark right behind it is none that is known: "7k" is not seven.
fn numbers(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut number = String::new();
    let mut between = String::new();
    for c in text.chars().filter(|c| !is_unseen(*c)) {
        if let Some(digit) = latin(c) {
            number.push_str(&between);
            between.clear();
            number.push(digit);
        } else if !number.is_empty() && between.is_empty() && SEPARATORS.contains(&c) {
            between.push(c);
        } else if !number.is_empty() {
            if between.is_empty() && (c.is_alphabetic() || is_mark(c)) {
                number.push('?');
            }
            found.push(std::mem::take(&mut number));
            between.clear();
        }
    }
    if !number.is_empty() {
        found.push(number);
    }
    found
}

/// What stands within numbers: points and groups as these languages write them. Days are written with hyphens and slants.
const SEPARATORS: [char; 9] = ['.', ',', '\u{66b}', '\u{66c}', '\'', '\u{2019}', '\u{202f}', '\u{a0}', '\u{60c}'];

/// Characters that take no place where a text is shown: the default ignorable ones of Unicode 17
/// (<https://www.unicode.org/Public/17.0.0/ucd/DerivedCoreProperties.txt>).
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}')
        || matches!(c, '\u{180b}'..='\u{180f}')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}')
        || matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}')
        || matches!(c, '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Marks that stand on the character before them, in the scripts of these languages and in none.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5bd}' | '\u{64b}'..='\u{65f}' | '\u{20d0}'..='\u{20ff}')
}

fn latin(c: char) -> Option<char> {
    let value = match c {
        '0'..='9' => return Some(c),
        '\u{660}'..='\u{669}' => u32::from(c) - 0x660,
        '\u{6f0}'..='\u{6f9}' => u32::from(c) - 0x6f0,
        _ if c.is_numeric() => return Some('?'),
        _ => return None,
    };
    char::from_digit(value, 10)
}

/// Whether a number is one of these, read in any way of writing: with a point before the part, with a comma, or without a part. Groups are of
/// three digits.
fn is_known(number: &str, known: &HashSet<String>) -> bool {
    let points: [&[char]; 3] = [&['.', '\u{66b}'], &[',', '\u{60c}'], &[]];
    points.into_iter().filter_map(|point| read(number, point)).any(|number| known.contains(&number))
}

/// A number whose part is behind the last of these; none where it cannot be read so.
fn read(number: &str, point: &[char]) -> Option<String> {
    let (whole, part) = match number.rfind(point) {
        Some(place) => (number.get(..place)?, number.get(place..)?.trim_start_matches(point)),
        None => (number, ""),
    };
    let mut groups = whole.split(SEPARATORS);
    let mut digits = groups.next()?.to_owned();
    let first = digits.len();
    for group in groups {
        if group.len() != 3 || first > 3 {
            return None;
        }
        digits.push_str(group);
    }
    (!part.contains(SEPARATORS)).then(|| plain(&format!("{digits}.{part}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_told_does_not_stand_in_a_report() {
        let known: HashSet<String> = ["1234567.5", "12.5", "50", "2026", "31", "7"].map(str::to_owned).into();
        for good in [
            "Reach was 1,234,567.5 in 2026.",
            "Reach war 1.234.567,5 im Juli.",
            "۱٬۲۳۴٬۵۶۷٫۵ نفر، ۵۰ درصد",
            "Up 12.50 percent, from 50.",
            "On 2026-7-31.",
            "Nothing to count.",
            "1\u{202f}234\u{202f}567,5",
        ] {
            assert_eq!(fit(good, &known).as_deref(), Some(good));
        }
        for wrong in
            ["Up 13 percent.", "About 1.2 million", "5.0.", "۵۱", "125", "1,23,4567.5", "½ of it", "", "  ", "x\0", "²"]
        {
            assert_eq!(fit(wrong, &known), None, "{wrong}");
        }
        assert_eq!(fit(&"x".repeat(2001), &known), None);
    }

    #[test]
    fn what_nobody_sees_parts_no_number() {
        let known: HashSet<String> = ["1", "3", "7", "13"].map(str::to_owned).into();
        for unseen in ["\u{feff}", "\u{202d}", "\u{2066}", "\u{e000}", "\u{200b}", "\u{ad}", "\u{200e}", "\u{fe0f}"] {
            assert_eq!(fit(&format!("Up 7{unseen}3 percent."), &known), None, "{unseen:?} as 73");
            assert!(fit(&format!("Up 1{unseen}3 percent."), &known).is_some(), "{unseen:?} as 13");
        }
        assert_eq!(fit("Up 1\u{feff}3\u{200b} percent.", &known).as_deref(), Some("Up 13 percent."));
        for wrong in ["7k", "7\u{200d}k", "Up 3\u{301}."] {
            assert_eq!(fit(wrong, &known), None, "{wrong}");
        }
    }

    #[test]
    fn decimals_are_told_as_they_are() {
        let number = |mantissa, places| decimal(Number { mantissa, places });
        assert_eq!((number(-5, 2), number(1250, 2), number(7, 0)), ("-0.05".into(), "12.50".into(), "7".into()));
        assert_eq!((plain("0012.50"), plain("0.0"), plain("100")), ("12.5".into(), "0".into(), "100".into()));
    }
}
