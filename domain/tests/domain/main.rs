//! The domain on real PostgreSQL and Redis. One binary for all folders: each further one would link the whole product again,
//! and a full set of them took more time and disk than all tests together.

mod approvals;
mod audit;
mod audit_export;
mod campaigns;
mod catalogue;
mod checklists;
mod composer;
mod contracts;
mod deliverables;
mod engine;
mod finance;
mod finance_requests;
mod ideas;
mod influencers;
mod insights;
mod jobs;
mod landing;
mod letters;
mod media;
mod notices;
mod payments;
mod plan_files;
mod promotion;
mod proposals;
mod publishing_real;
mod review_links;
mod series;
mod slots;
mod sources;
mod strangers;
mod templates;
mod tenancy;
mod tracking;
mod ugc;
mod zones;
