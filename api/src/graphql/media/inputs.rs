//! What is asked and said of files.

use async_graphql::{ID, InputObject, MaybeUndefined};
use chrono::{DateTime, Utc};
use diwan_domain::Failure;
use diwan_domain::media as domain;

use super::types::{AssetKind, AssetState, Licence};
use crate::graphql::calendar::storable;
use crate::graphql::scalars::Kind;

/// Which files are wanted.
#[derive(InputObject, Default)]
pub struct AssetFilterInput {
    /// Whose name, description or tag holds this, up to 200 characters.
    text: Option<String>,
    /// Of one of these sorts; any when empty.
    #[graphql(default)]
    kinds: Vec<AssetKind>,
    /// In one of these states; any when empty.
    #[graphql(default)]
    states: Vec<AssetState>,
    /// With all of these tags.
    #[graphql(default)]
    tags: Vec<String>,
    /// In this folder itself; null: in none. Left out: in any.
    folder_id: MaybeUndefined<ID>,
    /// Those that are archived, instead of those that are not.
    #[graphql(default)]
    archived: bool,
    /// That may be used no longer from this time on.
    expires_before: Option<DateTime<Utc>>,
    /// Of which nobody has said by which right they are used.
    #[graphql(default)]
    without_rights: bool,
}

impl AssetFilterInput {
    /// As the domain wants it.
    pub fn into_domain(self) -> Result<domain::AssetFilter, Failure> {
        Ok(domain::AssetFilter {
            text: self.text,
            kinds: self.kinds.into_iter().map(Into::into).collect(),
            states: self.states.into_iter().map(Into::into).collect(),
            tags: self.tags,
            folder_id: folder(&self.folder_id, "filter.folderId")?,
            archived: self.archived,
            expires_before: storable(self.expires_before, "filter.expiresBefore")?,
            without_rights: self.without_rights,
        })
    }
}

/// A folder that may be left out, and may be none.
#[expect(clippy::option_option, reason = "left out, or set to none")]
pub(super) fn folder(id: &MaybeUndefined<ID>, field: &str) -> Result<Option<Option<uuid::Uuid>>, Failure> {
    let parse = |id: &ID| Kind::AssetFolder.parse(id, field);
    id.as_opt_ref().map(|id| id.map(parse).transpose()).transpose()
}

/// Whose a file is, and by which right and how long it is used: the whole of it.
#[derive(InputObject)]
pub(super) struct AssetRightsInput {
    /// Whose it is, up to 200 characters.
    #[graphql(default)]
    owner: String,
    /// By which right it is used.
    licence: Option<Licence>,
    /// What was agreed, up to 2000 characters.
    #[graphql(default)]
    terms: String,
    /// From when on it may be published.
    usable_from: Option<DateTime<Utc>>,
    /// Until when, not at this time any more.
    usable_until: Option<DateTime<Utc>>,
}

impl From<AssetRightsInput> for domain::Rights {
    fn from(input: AssetRightsInput) -> Self {
        Self {
            owner: input.owner,
            licence: input.licence.map(Into::into),
            terms: input.terms,
            usable_from: input.usable_from,
            usable_until: input.usable_until,
        }
    }
}
