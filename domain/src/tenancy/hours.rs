//! Business hours: when somebody is there, by the day of the week.

use sea_orm::JsonValue;
use serde::{Deserialize, Serialize};

use crate::error::{Code, Complaints, Fault, UserError};

/// The most openings that a week has.
const MOST: usize = 70;
/// Midnight at the end of a day, in minutes.
const DAY: i32 = 24 * 60;

/// A time on a day of the week during which somebody is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Opening {
    /// 1 is Monday, 7 is Sunday.
    pub day: i32,
    /// Minutes after midnight, 0 to 1439.
    pub from: i32,
    /// Minutes after midnight, later than `from`, up to 1440.
    pub to: i32,
}

/// Business hours as they are kept, in the order of the week.
pub fn openings(kept: &JsonValue) -> Result<Vec<Opening>, Fault> {
    serde_json::from_value(kept.clone()).map_err(|error| Fault::broken(format!("business hours: {error}")))
}

/// Checks business hours and puts them into the order of the week.
pub(super) fn check_hours(wrong: &mut Complaints, path: &str, hours: &[Opening]) -> JsonValue {
    if hours.len() > MOST {
        wrong.add(UserError::at(Code::TooMany, path).number("limit", MOST).number("actual", hours.len()));
        return JsonValue::Array(Vec::new());
    }
    let mut sorted: Vec<(usize, &Opening)> = hours.iter().enumerate().collect();
    sorted.sort_by_key(|(_, opening)| **opening);
    for (position, opening) in &sorted {
        for (name, right) in [
            ("day", (1..=7).contains(&opening.day)),
            ("from", (0..DAY).contains(&opening.from)),
            ("to", opening.to > opening.from && opening.to <= DAY),
        ] {
            if !right {
                wrong.add(UserError::at(Code::Invalid, &format!("{path}.{position}.{name}")));
            }
        }
    }
    for pair in sorted.windows(2) {
        if let [(_, before), (position, next)] = pair
            && before.day == next.day
            && next.from < before.to
        {
            wrong.add(UserError::at(Code::Invalid, &format!("{path}.{position}.from")));
        }
    }
    let row = |(_, opening): &(usize, &Opening)| serde_json::json!({ "day": opening.day, "from": opening.from, "to": opening.to });
    JsonValue::Array(sorted.iter().map(row).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn wrong(hours: &[Opening]) -> bool {
        let mut wrong = Complaints::default();
        check_hours(&mut wrong, "businessHours", hours);
        wrong.check().is_err()
    }

    proptest! {
        #[test]
        fn what_is_taken_is_in_range_and_does_not_overlap(hours in proptest::collection::vec((0..9_i32, -10..1450_i32, -10..1450_i32), 0..6)) {
            let hours: Vec<_> = hours.into_iter().map(|(day, from, to)| Opening { day, from, to }).collect();
            let mut right = hours.iter().all(|one| (1..=7).contains(&one.day) && one.from >= 0 && one.from < one.to && one.to <= DAY);
            for (i, one) in hours.iter().enumerate() {
                for other in &hours[..i] {
                    right &= one.day != other.day || one.to <= other.from || other.to <= one.from;
                }
            }
            prop_assert_eq!(!wrong(&hours), right);
        }
    }
}
