//! The one table of who may do what.
//!
//! A row names an action, the lowest level of the ladder that may do it in a brand (or in the agency), and the kinds of
//! account that may at all. What is not in the table is not allowed. A command asks for a [`Permit`] and writes through
//! it: a write needs the permit's transaction. [`crate::Context::permit`] asks the table; the few other places that make one
//! (set-up, a new brand, an OAuth answer, a job) have their own proof, and stand out by that.

use diwan_entity::tenancy::app_user::{Level, UserKind};
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

/// What can be done. Named `<thing><verb>` in the order of the domains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Create a brand.
    BrandCreate,
    /// See a brand and what is in it.
    BrandRead,
    /// Read what is written, planned and published: posts, files, publications.
    ContentRead,
    /// Create a calendar.
    CalendarCreate,
    /// Put a file into the media library.
    AssetUpload,
    /// Write a draft.
    PostWrite,
    /// Schedule a post, or take it off the schedule.
    PostSchedule,
    /// Decide about a publication that needs a person.
    PublicationSettle,
    /// Connect an account of a network.
    AccountConnect,
    /// Disconnect an account of a network.
    AccountDisconnect,
    /// Read numbers from the networks now.
    MetricsSync,
    /// Read the numbers.
    MetricsRead,
    /// Have a report rendered and read it.
    ReportRun,
    /// Run a job again that was set aside.
    JobRerun,
}

/// Where a level is held for an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// In the brand that it is about.
    Brand,
    /// Agency-wide.
    Agency,
}

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// What.
    pub action: Action,
    /// From which level on.
    pub level: Level,
    /// Held where.
    pub reach: Reach,
    /// By which kinds of account.
    pub kinds: &'static [UserKind],
    /// Why, where it is not obvious.
    pub reason: &'static str,
}

const STAFF: &[UserKind] = &[UserKind::Staff];
const EVERYONE: &[UserKind] = &[UserKind::Staff, UserKind::Freelancer, UserKind::Client, UserKind::Integration];
/// Writers are staff now; freelancers write what is assigned to them, once work can be assigned.
const WRITERS: &[UserKind] = STAFF;

const fn rule(action: Action, level: Level, kinds: &'static [UserKind], reason: &'static str) -> Rule {
    Rule { action, level, reach: Reach::Brand, kinds, reason }
}

/// The table.
pub const RULES: &[Rule] = &[
    Rule {
        action: Action::BrandCreate,
        level: Level::Director,
        reach: Reach::Agency,
        kinds: STAFF,
        reason: "a brand is a new client: a matter of the agency, not of one brand's team",
    },
    rule(Action::BrandRead, Level::Junior, EVERYONE, "membership is what gives sight of a brand"),
    rule(
        Action::ContentRead,
        Level::Junior,
        STAFF,
        "drafts and troubles are the team's; what freelancers and clients see comes with assignments and reviews",
    ),
    rule(Action::CalendarCreate, Level::Mid, STAFF, ""),
    rule(Action::AssetUpload, Level::Junior, WRITERS, ""),
    rule(Action::PostWrite, Level::Junior, WRITERS, ""),
    rule(Action::PostSchedule, Level::Mid, STAFF, "a junior publishes nothing alone"),
    rule(Action::PublicationSettle, Level::Mid, STAFF, "whoever may schedule may say whether a post is there"),
    rule(Action::AccountConnect, Level::Senior, STAFF, "a connected account is a client's identity"),
    rule(Action::AccountDisconnect, Level::Senior, STAFF, ""),
    rule(Action::MetricsSync, Level::Mid, STAFF, "it spends the networks' rate budget"),
    rule(Action::MetricsRead, Level::Mid, STAFF, "numbers are read from MID on; clients read them in reports"),
    rule(Action::ReportRun, Level::Mid, STAFF, ""),
    rule(Action::JobRerun, Level::Senior, STAFF, "a job that was set aside may have had effects outside"),
];

impl Action {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::BrandCreate,
        Self::BrandRead,
        Self::ContentRead,
        Self::CalendarCreate,
        Self::AssetUpload,
        Self::PostWrite,
        Self::PostSchedule,
        Self::PublicationSettle,
        Self::AccountConnect,
        Self::AccountDisconnect,
        Self::MetricsSync,
        Self::MetricsRead,
        Self::ReportRun,
        Self::JobRerun,
    ];
    /// The action's row. Every action has one, which a test checks.
    pub fn rule(self) -> &'static Rule {
        RULES.iter().find(|rule| rule.action == self).unwrap_or(&NOBODY)
    }

    /// The name in the API and on the audit trail: `PostSchedule` is `POST_SCHEDULE`.
    pub fn name(self) -> String {
        let mut name = String::new();
        for c in format!("{self:?}").chars() {
            if c.is_ascii_uppercase() && !name.is_empty() {
                name.push('_');
            }
            name.push(c.to_ascii_uppercase());
        }
        name
    }
}

/// What an action without a row would get: nobody may.
static NOBODY: Rule =
    Rule { action: Action::BrandRead, level: Level::Cmo, reach: Reach::Agency, kinds: &[], reason: "not in the table" };

impl Rule {
    /// Whether somebody of this kind, holding these levels, may. A freelancer is a junior whatever is written.
    pub fn allows(&self, kind: UserKind, in_brand: Option<Level>, in_agency: Option<Level>) -> bool {
        let held = match self.reach {
            Reach::Brand => in_brand,
            Reach::Agency => in_agency,
        };
        let held = if kind == UserKind::Staff { held } else { held.map(|level| level.min(Level::Junior)) };
        self.kinds.contains(&kind) && held.is_some_and(|level| level >= self.level)
    }
}

/// The proof that the caller may do something, and the way to write.
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
                let may: Vec<bool> = LEVELS.iter().map(|level| rule.allows(kind, Some(*level), Some(*level))).collect();
                assert!(may.is_sorted(), "{:?} {kind:?}: {may:?}", rule.action);
            }
        }
    }

    #[test]
    fn a_freelancer_is_a_junior_whatever_is_written() {
        for rule in RULES.iter().filter(|rule| rule.level > Level::Junior) {
            for level in LEVELS {
                assert!(!rule.allows(UserKind::Freelancer, Some(level), Some(level)));
            }
        }
    }
}
