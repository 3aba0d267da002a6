//! The rule: where and when what users made may be published.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use diwan_entity::ugc::ugc_grant::GrantScope;
use diwan_platform::db;
use sea_orm::{ActiveEnum as _, ConnectionTrait, DbErr, FromQueryResult};
use uuid::Uuid;

use crate::context::Context;
use crate::error::Failure;

/// Where a post shows what a user made, with a grant of it; one without a grant where there is none in force.
#[derive(Debug, Clone, FromQueryResult)]
struct Shown {
    post_id: Uuid,
    variant_id: Uuid,
    asset_id: Uuid,
    /// Where the variant goes.
    network: String,
    scope: Option<String>,
    networks: Option<Vec<String>>,
    starts_at: Option<DateTime<Utc>>,
    ends_at: Option<DateTime<Utc>>,
}

impl Shown {
    /// Whether it allows a use then that a grant of the scope `other` does not.
    fn covers(&self, other: GrantScope, due_at: DateTime<Utc>) -> bool {
        let (Some(scope), Some(starts_at)) = (&self.scope, self.starts_at) else { return false };
        let for_it = *scope != other.to_value();
        let there = self.networks.as_ref().is_none_or(|all| all.is_empty() || all.contains(&self.network));
        for_it && there && starts_at <= due_at && self.ends_at.is_none_or(|ends_at| due_at < ends_at)
    }
}

/// What some posts show of what users made, and the grants of it.
#[derive(Debug, Default)]
pub(crate) struct Grants(Vec<Shown>);

const SHOWN: &str =
    "select post_id, variant_id, asset_id, network, scope, networks, starts_at, ends_at from app.ugc_in_posts($1)";

impl Grants {
    /// Reads them for a caller. One statement.
    pub(crate) async fn load(context: &Context, post_ids: &[Uuid]) -> Result<Self, Failure> {
        if post_ids.is_empty() {
            return Ok(Self::default());
        }
        Ok(Self(context.rows(SHOWN, [post_ids.to_vec().into()]).await?))
    }

    /// The same within a job or a command.
    pub(crate) async fn read(tx: &impl ConnectionTrait, post_ids: &[Uuid]) -> Result<Self, DbErr> {
        Ok(Self(db::all(tx, SHOWN, [post_ids.to_vec().into()]).await?))
    }

    /// Whether all that a post shows may be published then.
    pub(crate) fn cover_post(&self, post_id: Uuid, due_at: DateTime<Utc>) -> bool {
        self.missing(GrantScope::Paid, due_at, |shown| shown.post_id == post_id).is_empty()
    }

    /// What a variant shows and may not be published there then.
    pub(crate) fn missing_for(&self, variant_id: Uuid, due_at: DateTime<Utc>) -> HashSet<Uuid> {
        self.missing(GrantScope::Paid, due_at, |shown| shown.variant_id == variant_id)
    }

    /// Whether something that a post shows may not be advertised with there then. With a variant, what the others show does not matter.
    pub(crate) fn forbid_ads(&self, (post_id, variant_id): (Uuid, Option<Uuid>), at: DateTime<Utc>) -> bool {
        let of = |shown: &Shown| shown.post_id == post_id && variant_id.is_none_or(|id| shown.variant_id == id);
        !self.missing(GrantScope::Organic, at, of).is_empty()
    }

    fn missing(&self, other: GrantScope, due_at: DateTime<Utc>, of: impl Fn(&Shown) -> bool) -> HashSet<Uuid> {
        let mut missing = HashSet::new();
        let shown = || self.0.iter().filter(|shown| of(shown));
        for one in shown() {
            let same = |other: &&Shown| (other.variant_id, other.asset_id) == (one.variant_id, one.asset_id);
            if !shown().filter(same).any(|grant| grant.covers(other, due_at)) {
                missing.insert(one.asset_id);
            }
        }
        missing
    }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::*;

    fn shown(scope: Option<&str>, networks: &[&str], days: (i64, Option<i64>)) -> Shown {
        let day = |day| DateTime::UNIX_EPOCH + Duration::days(day);
        Shown {
            post_id: Uuid::nil(),
            variant_id: Uuid::nil(),
            asset_id: Uuid::nil(),
            network: "mastodon".to_owned(),
            scope: scope.map(str::to_owned),
            networks: scope.map(|_| networks.iter().map(|network| (*network).to_owned()).collect()),
            starts_at: scope.map(|_| day(days.0)),
            ends_at: days.1.map(day),
        }
    }

    #[test]
    fn a_grant_covers_its_scope_its_networks_and_its_term() {
        let at = |day| DateTime::UNIX_EPOCH + Duration::days(day);
        for (scope, networks, days, day, covers) in [
            (Some("ORGANIC"), vec![], (0, None), 100, true),
            (Some("BOTH"), vec!["bluesky", "mastodon"], (0, Some(10)), 0, true),
            (Some("PAID"), vec![], (0, None), 5, false),
            (Some("BOTH"), vec!["bluesky"], (0, None), 5, false),
            (Some("BOTH"), vec![], (5, None), 4, false),
            (Some("BOTH"), vec![], (0, Some(10)), 10, false),
            (None, vec![], (0, None), 5, false),
        ] {
            let grants = Grants(vec![shown(scope, &networks, days)]);
            assert_eq!(grants.cover_post(Uuid::nil(), at(day)), covers, "{scope:?} {networks:?} {days:?} {day}");
        }
    }

    #[test]
    fn posts_and_ads_are_allowed_each_by_itself() {
        let now = DateTime::UNIX_EPOCH;
        for (scope, post, ad) in [
            (Some("ORGANIC"), true, false),
            (Some("PAID"), false, true),
            (Some("BOTH"), true, true),
            (None, false, false),
        ] {
            let grants = Grants(vec![shown(scope, &[], (0, None))]);
            assert_eq!(grants.cover_post(Uuid::nil(), now), post, "{scope:?}");
            assert_eq!(!grants.forbid_ads((Uuid::nil(), None), now), ad, "{scope:?}");
            assert!(!grants.forbid_ads((Uuid::nil(), Some(Uuid::max())), now), "another variant shows it");
        }
    }

    #[test]
    fn grants_add_up_and_nothing_shown_needs_none() {
        let first = shown(Some("ORGANIC"), &["bluesky"], (0, None));
        let second = shown(Some("ORGANIC"), &["mastodon"], (0, None));
        let other = Shown { asset_id: Uuid::max(), ..shown(None, &[], (0, None)) };
        let now = DateTime::UNIX_EPOCH;
        assert!(Grants(vec![first.clone(), second.clone()]).cover_post(Uuid::nil(), now));
        assert_eq!(Grants(vec![first, second, other]).missing_for(Uuid::nil(), now), HashSet::from([Uuid::max()]));
        assert!(Grants::default().cover_post(Uuid::nil(), now));
    }
}
