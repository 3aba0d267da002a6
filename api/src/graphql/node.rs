//! Every entity by its id, under the same permissions as anywhere else.

use async_graphql::{Context, ID, Interface, Object, Result};

use super::approvals::{ApprovalChain, ApprovalRequest, Delegation};
use super::calendar::{
    Calendar, ChecklistItem, ChecklistTemplate, ContentExport, ContentImport, ContentPromise, EvergreenItem,
    EvergreenQueue, Post, PostAssignment, PostComment, PostSeries, PostVariant, Slot, SpecialDay,
};
use super::campaigns::{Campaign, CampaignTask, Experiment};
use super::context::Op;
use super::contracts::{Contract, ContractTemplate};
use super::curation::{Source, SourceItem};
use super::deliverables::Deliverable;
use super::error::request_error;
use super::finance::{Budget, BudgetEntry, BudgetLine, Expense, FinancialRequest};
use super::ideas::Idea;
use super::influencers::{Influencer, InfluencerOutreach, InfluencerResult, InfluencerShortlist};
use super::insights::{ReportRun, ReportTemplate};
use super::media::{Asset, AssetFolder};
use super::payments::{Payment, PaymentFile, TimeEntry};
use super::promotion::AdBoost;
use super::proposals::{Project, Proposal, ProposalComment, ProposalTemplate, ProposalVersion, WorkItem};
use super::publishing::{AccountConnection, Publication, SocialAccount};
use super::scalars::Kind;
use super::strategy::{BrandProfile, Challenge, ChannelChoice, ContentPillar, ContentPlan, Kpi, Objective, Persona};
use super::templates::{ContentTemplate, HashtagSet};
use super::tenancy::{Agency, Brand, BrandGroup, Membership, User};
use super::tracking::{Conversion, LandingPage, Lead, TrackedLink};
use super::trust::Job;
use super::ugc::UgcGrant;

/// Anything that has an id.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Opaque, and unlike any other thing's."))]
pub enum Node {
    /// An agency.
    Agency(Agency),
    /// A person.
    User(User),
    /// A brand.
    Brand(Brand),
    /// A group of brands.
    BrandGroup(BrandGroup),
    /// A place in a brand.
    Membership(Membership),
    /// A calendar.
    Calendar(Calendar),
    /// A file.
    Asset(Asset),
    /// A post.
    Post(Post),
    /// A variant.
    PostVariant(PostVariant),
    /// An account.
    SocialAccount(SocialAccount),
    /// A connection.
    AccountConnection(AccountConnection),
    /// A publication.
    Publication(Publication),
    /// A report.
    ReportRun(ReportRun),
    /// A template of reports.
    ReportTemplate(ReportTemplate),
    /// A job.
    Job(Job),
    /// A request for approval.
    ApprovalRequest(ApprovalRequest),
    /// A chain of approval.
    ApprovalChain(ApprovalChain),
    /// Somebody who stands in for somebody.
    Delegation(Delegation),
    /// Work at a post.
    PostAssignment(PostAssignment),
    /// A comment on a post.
    PostComment(PostComment),
    /// A template of checklists.
    ChecklistTemplate(ChecklistTemplate),
    /// Something to do to a post.
    ChecklistItem(ChecklistItem),
    /// A version of a brand's profile.
    BrandProfile(BrandProfile),
    /// A target audience.
    Persona(Persona),
    /// What holds a brand back.
    Challenge(Challenge),
    /// What a brand wants.
    Objective(Objective),
    /// What is measured.
    Kpi(Kpi),
    /// What a brand talks about.
    ContentPillar(ContentPillar),
    /// Where a brand is, and why.
    ChannelChoice(ChannelChoice),
    /// How content is made.
    ContentPlan(ContentPlan),
    /// A content plan that comes in.
    ContentImport(ContentImport),
    /// A content plan that goes out.
    ContentExport(ContentExport),
    /// A special day.
    SpecialDay(SpecialDay),
    /// What was promised per week.
    ContentPromise(ContentPromise),
    /// A folder of the media library.
    AssetFolder(AssetFolder),
    /// A recurring time for posts.
    Slot(Slot),
    /// A post that comes again.
    PostSeries(PostSeries),
    /// Posts that are published again and again.
    EvergreenQueue(EvergreenQueue),
    /// A post in a queue.
    EvergreenItem(EvergreenItem),
    /// A feed.
    Source(Source),
    /// What a feed brought.
    SourceItem(SourceItem),
    /// A text with variables.
    ContentTemplate(ContentTemplate),
    /// Hashtags that go together.
    HashtagSet(HashtagSet),
    /// What might become a post.
    Idea(Idea),
    /// Somebody whom brands work with.
    Influencer(Influencer),
    /// Whom a brand thinks of for something.
    InfluencerShortlist(InfluencerShortlist),
    /// What was said to an influencer.
    InfluencerOutreach(InfluencerOutreach),
    /// What an influencer brought.
    InfluencerResult(InfluencerResult),
    /// What somebody allowed to be done with what they made.
    UgcGrant(UgcGrant),
    /// A short link.
    TrackedLink(TrackedLink),
    /// A landing page.
    LandingPage(LandingPage),
    /// Something that somebody did and the brand wanted.
    Conversion(Conversion),
    /// Somebody who might buy.
    Lead(Lead),
    /// What is done for one aim.
    Campaign(Campaign),
    /// Something to do for a campaign.
    CampaignTask(CampaignTask),
    /// What may be spent, for a time or a campaign.
    Budget(Budget),
    /// A part of a budget.
    BudgetLine(BudgetLine),
    /// What was booked on a line of a budget.
    BudgetEntry(BudgetEntry),
    /// More money that is asked for.
    FinancialRequest(FinancialRequest),
    /// Money that somebody spent for a brand.
    Expense(Expense),
    /// What a contract promises.
    Deliverable(Deliverable),
    /// A part of the fee of a contract.
    Payment(Payment),
    /// Payments that went to the bank together.
    PaymentFile(PaymentFile),
    /// Hours that somebody worked.
    TimeEntry(TimeEntry),
    /// What a brand agrees on with somebody.
    Contract(Contract),
    /// Clauses from which contracts begin.
    ContractTemplate(ContractTemplate),
    /// What a client is offered.
    Proposal(Proposal),
    /// What a proposal said at one time.
    ProposalVersion(ProposalVersion),
    /// What was said about a proposal.
    ProposalComment(ProposalComment),
    /// A proposal from which others are made.
    ProposalTemplate(ProposalTemplate),
    /// Work for a client.
    Project(Project),
    /// A part of a project's work breakdown.
    WorkItem(WorkItem),
    /// A post or an ad set that is advertised.
    AdBoost(AdBoost),
    /// Formats compared by one number.
    Experiment(Experiment),
}

