//! Strategy: profile, audiences, objectives, KPIs, pillars, channels, plans, and the checks on posts.

mod checks;
mod item_mutations;
mod items;
mod kpi;
mod kpi_mutations;
mod loading;
mod mutations;
mod objective;
mod overview;
mod pillar;
mod profile;
mod queries;

pub use checks::{ChecksMutation, ProblemSeverity};
pub use item_mutations::ItemMutation;
pub use items::{Challenge, ChannelChoice, ContentPlan, Persona};
pub use kpi::{Kpi, KpiDirection, KpiPeriod};
pub use kpi_mutations::KpiMutation;
pub use mutations::StrategyMutation;
pub use objective::Objective;
pub use overview::Strategy;
pub use pillar::{ContentPillar, Partnership};
pub use profile::{BrandProfile, ProfileMutation};
pub use queries::StrategyQuery;
