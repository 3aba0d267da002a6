//! How many followed a page at the end of each of its days, which are those of California.
//! <https://developers.facebook.com/docs/graph-api/reference/page/insights/>

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::wire::{Graph, path};
use crate::call::Step;
use crate::error::NetworkError;
use crate::history::{FollowersThen, FollowersTold};
use crate::meta::daily;

/// The followers of a page. (`page_fans` and its kin are not served any more.)
const FOLLOWS: &str = "page_follows";

/// Those of the days that ended between these moments.
pub(super) async fn read(
    graph: &Graph<'_>,
    page: &str,
    between: (DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<FollowersThen>, NetworkError> {
    let request = graph.get(&format!("{}/insights", path(page)))?.query(&daily::asked(FOLLOWS, between));
    let list: Value = graph.read(request, Step::Repeatable).await?;
    let days = daily::days(&list, FOLLOWS).into_iter();
    Ok(days.map(|(at, total)| FollowersThen { at, told: FollowersTold::Total(total) }).collect())
}
