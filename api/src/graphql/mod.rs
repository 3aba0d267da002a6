//! The GraphQL schema: one folder per domain, merged here.
#![expect(clippy::unused_async, reason = "the library wants every resolver to be async")]

mod approvals;
mod calendar;
mod campaigns;
mod community;
mod context;
mod contracts;
mod curation;
mod deliverables;
mod error;
mod feed;
mod finance;
mod ground;
mod ideas;
mod influencers;
mod insights;
mod limits;
mod listening;
mod live;
mod loaders;
mod media;
mod node;
mod notices;
mod page;
mod payments;
mod plain;
mod promotion;
mod proposals;
mod publishing;
mod scalars;
mod strategy;
mod templates;
mod tenancy;
mod tracking;
mod trust;
mod ugc;

pub use calendar::CalendarView;
pub use context::{Caller, Op, RequestFacts};
pub use error::{Refused, translate};
pub use feed::Feed;
pub use ground::Grounds;
pub use limits::{Socket, give_code};
pub use plain::{Plan, Written};

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
    calendar::PlanFileQuery,
    calendar::SlotQuery,
    templates::TemplateQuery,
    ideas::IdeaQuery,
    influencers::InfluencerQuery,
    ugc::UgcQuery,
    campaigns::CampaignQuery,
    finance::BudgetQuery,
    finance::FinanceQuery,
    finance::FinancialRequestQuery,
    finance::ExpenseQuery,
    promotion::PromotionQuery,
    promotion::PromotionCandidateQuery,
    deliverables::DeliverableQuery,
    payments::PaymentQuery,
    payments::HoursQuery,
    proposals::ProposalQuery,
    proposals::ProjectQuery,
    contracts::ContractQuery,
    campaigns::ExperimentQuery,
    publishing::PublishingQuery,
    publishing::CountingQuery,
    approvals::ApprovalQuery,
    limits::LimitsQuery,
    trust::AuditQuery,
    trust::IdentityProviderQuery,
    trust::SingleSignOnQuery,
    notices::NoticeQuery,
    notices::NoticeSettingQuery,
    notices::WebhookQuery,
    tracking::LinkQuery,
    tracking::LandingQuery,
    tracking::ConversionQuery,
    tracking::LeadQuery,
    insights::InsightsQuery,
    insights::ExploreQuery,
    insights::CompareQuery,
    insights::AlertQuery,
    insights::ReportDeliveryQuery,
    insights::ReportHostQuery,
    insights::ReportTemplateQuery,
    insights::WebQuery,
    insights::AudienceQuery,
    listening::ListeningQuery,
    community::CommunityQuery,
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
    calendar::PlanFileMutation,
    calendar::TeamworkMutation,
    calendar::ChecklistMutation,
    calendar::ChecklistTemplateMutation,
    calendar::VersionMutation,
);

#[derive(MergedObject, Default)]
struct MediaMutations(media::MediaMutation, media::FolderMutation);

#[derive(MergedObject, Default)]
struct PlanningMutations(
    calendar::SlotMutation,
    calendar::SeriesMutation,
    calendar::EvergreenMutation,
    curation::CurationMutation,
    templates::TemplateMutation,
    templates::HashtagSetMutation,
    ideas::IdeaMutation,
    campaigns::CampaignMutation,
    campaigns::CampaignTaskMutation,
    campaigns::ExperimentMutation,
);

#[derive(MergedObject, Default)]
struct PublishingMutations(
    publishing::PublishingMutation,
    publishing::MoveMutation,
    publishing::AgainMutation,
    publishing::PauseMutation,
    publishing::PublishedMutation,
    approvals::ApprovalMutation,
    approvals::ReviewLinkMutation,
    insights::InsightsMutation,
    insights::AlertMutation,
    insights::ReportDeliveryMutation,
    insights::ReportHostMutation,
    insights::ReportMutation,
    insights::ReportTemplateMutation,
    insights::WebMutation,
    listening::ListeningMutation,
);

#[derive(MergedObject, Default)]
struct InfluencerMutations(
    influencers::InfluencerMutation,
    influencers::ShortlistMutation,
    influencers::InfluencerWorkMutation,
    ugc::UgcMutation,
);

#[derive(MergedObject, Default)]
struct NoticeMutations(notices::NoticeMutation, notices::NoticeSettingMutation, notices::WebhookMutation);

#[derive(MergedObject, Default)]
struct TrackingMutations(
    tracking::LinkMutation,
    tracking::LandingMutation,
    tracking::ConversionMutation,
    tracking::EndpointMutation,
    tracking::LeadMutation,
);

#[derive(MergedObject, Default)]
struct FinanceMutations(
    finance::BudgetMutation,
    finance::LedgerMutation,
    finance::FinancialRequestMutation,
    finance::ExpenseMutation,
    finance::ExchangeRateMutation,
    promotion::PromotionMutation,
    promotion::AdSpendMutation,
    proposals::ProposalMutation,
    proposals::ProjectMutation,
);

#[derive(MergedObject, Default)]
struct ContractMutations(
    contracts::ContractMutation,
    contracts::ContractEndMutation,
    contracts::ContractTemplateMutation,
);

#[derive(MergedObject, Default)]
struct PaymentMutations(
    deliverables::DeliverableMutation,
    payments::PaymentMutation,
    payments::PaymentFileMutation,
    payments::PayeeMutation,
    payments::HoursMutation,
);

/// Everything that can be done.
#[derive(MergedObject, Default)]
pub struct Mutation(
    TrustMutations,
    TenancyMutations,
    StrategyMutations,
    CalendarMutations,
    MediaMutations,
    PlanningMutations,
    PublishingMutations,
    InfluencerMutations,
    NoticeMutations,
    TrackingMutations,
    FinanceMutations,
    PaymentMutations,
    ContractMutations,
);

/// Builds the schema with its limits.
pub fn build_schema() -> Schema {
    async_graphql::Schema::build(Query::default(), Mutation::default(), Subscription::default())
        .limit_depth(diwan_gate::MAX_DEPTH)
        .limit_complexity(diwan_gate::MAX_COMPLEXITY)
        .limit_recursive_depth(diwan_gate::MAX_RECURSION)
        .limit_directives(diwan_gate::MAX_DIRECTIVES)
        .extension(limits::Limits)
        .finish()
}

/// The schema in GraphQL's schema language, as committed in `api/schema.graphql`.
pub fn schema_sdl() -> String {
    build_schema()
        .sdl_with_options(async_graphql::SDLExportOptions::new().sorted_fields().sorted_enum_items().sorted_arguments())
}
