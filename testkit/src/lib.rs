//! What the tests of all crates share: a database per test, the product's services with short times and a clock that
//! can be held, builders of people and content, the API with clients for it, and real servers to publish to.
//!
//! Tests that need PostgreSQL or Redis find them by `DIWAN_TEST_DATABASE_URL` and `DIWAN_TEST_REDIS_URL`, which
//! `script/test` sets.

#[cfg(feature = "domain")]
mod alerts;
#[cfg(feature = "api")]
pub mod app;
#[cfg(feature = "domain")]
mod attempt;
#[cfg(feature = "domain")]
pub mod build;
#[cfg(feature = "domain")]
mod campaigns;
pub mod client;
#[cfg(feature = "domain")]
mod community;
#[cfg(feature = "domain")]
mod contracts;
#[cfg(feature = "domain")]
pub mod db;
pub mod films;
#[cfg(feature = "domain")]
mod finance;
#[cfg(feature = "domain")]
mod influencers;
mod listening;
pub mod load;
pub mod logs;
#[cfg(feature = "domain")]
mod payments;
pub mod pictures;
#[cfg(feature = "domain")]
mod planning;
pub mod process;
#[cfg(feature = "domain")]
mod promotion;
#[cfg(feature = "domain")]
mod proposals;
#[cfg(feature = "domain")]
mod report_delivery;
#[cfg(feature = "domain")]
mod reports;
pub mod servers;
#[cfg(feature = "domain")]
pub mod services;
#[cfg(feature = "domain")]
mod strategy;
#[cfg(feature = "domain")]
mod tracking;

#[cfg(feature = "domain")]
pub use alerts::AlertsWritten;
#[cfg(feature = "api")]
pub use app::TestApp;
#[cfg(feature = "domain")]
pub use build::{Person, Written};
#[cfg(feature = "domain")]
pub use campaigns::CampaignsWritten;
#[cfg(feature = "domain")]
pub use contracts::ContractsWritten;
#[cfg(feature = "domain")]
pub use db::TestDb;
#[cfg(feature = "domain")]
pub use finance::FinanceWritten;
#[cfg(feature = "domain")]
pub use influencers::InfluencersWritten;
#[cfg(feature = "domain")]
pub use listening::ListeningWritten;
pub use logs::Logs;
#[cfg(feature = "domain")]
pub use payments::{PaymentsWritten, Signed};
#[cfg(feature = "domain")]
pub use planning::PlanningWritten;
#[cfg(feature = "domain")]
pub use promotion::PromotionWritten;
#[cfg(feature = "domain")]
pub use proposals::ProposalsWritten;
#[cfg(feature = "domain")]
pub use report_delivery::DeliveriesWritten;
#[cfg(feature = "domain")]
pub use reports::ReportsWritten;
#[cfg(feature = "domain")]
pub use services::{Settings, TestServices};
#[cfg(feature = "domain")]
pub use strategy::StrategyWritten;
#[cfg(feature = "domain")]
pub use tracking::TrackingWritten;
