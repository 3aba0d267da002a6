//! Days of a site from CSV.
//!
//! The first row names the columns, in any order: `day` (as 2026-03-01), and of visits `referrer`, `sessions` and, where wanted,
//! `channel`, `bounces` and `pageviews`; of goals `goal`, `completions` and, where wanted, `value` (as `12.50`, in the currency's own
//! unit) with `currency`. A row is of visits or of a goal. An empty count is one that nobody said.

use chrono::NaiveDate;
use diwan_entity::insights::web_day::Channel;
use sea_orm::ActiveEnum as _;

use super::said::{Said, WebGoal, WebVisits};
use crate::approvals::Money;
use crate::csv_table;
use crate::error::{Code, UserError};
use crate::finance::{is_currency, minor_of_text};

/// The largest file, in bytes.
pub const MOST_WEB_BYTES: usize = 500_000;
/// The most rows below the header.
pub const MOST_WEB_LINES: usize = 5000;

const COLUMNS: [&str; 10] =
    ["day", "channel", "referrer", "sessions", "bounces", "pageviews", "goal", "completions", "value", "currency"];

/// What a row says, or what is wrong with how it is written.
type Read = Result<Said, Vec<UserError>>;

/// The rows of a file, each with the line in which it begins, counted from 1.
pub(super) fn read(csv: &str) -> Result<Vec<(i64, Read)>, UserError> {
    let rows = csv_table::read(csv.as_bytes(), COLUMNS, &["day"], MOST_WEB_LINES)?;
    Ok(rows.into_iter().map(|(line, cells)| (line, row(&cells))).collect())
}

fn row([day, channel, referrer, sessions, bounces, views, goal, completions, amount, code]: &[String; 10]) -> Read {
    let mut wrong = Vec::new();
    let read = NaiveDate::parse_from_str(day, "%F").ok().filter(|_| day.len() == 10);
    if read.is_none() {
        let shown: String = day.chars().take(32).collect();
        wrong.push(UserError::at(Code::DateNotUnderstood, "day").text("value", shown));
    }
    let mut count = |text: &str, column: &str| {
        let count = text.parse::<i64>().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
        if count.is_none() && !text.is_empty() {
            wrong.push(UserError::at(Code::Invalid, column));
        }
        count
    };
    let (visits, bounces, views) = (count(sessions, "sessions"), count(bounces, "bounces"), count(views, "pageviews"));
    let reached = count(completions, "completions");
    // A row of both, or of neither, says nothing that can be kept.
    match (goal.is_empty(), sessions.is_empty()) {
        (true, true) => wrong.push(UserError::at(Code::Invalid, "sessions")),
        (false, false) => wrong.push(UserError::at(Code::Invalid, "goal")),
        (false, true) if completions.is_empty() => wrong.push(UserError::at(Code::Invalid, "completions")),
        (true, false) | (false, true) => {}
    }
    let channel = channel_of(channel).unwrap_or_else(|error| {
        wrong.push(error);
        None
    });
    let value = value(amount, code).unwrap_or_else(|error| {
        wrong.push(error);
        None
    });
    let (Some(day), true) = (read, wrong.is_empty()) else { return Err(wrong) };
    Ok(match (visits, reached) {
        (None, Some(completions)) => Said::Goal(WebGoal { day, goal: goal.clone(), completions, value }),
        (sessions, _) => Said::Visits(WebVisits {
            day,
            channel,
            referrer: referrer.clone(),
            sessions: sessions.unwrap_or_default(),
            bounces,
            page_views: views,
        }),
    })
}

fn channel_of(text: &str) -> Result<Option<Channel>, UserError> {
    if text.is_empty() {
        return Ok(None);
    }
    let channel = Channel::try_from_value(&text.to_ascii_uppercase());
    channel.map(Some).map_err(|_| UserError::at(Code::Invalid, "channel"))
}

fn value(amount: &str, code: &str) -> Result<Option<Money>, UserError> {
    if amount.is_empty() && code.is_empty() {
        return Ok(None);
    }
    let code = code.to_ascii_uppercase();
    if !is_currency(&code) {
        let shown: String = code.chars().take(16).collect();
        return Err(UserError::at(Code::UnknownCurrency, "currency").text("currency", shown));
    }
    let minor = minor_of_text(amount, &code).ok_or_else(|| UserError::at(Code::Invalid, "value"))?;
    Ok(Some(Money { minor, currency: code }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(file: &str) -> Vec<(i64, String)> {
        let rows = read(file).unwrap();
        let told = rows.into_iter().filter_map(|(line, row)| Some((line, row.err()?)));
        told.flat_map(|(line, errors)| errors.into_iter().map(move |error| (line, error.field.join(".")))).collect()
    }

    #[test]
    fn a_row_is_of_visits_or_of_a_goal() {
        let file = "\u{feff}Day;Referrer;Sessions;Bounces;Page Views;Goal;Completions;Value;Currency\n\
            2026-07-01;Facebook;10;4;25;;;;\n2026-07-01;;;;;Sign-up;3;12.50;eur\n2026-07-02;news.example;7;;;;;;\n";
        let rows: Vec<Said> = read(file).unwrap().into_iter().map(|(_, row)| row.unwrap()).collect();
        let day = |text: &str| -> NaiveDate { text.parse().unwrap() };
        let visits = |day, referrer: &str, sessions, bounces, page_views| {
            Said::Visits(WebVisits { day, channel: None, referrer: referrer.to_owned(), sessions, bounces, page_views })
        };
        let value = Some(Money { minor: 1250, currency: "EUR".to_owned() });
        let goal = WebGoal { day: day("2026-07-01"), goal: "Sign-up".to_owned(), completions: 3, value };
        let expected = [
            visits(day("2026-07-01"), "Facebook", 10, Some(4), Some(25)),
            Said::Goal(goal),
            visits(day("2026-07-02"), "news.example", 7, None, None),
        ];
        assert_eq!(rows, expected);
    }

    #[test]
    fn what_is_wrong_is_told_by_its_line() {
        let file = "day,channel,referrer,sessions,bounces,goal,completions,value,currency\n\
            01.07.2026,SOCIAL,x,many,,,,,\n2026-07-01,radio,x,5,-1,,,,\n2026-07-01,,x,5,,Sign-up,1,,\n\
            2026-07-01,,x,,,,,,\n2026-07-01,,,,,Sign-up,,,\n2026-07-01,,,,,Sign-up,1,1.505,EUR\n2026-07-01,,,,,Sign-up,1,1,\n";
        let told = wrong(file);
        let told: Vec<(i64, &str)> = told.iter().map(|(line, field)| (*line, field.as_str())).collect();
        let expected = [
            (2, "day"),
            (2, "sessions"),
            (3, "bounces"),
            (3, "channel"),
            (4, "goal"),
            (5, "sessions"),
            (6, "completions"),
            (7, "value"),
            (8, "currency"),
        ];
        assert_eq!(told, expected);
    }
}
