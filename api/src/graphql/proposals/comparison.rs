//! Two versions of a proposal beside each other.

use async_graphql::{Enum, SimpleObject};
use diwan_domain::proposals::{self as domain, Comparison};

use super::version::ProposalTotals;
use crate::graphql::calendar::{TextPiece, text_pieces};

/// A part of a proposal.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "domain::Part")]
enum ProposalPart {
    /// What it is called.
    Title,
    /// Its language.
    Locale,
    /// Of its amounts.
    Currency,
    /// Until when it can be accepted.
    ValidUntil,
    /// A section.
    Section,
    /// A part of the scope.
    Scope,
    /// A line.
    Line,
    /// The terms.
    Terms,
    /// The project that acceptance opens.
    Project,
    /// A campaign that acceptance plans.
    Campaign,
}

/// A part that is different in two versions.
#[derive(SimpleObject)]
struct ProposalChange {
    /// Of which kind.
    part: ProposalPart,
    /// Its place, from 1 on, where there are several of the kind.
    place: Option<i32>,
    /// What it says and said, as one text. All of it removed: the part is gone; all of it added: it is new.
    pieces: Vec<TextPiece>,
}

/// Two versions of a proposal beside each other.
#[derive(SimpleObject)]
pub(super) struct ProposalComparison {
    /// What is different.
    changes: Vec<ProposalChange>,
    /// What all lines came to, with all options.
    totals_before: ProposalTotals,
    /// What all lines come to, with all options.
    totals_now: ProposalTotals,
}

impl ProposalComparison {
    pub(super) fn of(comparison: Comparison) -> Self {
        let change = |change: domain::ProposalChange| ProposalChange {
            part: change.part.into(),
            place: change.place.and_then(|place| i32::try_from(place).ok()),
            pieces: text_pieces(change.pieces),
        };
        let Comparison { changes, totals: (before, now), currencies } = comparison;
        Self {
            changes: changes.into_iter().map(change).collect(),
            totals_before: ProposalTotals::of(before, &currencies.0),
            totals_now: ProposalTotals::of(now, &currencies.1),
        }
    }
}
