//! What a page's posts come to.
//! <https://learn.microsoft.com/en-us/linkedin/marketing/community-management/organizations/share-statistics>

use serde_json::Value;

use super::wire::{Api, Elements, encoded};
use crate::call::{Step, read};
use crate::capabilities::Metric;
use crate::error::NetworkError;

/// The numbers of how many posts are read in one request.
pub(super) const COUNTED_AT_ONCE: usize = 20;

/// The numbers of posts and pages, by LinkedIn's names.
pub(super) fn of(statistics: &Value) -> Vec<(Metric, i64)> {
    const NAMES: [(&str, Metric); 6] = [
        ("impressionCount", Metric::Views),
        ("uniqueImpressionsCount", Metric::Reach),
        ("clickCount", Metric::Clicks),
        ("likeCount", Metric::Likes),
        ("commentCount", Metric::Replies),
        ("shareCount", Metric::Reposts),
    ];
    NAMES.iter().filter_map(|(name, metric)| statistics[*name].as_i64().map(|value| (*metric, value))).collect()
}

/// The statistics of a page's posts, as far as LinkedIn has any.
pub(super) async fn of_posts(api: &Api<'_>, page: &str, urns: &[String]) -> Result<Vec<Value>, NetworkError> {
    let mut all = Vec::new();
    for (parameter, kind) in [("shares", "urn:li:share:"), ("ugcPosts", "urn:li:ugcPost:")] {
        let urns: Vec<_> = urns.iter().filter(|urn| urn.starts_with(kind)).map(|urn| encoded(urn)).collect();
        for urns in urns.chunks(COUNTED_AT_ONCE) {
            let (page, urns) = (encoded(page), urns.join(","));
            let path = format!(
                "/rest/organizationalEntityShareStatistics?q=organizationalEntity&organizationalEntity={page}\
                 &{parameter}=List({urns})"
            );
            let answer = api.send(api.get(&path)?, Step::Repeatable).await?;
            all.extend(read::<Elements<Value>>(&answer, Step::Repeatable)?.elements);
        }
    }
    Ok(all)
}
