//! The interfaces of Google Business Profile: accounts, locations, posts.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

/// Posts. <https://developers.google.com/my-business/reference/rest/v4/accounts.locations.localPosts>
pub const POSTS: &str = "https://mybusiness.googleapis.com/v4";

/// Accounts. <https://developers.google.com/my-business/reference/accountmanagement/rest/v1/accounts/list>
pub const ACCOUNTS: &str = "https://mybusinessaccountmanagement.googleapis.com/v1/accounts";

/// Locations. <https://developers.google.com/my-business/reference/businessinformation/rest/v1/accounts.locations/list>
pub const LOCATIONS: &str = "https://mybusinessbusinessinformation.googleapis.com/v1";

/// A page of accounts.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Accounts {
    #[serde(default)]
    pub accounts: Vec<Owner>,
    #[serde(default)]
    pub next_page_token: Option<String>,
}

/// An account: a person, a group of locations, an organization.
#[derive(Deserialize)]
pub struct Owner {
    /// `accounts/1`.
    pub name: String,
}

/// A page of locations.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Locations {
    #[serde(default)]
    pub locations: Vec<Location>,
    #[serde(default)]
    pub next_page_token: Option<String>,
}

/// A place of business.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Location {
    /// `locations/2`.
    pub name: String,
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub storefront_address: Address,
    #[serde(default)]
    pub metadata: Metadata,
}

/// Where it is.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub struct Address {
    pub address_lines: Vec<String>,
    pub locality: String,
}

/// What can be done with it.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub struct Metadata {
    pub can_operate_local_post: bool,
    pub maps_uri: Option<Url>,
}

/// A page of posts, newest first.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Posts {
    #[serde(default)]
    pub local_posts: Vec<LocalPost>,
    #[serde(default)]
    pub next_page_token: Option<String>,
}

/// A post.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LocalPost {
    /// `accounts/1/locations/2/localPosts/3`.
    pub name: String,
    #[serde(default)]
    pub summary: String,
    #[serde(default)]
    pub topic_type: String,
    /// `PROCESSING`, `LIVE`, `REJECTED`.
    #[serde(default)]
    pub state: String,
    #[serde(default)]
    pub create_time: Option<DateTime<Utc>>,
    #[serde(default)]
    search_url: Option<String>,
    #[serde(default)]
    pub media: Vec<Value>,
}

impl LocalPost {
    /// The last part of its name.
    pub fn id(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or(&self.name)
    }

    /// Where people see it.
    pub fn url(&self) -> Option<Url> {
        self.search_url.as_deref()?.parse().ok()
    }
}
