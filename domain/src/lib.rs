//! The product: what Diwan knows and allows.
//!
//! A command is one function in one domain folder: it checks, decides, writes and enqueues inside the caller's
//! transaction, under the caller's scope. What is slow or outside is a job, in a `*_job.rs` of its domain.
//!
//! | module | what lives there |
//! | --- | --- |
//! | [`tenancy`] | agency, brands, people, memberships |
//! | [`trust`] | signing in, sessions, tokens, the audit trail, idempotency |
//! | [`approvals`] | who approves what: chains, limits, standing in, requests |
//! | [`strategy`] | what a brand is, wants and measures, and what of it is checked on a post |
//! | [`calendar`] | calendars, posts and variants, assignments, comments |
//! | [`campaigns`] | campaigns: planned, approved, running, closed with a report |
//! | [`contracts`] | contracts: versions, approval, signatures, ends |
//! | [`finance`] | budgets, their lines and the ledger |
//! | [`proposals`] | what clients are offered, and how they answer |
//! | [`projects`] | the work that was agreed with clients |
//! | [`deliverables`] | what contracts promise: handed in, looked at, accepted |
//! | [`payments`] | payments of contracts, files for the bank, hours |
//! | [`promotion`] | what is advertised, what it costs and brings, what to advertise next |
//! | [`media`] | the media library: uploads, files and their other forms, folders, rights, quotas |
//! | [`curation`] | feeds that a brand follows, and what they brought |
//! | [`ideas`] | the ideas board: what might become a post |
//! | [`influencers`] | the agency's directory of influencers, and what brands have to do with them |
//! | [`ugc`] | what users made, and what they allowed to be done with it |
//! | [`templates`] | texts with variables, and hashtags that go together |
//! | [`notices`] | telling people, in the product and by mail, and servers, by webhooks |
//! | [`public_links`] | links by which one person does one thing without signing in |
//! | [`publishing`] | connected accounts, publications, the publishing engine |
//! | [`tracking`] | short links and how often they are followed, landing pages, conversions, attribution, leads |
//! | [`insights`] | numbers from the networks, reports |
//! | [`community`] | what people say under the brand's posts, and what it answers |
//! | [`listening`] | how often a brand and those it is compared with are spoken of |
//! | [`permission`] | the one table of who may do what |
//! | [`messages`] | the one catalogue of what the product says |
//! | [`jobs`] | how a job runs: claim, lease, retry, set aside |
//!
//! Domain folders call each other only through their `mod.rs`. Nothing here knows HTTP, GraphQL or Redis.

pub mod approvals;
pub mod calendar;
pub mod campaigns;
pub mod community;
pub mod context;
pub mod contracts;
mod csv_table;
pub mod curation;
pub mod deliverables;
pub mod error;
pub mod finance;
pub mod ideas;
pub mod influencers;
pub mod insights;
pub mod jobs;
pub mod listening;
pub mod media;
pub mod messages;
pub mod notices;
pub mod paging;
pub mod payments;
pub mod permission;
pub mod projects;
pub mod promotion;
pub mod proposals;
pub mod public_links;
pub mod publishing;
pub mod strategy;
pub mod templates;
pub mod tenancy;
pub mod tracking;
pub mod trust;
pub mod turns;
pub mod ugc;

pub use context::{Actor, Context, Credential, Services, Timing};
pub use error::{Code, Failure, Fault, UserError};
pub use permission::{Action, Permit};
