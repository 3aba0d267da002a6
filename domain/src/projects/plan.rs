//! What a project is planned to be: its names, its days, its work breakdown.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::error::{Code, Complaints, UserError};
use crate::strategy::{date, maybe_text};

/// The most items of a work breakdown.
pub const MOST_WORK_ITEMS: usize = 500;
/// How deep a work breakdown goes.
const DEEPEST: usize = 5;
/// The most items below one.
const MOST_SIBLINGS: i32 = 200;
/// The most days of a project: ten years, as of its budget.
const MOST_DAYS: i64 = 3660;

/// A project to open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectPlan {
    /// For the team, 1 to 200 characters.
    pub name: String,
    /// For the client, 1 to 200 characters.
    pub title: String,
    /// Its first day in the brand's time zone.
    pub starts_on: NaiveDate,
    /// Its last day, within ten years of the first.
    pub ends_on: NaiveDate,
}

impl ProjectPlan {
    /// Checks it; answers it without the space around its texts.
    pub(crate) fn check(self, wrong: &mut Complaints, path: &str) -> Self {
        let at = |field: &str| format!("{path}.{field}");
        date(wrong, &at("startsOn"), Some(self.starts_on));
        date(wrong, &at("endsOn"), Some(self.ends_on));
        if !(0..=MOST_DAYS).contains(&(self.ends_on - self.starts_on).num_days()) {
            wrong.add(UserError::at(Code::Invalid, &at("endsOn")));
        }
        Self {
            name: wrong.text(&at("name"), &self.name, 200).to_owned(),
            title: wrong.text(&at("title"), &self.title, 200).to_owned(),
            ..self
        }
    }
}

/// A part of a work breakdown. Parts stand in their order, each followed by what is below it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkContent {
    /// How deep it stands: 1 to 5, at most one deeper than the part before it.
    pub level: i32,
    /// 1 to 300 characters.
    pub title: String,
    /// Up to 5000 characters.
    pub detail: String,
}

impl WorkContent {
    /// Checks its texts; answers it without the space around them.
    pub(crate) fn check(self, wrong: &mut Complaints, path: &str) -> Self {
        Self {
            title: wrong.text(&format!("{path}.title"), &self.title, 300).to_owned(),
            detail: maybe_text(wrong, &format!("{path}.detail"), &self.detail, 5000),
            ..self
        }
    }
}

/// Where a part of a work breakdown stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbered {
    /// Such as 1.2.3.
    pub number: String,
    /// Its place among those below the same one, from 1 on.
    pub position: i32,
    /// The place in the list of the part that it is below; none at the top.
    pub parent: Option<usize>,
}

/// Numbers the parts of a work breakdown. Fails with the place of the first that stands where none can.
pub fn numbered(scope: &[WorkContent]) -> Result<Vec<Numbered>, usize> {
    // For each level: how many there are so far below the present one above, and the last of them.
    let mut open: Vec<(i32, usize)> = Vec::new();
    let mut found = Vec::with_capacity(scope.len());
    for (place, work) in scope.iter().enumerate() {
        let level = usize::try_from(work.level).unwrap_or_default();
        if !(1..=DEEPEST).contains(&level) || level > open.len() + 1 {
            return Err(place);
        }
        open.truncate(level);
        if open.len() < level {
            open.push((0, place));
        }
        let parent = level.checked_sub(2).and_then(|above| open.get(above)).map(|(_, place)| *place);
        let Some(last) = open.last_mut() else { return Err(place) };
        *last = (last.0 + 1, place);
        if last.0 > MOST_SIBLINGS {
            return Err(place);
        }
        let position = last.0;
        let number = open.iter().map(|(count, _)| count.to_string()).collect::<Vec<_>>().join(".");
        found.push(Numbered { number, position, parent });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn scope(levels: &[i32]) -> Vec<WorkContent> {
        levels.iter().map(|level| WorkContent { level: *level, title: "x".to_owned(), detail: String::new() }).collect()
    }

    #[test]
    fn parts_are_numbered_as_they_stand() {
        let found = numbered(&scope(&[1, 2, 2, 3, 1, 2, 3])).unwrap();
        let numbers: Vec<_> = found.iter().map(|part| part.number.as_str()).collect();
        assert_eq!(numbers, ["1", "1.1", "1.2", "1.2.1", "2", "2.1", "2.1.1"]);
        let parents: Vec<_> = found.iter().map(|part| part.parent).collect();
        assert_eq!(parents, [None, Some(0), Some(0), Some(2), None, Some(4), Some(5)]);
        assert_eq!(numbered(&[]), Ok(Vec::new()));
    }

    #[test]
    fn a_part_stands_below_one_that_is_there() {
        assert_eq!(numbered(&scope(&[2])), Err(0));
        assert_eq!(numbered(&scope(&[1, 3])), Err(1));
        assert_eq!(numbered(&scope(&[1, 0])), Err(1));
        assert_eq!(numbered(&scope(&[1, 2, 3, 4, 5, 6])), Err(5));
        assert_eq!(numbered(&scope(&[1; 201])), Err(200));
    }

    proptest! {
        #[test]
        fn numbers_are_unlike_and_begin_with_their_parents(steps in proptest::collection::vec(0..5_i32, 1..60)) {
            let mut level = 1;
            let levels: Vec<i32> = steps.iter().enumerate().map(|(place, step)| {
                level = if place == 0 { 1 } else { (level + 1 - step).clamp(1, 5) };
                level
            }).collect();
            let found = numbered(&scope(&levels)).unwrap();
            let unlike: std::collections::HashSet<_> = found.iter().map(|part| &part.number).collect();
            prop_assert_eq!(unlike.len(), found.len());
            for part in &found {
                let above = part.parent.map(|place| format!("{}.", found[place].number)).unwrap_or_default();
                prop_assert_eq!(&part.number, &format!("{above}{}", part.position));
            }
        }
    }
}
