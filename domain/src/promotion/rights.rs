//! Whether posts may be advertised: with what users made by their grants for advertising, with files within their terms.

use std::collections::HashMap;

use chrono::{DateTime, Days, Duration, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::calendar::post_variant;
use diwan_entity::promotion::ad_boost;
use sea_orm::{ColumnTrait as _, QueryFilter as _};
use uuid::Uuid;

use crate::calendar::day_begins;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::media::{self, Term};
use crate::permission::Permit;
use crate::ugc::Grants;

/// What forbids a post in an ad.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Forbidden {
    /// Whoever made a file of it did not allow advertising with it there then.
    Grant,
    /// A file of it may not be used then. The moment is the end or the beginning of its term, as the code says.
    Term(Code, DateTime<Utc>),
}

/// By which right some posts may be advertised.
#[derive(Debug, Default)]
pub(super) struct Rights {
    grants: Grants,
    terms: HashMap<Uuid, Term>,
}

impl Rights {
    /// Reads them, in two statements whatever the number of posts.
    pub(super) async fn load(context: &Context, post_ids: &[Uuid]) -> Result<Self, Failure> {
        if post_ids.is_empty() {
            return Ok(Self::default());
        }
        let terms = media::terms_of_posts(context, post_ids).await?;
        Ok(Self {
            grants: Grants::load(context, post_ids).await?,
            terms: terms.into_iter().map(|term| (term.post_id, term)).collect(),
        })
    }

    /// What forbids a post in an ad at a moment. With a variant, what the others show does not matter to grants.
    pub(super) fn forbid(&self, (post_id, variant_id): (Uuid, Option<Uuid>), at: DateTime<Utc>) -> Option<Forbidden> {
        if self.grants.forbid_ads((post_id, variant_id), at) {
            return Some(Forbidden::Grant);
        }
        let (code, limit) = self.terms.get(&post_id)?.refuses(at)?;
        Some(Forbidden::Term(code, limit))
    }
}

/// That a promotion of a post has the rights that it needs from its beginning to its end.
pub(super) async fn check_rights(
    context: &Context,
    permit: Permit<'_>,
    row: &ad_boost::Model,
    wrong: &mut Complaints,
) -> Result<(), Failure> {
    let (Some(post_id), Some(account_id)) = (row.post_id, row.social_account_id) else { return Ok(()) };
    let variant = post_variant::Entity::in_brand(row.brand_id)
        .filter(post_variant::Column::PostId.eq(post_id))
        .filter(post_variant::Column::SocialAccountId.eq(account_id));
    let variant_id = context.one(variant).await?.map(|variant| variant.id);
    let rights = Rights::load(context, &[post_id]).await?;
    let begins = day_begins(permit.tx(), row.brand_id, row.starts_on).await?.max(context.now);
    let after = row.ends_on.checked_add_days(Days::new(1)).unwrap_or(row.ends_on);
    let ends = day_begins(permit.tx(), row.brand_id, after).await? - Duration::seconds(1);
    let forbidden = [begins, ends.max(begins)].into_iter().find_map(|at| rights.forbid((post_id, variant_id), at));
    match forbidden {
        None => {}
        Some(Forbidden::Grant) => wrong.add(UserError::at(Code::GrantMissing, "boostId")),
        Some(Forbidden::Term(code, limit)) => {
            wrong.add(UserError::at(code, "boostId").text("limit", limit.format("%F").to_string()));
        }
    }
    Ok(())
}
