//! What an account is called by now: people rename what they own, and its network tells that with the account's numbers.

use diwan_entity::publishing::social_account;
use diwan_platform::db;
use sea_orm::{ConnectionTrait as _, DbErr};

use crate::jobs::Scope;

/// Writes what a network calls an account by now, where that is another name than is known of it. People see it, its profile is found by it, and where
/// a network tells no ids of those who comment, its own comments are those under this name. One statement, and none where nothing has changed.
///
/// Whoever connects the account anew at this moment holds it, and may wait for this job: then it is left to the next reading.
pub(super) async fn renamed(scope: &Scope, account: &social_account::Model, handle: Option<&str>) -> Result<(), DbErr> {
    let Some(handle) = handle.filter(|handle| *handle != account.handle) else { return Ok(()) };
    tracing::info!(account_id = %account.id, handle, "an account has another name");
    let profile_url = account.profile_url.as_deref().map(|url| address(url, (account.handle.as_str(), handle)));
    let sql = "with free as (
        select id from social_account where brand_id = $1 and id = $2 and handle = $3 for no key update skip locked)
      update social_account a set handle = $4, profile_url = $5 from free where a.brand_id = $1 and a.id = free.id";
    let values =
        [scope.brand_id.into(), account.id.into(), account.handle.as_str().into(), handle.into(), profile_url.into()];
    scope.tx().execute_raw(db::statement(sql, values)).await.map(|_| ())
}

/// Where the profile is now, if its address ends in the name.
fn address(url: &str, (before, now): (&str, &str)) -> String {
    let (whole, end) = url.strip_suffix('/').map_or((url, ""), |whole| (whole, "/"));
    match whole.strip_suffix(before) {
        Some(rest) if rest.ends_with(['/', '@']) => format!("{rest}{now}{end}"),
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_found_by_the_new_name() {
        for (url, expected) in [
            ("https://www.instagram.com/nour/", "https://www.instagram.com/amal/"),
            ("https://x.com/nour", "https://x.com/amal"),
            ("https://www.tiktok.com/@nour", "https://www.tiktok.com/@amal"),
            // These are not found by that name, or by none.
            ("https://x.com/tea_nour", "https://x.com/tea_nour"),
            ("https://www.youtube.com/channel/UC1", "https://www.youtube.com/channel/UC1"),
        ] {
            assert_eq!(address(url, ("nour", "amal")), expected);
        }
        let mastodon = "https://example.social/@nour";
        assert_eq!(address(mastodon, ("nour@example.social", "amal@example.social")), mastodon);
    }
}
