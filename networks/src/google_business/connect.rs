//! Connecting: every location at which the person may post.

use diwan_platform::http::HttpClient;

use super::wire::{ACCOUNTS, Accounts, LOCATIONS, Location, Locations};
use super::{CAPABILITIES, Grant, HOME};
use crate::call::Step;
use crate::capabilities::Limits;
use crate::error::{ErrorKind, NetworkError};
use crate::google::{self, Api};
use crate::network::{Account, Connected, NO_ACCOUNT};
use crate::oauth::Tokens;

/// What is asked of a location. Google wants it named.
const READ_MASK: &str = "name,title,storefrontAddress,metadata";

/// How many pages of a list are read at most: 20 accounts and 100 locations are on one.
const MAX_PAGES: usize = 50;

/// Every location of every account of whoever agreed, as far as it takes posts.
pub async fn locations(http: &HttpClient, tokens: &Tokens) -> Result<Vec<Connected>, NetworkError> {
    let api = Api { http, token: &tokens.access };
    let mut all: Vec<Connected> = Vec::new();
    for parent in owners(&api).await? {
        for location in of_owner(&api, &parent).await? {
            let connected = connected(location, &Grant { tokens: tokens.clone(), parent: parent.clone() })?;
            // A location may be seen through a person and through a group.
            if !all.iter().any(|known| known.remote_id == connected.remote_id) {
                all.push(connected);
            }
        }
    }
    if all.is_empty() {
        return Err(NetworkError::new(ErrorKind::Ask, NO_ACCOUNT, "no location of this Google account takes posts"));
    }
    Ok(all)
}

async fn owners(api: &Api<'_>) -> Result<Vec<String>, NetworkError> {
    let mut names = Vec::new();
    let mut next = String::new();
    for _ in 0..MAX_PAGES {
        let request = api.get(ACCOUNTS)?.query(&page("20", &next));
        let page: Accounts = api.read(request, Step::Repeatable).await?;
        names.extend(page.accounts.into_iter().map(|owner| owner.name));
        match page.next_page_token {
            Some(token) if !token.is_empty() => next = token,
            _ => break,
        }
    }
    Ok(names)
}

async fn of_owner(api: &Api<'_>, parent: &str) -> Result<Vec<Location>, NetworkError> {
    let mut found = Vec::new();
    let mut next = String::new();
    for _ in 0..MAX_PAGES {
        let request = api.get(&format!("{LOCATIONS}/{parent}/locations"))?.query(&[("readMask", READ_MASK)]);
        let page: Locations = api.read(request.query(&page("100", &next)), Step::Repeatable).await?;
        found.extend(page.locations.into_iter().filter(|location| location.metadata.can_operate_local_post));
        match page.next_page_token {
            Some(token) if !token.is_empty() => next = token,
            _ => break,
        }
    }
    Ok(found)
}

fn page<'a>(size: &'a str, token: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut query = vec![("pageSize", size)];
    if !token.is_empty() {
        query.push(("pageToken", token));
    }
    query
}

/// A location as an account. Several of one company have the same title: where they are tells them apart.
fn connected(location: Location, grant: &Grant) -> Result<Connected, NetworkError> {
    let id = location.name.trim_start_matches("locations/").to_owned();
    let title = if location.title.trim().is_empty() { id.clone() } else { location.title.trim().to_owned() };
    let address = &location.storefront_address;
    let place = address.address_lines.iter().chain([&address.locality]).map(|line| line.trim());
    let place: Vec<&str> = place.filter(|line| !line.is_empty()).collect();
    Ok(Connected {
        handle: if place.is_empty() { title.clone() } else { format!("{title} ({})", place.join(", ")) },
        display_name: title,
        profile_url: location.metadata.maps_uri,
        base_url: google::url(HOME)?,
        credentials: grant.stored()?,
        limits: Limits::defaults(&CAPABILITIES),
        remote_id: id,
    })
}

/// Whether the location is there and still takes posts.
pub async fn check(api: &Api<'_>, account: &Account) -> Result<(), NetworkError> {
    let address = format!("{LOCATIONS}/locations/{}", account.remote_id);
    let found: Option<Location> = api.find(api.get(&address)?.query(&[("readMask", READ_MASK)])).await?;
    match found {
        Some(location) if location.metadata.can_operate_local_post => Ok(()),
        Some(_) => Err(NetworkError::new(ErrorKind::Ask, "posts_not_taken", "the location takes no posts")),
        None => Err(NetworkError::new(ErrorKind::Reconnect, "location_gone", "the location is not there any more")),
    }
}
