//! The GraphQL schema: one folder per domain, merged here.

mod calendar;
mod context;
mod error;
mod feed;
mod insights;
mod limits;
mod loaders;
mod node;
mod page;
mod publishing;
mod scalars;
mod tenancy;
mod trust;

pub use context::{Caller, Op, RequestFacts};
pub use error::{Refused, request_error};
pub use feed::Feed;
pub use limits::{MAX_DOCUMENT_BYTES, Meter, RateLimiter, check_document};

use async_graphql::MergedObject;

/// The schema.
pub type Schema = async_graphql::Schema<Query, Mutation, publishing::Subscription>;

/// Everything that can be read.
#[derive(MergedObject, Default)]
pub struct Query(node::NodeQuery, tenancy::TenancyQuery, calendar::CalendarQuery, publishing::PublishingQuery, limits::LimitsQuery);

/// Everything that can be done.
#[derive(MergedObject, Default)]
pub struct Mutation(
    trust::TrustMutation,
    tenancy::TenancyMutation,
    calendar::CalendarMutation,
    publishing::PublishingMutation,
    insights::InsightsMutation,
);

/// Builds the schema with its limits.
pub fn build_schema() -> Schema {
    async_graphql::Schema::build(Query::default(), Mutation::default(), publishing::Subscription)
        .limit_depth(limits::MAX_DEPTH)
        .limit_complexity(limits::MAX_COMPLEXITY)
        .limit_recursive_depth(limits::MAX_RECURSION)
        .limit_directives(limits::MAX_DIRECTIVES)
        .extension(limits::CostExtension)
        .finish()
}

/// The schema in GraphQL's schema language, as committed in `api/schema.graphql`.
pub fn schema_sdl() -> String {
    build_schema().sdl_with_options(async_graphql::SDLExportOptions::new().sorted_fields().sorted_enum_items().sorted_arguments())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_committed_schema_is_current() {
        let committed = include_str!("../../schema.graphql");
        assert!(committed.trim() == super::schema_sdl().trim(), "api/schema.graphql is stale: run script/update");
    }

    #[test]
    fn everything_in_the_schema_is_described() {
        let schema = super::schema_sdl();
        let mut described = false;
        let mut missing = Vec::new();
        for line in schema.lines().map(str::trim) {
            if line.ends_with("\"\"\"") {
                described = true;
            } else if line.is_empty() || line.starts_with('}') || line.starts_with("schema") || line.starts_with("directive") {
                described = false;
            } else if !line.starts_with("query:") && !line.starts_with("mutation:") && !line.starts_with("subscription:") {
                let item = line.ends_with('{') || line.contains(':') || line.chars().all(|c| c.is_ascii_uppercase() || c == '_' || c.is_ascii_digit());
                if item && !described {
                    missing.push(line.to_owned());
                }
                if item {
                    described = false;
                }
            }
        }
        assert!(missing.is_empty(), "without a description: {missing:#?}");
    }
}
