//! Who follows an account, as Instagram and Threads tell it: of accounts with at least 100 followers, one breakdown at a time.
//! <https://developers.facebook.com/docs/instagram-platform/api-reference/instagram-user/insights>,
//! <https://developers.facebook.com/docs/threads/insights>

use serde_json::{Value, json};

use super::meta;
use crate::answer::Answer;

/// From how many followers on it is told.
const LEAST: i64 = 100;

/// What is asked for.
pub(super) const METRIC: &str = "follower_demographics";

/// The followers by one breakdown, in hundredths of them.
fn shares(breakdown: &str) -> Option<&'static [(&'static str, i64)]> {
    Some(match breakdown {
        "age" => &[("18-24", 30), ("25-34", 50), ("65+", 10)],
        "gender" => &[("F", 50), ("M", 30), ("U", 20)],
        "country" => &[("GR", 60), ("DE", 20)],
        "city" => &[("Athens, Attica", 40), ("Berlin, Berlin", 10)],
        _ => return None,
    })
}

/// The answer about an account with so many followers; empty about one with few.
pub(super) fn told(breakdown: &str, followers: i64) -> Result<Answer, Answer> {
    let wrong = || {
        let message = format!("Invalid breakdown ({breakdown}): it must be one of age, city, country, gender");
        meta::error(400, 100, None, &message)
    };
    let shares = shares(breakdown).ok_or_else(wrong)?;
    if followers < LEAST {
        return Ok(Answer::json(200, &json!({ "data": [] })));
    }
    let result = |(key, share): &(&str, i64)| json!({ "dimension_values": [key], "value": followers * share / 100 });
    let results: Vec<Value> = shares.iter().map(result).collect();
    let breakdowns = json!([{ "dimension_keys": [breakdown], "results": results }]);
    let metric = json!({ "name": METRIC, "period": "lifetime", "total_value": { "breakdowns": breakdowns } });
    Ok(Answer::json(200, &json!({ "data": [metric] })))
}
