//! Strategy: what a brand is and how it speaks, whom it talks to, what holds it back, what it wants and how that is measured,
//! what it talks about and where, and how content is made and brought out; and what of it is checked on a post.
//!
//! Decided here:
//! - A profile and the definition of a KPI are never changed: each change is a version of its own, and the old ones stay to be
//!   read. Everything else of a strategy is changed under a version number, and put away instead of deleted.
//! - What is put away takes along what stands under it (sub-targets, goals, steps), and brings exactly that back.
//! - Clients and freelancers read the profile, because they judge by it and write in it, and the pillars of posts that they
//!   see. The rest is the team's: what holds a brand back and how it is measured is spoken of with the client in reports.
//! - SENIOR leads the strategy; MID records what a KPI came to, and so may a program.

mod challenges;
mod channels;
mod check;
mod checks;
mod decimal;
mod fields;
mod hashtags;
mod items;
mod kpi_values;
mod kpis;
mod marks;
mod measure_kpi;
mod mix;
mod mix_of_month;
mod objectives;
mod personas;
mod pillars;
mod plans;
mod profile;
mod queries;

pub use challenges::{ChallengeContent, create_challenge, update_challenge};
pub use channels::{ChannelContent, create_channel_choice, update_channel_choice};
pub(crate) use check::ground::Ground as PostGround;
pub(crate) use check::words::words;
pub(crate) use check::{Spoken, check_planned, check_post, ground_of};
pub use checks::{ChecksChange, content_checks, default_checks, set_content_checks};
pub use decimal::{micro_of, text_of};
pub(crate) use fields::{date, maybe_text};
pub(crate) use hashtags::{folded, hashtags, hashtags_in, is_part_of_word};
pub use items::{Thing, archive_item, restore_item};
pub(crate) use kpi_values::period_start;
pub use kpi_values::{Recorded, kpi_values, record_kpi_value, values_of_versions};
pub use kpis::{Definition, create_kpi, redefine_kpi, update_kpi, versions_of_kpis};
pub use marks::PostMarks;
pub use measure_kpi::measure_kpi;
pub use mix_of_month::{PillarMix, content_mix};
pub use objectives::{NewObjective, ObjectiveContent, create_objective, update_objective};
pub use personas::{PersonaContent, create_persona, update_persona};
pub use pillars::{MixShare, PillarContent, create_content_pillar, set_content_mix, update_content_pillar};
pub use plans::{PlanContent, create_content_plan, update_content_plan};
pub use profile::{BannedWord, ProfileContent, banned_words, brand_profile, brand_profiles, set_brand_profile};
pub use queries::{
    Archivable, by_ids, children_of_objectives, items, kpis_of_objectives, objectives, profiles_by_ids,
    sub_targets_of_personas,
};
