//! The planned mix of a month beside what is planned in it.

use chrono::{Datelike as _, NaiveDate};
use uuid::Uuid;

use super::check::ground::Ground;
use super::mix::allowed;
use crate::context::Context;
use crate::error::{Code, Failure, UserError};
use crate::permission::Action;

/// What is planned of a pillar in a month.
#[derive(Debug, Clone, Copy)]
pub struct PillarMix {
    /// Which pillar.
    pub pillar_id: Uuid,
    /// Its planned part, in basis points.
    pub share_bp: i32,
    /// How many posts of the month are of it.
    pub posts: i64,
    /// How many may be, with the tolerance, if the month stays as it is.
    pub allowed: i64,
    /// How many posts of the month have a pillar.
    pub total: i64,
}

/// The live pillars of a brand with what is planned of them in the month of a day, in the brand's time zone. Posts count that
/// have a time in the month, unless they are canceled or put away; those without a pillar do not.
pub async fn content_mix(context: &Context, brand_id: Uuid, month: NaiveDate) -> Result<Vec<PillarMix>, Failure> {
    let permit = context.permit(Action::StrategyRead, brand_id).await?;
    // Noon of the middle of the month is in that month everywhere.
    let middle = month.with_day(15).and_then(|day| day.and_hms_opt(12, 0, 0));
    let middle = middle.filter(|middle| (1..=9999).contains(&middle.year()));
    let middle = middle.ok_or_else(|| UserError::at(Code::Invalid, "month"))?.and_utc();
    let ground = Ground::load(permit, Uuid::nil(), middle).await?;
    let total = ground.pillars.iter().map(|pillar| pillar.posts).sum();
    let tolerance = ground.checks.mix_tolerance_bp;
    let of = |pillar: &super::check::ground::Pillar| PillarMix {
        pillar_id: pillar.id,
        share_bp: pillar.share_bp,
        posts: pillar.posts,
        allowed: allowed(pillar.share_bp, tolerance, total),
        total,
    };
    Ok(ground.pillars.iter().map(of).collect())
}
