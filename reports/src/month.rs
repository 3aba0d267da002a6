//! The monthly report of a brand.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Months, NaiveDate};
use thiserror::Error;
use typst::foundations::{Array, Dict, IntoValue, Value, dict};

use crate::model::{AccountTotal, DayTotal, MetricValue, MonthReport, PublishedPost};
use crate::render;
use crate::text::{Style, is_rtl, line, link};
use crate::words::{METRICS, words};

const TEMPLATE: (&str, &str) = ("month.typ", include_str!("../templates/month.typ"));

/// Metrics with a column of their own; what a row has beyond them stands in the row's small print.
const METRIC_COLUMNS: usize = 5;
/// The longest name of an agency, brand, network or account that is shown whole.
const NAME: usize = 80;
/// The longest title that is shown whole.
const TITLE: usize = 140;
/// The longest excerpt that is shown whole.
const EXCERPT: usize = 160;

/// Why a report could not be rendered.
#[derive(Debug, Error)]
pub enum RenderError {
    /// The period is not a month of the calendar.
    #[error("{year}-{month:02} is not a month")]
    Month {
        /// The year given.
        year: i32,
        /// The month given.
        month: u32,
    },
    /// The totals name a day that is not in the month, or name it twice.
    #[error("the day {0} is outside the month or listed twice")]
    Day(NaiveDate),
    /// The template failed, which is a fault of this crate and not of the figures.
    #[error("the report template failed: {0}")]
    Template(String),
    /// A file for machines could not be written.
    #[error("the report could not be written: {0}")]
    Written(String),
}

/// Renders the monthly report as a PDF file.
///
/// The same report gives the same bytes. The work is done on the calling thread and takes from tens of milliseconds to
/// a few seconds, growing with the number of posts: an asynchronous caller hands it to a blocking thread.
pub fn month_pdf(report: &MonthReport) -> Result<Vec<u8>, RenderError> {
    render::pdf(TEMPLATE, inputs(report)?, report.generated_at)
}

/// The values the template reads.
fn inputs(report: &MonthReport) -> Result<Dict, RenderError> {
    let first = first_day(report)?;
    let language = report.language;
    let words = words(language);
    let style = Style { language, digits: report.digits, time_zone: report.time_zone, words };
    let month = format!("{} {}", words.months[first.month0() as usize], style.local(&first.year().to_string()));
    let brand = line(&report.brand, NAME);
    Ok(dict! {
        "lang" => language.code(),
        "region" => language.region(),
        "rtl" => language.is_rtl(),
        "fonts" => language.families().into_iter().map(IntoValue::into_value).collect::<Array>(),
        "digits" => language.digits(report.digits).into_iter().map(IntoValue::into_value).collect::<Array>(),
        "title" => format!("{brand} · {} · {month}", words.report),
        "agency" => user_text(&style, &report.agency, NAME),
        "brand" => user_text(&style, &report.brand, NAME),
        "month" => month,
        "generated" => style.day_and_time(report.generated_at),
        "zone" => report.time_zone.name(),
        "words" => dict! {
            "report" => words.report,
            "generated" => words.generated,
            "time-zone" => words.time_zone,
            "summary" => words.summary,
            "by-day" => words.by_day,
            "published-by-day" => words.published_by_day,
            "interactions-by-day" => words.interactions_by_day,
            "posts" => words.posts,
            "accounts" => words.accounts,
            "post" => words.post,
            "account" => words.account,
            "published" => words.published,
            "no-posts" => words.no_posts,
            "no-accounts" => words.no_accounts,
            "legend" => words.legend,
            "page" => words.page,
        },
        "cards" => cards(&style, &report.posts),
        "charts" => charts(&style, first, &report.days)?,
        "posts" => posts(&style, &report.posts),
        "accounts" => accounts(&style, &report.account_totals),
    })
}

fn first_day(report: &MonthReport) -> Result<NaiveDate, RenderError> {
    let period = report.period;
    (1..=9999)
        .contains(&period.year)
        .then(|| NaiveDate::from_ymd_opt(period.year, period.month, 1))
        .flatten()
        .ok_or(RenderError::Month { year: period.year, month: period.month })
}

