//! The one table of who may do what: [`RULES`], in `rules.rs`.
//!
//! A rule names an action, where the level for it is held (in the brand or agency-wide), and grants: a kind of account,
//! from which level of the ladder on, and to which extent (what is theirs, what is assigned to them, anything). What is
//! not in the table is not allowed. A command asks for a [`Permit`] and writes through it: a write needs the permit's
//! transaction, so writing without one does not compile. [`crate::Context::permit`] and its kin ask the table; the few
//! other places that make one (set-up, a new brand, an OAuth answer, a job) have their own proof, and stand out by that.

mod action;
mod page;
mod reads;
mod rules;

pub use action::Action;
pub use page::page;
pub use rules::RULES;

use diwan_entity::tenancy::app_user::{Level, UserKind};
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

/// Where a level is held for an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// In the brand that it is about, or agency-wide.
    Brand,
    /// Agency-wide.
    Agency,
}

/// To which things of a brand a grant extends. Each includes the ones before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Extent {
    /// What somebody wrote themselves.
    Own,
    /// That, and what is assigned to them; for a client, what was sent to them.
    Assigned,
    /// Everything of the brand.
    Any,
}

/// What somebody has to do with a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Relation {
    /// They wrote it, or at it.
    pub own: bool,
    /// It is assigned to them, or was sent to them.
    pub assigned: bool,
}

impl Extent {
    /// Whether a thing with this relation is within the extent.
    pub fn covers(self, relation: Relation) -> bool {
        match self {
            Self::Own => relation.own,
            Self::Assigned => relation.own || relation.assigned,
            Self::Any => true,
        }
    }
}

/// One kind of account that may, from this level on, to this extent.
#[derive(Debug, Clone, Copy)]
pub struct Grant {
    /// The kind of account.
    pub kind: UserKind,
    /// From which level on.
    pub level: Level,
    /// To which things.
    pub extent: Extent,
}

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// What.
    pub action: Action,
    /// Held where.
    pub reach: Reach,
    /// By whom.
    pub grants: &'static [Grant],
    /// Why, where it is not obvious.
    pub reason: &'static str,
}

/// What an action without a row would get: nobody may.
static NOBODY: Rule = Rule { action: Action::BrandRead, reach: Reach::Agency, grants: &[], reason: "not in the table" };

impl Action {
    /// The action's row. Every action has one, which a test checks.
    pub fn rule(self) -> &'static Rule {
        RULES.iter().find(|rule| rule.action == self).unwrap_or(&NOBODY)
    }
}

impl Rule {
    /// How far the right of somebody of this kind goes who holds these levels; none when they have none.
    pub fn extent(&self, kind: UserKind, in_brand: Option<Level>, in_agency: Option<Level>) -> Option<Extent> {
        let held = match self.reach {
            Reach::Brand => in_brand.max(in_agency),
            Reach::Agency => in_agency,
        }?;
        // Freelancers and clients are juniors whatever is written.
        let held = if matches!(kind, UserKind::Freelancer | UserKind::Client) { Level::Junior } else { held };
        self.grants.iter().filter(|grant| grant.kind == kind && held >= grant.level).map(|grant| grant.extent).max()
    }

    /// Whether somebody of this kind, holding these levels, may, if only to some extent.
    pub fn allows(&self, kind: UserKind, in_brand: Option<Level>, in_agency: Option<Level>) -> bool {
        self.extent(kind, in_brand, in_agency).is_some()
    }

    /// The lowest level of staff that may to the full extent: who can be asked.
    pub fn level_to_ask(&self) -> Level {
        let full = self.grants.iter().filter(|grant| grant.kind == UserKind::Staff && grant.extent == Extent::Any);
        full.map(|grant| grant.level).min().unwrap_or(Level::Cmo)
    }
}

/// The proof that the caller may do something, and the way to write.
///
/// Nobody outside this crate makes one, or writes without one:
///
/// ```compile_fail
/// fn write(context: &diwan_domain::Context) {
///     let _transaction = context.own_tx();
/// }
/// ```
///
/// ```compile_fail
/// fn permit(context: &diwan_domain::Context) -> diwan_domain::Permit<'_> {
///     diwan_domain::Permit { tx: todo!(), brand_id: Default::default(), actor_id: None, agency_id: Default::default() }
/// }
/// ```
///
/// Within it, what is written without a permit is written for oneself, and `OWN` in the tests lists where.
#[derive(Debug, Clone, Copy)]
pub struct Permit<'a> {
    pub(crate) tx: &'a DatabaseTransaction,
    /// The brand that it is about; the nil id for what is the agency's.
    pub brand_id: Uuid,
    /// Who does it; none for the worker.
    pub actor_id: Option<Uuid>,
    /// Whose agency.
    pub agency_id: Uuid,
}

