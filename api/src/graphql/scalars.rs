//! Ids of the API: opaque, typed, prefixed.

use async_graphql::{ID, InputValueError, InputValueResult, Number, Scalar, ScalarType, Value};
use diwan_domain::{Code, Failure, UserError};
use diwan_platform::ids;
use uuid::Uuid;

/// The kinds of things that have ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An agency.
    Agency,
    /// A person.
    User,
    /// A brand.
    Brand,
    /// A group of brands.
    BrandGroup,
    /// A place in a brand.
    Membership,
    /// A calendar.
    Calendar,
    /// A file of the media library.
    Asset,
    /// A post.
    Post,
    /// A variant of a post.
    Variant,
    /// A connected account.
    Account,
    /// A connection of an account.
    Connection,
    /// A publication.
    Publication,
    /// A report.
    Report,
    /// What reports of a kind hold.
    ReportTemplate,
    /// A link to a report; not its secret.
    ReportShare,
    /// A report that is made again and again.
    ReportSchedule,
    /// What people are told of figures.
    InsightAlert,
    /// That they were told.
    InsightAlertEvent,
    /// A job.
    Job,
    /// A request for approval.
    Approval,
    /// A chain of approval.
    Chain,
    /// Somebody who stands in for somebody.
    Delegation,
    /// Work at a post, given to somebody.
    Assignment,
    /// A comment on a post.
    Comment,
    /// A template of checklists.
    ChecklistTemplate,
    /// Something to do to a post.
    ChecklistItem,
    /// A version of a brand's profile.
    Profile,
    /// A target audience.
    Persona,
    /// What holds a brand back.
    Challenge,
    /// What a brand wants.
    Objective,
    /// What is measured.
    Kpi,
    /// What a brand talks about.
    Pillar,
    /// Where a brand is, and why.
    Channel,
    /// How content is made.
    ContentPlan,
    /// A session.
    Session,
    /// An API token; not its secret.
    ApiToken,
    /// A passkey.
    Passkey,
    /// An identity provider.
    IdentityProvider,
    /// A special day.
    SpecialDay,
    /// What was promised per week.
    Promise,
    /// A feed of a person's calendar; not its secret.
    Feed,
    /// A content plan that comes in.
    ContentImport,
    /// A content plan that goes out.
    ContentExport,
    /// A folder of the media library.
    AssetFolder,
    /// A recurring time for posts.
    Slot,
    /// A post that comes again.
    Series,
    /// An evergreen queue.
    Queue,
    /// A post in an evergreen queue.
    QueueItem,
    /// A feed that a brand follows.
    Source,
    /// What a feed brought.
    SourceItem,
    /// What might become a post.
    Idea,
    /// A text with variables.
    ContentTemplate,
    /// Hashtags that go together.
    HashtagSet,
    /// A link by which a client decides; not its secret.
    ReviewLink,
    /// What holds publishing back.
    Pause,
    /// Somebody whom brands work with.
    Influencer,
    /// For whom else an influencer works, and for nobody beside.
    Exclusivity,
    /// Whom a brand thinks of for something.
    Shortlist,
    /// What was said to an influencer.
    Outreach,
    /// What an influencer brought.
    InfluencerResult,
    /// What somebody allowed to be done with what they made.
    UgcGrant,
    /// Something that somebody should know.
    Notice,
    /// A server that is told of things; not its secret.
    Webhook,
    /// A short link.
    TrackedLink,
    /// A landing page.
    LandingPage,
    /// An endpoint to which a server sends conversions; not its secret.
    ConversionEndpoint,
    /// Something that somebody did and the brand wanted.
    Conversion,
    /// Conversions that come in as a file.
    ConversionImport,
    /// What counts visits of a site; not its key.
    WebSource,
    /// What somebody began to say under a publication.
    Conversation,
    /// What a brand listens for.
    Monitor,
    /// Who counts mentions.
    MentionSource,
    /// Somebody who might buy.
    Lead,
    /// What is done for one aim.
    Campaign,
    /// What a campaign has to reach.
    CampaignTarget,
    /// Something to do for a campaign.
    CampaignTask,
    /// What may be spent, for a time or a campaign.
    Budget,
    /// A part of a budget.
    BudgetLine,
    /// What was booked on a line of a budget.
    BudgetEntry,
    /// More money that is asked for.
    FinancialRequest,
    /// Money that somebody spent for a brand.
    Expense,
    /// What a contract promises.
    Deliverable,
    /// A part of the fee of a contract.
    Payment,
    /// Payments that went to the bank together.
    PaymentFile,
    /// Hours that somebody worked.
    TimeEntry,
    /// What a brand agrees on with somebody.
    Contract,
    /// Clauses from which contracts begin.
    ContractTemplate,
    /// What a client is offered.
    Proposal,
    /// What a proposal said at one time.
    ProposalVersion,
    /// What was said about a proposal.
    ProposalComment,
    /// A proposal from which others are made.
    ProposalTemplate,
    /// Work for a client.
    Project,
    /// A part of a project's work breakdown.
    WorkItem,
    /// A post or an ad set that is advertised.
    AdBoost,
    /// Formats compared by one number.
    Experiment,
    /// One of the formats that an experiment compares.
    ExperimentArm,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 96] = [
        Self::Agency,
        Self::User,
        Self::Brand,
        Self::BrandGroup,
        Self::Membership,
        Self::Calendar,
        Self::Asset,
        Self::Post,
        Self::Variant,
        Self::Account,
        Self::Connection,
        Self::Publication,
        Self::Report,
        Self::ReportTemplate,
        Self::ReportShare,
        Self::ReportSchedule,
        Self::InsightAlert,
        Self::InsightAlertEvent,
        Self::Job,
        Self::Approval,
        Self::Chain,
        Self::Delegation,
        Self::Assignment,
        Self::Comment,
        Self::ChecklistTemplate,
        Self::ChecklistItem,
        Self::Profile,
        Self::Persona,
        Self::Challenge,
        Self::Objective,
        Self::Kpi,
        Self::Pillar,
        Self::Channel,
        Self::ContentPlan,
        Self::Session,
        Self::ApiToken,
        Self::Passkey,
        Self::IdentityProvider,
        Self::SpecialDay,
        Self::Promise,
        Self::Feed,
        Self::ContentImport,
        Self::ContentExport,
        Self::AssetFolder,
        Self::Slot,
        Self::Series,
        Self::Queue,
        Self::QueueItem,
        Self::Source,
        Self::SourceItem,
        Self::Idea,
        Self::ContentTemplate,
        Self::HashtagSet,
        Self::ReviewLink,
        Self::Pause,
        Self::Influencer,
        Self::Exclusivity,
        Self::Shortlist,
        Self::Outreach,
        Self::InfluencerResult,
        Self::UgcGrant,
        Self::Notice,
        Self::Webhook,
        Self::TrackedLink,
        Self::LandingPage,
        Self::ConversionEndpoint,
        Self::Conversion,
        Self::ConversionImport,
        Self::WebSource,
        Self::Conversation,
        Self::Monitor,
        Self::MentionSource,
        Self::Lead,
        Self::Campaign,
        Self::CampaignTarget,
        Self::CampaignTask,
        Self::Budget,
        Self::BudgetLine,
        Self::BudgetEntry,
        Self::FinancialRequest,
        Self::Expense,
        Self::Deliverable,
        Self::Payment,
        Self::PaymentFile,
        Self::TimeEntry,
        Self::Contract,
        Self::ContractTemplate,
        Self::Proposal,
        Self::ProposalVersion,
        Self::ProposalComment,
        Self::ProposalTemplate,
        Self::Project,
        Self::WorkItem,
        Self::AdBoost,
        Self::Experiment,
        Self::ExperimentArm,
    ];

    /// What an id of this kind begins with.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Agency => "agency",
            Self::User => "user",
            Self::Brand => "brand",
            Self::BrandGroup => "group",
            Self::Membership => "membership",
            Self::Calendar => "calendar",
            Self::Asset => "asset",
            Self::Post => "post",
            Self::Variant => "variant",
            Self::Account => "account",
            Self::Connection => "connection",
            Self::Publication => "publication",
            Self::Report => "report",
            Self::ReportTemplate => "reporttemplate",
            Self::ReportShare => "reportshare",
            Self::ReportSchedule => "reportschedule",
            Self::InsightAlert => "insightalert",
            Self::InsightAlertEvent => "insightalertevent",
            Self::Job => "job",
            Self::Approval => "approval",
            Self::Chain => "chain",
            Self::Delegation => "delegation",
            Self::Assignment => "assignment",
            Self::Comment => "comment",
            Self::ChecklistTemplate => "checklist",
            Self::ChecklistItem => "checkitem",
            Self::Profile => "profile",
            Self::Persona => "persona",
            Self::Challenge => "challenge",
            Self::Objective => "objective",
            Self::Kpi => "kpi",
            Self::Pillar => "pillar",
            Self::Channel => "channel",
            Self::ContentPlan => "plan",
            Self::Session => "session",
            Self::ApiToken => "apitoken",
            Self::Passkey => "passkey",
            Self::IdentityProvider => "idp",
            Self::SpecialDay => "specialday",
            Self::Promise => "promise",
            Self::Feed => "feed",
            Self::ContentImport => "import",
            Self::ContentExport => "export",
            Self::AssetFolder => "folder",
            Self::Slot => "slot",
            Self::Series => "series",
            Self::Queue => "queue",
            Self::QueueItem => "queueitem",
            Self::Source => "source",
            Self::SourceItem => "sourceitem",
            Self::Idea => "idea",
            Self::ContentTemplate => "template",
            Self::HashtagSet => "hashtagset",
            Self::ReviewLink => "reviewlink",
            Self::Pause => "pause",
            Self::Influencer => "influencer",
            Self::Exclusivity => "exclusivity",
            Self::Shortlist => "shortlist",
            Self::Outreach => "outreach",
            Self::InfluencerResult => "influencerresult",
            Self::UgcGrant => "ugcgrant",
            Self::Notice => "notice",
            Self::Webhook => "webhook",
            Self::TrackedLink => "link",
            Self::LandingPage => "landing",
            Self::ConversionEndpoint => "endpoint",
            Self::Conversion => "conversion",
            Self::ConversionImport => "conversionimport",
            Self::WebSource => "websource",
            Self::Conversation => "conversation",
            Self::Monitor => "monitor",
            Self::MentionSource => "mentionsource",
            Self::Lead => "lead",
            Self::Campaign => "campaign",
            Self::CampaignTarget => "campaigntarget",
            Self::CampaignTask => "campaigntask",
            Self::Budget => "budget",
            Self::BudgetLine => "budgetline",
            Self::BudgetEntry => "budgetentry",
            Self::FinancialRequest => "financialrequest",
            Self::Expense => "expense",
            Self::Deliverable => "deliverable",
            Self::Payment => "payment",
            Self::PaymentFile => "paymentfile",
            Self::TimeEntry => "timeentry",
            Self::Contract => "contract",
            Self::ContractTemplate => "contracttemplate",
            Self::Proposal => "proposal",
            Self::ProposalVersion => "proposalversion",
            Self::ProposalComment => "proposalcomment",
            Self::ProposalTemplate => "proposaltemplate",
            Self::Project => "project",
            Self::WorkItem => "workitem",
            Self::AdBoost => "boost",
            Self::Experiment => "experiment",
            Self::ExperimentArm => "experimentarm",
        }
    }

    /// The outside form of an id.
    pub fn id(self, id: Uuid) -> ID {
        ID(ids::encode(self.prefix(), id))
    }

    /// The id in an input field. One of another kind, or of no form at all, is not there.
    pub fn parse(self, id: &ID, field: &str) -> Result<Uuid, Failure> {
        ids::decode(self.prefix(), id).ok_or_else(|| UserError::at(Code::NotFound, field).into())
    }

    /// Any id, with its kind.
    pub fn split(id: &str) -> Option<(Self, Uuid)> {
        let (prefix, id) = ids::split(id)?;
        Self::ALL.into_iter().find(|kind| kind.prefix() == prefix).map(|kind| (kind, id))
    }
}

/// A whole number of 64 bits, written as a JSON number; larger than `Int` can hold.
pub struct Long(pub i64);

impl From<u64> for Long {
    fn from(number: u64) -> Self {
        Self(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

/// A whole number of 64 bits, written as a JSON number; larger than `Int` can hold.
#[Scalar]
impl ScalarType for Long {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::Number(number) => number.as_i64().map(Self).ok_or_else(|| InputValueError::expected_type(value)),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::Number(Number::from(self.0))
    }
}