/// A person's text with the direction it reads in.
fn user_text(style: &Style, text: &str, most: usize) -> Dict {
    let text = line(text, most);
    let rtl = is_rtl(&text, style.language.is_rtl());
    dict! { "text" => text, "rtl" => rtl }
}

/// The headline figures: posts, then the total of every metric that any post has.
fn cards(style: &Style, posts: &[PublishedPost]) -> Array {
    let mut totals: BTreeMap<(usize, String), (i128, usize)> = BTreeMap::new();
    for post in posts {
        for (key, value) in known_once(&post.metrics) {
            let total = totals.entry((rank(&key), key)).or_default();
            if let Some(value) = value {
                total.0 += i128::from(value);
                total.1 += 1;
            }
        }
    }
    let posts_card = dict! {
        "label" => style.words.posts_published,
        "value" => count(style, posts.len()),
        "note" => "",
    };
    let metric_cards = totals.into_iter().map(|((_, key), (sum, measured))| {
        dict! {
            "label" => line(&style.words.metric(&key), NAME),
            "value" => if measured == 0 { crate::text::MISSING.to_owned() } else { style.number(sum) },
            "note" => style.words.measured
                .replace("{n}", &count(style, measured))
                .replace("{m}", &count(style, posts.len())),
        }
    });
    std::iter::once(posts_card).chain(metric_cards).map(IntoValue::into_value).collect()
}

/// The two bar charts over the days of the month.
fn charts(style: &Style, first: NaiveDate, days: &[DayTotal]) -> Result<Dict, RenderError> {
    let mut by_day = BTreeMap::new();
    for day in days {
        if (day.date.year(), day.date.month()) != (first.year(), first.month())
            || by_day.insert(day.date.day(), day).is_some()
        {
            return Err(RenderError::Day(day.date));
        }
    }
    let length = first.checked_add_months(Months::new(1)).map_or(31, |next| (next - first).num_days());
    let length = u32::try_from(length).unwrap_or(31);
    let series = |value: &dyn Fn(&DayTotal) -> Option<i64>| -> Vec<Option<i64>> {
        (1..=length).map(|day| by_day.get(&day).and_then(|total| value(total)).map(|value| value.max(0))).collect()
    };
    Ok(dict! {
        "days" => (1..=length).map(|day| style.local(&day.to_string()).into_value()).collect::<Array>(),
        "published" => chart(style, &series(&|day| Some(day.published.into()))),
        "interactions" => chart(style, &series(&|day| day.interactions)),
    })
}

/// Bars and axis of one chart. Missing bars are `none`.
fn chart(style: &Style, values: &[Option<i64>]) -> Dict {
    let step = tick_step(values.iter().flatten().copied().max().unwrap_or(0));
    let most = values.iter().flatten().copied().max().unwrap_or(0).max(1);
    let top = most.div_euclid(step) + i64::from(most % step != 0);
    // Heights are shares of the axis, so that the template needs no arithmetic on large numbers.
    #[expect(clippy::cast_precision_loss, reason = "a height on paper needs no more than a few digits")]
    let share = |value: i64| value as f64 / (top.saturating_mul(step)) as f64;
    dict! {
        "bars" => values.iter().map(|value| value.map_or(Value::None, |value| share(value).into_value())).collect::<Array>(),
        "ticks" => (0..=top).map(|tick| {
            let value = tick.saturating_mul(step);
            dict! { "at" => share(value), "label" => style.number(value.into()) }.into_value()
        }).collect::<Array>(),
    }
}

/// The distance between the lines of an axis up to `most`: 1, 2 or 5 times a power of ten, for three to five lines.
fn tick_step(most: i64) -> i64 {
    let mut power: i64 = 1;
    loop {
        for step in [1, 2, 5] {
            let step = power.saturating_mul(step);
            if step.saturating_mul(4) >= most {
                return step;
            }
        }
        power = power.saturating_mul(10);
    }
}

fn posts(style: &Style, posts: &[PublishedPost]) -> Dict {
    let columns = columns(posts.iter().map(|post| post.metrics.as_slice()));
    let rows = posts.iter().map(|post| post_row(style, &columns, post).into_value()).collect::<Array>();
    dict! { "columns" => column_heads(style, &columns), "rows" => rows }
}