/// Queries for anything.
#[derive(Default)]
pub struct NodeQuery;

/// The most ids that one `nodes` takes.
const MOST: usize = 100;

#[Object]
impl NodeQuery {
    /// The thing of this id; null when it does not exist or is not the caller's to see.
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "Any id of the API.")] id: ID) -> Result<Option<Node>> {
        load(Op::of(ctx)?, &id).await
    }

    /// The things of these ids, in their order; null where there is none.
    #[graphql(complexity = "1 + ids.len() * child_complexity")]
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Up to 100 ids.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>> {
        if ids.len() > MOST {
            return Err(request_error("BAD_REQUEST", format!("At most {MOST} ids at a time.")));
        }
        let op = Op::of(ctx)?;
        futures::future::try_join_all(ids.iter().map(|id| load(op, id))).await
    }
}

#[expect(clippy::too_many_lines, reason = "a line for each kind")]
async fn load(op: &Op, id: &ID) -> Result<Option<Node>> {
    let (Some((kind, id)), Some(_)) = (Kind::split(id), op.actor()) else {
        return Ok(None);
    };
    let own = || op.clone();
    Ok(match kind {
        Kind::Agency => op
            .query(diwan_domain::tenancy::agency(op).await)
            .map(|row| (row.id == id).then(|| Node::Agency(Agency { op: own(), row })))?,
        Kind::User => op.load(id).await?.map(|row| Node::User(User { op: own(), row })),
        Kind::Brand => op.load(id).await?.map(|row| Node::Brand(Brand { op: own(), row })),
        Kind::BrandGroup => op.load(id).await?.map(|row| Node::BrandGroup(BrandGroup { op: own(), row })),
        Kind::Membership => op.load(id).await?.map(|row| Node::Membership(Membership { op: own(), row })),
        Kind::Calendar => op.load(id).await?.map(|row| Node::Calendar(Calendar { op: own(), row })),
        Kind::Asset => op.load(id).await?.map(|row| Node::Asset(Asset { op: own(), row })),
        Kind::Post => op.load(id).await?.map(|row| Node::Post(Post { op: own(), row })),
        Kind::Variant => op.load(id).await?.map(|row| Node::PostVariant(PostVariant { op: own(), row })),
        Kind::Account => op.load(id).await?.map(|row| Node::SocialAccount(SocialAccount { op: own(), row })),
        Kind::Connection => op.load(id).await?.map(|row| Node::AccountConnection(AccountConnection { op: own(), row })),
        Kind::Publication => op.load(id).await?.map(|row| Node::Publication(Publication { op: own(), row })),
        Kind::ReportTemplate => op.load(id).await?.map(|row| Node::ReportTemplate(ReportTemplate { op: own(), row })),
        Kind::Report => op.load(id).await?.map(|row| Node::ReportRun(ReportRun { op: own(), row })),
        Kind::Job => op.load(id).await?.map(|row| Node::Job(Job { op: own(), row })),
        Kind::Approval => op.load(id).await?.map(|row| Node::ApprovalRequest(ApprovalRequest { op: own(), row })),
        Kind::Chain => op.load(id).await?.map(|row| Node::ApprovalChain(ApprovalChain { op: own(), row })),
        Kind::Delegation => op.load(id).await?.map(|row| Node::Delegation(Delegation { op: own(), row })),
        Kind::Assignment => op.load(id).await?.map(|row| Node::PostAssignment(PostAssignment { op: own(), row })),
        Kind::Comment => op.load(id).await?.map(|row| Node::PostComment(PostComment { op: own(), row })),
        Kind::ChecklistTemplate => {
            op.load(id).await?.map(|row| Node::ChecklistTemplate(ChecklistTemplate { op: own(), row }))
        }
        Kind::ChecklistItem => op.load(id).await?.map(|row| Node::ChecklistItem(ChecklistItem { op: own(), row })),
        Kind::Profile => op.load(id).await?.map(|row| Node::BrandProfile(BrandProfile { op: own(), row })),
        Kind::Persona => op.load(id).await?.map(|row| Node::Persona(Persona { op: own(), row })),
        Kind::Challenge => op.load(id).await?.map(|row| Node::Challenge(Challenge { op: own(), row })),
        Kind::Objective => op.load(id).await?.map(|row| Node::Objective(Objective { op: own(), row })),
        Kind::Kpi => op.load(id).await?.map(|row| Node::Kpi(Kpi { op: own(), row })),
        Kind::Pillar => op.load(id).await?.map(|row| Node::ContentPillar(ContentPillar { op: own(), row })),
        Kind::Channel => op.load(id).await?.map(|row| Node::ChannelChoice(ChannelChoice { op: own(), row })),
        Kind::ContentPlan => op.load(id).await?.map(|row| Node::ContentPlan(ContentPlan { op: own(), row })),
        Kind::ContentImport => op.load(id).await?.map(|row| Node::ContentImport(ContentImport { op: own(), row })),
        Kind::ContentExport => op.load(id).await?.map(|row| Node::ContentExport(ContentExport { op: own(), row })),
        Kind::SpecialDay => op.load(id).await?.map(|row| Node::SpecialDay(SpecialDay { op: own(), row })),
        Kind::Promise => op.load(id).await?.map(|row| Node::ContentPromise(ContentPromise { op: own(), row })),
        Kind::AssetFolder => op.load(id).await?.map(|row| Node::AssetFolder(AssetFolder { row })),
        Kind::Slot => op.load(id).await?.map(|row| Node::Slot(Slot { op: own(), row })),
        Kind::Series => op.load(id).await?.map(|row| Node::PostSeries(PostSeries { op: own(), row })),
        Kind::Queue => op.load(id).await?.map(|row| Node::EvergreenQueue(EvergreenQueue { op: own(), row })),
        Kind::QueueItem => op.load(id).await?.map(|row| Node::EvergreenItem(EvergreenItem { op: own(), row })),
        Kind::Source => op.load(id).await?.map(|row| Node::Source(Source { op: own(), row })),
        Kind::SourceItem => op.load(id).await?.map(|row| Node::SourceItem(SourceItem { op: own(), row })),
        Kind::ContentTemplate => {
            op.load(id).await?.map(|row| Node::ContentTemplate(ContentTemplate { op: own(), row }))
        }
        Kind::HashtagSet => op.load(id).await?.map(|row| Node::HashtagSet(HashtagSet { op: own(), row })),
        Kind::Idea => op.load(id).await?.map(|row| Node::Idea(Idea { op: own(), row })),
        Kind::Influencer => op.load(id).await?.map(|row| Node::Influencer(Influencer { op: own(), row })),
        Kind::Shortlist => {
            op.load(id).await?.map(|row| Node::InfluencerShortlist(InfluencerShortlist { op: own(), row }))
        }
        Kind::Outreach => op.load(id).await?.map(|row| Node::InfluencerOutreach(InfluencerOutreach { op: own(), row })),
        Kind::InfluencerResult => {
            op.load(id).await?.map(|row| Node::InfluencerResult(InfluencerResult { op: own(), row }))
        }
        Kind::UgcGrant => op.load(id).await?.map(|row| Node::UgcGrant(UgcGrant { op: own(), row })),
        Kind::TrackedLink => op.load(id).await?.map(|row| Node::TrackedLink(TrackedLink { op: own(), row })),
        Kind::LandingPage => op.load(id).await?.map(|row| Node::LandingPage(LandingPage { op: own(), row })),
        Kind::Conversion => op.load(id).await?.map(|row| Node::Conversion(Conversion { op: own(), row })),
        Kind::Lead => op.load(id).await?.map(|row| Node::Lead(Lead { op: own(), row })),
        Kind::Campaign => op.load(id).await?.map(|row| Node::Campaign(Campaign { op: own(), row })),
        Kind::CampaignTask => op.load(id).await?.map(|row| Node::CampaignTask(CampaignTask { op: own(), row })),
        Kind::Budget => op.load(id).await?.map(|row| Node::Budget(Budget { op: own(), row })),
        Kind::BudgetLine => op.load(id).await?.map(|row| Node::BudgetLine(BudgetLine { op: own(), row })),
        Kind::BudgetEntry => op.load(id).await?.map(|row| Node::BudgetEntry(BudgetEntry { op: own(), row })),
        Kind::FinancialRequest => {
            op.load(id).await?.map(|row| Node::FinancialRequest(FinancialRequest { op: own(), row }))
        }
        Kind::Expense => op.load(id).await?.map(|row| Node::Expense(Expense { op: own(), row })),
        Kind::Deliverable => op.load(id).await?.map(|row| Node::Deliverable(Deliverable { op: own(), row })),
        Kind::Payment => op.load(id).await?.map(|row| Node::Payment(Payment { op: own(), row })),
        Kind::PaymentFile => op.load(id).await?.map(|row| Node::PaymentFile(PaymentFile { op: own(), row })),
        Kind::TimeEntry => op.load(id).await?.map(|row| Node::TimeEntry(TimeEntry { op: own(), row })),
        Kind::Contract => op.load(id).await?.map(|row| Node::Contract(Contract { op: own(), row })),
        Kind::ContractTemplate => {
            op.load(id).await?.map(|row| Node::ContractTemplate(ContractTemplate { op: own(), row }))
        }
        Kind::Proposal => op.load(id).await?.map(|row| Node::Proposal(Proposal { op: own(), row })),
        Kind::ProposalVersion => {
            op.load(id).await?.map(|row| Node::ProposalVersion(ProposalVersion { op: own(), row }))
        }
        Kind::ProposalComment => {
            op.load(id).await?.map(|row| Node::ProposalComment(ProposalComment { op: own(), row }))
        }
        Kind::ProposalTemplate => {
            op.load(id).await?.map(|row| Node::ProposalTemplate(ProposalTemplate { op: own(), row }))
        }
        Kind::Project => op.load(id).await?.map(|row| Node::Project(Project { op: own(), row })),
        Kind::WorkItem => op.load(id).await?.map(|row| Node::WorkItem(WorkItem { op: own(), row })),
        Kind::AdBoost => op.load(id).await?.map(|row| Node::AdBoost(AdBoost { op: own(), row })),
        Kind::Experiment => op.load(id).await?.map(|row| Node::Experiment(Experiment { op: own(), row })),
        // Not to be found by anybody: a session stands in `viewer.sessions`, a token with its integration, a feed with
        // its owner, a review link with its request, a target with its campaign, a pause with what it
        // holds, an exclusivity with whose it is, notices and webhooks in lists of their own.
        Kind::Session
        | Kind::ApiToken
        | Kind::Feed
        | Kind::IdentityProvider
        | Kind::Passkey
        | Kind::ReportShare
        | Kind::ReportSchedule
        | Kind::InsightAlert
        | Kind::InsightAlertEvent
        | Kind::ReviewLink
        | Kind::Pause
        | Kind::Exclusivity
        | Kind::Notice
        | Kind::Webhook
        | Kind::ConversionEndpoint
        | Kind::ConversionImport
        | Kind::WebSource
        | Kind::Conversation
        | Kind::Monitor
        | Kind::MentionSource
        | Kind::CampaignTarget
        | Kind::ExperimentArm => None,
    })
}
