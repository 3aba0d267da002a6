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

/// <https://developers.facebook.com/docs/threads/get-started/get-access-tokens-and-permissions>
pub const LOGIN: Login = Login {
    authorize: "https://threads.net/oauth/authorize",
    token: "https://graph.threads.net/oauth/access_token",
    exchange: "https://graph.threads.net/access_token",
    refresh: "https://graph.threads.net/refresh_access_token",
    prefix: "th",
    scopes: "threads_basic,threads_content_publish,threads_manage_replies,threads_read_replies,\
             threads_manage_insights,threads_delete",
};

/// Ends connecting: whoever agrees does it for one account.
pub async fn complete(out: Outside<'_>, code: &str, redirect_uri: &Url) -> Result<Connected, NetworkError> {
    let tokens = LOGIN.complete(out, code, redirect_uri).await?;
    let base = address(HOME)?;
    let graph = graph(out, &base, &tokens);
    let profile = profile(&graph).await?;
    let text = |name: &str| profile[name].as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let (Some(remote_id), Some(handle)) = (text("id"), text("username")) else {
        return Err(NetworkError::new(ErrorKind::Ask, NO_ACCOUNT, "there is no profile on Threads"));
    };
    Ok(Connected {
        limits: limits(&graph, &remote_id).await?,
        remote_id,
        display_name: text("name").unwrap_or_else(|| handle.clone()),
        profile_url: address(&format!("https://www.threads.com/@{handle}")).ok(),
        handle,
        credentials: stored(&tokens)?,
        base_url: base.clone(),
    })
}

/// Whose token it is. <https://developers.facebook.com/docs/threads/threads-profiles>
pub async fn profile(graph: &Graph<'_>) -> Result<Value, NetworkError> {
    read(&graph.send(graph.get(&["me"], "id,username,name")?, Step::Repeatable).await?, Step::Repeatable)
}

/// What the account is allowed: how many posts in a day.
/// <https://developers.facebook.com/documentation/threads/overview>
pub async fn limits(graph: &Graph<'_>, remote_id: &str) -> Result<Limits, NetworkError> {
    let request = graph.get(&[remote_id, "threads_publishing_limit"], "quota_usage,config")?;
    let said: Value = read(&graph.send(request, Step::Repeatable).await?, Step::Repeatable)?;
    let most = said["data"][0]["config"]["quota_total"].as_u64().and_then(|most| u32::try_from(most).ok());
    Ok(Limits { quota: most, ..Limits::defaults(&CAPABILITIES) })
}
