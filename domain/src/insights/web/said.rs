//! What is said of the visits of a day, and what of it can be kept.

use std::collections::{BTreeMap, HashSet};

use chrono::NaiveDate;
use diwan_entity::insights::web_day::Channel;
use serde::Serialize;

use super::channel::place;
use crate::approvals::Money;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::finance::{MOST_MINOR, not_ahead};

/// The most of anything on one day.
pub(super) const MOST_COUNT: i64 = 1_000_000_000_000;

/// Visits of a day by one way in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebVisits {
    /// Which day, as the site counts days.
    pub day: NaiveDate,
    /// How they came; by the referrer unless given.
    pub channel: Option<Channel>,
    /// From where: a network, a site, a search engine, at most 200 characters; empty where nobody led them.
    pub referrer: String,
    /// How many.
    pub sessions: i64,
    /// How many of them ended where they began; none where nobody said.
    pub bounces: Option<i64>,
    /// How many pages were seen; none where nobody said.
    pub page_views: Option<i64>,
}

/// How often a goal was reached on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebGoal {
    /// Which day, as the site counts days.
    pub day: NaiveDate,
    /// Its name, 1 to 200 characters.
    pub goal: String,
    /// How often.
    pub completions: i64,
    /// What that was worth; none where nobody said.
    pub value: Option<Money>,
}

/// Something that is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    Visits(WebVisits),
    Goal(WebGoal),
}

/// Visits as they are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct VisitRow {
    pub day: NaiveDate,
    pub channel: Channel,
    pub referrer: String,
    pub sessions: i64,
    pub bounces: Option<i64>,
    pub page_views: Option<i64>,
}

/// A goal as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct GoalRow {
    pub day: NaiveDate,
    pub goal: String,
    pub completions: i64,
    pub value_minor: Option<i64>,
    pub currency: Option<String>,
}

/// What is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Days {
    pub visits: Vec<VisitRow>,
    pub goals: Vec<GoalRow>,
}

/// Looks at all that is said. Answers what is kept, or everything that is wrong: below the place of each. What is said twice at a time is
/// refused the second time: which of both counts nobody said.
pub(super) fn check(
    context: &Context,
    said: Vec<(String, Result<Said, Vec<UserError>>)>,
) -> Result<Days, Vec<UserError>> {
    let (mut days, mut wrong) = (Days::default(), Vec::new());
    let (mut ways, mut goals) = (HashSet::new(), HashSet::new());
    for (place, said) in said {
        let checked = said.and_then(|said| match said {
            Said::Visits(visits) => {
                let row = visits.row(context)?;
                if !ways.insert((row.day, row.channel, row.referrer.clone())) {
                    return Err(vec![UserError::at(Code::AlreadyExists, "referrer")]);
                }
                days.visits.push(row);
                Ok(())
            }
            Said::Goal(goal) => {
                let row = goal.row(context)?;
                if !goals.insert((row.day, row.goal.clone())) {
                    return Err(vec![UserError::at(Code::AlreadyExists, "goal")]);
                }
                days.goals.push(row);
                Ok(())
            }
        });
        if let Err(errors) = checked {
            let below = |error: UserError| UserError {
                field: place.split('.').map(str::to_owned).chain(error.field).collect(),
                ..error
            };
            wrong.extend(errors.into_iter().map(below));
        }
    }
    if wrong.is_empty() { Ok(days) } else { Err(wrong) }
}

fn ended(wrong: Complaints) -> Result<(), Vec<UserError>> {
    match wrong.check() {
        Err(Failure::Refused(errors)) => Err(errors),
        Err(Failure::Fault(_)) | Ok(()) => Ok(()),
    }
}

fn count(wrong: &mut Complaints, name: &str, count: i64) {
    if !(0..=MOST_COUNT).contains(&count) {
        wrong.add(UserError::at(Code::Invalid, name));
    }
}

impl WebVisits {
    fn row(self, context: &Context) -> Result<VisitRow, Vec<UserError>> {
        let mut wrong = Complaints::default();
        not_ahead(context, &mut wrong, "day", self.day);
        let length = self.referrer.chars().count();
        if length > 200 {
            wrong.add(UserError::at(Code::TooLong, "referrer").number("limit", 200).number("actual", length));
        }
        count(&mut wrong, "sessions", self.sessions);
        if self.bounces.is_some_and(|bounces| !(0..=self.sessions).contains(&bounces)) {
            wrong.add(UserError::at(Code::Invalid, "bounces"));
        }
        if let Some(views) = self.page_views {
            count(&mut wrong, "pageViews", views);
        }
        ended(wrong)?;
        let (channel, referrer) = place(self.channel, &self.referrer);
        let Self { day, sessions, bounces, page_views, .. } = self;
        Ok(VisitRow { day, channel, referrer, sessions, bounces, page_views })
    }
}

