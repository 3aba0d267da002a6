//! Where the agency's own client application opens things. Diwan has none of its own, so letters link into that one.

use std::str::FromStr;

use url::Url;
use uuid::Uuid;

use crate::ids;

/// What stands for the id in the template.
const PLACE: &str = "{id}";

/// An address with a place for an id, such as `https://app.example.com/open/{id}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppUrl(String);

/// The template is not one.
#[derive(Debug, thiserror::Error)]
#[error("an address with {PLACE} in its path, query or fragment, such as https://app.example.com/open/{PLACE}")]
pub struct NoAppUrl;

impl FromStr for AppUrl {
    type Err = NoAppUrl;

    fn from_str(template: &str) -> Result<Self, NoAppUrl> {
        let template = template.trim();
        // The place stands behind the host: ids must not choose where a link leads.
        let address = |id: &str| Url::parse(&template.replace(PLACE, id)).ok();
        let (one, other) = (address("a").ok_or(NoAppUrl)?, address("b").ok_or(NoAppUrl)?);
        let is_web = matches!(one.scheme(), "https" | "http") && one.has_host() && one.username().is_empty();
        if !is_web || one == other || one.origin() != other.origin() || one.password().is_some() {
            return Err(NoAppUrl);
        }
        Ok(Self(template.to_owned()))
    }
}

impl AppUrl {
    /// The host at which the application is, in lower case and ASCII.
    pub fn host(&self) -> Option<String> {
        Url::parse(&self.0).ok()?.host_str().map(str::to_owned)
    }

    /// Where the application opens a thing, by its id as the API writes it: `prefix` names its kind.
    pub fn open(&self, prefix: &str, id: Uuid) -> Option<Url> {
        // Ids are letters, digits and underscores: nothing to escape.
        Url::parse(&self.0.replace(PLACE, &ids::encode(prefix, id))).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_stands_where_the_template_says() {
        let id = Uuid::from_u128(7);
        for (template, before) in [
            ("https://app.example.com/open/{id}", "https://app.example.com/open/"),
            ("https://app.example.com/?open={id}", "https://app.example.com/?open="),
            ("http://localhost:3000/#/things/{id}", "http://localhost:3000/#/things/"),
        ] {
            let link = template.parse::<AppUrl>().unwrap().open("post", id).unwrap();
            assert_eq!(link.as_str(), format!("{before}{}", ids::encode("post", id)));
            assert_eq!(template.parse::<AppUrl>().unwrap().host().as_deref(), link.host_str(), "{template}");
        }
    }

    #[test]
    fn what_leads_nowhere_is_refused() {
        for template in [
            "",
            "app.example.com/{id}",
            "https://app.example.com/open",
            "https://{id}.example.com/",
            "https://app.example.com:{id}/",
            "https://{id}@app.example.com/{id}",
            "javascript:open('{id}')",
            "mailto:{id}@example.com",
        ] {
            assert!(template.parse::<AppUrl>().is_err(), "{template}");
        }
    }
}