fn post_row(style: &Style, columns: &[String], post: &PublishedPost) -> Dict {
    let (title, excerpt) = match (post.title.trim(), post.excerpt.trim()) {
        ("", "") => (style.words.untitled, ""),
        ("", excerpt) => (excerpt, ""),
        (title, excerpt) if title == excerpt => (title, ""),
        both => both,
    };
    let measured = post.measured_at.map_or_else(
        || style.words.never_measured.to_owned(),
        |at| {
            let when = format!("{}{} {}", style.day(at), style.words.comma, style.time(at));
            style.words.measured_at.replace("{when}", &when)
        },
    );
    let (cells, rest) = cells(style, columns, &post.metrics);
    dict! {
        "title" => user_text(style, title, TITLE),
        "excerpt" => user_text(style, excerpt, EXCERPT),
        "url" => post.url.as_deref().and_then(link).map_or(Value::None, IntoValue::into_value),
        "network" => user_text(style, &post.network_name, NAME),
        "handle" => user_text(style, &post.account_handle, NAME),
        "measured" => measured,
        "day" => style.day(post.published_at),
        "time" => style.time(post.published_at),
        "cells" => cells,
        "rest" => rest,
    }
}

fn accounts(style: &Style, accounts: &[AccountTotal]) -> Dict {
    let columns = columns(accounts.iter().map(|account| account.metrics.as_slice()));
    let rows = accounts.iter().map(|account| {
        let (cells, rest) = cells(style, &columns, &account.metrics);
        dict! {
            "network" => user_text(style, &account.network_name, NAME),
            "handle" => user_text(style, &account.handle, NAME),
            "published" => style.number(account.published.into()),
            "cells" => cells,
            "rest" => rest,
        }
        .into_value()
    });
    dict! { "columns" => column_heads(style, &columns), "rows" => rows.collect::<Array>() }
}

/// The metrics that most rows have, at most [`METRIC_COLUMNS`], in their usual order.
fn columns<'a>(rows: impl Iterator<Item = &'a [MetricValue]>) -> Vec<String> {
    let mut seen: BTreeMap<(usize, String), usize> = BTreeMap::new();
    for row in rows {
        for (key, value) in known_once(row) {
            *seen.entry((rank(&key), key)).or_default() += usize::from(value.is_some());
        }
    }
    let mut keys: Vec<_> = seen.into_iter().collect();
    // The sort is stable: among equals the usual order decides.
    keys.sort_by_key(|(_, rows)| std::cmp::Reverse(*rows));
    let mut keys: Vec<_> = keys.into_iter().take(METRIC_COLUMNS).map(|(key, _)| key).collect();
    keys.sort();
    keys.into_iter().map(|(_, key)| key).collect()
}

fn column_heads(style: &Style, columns: &[String]) -> Array {
    columns.iter().map(|key| line(&style.words.metric(key), NAME).into_value()).collect()
}

/// A row's numbers in the order of the columns, and its further metrics with their words.
fn cells(style: &Style, columns: &[String], metrics: &[MetricValue]) -> (Array, Array) {
    let metrics = known_once(metrics);
    let cells = columns
        .iter()
        .map(|column| {
            let found = metrics.iter().find(|(key, _)| key == column);
            style.number_or_missing(found.and_then(|(_, value)| *value)).into_value()
        })
        .collect();
    let rest = metrics
        .iter()
        .filter(|(key, _)| !columns.contains(key))
        .map(|(key, value)| {
            let label = line(&style.words.metric(key), NAME);
            format!("{label} {}", style.number_or_missing(*value)).into_value()
        })
        .collect();
    (cells, rest)
}

/// The metrics with their keys in capitals, each key once: the first mention counts.
fn known_once(metrics: &[MetricValue]) -> Vec<(String, Option<i64>)> {
    let mut seen = BTreeSet::new();
    metrics
        .iter()
        .map(|metric| (metric.metric.trim().to_uppercase(), metric.value))
        .filter(|(key, _)| !key.is_empty() && seen.insert(key.clone()))
        .collect()
}

/// The place of a metric in the usual order; those without a word come last, by name.
fn rank(key: &str) -> usize {
    METRICS.iter().position(|known| *known == key).unwrap_or(METRICS.len())
}

fn count(style: &Style, count: usize) -> String {
    style.number(i128::try_from(count).unwrap_or(i128::MAX))
}

#[cfg(test)]
#[path = "month_tests.rs"]
mod tests;