impl<'a> Permit<'a> {
    /// The transaction, for writing.
    pub(crate) fn tx(&self) -> &'a DatabaseTransaction {
        self.tx
    }

    /// The person who does it; a fault where the worker asks, since it has none.
    pub(crate) fn person(&self) -> Result<Uuid, crate::Fault> {
        self.actor_id.ok_or_else(|| crate::Fault::broken("a command for people was called without one"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [UserKind; 4] = [UserKind::Staff, UserKind::Freelancer, UserKind::Client, UserKind::Integration];
    const LEVELS: [Level; 5] = [Level::Junior, Level::Mid, Level::Senior, Level::Director, Level::Cmo];

    #[test]
    fn one_row_per_action() {
        for action in Action::ALL {
            assert_eq!(RULES.iter().filter(|rule| rule.action == *action).count(), 1, "{action:?}");
        }
        assert_eq!(RULES.len(), Action::ALL.len());
    }

    #[test]
    fn nobody_without_a_level_may_do_anything_and_more_level_never_takes_away() {
        for rule in RULES {
            for kind in KINDS {
                assert!(!rule.allows(kind, None, None));
                let may: Vec<_> = LEVELS.iter().map(|level| rule.extent(kind, Some(*level), Some(*level))).collect();
                assert!(may.is_sorted(), "{:?} {kind:?}: {may:?}", rule.action);
                assert!(
                    rule.reach == Reach::Brand || LEVELS.iter().all(|level| !rule.allows(kind, Some(*level), None))
                );
            }
        }
    }

    #[test]
    fn freelancers_and_clients_are_juniors_whatever_is_written() {
        for rule in RULES {
            for kind in [UserKind::Freelancer, UserKind::Client] {
                let junior = rule.extent(kind, Some(Level::Junior), None);
                assert!(
                    LEVELS.iter().all(|level| rule.extent(kind, Some(*level), None) == junior),
                    "{:?}",
                    rule.action
                );
            }
        }
    }

    #[test]
    fn what_can_be_asked_of_somebody_can_be_asked_of_staff() {
        for rule in RULES {
            assert!(rule.grants.iter().any(|grant| grant.kind == UserKind::Staff && grant.extent == Extent::Any));
        }
    }

    /// The files that use the transaction without a permit: signing in, set-up, what is one's own, what a stranger is told, and
    /// the narrow functions that answer before a right can be asked.
    const OWN: &[&str] = &[
        "approvals/decide.rs",
        "approvals/delegation.rs",
        "calendar/feeds.rs",
        "notices/own.rs",
        "public_links/open.rs",
        "tenancy/accept_invitation.rs",
        "tenancy/invite.rs",
        "tenancy/people.rs",
        "tenancy/set_up.rs",
        "trust/audit.rs",
        "trust/idempotency.rs",
        "trust/passkeys/ceremony.rs",
        "trust/passkeys/own.rs",
        "trust/passkeys/show.rs",
        "trust/passwords.rs",
        "trust/second_factor.rs",
        "trust/sessions.rs",
        "trust/sign_in.rs",
        "trust/single_sign_on/begin.rs",
        "trust/single_sign_on/complete.rs",
        "trust/throttle.rs",
    ];

    #[test]
    fn only_what_is_ones_own_is_written_without_a_permit() {
        let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let (mut folders, mut found) = (vec![source.clone()], Vec::new());
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if std::fs::read_to_string(&path).unwrap().contains(".own_tx()") {
                    found.push(path.strip_prefix(&source).unwrap().to_str().unwrap().to_owned());
                }
            }
        }
        found.retain(|file| file != "permission.rs");
        found.sort();
        assert_eq!(found, OWN, "a command writes through its permit's transaction");
    }

    #[test]
    fn extents_grow() {
        let relations = [(false, false), (true, false), (false, true), (true, true)];
        for (own, assigned) in relations {
            let covered =
                [Extent::Own, Extent::Assigned, Extent::Any].map(|extent| extent.covers(Relation { own, assigned }));
            assert!(covered.is_sorted() && covered[2]);
        }
    }
}
