//! Who follows an account of Instagram or Threads, which tell it alike: one breakdown a request, of accounts with at least
//! 100 followers, and of cities and countries the largest 45.
//! <https://developers.facebook.com/docs/instagram-platform/api-reference/instagram-user/insights>,
//! <https://developers.facebook.com/docs/threads/insights>

use diwan_platform::http::Method;
use serde_json::Value;

use super::containers::Graph;
use crate::audience::{AudienceDimension, AudienceMissing, AudienceSlice, AudienceUnit, age, city, country, gender};
use crate::call::{Step, read};
use crate::error::NetworkError;

/// By what followers are divided, each in a request of its own.
pub(crate) const DIMENSIONS: [AudienceDimension; 4] =
    [AudienceDimension::Age, AudienceDimension::Gender, AudienceDimension::Country, AudienceDimension::City];

/// What a breakdown is called, and how its keys are written here.
fn breakdown(dimension: AudienceDimension) -> (&'static str, fn(&str) -> Option<String>) {
    match dimension {
        AudienceDimension::Gender => ("gender", |said| Some(gender(said).to_owned())),
        AudienceDimension::Country => ("country", country),
        AudienceDimension::City => ("city", city),
        // Of those beside ages nothing is asked.
        _ => ("age", age),
    }
}

/// Reads followers by each dimension. `path` is where an account's insights are, `more` what the network wants beside.
pub(crate) async fn followers(
    graph: &Graph<'_>,
    path: &[&str],
    more: &[(&str, &str)],
) -> Result<Vec<AudienceSlice>, NetworkError> {
    let mut slices = Vec::with_capacity(DIMENSIONS.len());
    for dimension in DIMENSIONS {
        let what = (dimension, AudienceUnit::People);
        let mut query = vec![("metric", "follower_demographics"), ("breakdown", breakdown(dimension).0)];
        query.extend_from_slice(more);
        let request = graph.request(Method::GET, path)?.query(&query);
        slices.push(match graph.find(request).await {
            Ok(Some(answer)) => slice(dimension, &read(&answer, Step::Repeatable)?),
            Ok(None) => AudienceSlice::missing(what, AudienceMissing::NotServed),
            Err(error) => match AudienceMissing::of(&error) {
                Some(why) => AudienceSlice::missing(what, why),
                None => return Err(error),
            },
        });
    }
    Ok(slices)
}

/// What a list of insights says of one breakdown.
fn slice(dimension: AudienceDimension, list: &Value) -> AudienceSlice {
    let (_, key) = breakdown(dimension);
    let results = list["data"][0]["total_value"]["breakdowns"][0]["results"].as_array().into_iter().flatten();
    let part = |result: &Value| Some((key(result["dimension_values"][0].as_str()?)?, result["value"].as_i64()?));
    AudienceSlice::of((dimension, AudienceUnit::People), results.filter_map(part))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::audience::AudiencePart;

    #[test]
    fn followers_are_read_by_their_keys() {
        let list = json!({ "data": [{ "name": "follower_demographics", "period": "lifetime", "total_value": { "breakdowns": [{
            "dimension_keys": ["gender"],
            "results": [
                { "dimension_values": ["F"], "value": 60 },
                { "dimension_values": ["M"], "value": 30 },
                { "dimension_values": ["U"], "value": 12 },
            ],
        }] } }] });
        let part = |key: &str, amount| AudiencePart { key: key.to_owned(), amount };
        let expected = vec![part("FEMALE", 60), part("MALE", 30), part("OTHER", 12)];
        assert_eq!(slice(AudienceDimension::Gender, &list).told, Ok(expected));
        let nobody = json!({ "data": [] });
        assert_eq!(slice(AudienceDimension::City, &nobody).told, Err(AudienceMissing::TooFew));
    }
}
