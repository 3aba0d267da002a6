//! The database's history: one file per change, each with its tables, policies and grants together.
//!
//! Changes are expand/contract: a release adds what the next one needs and removes only what the last one
//! stopped using, so that old and new processes can run side by side. There is no way down; a mistake is mended
//! by the next migration.
//!
//! Every table that holds a brand's rows is protected by [`app.protect_brand_table`](m0001_scope), which the
//! catalogue test in `domain/tests/domain/catalogue.rs` checks for all tables, also future ones.

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

mod m0001_scope;
mod m0002_tenancy;
mod m0003_sign_in;
mod m0004_trust;
mod m0005_jobs;
mod m0006_content;
mod m0007_publishing;
mod m0008_insights;
mod m0009_people;
mod m0010_mail;
mod m0011_places;
mod m0012_approvals;
mod m0013_second_factors;
mod m0014_audit_anchors;
mod m0015_api_tokens;
mod m0016_passkeys;
mod m0017_single_sign_on;
mod m0018_hand_over;
mod m0019_post_lookups;
mod m0020_strategy;
mod m0021_calendars;
mod m0022_composer;
mod m0023_media;
mod m0024_slots;
mod m0025_sources;
mod m0026_review_links;
mod m0027_content_imports;
mod m0028_ideas;
mod m0029_templates;
mod m0030_checklists;
mod m0031_promises_pillar;
mod m0032_content_forms;
mod m0033_posters;
mod m0034_leavers;
mod m0035_limited_by_function;
mod m0036_owner_is_not_limited;
mod m0037_engine;
mod m0038_people_in_the_loop;
mod m0039_choosing;
mod m0040_changes;
mod m0041_operations;
mod m0042_gone_workers;
mod m0043_campaigns;
mod m0044_budgets;
mod m0045_requests;
mod m0046_tracking;
mod m0047_influencers;
mod m0048_ugc;
mod m0049_quotas;
mod m0050_review;
mod m0051_public_links;
mod m0052_contracts;
mod m0053_payments;
mod m0054_proposals;
mod m0055_promotion;
mod m0056_landing;
mod m0057_deliverable_files;
mod m0058_paper;
mod m0059_owners;
mod m0060_fewer_statements;
mod m0061_metric_parts;
mod m0062_metric_gaps;
mod m0063_composed_reports;
mod m0064_insight_alerts;
mod m0065_web_analytics;
mod m0066_left_over;
mod m0067_one_order;
mod m0069_report_delivery;
mod m0070_rolled_up;
mod m0071_audience;
mod m0072_community;
mod m0073_listening;
mod m0074_rate_limits;
mod m0075_own_host;
mod m0076_lines_in_hand;
mod m0077_failed_sources;
mod m0078_account_history;
mod m0079_comments_wait;
mod m0080_audience_at_work;
mod m0082_lost_report_host;
mod m0083_given_back;
mod m0084_lines_that_wait;

