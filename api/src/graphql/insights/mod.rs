//! Numbers and reports.

mod alert_mutations;
mod alerts;
mod explore;
mod figures;
mod mutations;
mod ranked;
mod report_delivery;
mod report_delivery_mutations;
mod report_templates;
mod reports;
mod targets;
mod types;
mod web;
mod web_mutations;

pub use alert_mutations::AlertMutation;
pub use alerts::AlertQuery;
pub use explore::ExploreQuery;
pub use figures::{InsightKpi, InsightsQuery};
pub use mutations::InsightsMutation;
pub use report_delivery::ReportDeliveryQuery;
pub use report_delivery_mutations::ReportDeliveryMutation;
pub use report_templates::{ReportTemplate, ReportTemplateMutation, ReportTemplateQuery};
pub use reports::ReportMutation;
pub use targets::CompareQuery;
pub use types::{Download, ReportRun};
pub use web::WebQuery;
pub use web_mutations::WebMutation;