impl WebGoal {
    fn row(self, context: &Context) -> Result<GoalRow, Vec<UserError>> {
        let mut wrong = Complaints::default();
        not_ahead(context, &mut wrong, "day", self.day);
        let goal = wrong.text("goal", &self.goal, 200).to_owned();
        count(&mut wrong, "completions", self.completions);
        if let Some(Money { minor, currency }) = &self.value {
            if !(0..=MOST_MINOR).contains(minor) {
                wrong.add(UserError::at(Code::Invalid, "value"));
            }
            wrong.currency("currency", currency);
        }
        ended(wrong)?;
        let (value_minor, currency) = self.value.map(|value| (value.minor, value.currency)).unzip();
        Ok(GoalRow { day: self.day, goal, completions: self.completions, value_minor, currency })
    }
}

/// What a server counted of some visits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counted {
    pub sessions: i64,
    pub bounces: Option<i64>,
    pub page_views: Option<i64>,
}

impl Counted {
    /// What is left of it without a part of it.
    pub(super) fn without(self, part: Self) -> Self {
        let less = |whole: Option<i64>, part: Option<i64>| Some(whole?.saturating_sub(part?).max(0));
        Self {
            sessions: self.sessions.saturating_sub(part.sessions).max(0),
            bounces: less(self.bounces, part.bounces),
            page_views: less(self.page_views, part.page_views),
        }
    }

    /// Both together. What is not known of one is not known of both.
    pub(super) fn and(self, other: Self) -> Self {
        let sum = |one: Option<i64>, other: Option<i64>| Some(one?.saturating_add(other?));
        Self {
            sessions: self.sessions.saturating_add(other.sessions),
            bounces: sum(self.bounces, other.bounces),
            page_views: sum(self.page_views, other.page_views),
        }
    }

    /// With no more than can be kept, and no more bounces than visits.
    fn bounded(self) -> Self {
        let sessions = self.sessions.clamp(0, MOST_COUNT);
        Self {
            sessions,
            bounces: self.bounces.map(|bounces| bounces.clamp(0, sessions)),
            page_views: self.page_views.map(|views| views.clamp(0, MOST_COUNT)),
        }
    }
}

/// Visits that a server tells, each way in once for each day.
#[derive(Debug, Default)]
pub(super) struct Gathered(BTreeMap<(NaiveDate, Channel, String), Counted>);

impl Gathered {
    /// Adds visits by a way in that a server names; `said` is the channel, where it tells one.
    pub(super) fn add(&mut self, day: NaiveDate, (said, name): (Option<Channel>, &str), counted: Counted) {
        let (channel, referrer) = place(said, name);
        let entry = self.0.entry((day, channel, referrer));
        entry.and_modify(|known| *known = known.and(counted)).or_insert(counted);
    }

    /// In the order of their days.
    pub(super) fn rows(self) -> Vec<VisitRow> {
        let row = |((day, channel, referrer), counted): ((NaiveDate, Channel, String), Counted)| {
            let Counted { sessions, bounces, page_views } = counted.bounded();
            VisitRow { day, channel, referrer, sessions, bounces, page_views }
        };
        self.0.into_iter().map(row).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_of_a_part_is_not_known_of_the_whole() {
        let known = Counted { sessions: 5, bounces: Some(2), page_views: None };
        let unknown = Counted { sessions: 3, bounces: None, page_views: Some(1) };
        assert_eq!(known.and(unknown), Counted { sessions: 8, bounces: None, page_views: None });
        assert_eq!(known.without(Counted { sessions: 7, bounces: Some(1), page_views: None }).sessions, 0);
        let mut gathered = Gathered::default();
        let day = NaiveDate::from_ymd_opt(2026, 7, 1).unwrap();
        gathered.add(day, (None, "Twitter"), known);
        gathered.add(day, (None, "t.co"), Counted { sessions: 1, bounces: Some(9), page_views: None });
        let rows = gathered.rows();
        let bounded = VisitRow {
            day,
            channel: Channel::Social,
            referrer: "x".to_owned(),
            sessions: 6,
            bounces: Some(6),
            page_views: None,
        };
        assert_eq!(rows, [bounded]);
    }
}
