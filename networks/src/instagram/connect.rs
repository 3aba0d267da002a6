//! Connecting: whose account it is, and how many posts it may publish.

use serde_json::Value;
use url::Url;

use super::{CAPABILITIES, HOME, graph};
use crate::call::{Step, read};
use crate::capabilities::Limits;
use crate::error::{ErrorKind, NetworkError};
use crate::meta::containers::Graph;
use crate::meta::login::{Login, address, stored};
use crate::network::{Connected, NO_ACCOUNT, Outside};

/// <https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/business-login>
pub const LOGIN: Login = Login {
    authorize: "https://www.instagram.com/oauth/authorize",
    token: "https://api.instagram.com/oauth/access_token",
    exchange: "https://graph.instagram.com/access_token",
    refresh: "https://graph.instagram.com/refresh_access_token",
    prefix: "ig",
    scopes: "instagram_business_basic,instagram_business_content_publish,instagram_business_manage_comments,\
             instagram_business_manage_insights",
};

/// What is asked of an account.
const FIELDS: &str = "user_id,username,name,account_type,followers_count,follows_count,media_count";

/// Ends connecting: whoever agrees does it for one account.
pub async fn complete(out: Outside<'_>, code: &str, redirect_uri: &Url) -> Result<Connected, NetworkError> {
    let tokens = LOGIN.complete(out, code, redirect_uri).await?;
    let base = address(HOME)?;
    let graph = graph(out, &base, &tokens);
    let profile = profile(&graph).await?;
    let text = |name: &str| profile[name].as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let professional = text("account_type").is_none_or(|kind| !kind.eq_ignore_ascii_case("personal"));
    let (Some(remote_id), Some(handle), true) = (text("user_id"), text("username"), professional) else {
        let detail = "only professional accounts can publish from here";
        return Err(NetworkError::new(ErrorKind::Ask, NO_ACCOUNT, detail));
    };
    Ok(Connected {
        limits: limits(&graph, &remote_id).await?,
        remote_id,
        display_name: text("name").unwrap_or_else(|| handle.clone()),
        profile_url: address(&format!("https://www.instagram.com/{handle}/")).ok(),
        handle,
        credentials: stored(&tokens)?,
        base_url: base.clone(),
    })
}

/// Whose token it is.
pub async fn profile(graph: &Graph<'_>) -> Result<Value, NetworkError> {
    let answer = graph.send(graph.get(&["me"], FIELDS)?, Step::Repeatable).await?;
    let mut said: Value = read(&answer, Step::Repeatable)?;
    // The documentation shows it in a list, and it comes without.
    Ok(if said["data"][0].is_object() { said["data"][0].take() } else { said })
}

/// What the account is allowed: how many posts in a day.
/// <https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/content_publishing_limit>
pub async fn limits(graph: &Graph<'_>, remote_id: &str) -> Result<Limits, NetworkError> {
    let request = graph.get(&[remote_id, "content_publishing_limit"], "quota_usage,config")?;
    let said: Value = read(&graph.send(request, Step::Repeatable).await?, Step::Repeatable)?;
    let most = said["data"][0]["config"]["quota_total"].as_u64().and_then(|most| u32::try_from(most).ok());
    Ok(Limits { quota: most, ..Limits::defaults(&CAPABILITIES) })
}