/// Runs the migrations in order; what has run is kept in the table `seaql_migrations`.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            sql("m0001_scope", m0001_scope::UP),
            sql("m0002_tenancy", m0002_tenancy::UP),
            sql("m0003_sign_in", m0003_sign_in::UP),
            sql("m0004_trust", m0004_trust::UP),
            sql("m0005_jobs", m0005_jobs::UP),
            sql("m0006_content", m0006_content::UP),
            sql("m0007_publishing", m0007_publishing::UP),
            sql("m0008_insights", m0008_insights::UP),
            sql("m0009_people", m0009_people::UP),
            sql("m0010_mail", m0010_mail::UP),
            sql("m0011_places", m0011_places::UP),
            sql("m0012_approvals", m0012_approvals::UP),
            sql("m0013_second_factors", m0013_second_factors::UP),
            sql("m0014_audit_anchors", m0014_audit_anchors::UP),
            sql("m0015_api_tokens", m0015_api_tokens::UP),
            sql("m0016_passkeys", m0016_passkeys::UP),
            sql("m0017_single_sign_on", m0017_single_sign_on::UP),
            sql("m0018_hand_over", m0018_hand_over::UP),
            sql("m0019_post_lookups", m0019_post_lookups::UP),
            sql("m0020_strategy", m0020_strategy::UP),
            sql("m0021_calendars", m0021_calendars::UP),
            sql("m0022_composer", m0022_composer::UP),
            sql("m0023_media", m0023_media::UP),
            sql("m0024_slots", m0024_slots::UP),
            sql("m0025_sources", m0025_sources::UP),
            sql("m0026_review_links", m0026_review_links::UP),
            sql("m0027_content_imports", m0027_content_imports::UP),
            sql("m0028_ideas", m0028_ideas::UP),
            sql("m0029_templates", m0029_templates::UP),
            sql("m0030_checklists", m0030_checklists::UP),
            sql("m0031_promises_pillar", m0031_promises_pillar::UP),
            sql("m0032_content_forms", m0032_content_forms::UP),
            sql("m0033_posters", m0033_posters::UP),
            sql("m0034_leavers", m0034_leavers::UP),
            sql("m0035_limited_by_function", m0035_limited_by_function::UP),
            sql("m0036_owner_is_not_limited", m0036_owner_is_not_limited::UP),
            sql("m0037_engine", m0037_engine::UP),
            sql("m0038_people_in_the_loop", m0038_people_in_the_loop::UP),
            sql("m0039_choosing", m0039_choosing::UP),
            sql("m0040_changes", m0040_changes::UP),
            sql("m0041_operations", m0041_operations::UP),
            sql("m0042_gone_workers", m0042_gone_workers::UP),
            sql("m0043_campaigns", m0043_campaigns::UP),
            sql("m0044_budgets", m0044_budgets::UP),
            sql("m0045_requests", m0045_requests::UP),
            sql("m0046_tracking", m0046_tracking::UP),
            sql("m0047_influencers", m0047_influencers::UP),
            sql("m0048_ugc", m0048_ugc::UP),
            sql("m0049_quotas", m0049_quotas::UP),
            sql("m0050_review", m0050_review::UP),
            sql("m0051_public_links", m0051_public_links::UP),
            sql("m0052_contracts", m0052_contracts::UP),
            sql("m0053_payments", m0053_payments::UP),
            sql("m0054_proposals", m0054_proposals::UP),
            sql("m0055_promotion", m0055_promotion::UP),
            sql("m0056_landing", m0056_landing::UP),
            sql("m0057_deliverable_files", m0057_deliverable_files::UP),
            sql("m0058_paper", m0058_paper::UP),
            sql("m0059_owners", m0059_owners::UP),
            sql("m0060_fewer_statements", m0060_fewer_statements::UP),
            sql("m0061_metric_parts", m0061_metric_parts::UP),
            sql("m0062_metric_gaps", m0062_metric_gaps::UP),
            sql("m0063_composed_reports", m0063_composed_reports::UP),
            sql("m0064_insight_alerts", m0064_insight_alerts::UP),
            sql("m0065_web_analytics", m0065_web_analytics::UP),
            sql("m0066_left_over", m0066_left_over::UP),
            sql("m0067_one_order", m0067_one_order::UP),
            sql("m0069_report_delivery", m0069_report_delivery::UP),
            sql("m0070_rolled_up", m0070_rolled_up::UP),
            sql("m0071_audience", m0071_audience::UP),
            sql("m0072_community", m0072_community::UP),
            sql("m0073_listening", m0073_listening::UP),
            sql("m0074_rate_limits", m0074_rate_limits::UP),
            sql("m0075_own_host", m0075_own_host::UP),
            sql("m0076_lines_in_hand", m0076_lines_in_hand::UP),
            sql("m0077_failed_sources", m0077_failed_sources::UP),
            sql("m0078_account_history", m0078_account_history::UP),
            sql("m0079_comments_wait", m0079_comments_wait::UP),
            sql("m0080_audience_at_work", m0080_audience_at_work::UP),
            sql("m0082_lost_report_host", m0082_lost_report_host::UP),
            sql("m0083_given_back", m0083_given_back::UP),
            sql("m0084_lines_that_wait", m0084_lines_that_wait::UP),
        ]
    }
}

/// A migration that is one SQL script, run in one transaction.
struct SqlMigration {
    name: &'static str,
    up: &'static str,
}

fn sql(name: &'static str, up: &'static str) -> Box<dyn MigrationTrait> {
    Box::new(SqlMigration { name, up })
}

impl MigrationName for SqlMigration {
    fn name(&self) -> &str {
        self.name
    }
}

#[async_trait::async_trait]
impl MigrationTrait for SqlMigration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tracing::info!(migration = self.name, "migrating");
        manager.get_connection().execute_unprepared(self.up).await?;
        Ok(())
    }
}
