//! What is done with videos that are there: numbers, reading back, changing, deleting.

use diwan_platform::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::watch;
use super::wire::{API, own_channel, published_at, said, videos};
use crate::call::Step;
use crate::capabilities::Metric;
use crate::content::Content;
use crate::error::{ErrorKind, NetworkError};
use crate::google::{self, Api, refusal};
use crate::network::{Account, AccountMetrics, Missing, PostMetrics, RemotePost};

/// The most videos that are asked for at once. <https://developers.google.com/youtube/v3/docs/videos/list>
pub const AT_ONCE: usize = 50;

/// The numbers under these names, which stand in text; a name that is absent is no number.
fn numbers(statistics: &Value, names: &[(&str, Metric)]) -> Vec<(Metric, i64)> {
    let number = |name: &str| statistics[name].as_str().and_then(|number| number.parse().ok());
    names.iter().filter_map(|(name, metric)| number(name).map(|value| (*metric, value))).collect()
}

/// The numbers of videos.
pub async fn post_metrics(api: &Api<'_>, remote_ids: &[String]) -> Result<Vec<PostMetrics>, NetworkError> {
    // Dislikes are told to the owner of a video alone, who asks here: <https://developers.google.com/youtube/v3/docs/videos#statistics.dislikeCount>
    const NAMES: [(&str, Metric); 4] = [
        ("viewCount", Metric::Views),
        ("likeCount", Metric::Likes),
        ("commentCount", Metric::Replies),
        ("dislikeCount", Metric::Dislikes),
    ];
    let mut metrics = Vec::with_capacity(remote_ids.len());
    for some in remote_ids.chunks(AT_ONCE) {
        let ids: Vec<&str> = some.iter().map(String::as_str).collect();
        let found = videos(api, "statistics", &ids).await?;
        metrics.extend(some.iter().map(|id| {
            let video = found.iter().find(|video| video.id == *id);
            PostMetrics {
                remote_id: id.clone(),
                values: video.map(|video| numbers(&video.statistics, &NAMES)).unwrap_or_default(),
                raw: video.map(|video| video.statistics.clone()).unwrap_or_default(),
                missing: video.is_none().then_some(Missing::Gone),
            }
        }));
    }
    Ok(metrics)
}

/// The numbers of the channel. Who subscribes may be hidden.
pub async fn account_metrics(api: &Api<'_>, account: &Account) -> Result<AccountMetrics, NetworkError> {
    let channel = own_channel(api, account).await?;
    let (handle, raw) = (Some(channel.handle()), channel.statistics);
    let hidden = raw["hiddenSubscriberCount"] == true;
    let mut values = numbers(
        &raw,
        &[("subscriberCount", Metric::Followers), ("viewCount", Metric::Views), ("videoCount", Metric::Posts)],
    );
    values.retain(|(metric, _)| !(hidden && *metric == Metric::Followers));
    Ok(AccountMetrics { values, raw, missing: None, handle })
}

/// Reads a video back.
pub async fn read_post(api: &Api<'_>, remote_id: &str) -> Result<Option<RemotePost>, NetworkError> {
    let found = videos(api, "snippet", &[remote_id]).await?;
    Ok(found.first().map(|video| RemotePost {
        text: video.snippet["description"].as_str().unwrap_or_default().to_owned(),
        url: watch(&video.id),
        media_count: 1,
        created_at: published_at(video),
    }))
}

/// Deletes a video.
pub async fn delete_post(api: &Api<'_>, remote_id: &str) -> Result<(), NetworkError> {
    let request = api.http.request(Method::DELETE, google::url(&format!("{API}/videos"))?).query(&[("id", remote_id)]);
    let answer = api.answer(request, Step::Repeatable).await?;
    match answer.status {
        StatusCode::NOT_FOUND | StatusCode::GONE => Ok(()),
        status if status.is_success() => Ok(()),
        _ => Err(refusal(&answer, Step::Repeatable)),
    }
}

/// Replaces what is said of a video. What is not said again would be cleared, so that it is read first.
/// <https://developers.google.com/youtube/v3/docs/videos/update>
pub async fn edit_post(api: &Api<'_>, remote_id: &str, content: &Content) -> Result<(), NetworkError> {
    let found = videos(api, "snippet,status", &[remote_id]).await?;
    let gone = || NetworkError::new(ErrorKind::Content, "post_gone", "the video is not there any more");
    let video = found.first().ok_or_else(gone)?;
    let (snippet, status) = said(content, &video.snippet, &video.status);
    let request = api.http.request(Method::PUT, google::url(&format!("{API}/videos"))?);
    let request = request
        .query(&[("part", "snippet,status")])
        .json(&json!({ "id": remote_id, "snippet": snippet, "status": status }));
    api.send(request, Step::Repeatable).await.map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_in_text_and_an_absent_one_is_none() {
        let statistics = json!({ "viewCount": "12", "likeCount": "x" });
        let names = [("viewCount", Metric::Views), ("likeCount", Metric::Likes), ("commentCount", Metric::Replies)];
        assert_eq!(numbers(&statistics, &names), [(Metric::Views, 12)]);
    }
}
