//! Numbers and reports.

mod alert_mutations;
mod alerts;
mod audience;
mod explore;
mod figures;
mod mutations;
mod ranked;
mod report_delivery;
mod report_delivery_mutations;
mod report_host;
mod report_template_mutations;
mod report_templates;
mod reports;
mod targets;
mod types;
mod web;
mod web_mutations;

pub use alert_mutations::AlertMutation;
pub use alerts::{AlertQuery, InsightAlertEvent};
pub use audience::AudienceQuery;
pub use explore::ExploreQuery;
pub use figures::{InsightKpi, InsightsQuery};
pub use mutations::InsightsMutation;
pub use report_delivery::ReportDeliveryQuery;
pub use report_delivery_mutations::ReportDeliveryMutation;
pub use report_host::{ReportHostMutation, ReportHostQuery};
pub use report_template_mutations::ReportTemplateMutation;
pub use report_templates::{ReportTemplate, ReportTemplateQuery};
pub use reports::ReportMutation;
pub use targets::CompareQuery;
pub use types::{Download, ReportRun};
pub use web::{WebQuery, WebSource};
pub use web_mutations::WebMutation;
