//! Why a figure stands where it stands, in words.

use diwan_entity::strategy::kpi_version::KpiDirection;
use diwan_entity::tenancy::agency::Locale;

use super::{Standing, TargetBasis};
use crate::error::Arg;
use crate::insights::figures::KpiFigure;
use crate::messages;

/// The figure, its target and what was due of it, in this language. None where there is no target.
pub fn reason_of_target(locale: Locale, figure: &KpiFigure) -> Option<String> {
    let target = figure.target.as_ref()?;
    let key = match (target.standing, target.basis) {
        (None, _) => "insight-target-unknown",
        (Some(_), TargetBasis::ShareOfTime) => "insight-target-sum",
        (Some(_), TargetBasis::Level) => "insight-target-level",
    };
    let standing = match target.standing {
        Some(Standing::Ahead) => "AHEAD",
        Some(Standing::Behind) => "BEHIND",
        Some(Standing::OnTrack) | None => "ON_TRACK",
    };
    let direction = match target.direction {
        KpiDirection::AtLeast => "AT_LEAST",
        KpiDirection::AtMost => "AT_MOST",
    };
    let args = [
        ("value", Arg::Text(figure.value.clone().unwrap_or_default().into())),
        ("target", Arg::Text(target.target.clone().into())),
        ("expected", Arg::Text(target.expected.clone().into())),
        ("standing", Arg::Text(standing.into())),
        ("direction", Arg::Text(direction.into())),
    ];
    Some(messages::message(locale, key, &args))
}
