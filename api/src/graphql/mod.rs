//! The GraphQL schema: one folder per domain, merged here.
#![expect(clippy::unused_async, reason = "the library wants every resolver to be async")]

mod approvals;
mod calendar;
mod context;
mod error;
mod feed;
mod ground;
mod insights;
mod limits;
mod live;
mod loaders;
mod node;
mod page;
mod plain;
mod publishing;
mod scalars;
mod strategy;
mod tenancy;
mod trust;

pub use context::{Caller, Op, RequestFacts};
pub use error::{Refused, request_error, translate};
pub use feed::Feed;
pub use ground::Grounds;
pub use limits::{MAX_DOCUMENT_BYTES, Meter, RateLimiter, Socket, give_code, read_document, refusal_price};

use async_graphql::{MergedObject, MergedSubscription};

/// The schema.
pub type Schema = async_graphql::Schema<Query, Mutation, Subscription>;

/// Everything that can be watched.
#[derive(MergedSubscription, Default)]
pub struct Subscription(publishing::PublishingSubscription, approvals::ApprovalSubscription);

/// Everything that can be read.
#[derive(MergedObject, Default)]
pub struct Query(
    node::NodeQuery,
    tenancy::TenancyQuery,
    tenancy::GroupQuery,
    strategy::StrategyQuery,
    calendar::CalendarQuery,
    calendar::CalendarViewQuery,
    calendar::PromiseQuery,
    publishing::PublishingQuery,
    approvals::ApprovalQuery,
    limits::LimitsQuery,
    trust::AuditQuery,
    trust::IdentityProviderQuery,
    trust::SingleSignOnQuery,
);

// In groups: the library merges by types within types, and a long row of them takes the compiler minutes.

#[derive(MergedObject, Default)]
struct TrustMutations(
    trust::TrustMutation,
    trust::AuditMutation,
    trust::PasswordMutation,
    trust::SecondFactorMutation,
    trust::PasskeyMutation,
    trust::SessionMutation,
    trust::IntegrationMutation,
    trust::IdentityProviderMutation,
    trust::SingleSignOnMutation,
);

#[derive(MergedObject, Default)]
struct TenancyMutations(
    tenancy::TenancyMutation,
    tenancy::AgencyMutation,
    tenancy::BrandMutation,
    tenancy::GroupMutation,
    tenancy::PeopleMutation,
    tenancy::MembershipMutation,
);

#[derive(MergedObject, Default)]
struct StrategyMutations(
    strategy::ProfileMutation,
    strategy::ChecksMutation,
    strategy::StrategyMutation,
    strategy::ItemMutation,
    strategy::KpiMutation,
);

#[derive(MergedObject, Default)]
struct CalendarMutations(
    calendar::CalendarMutation,
    calendar::CalendarsMutation,
    calendar::SpecialDayMutation,
    calendar::PromiseMutation,
    calendar::FeedMutation,
    calendar::TeamworkMutation,
);

#[derive(MergedObject, Default)]
struct PublishingMutations(
    publishing::PublishingMutation,
    publishing::MoveMutation,
    approvals::ApprovalMutation,
    approvals::ReviewLinkMutation,
    insights::InsightsMutation,
);

/// Everything that can be done.
#[derive(MergedObject, Default)]
pub struct Mutation(TrustMutations, TenancyMutations, StrategyMutations, CalendarMutations, PublishingMutations);

/// Builds the schema with its limits.
pub fn build_schema() -> Schema {
    async_graphql::Schema::build(Query::default(), Mutation::default(), Subscription::default())
        .limit_depth(limits::MAX_DEPTH)
        .limit_complexity(limits::MAX_COMPLEXITY)
        .limit_recursive_depth(limits::MAX_RECURSION)
        .limit_directives(limits::MAX_DIRECTIVES)
        .extension(limits::Limits)
        .finish()
}

/// The schema in GraphQL's schema language, as committed in `api/schema.graphql`.
pub fn schema_sdl() -> String {
    build_schema()
        .sdl_with_options(async_graphql::SDLExportOptions::new().sorted_fields().sorted_enum_items().sorted_arguments())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_committed_schema_is_current() {
        let committed = include_str!("../../schema.graphql");
        assert!(
            committed.trim() == super::schema_sdl().trim(),
            "api/schema.graphql is stale: run `cargo run -p diwan -- schema > api/schema.graphql`"
        );
    }

    #[tokio::test]
    async fn everything_in_the_schema_is_described() {
        let all = "{ __schema { types { name description
            fields { name description args { name description } }
            inputFields { name description } enumValues { name description } } } }";
        let answer = super::build_schema().execute(all).await.into_result().unwrap().data.into_json().unwrap();
        let mut missing = Vec::new();
        let mut check = |path: &str, item: &serde_json::Value| {
            if item["description"].as_str().is_none_or(str::is_empty) {
                missing.push(path.to_owned());
            }
        };
        for kind in answer["__schema"]["types"].as_array().unwrap() {
            let name = kind["name"].as_str().unwrap();
            // The library's own: the introspection types, the connections, the plain scalars.
            let page = name != "AccountConnection" && (name.ends_with("Connection") || name.ends_with("Edge"));
            if page || name.starts_with("__") || ["ID", "Int", "String", "Boolean", "Float"].contains(&name) {
                continue;
            }
            check(name, kind);
            for part in ["fields", "inputFields", "enumValues"] {
                for item in kind[part].as_array().unwrap_or(&Vec::new()) {
                    let path = format!("{name}.{}", item["name"].as_str().unwrap());
                    check(&path, item);
                    for argument in item["args"].as_array().unwrap_or(&Vec::new()) {
                        check(&format!("{path}({})", argument["name"].as_str().unwrap()), argument);
                    }
                }
            }
        }
        assert!(missing.is_empty(), "without a description: {missing:#?}");
    }
}
