//! What can be done.

/// What can be done. Named `<Thing><Verb>`, in the order of the domains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Change the agency's name, language, time zone, currency, week and hours.
    AgencyUpdate,
    /// Change how people sign in and whether four eyes are needed.
    SecurityUpdate,
    /// Add, change and deactivate people, agency-wide.
    PeopleManage,
    /// Read the whole agency's audit trail.
    AgencyAuditRead,
    /// Export the audit trail.
    AuditExport,
    /// Set the agency's approval limits.
    ApprovalLimitSet,
    /// Create a brand.
    BrandCreate,
    /// Make, change and delete groups of brands.
    BrandGroupManage,
    /// Order an archived brand to be deleted, and take the order back.
    BrandDelete,
    /// See a brand and what is in it.
    BrandRead,
    /// Change a brand's name, language, time zone, currency, week and hours.
    BrandUpdate,
    /// Archive a brand, and bring it back.
    BrandArchive,
    /// Read who is in the brand.
    MemberRead,
    /// Invite people to the brand, change, extend, suspend and end their places.
    MemberManage,
    /// Give somebody's work in the brand to somebody else.
    WorkHandOver,
    /// Make integrations and their tokens, and end them.
    IntegrationManage,
    /// Read the brand's audit trail.
    AuditRead,
    /// Set approval limits for the brand.
    BrandLimitSet,
    /// Set who approves what in the brand.
    ApprovalChainSet,
    /// Read requests for approval.
    ApprovalRead,
    /// Decide on requests for approval.
    ApprovalDecide,
    /// Make links by which clients decide without signing in, and end them.
    ReviewLinkManage,
    /// Read the brand's strategy.
    StrategyRead,
    /// Change the brand's strategy, and what is checked on its posts.
    StrategyWrite,
    /// Record what a KPI came to.
    KpiRecord,
    /// Read what is written, planned and published: posts, files, publications.
    ContentRead,
    /// Create a calendar.
    CalendarCreate,
    /// Change a calendar's name and colour, archive it and bring it back.
    CalendarManage,
    /// Let clients see a calendar, or take it from their sight.
    CalendarShare,
    /// Write down the special days of a brand.
    SpecialDayManage,
    /// Write down the special days of all brands.
    AgencyDayManage,
    /// Set how many posts a week were promised.
    PromiseSet,
    /// Bring in a content plan from a file.
    ContentImport,
    /// Take a content plan out as a file.
    ContentExport,
    /// Set the recurring times for posts.
    SlotManage,
    /// Let posts come again: series and evergreen queues.
    SeriesManage,
    /// Write the templates of texts and the sets of hashtags.
    TemplateManage,
    /// Say which feeds are followed.
    SourceManage,
    /// Put away what a feed brought.
    SourceItemDismiss,
    /// Read the ideas board.
    IdeaRead,
    /// Write ideas down, change and move them, put them away, make posts of them.
    IdeaWrite,
    /// Give an idea to somebody.
    IdeaAssign,
    /// Read the influencers whom the brand has, its shortlists, what was said to them and what they brought.
    InfluencerRead,
    /// Read what influencers cost, and how they are reached.
    InfluencerTermsRead,
    /// Add influencers and say them anew, keep shortlists, record what was said to them and what they brought.
    InfluencerManage,
    /// Approve and reject influencers on shortlists, and block them for the brand.
    InfluencerDecide,
    /// Read the whole directory of influencers, give them to brands, put them away, and block them for the agency.
    InfluencerDirectoryManage,
    /// Read what users allowed to be done with what they made.
    UgcRead,
    /// Ask users for what they made, and record what they allowed.
    UgcManage,
    /// Put a file into the media library.
    AssetUpload,
    /// Change what is said of a file, put it away, delete it; and, for all files, the folders.
    AssetManage,
    /// Set how much a brand may keep.
    MediaQuotaSet,
    /// Begin a post.
    PostCreate,
    /// Change what a post says.
    PostWrite,
    /// Read the versions of a post, and what says nearly the same.
    PostHistoryRead,
    /// Assign a post to somebody.
    PostAssign,
    /// Ask for a post to be approved, and take the request back.
    PostSubmit,
    /// Schedule a post, or take it off the schedule.
    PostSchedule,
    /// Read what is to be done to a post, and the templates of such lists.
    ChecklistRead,
    /// Tick what was done to a post.
    ChecklistTick,
    /// Change what is to be done to a post.
    ChecklistWrite,
    /// Write the templates of checklists.
    ChecklistTemplateManage,
    /// Comment on a post.
    CommentWrite,
    /// Comment so that the client does not see it.
    CommentInternally,
    /// Hold a post back, and let it go on.
    PostPause,
    /// Hold an account or a brand back, and let it go on.
    PublishingPause,
    /// Hold the whole agency back, and let it go on.
    AgencyPublishingPause,
    /// Decide about a publication that needs a person.
    PublicationSettle,
    /// Take back what is on a network, or change its words.
    PublicationChange,
    /// Connect an account of a network.
    AccountConnect,
    /// Disconnect an account of a network.
    AccountDisconnect,
    /// Read campaigns, without their amounts and figures.
    CampaignRead,
    /// Read the amounts of campaigns, reckon what one would bring, and read what one came to.
    CampaignAmountRead,
    /// Plan campaigns, ask for their approval, state what was reached.
    CampaignWrite,
    /// Write down and tick what has to be done for a campaign.
    CampaignTaskWrite,
    /// Begin an approved campaign by hand, and close one.
    CampaignRun,
    /// Cancel a campaign.
    CampaignCancel,
    /// Read budgets, what is booked on them, and how spending goes on.
    BudgetRead,
    /// Make budgets and their lines, and say them anew.
    BudgetWrite,
    /// Book on budgets: give, move, commit, release, spend, take back.
    BudgetBook,
    /// Close a budget.
    BudgetClose,
    /// Ask for more money for a line of a budget.
    FinancialRequestWrite,
    /// Read expenses.
    ExpenseRead,
    /// Write expenses down and hand them in.
    ExpenseWrite,
    /// Note that an expense was paid.
    ExpensePay,
    /// Record exchange rates.
    ExchangeRateRecord,
    /// Read contracts, with what they cost, and templates of them.
    ContractRead,
    /// Begin contracts, change them, have them approved, give them up.
    ContractWrite,
    /// Say something about a contract.
    ContractComment,
    /// Send approved contracts to be signed.
    ContractSend,
    /// Sign contracts for the agency and the brand.
    ContractSign,
    /// Complete and terminate contracts, and note that one was broken.
    ContractEnd,
    /// Write templates of contracts.
    ContractTemplateManage,
    /// Read proposals to clients, with their amounts.
    ProposalRead,
    /// Write proposals, ask for their review, answer clients about them, and keep templates.
    ProposalWrite,
    /// Send proposals to clients, and take them back.
    ProposalSend,
    /// Read projects and their work breakdown.
    ProjectRead,
    /// Close projects.
    ProjectWrite,
    /// Read what contracts promise, and what came of it.
    DeliverableRead,
    /// Write down what contracts promise, do without it, and let the other side hand it in by a link.
    DeliverableWrite,
    /// Hand in what a contract promises.
    DeliverableSubmit,
    /// Look at what was handed in, accept it and send it back.
    DeliverableDecide,
    /// Read payments of contracts.
    PaymentRead,
    /// Plan payments, ask for them, take them back and do without them.
    PaymentWrite,
    /// Write down the accounts between which is paid.
    PayeeManage,
    /// Send approved payments to the bank, fetch the files and take them back.
    PaymentExport,
    /// Note that the bank has paid.
    PaymentPay,
    /// Read hours and what they cost.
    HoursRead,
    /// Hand hours in.
    HoursWrite,
    /// Accept hours and send them back.
    HoursDecide,
    /// Set what an hour of somebody costs.
    WorkRateSet,
    /// Read what is advertised, what it costs and brings, and what to advertise next.
    PromotionRead,
    /// Plan promotions and ask for their approval.
    PromotionWrite,
    /// Begin approved promotions by hand, end and cancel them.
    PromotionRun,
    /// Report what the days of promotions cost and brought.
    PromotionSpendRecord,
    /// Read numbers from the networks now.
    MetricsSync,
    /// Read the numbers.
    MetricsRead,
    /// Say of which figures people are told, and note that what was told was seen.
    InsightAlertManage,
    /// Connect servers that count visits of the brand's pages, and end that.
    WebAnalyticsConnect,
    /// Bring in what was counted of visits of the brand's pages.
    WebAnalyticsRecord,
    /// Say what the brand listens for, and with whom it is compared.
    ListeningManage,
    /// Read what people say under the brand's posts, and what it answered.
    CommunityRead,
    /// Bring in how often the brand and others were spoken of.
    MentionRecord,
    /// Have a report rendered and read it.
    ReportRun,
    /// Write templates of reports, and put them away.
    ReportTemplateManage,
    /// Say how the brand's reports look, and what of costs clients see in them.
    ReportLookSet,
    /// Make links to reports that were made for clients, and end them.
    ReportShare,
    /// The same of reports for the team and for those who lead it.
    ReportShareInternally,
    /// Have reports made and sent again and again.
    ReportScheduleManage,
    /// Set the host of the agency's own at which shared reports are read.
    ReportHostSet,
    /// Read the brand's short links.
    TrackedLinkRead,
    /// Make short links.
    TrackedLinkWrite,
    /// Change short links, archive them and bring them back.
    TrackedLinkChange,
    /// Read the brand's landing pages.
    LandingPageRead,
    /// Write drafts of landing pages.
    LandingPageWrite,
    /// Publish landing pages, change what is published, archive them and bring them back.
    LandingPagePublish,
    /// Set how the brand's links say where somebody came from.
    UtmConventionSet,
    /// Read conversions, what they are worth and what led to them.
    ConversionRead,
    /// Record conversions, one by one or from a file.
    ConversionRecord,
    /// Read and change the endpoints to which servers send conversions.
    ConversionEndpointManage,
    /// Read leads and how to reach them.
    LeadRead,
    /// Write leads down, change them, hand them over to sales and close them.
    LeadWrite,
    /// Run a job again that was set aside.
    JobRerun,
    /// Read and change the webhooks of a brand.
    WebhookManage,
    /// Read and change the webhooks that are told of every brand.
    AgencyWebhookManage,
}

impl Action {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::AgencyUpdate,
        Self::SecurityUpdate,
        Self::PeopleManage,
        Self::AgencyAuditRead,
        Self::AuditExport,
        Self::ApprovalLimitSet,
        Self::BrandCreate,
        Self::BrandGroupManage,
        Self::BrandDelete,
        Self::BrandRead,
        Self::BrandUpdate,
        Self::BrandArchive,
        Self::MemberRead,
        Self::MemberManage,
        Self::WorkHandOver,
        Self::IntegrationManage,
        Self::AuditRead,
        Self::BrandLimitSet,
        Self::ApprovalChainSet,
        Self::ApprovalRead,
        Self::ApprovalDecide,
        Self::ReviewLinkManage,
        Self::StrategyRead,
        Self::StrategyWrite,
        Self::KpiRecord,
        Self::ContentRead,
        Self::CalendarCreate,
        Self::CalendarManage,
        Self::CalendarShare,
        Self::SpecialDayManage,
        Self::AgencyDayManage,
        Self::PromiseSet,
        Self::ContentImport,
        Self::ContentExport,
        Self::SlotManage,
        Self::SeriesManage,
        Self::TemplateManage,
        Self::SourceManage,
        Self::SourceItemDismiss,
        Self::IdeaRead,
        Self::IdeaWrite,
        Self::IdeaAssign,
        Self::InfluencerRead,
        Self::InfluencerTermsRead,
        Self::InfluencerManage,
        Self::InfluencerDecide,
        Self::InfluencerDirectoryManage,
        Self::UgcRead,
        Self::UgcManage,
        Self::AssetUpload,
        Self::AssetManage,
        Self::MediaQuotaSet,
        Self::PostCreate,
        Self::PostWrite,
        Self::PostHistoryRead,
        Self::PostAssign,
        Self::PostSubmit,
        Self::PostSchedule,
        Self::ChecklistRead,
        Self::ChecklistTick,
        Self::ChecklistWrite,
        Self::ChecklistTemplateManage,
        Self::CommentWrite,
        Self::CommentInternally,
        Self::PostPause,
        Self::PublishingPause,
        Self::AgencyPublishingPause,
        Self::PublicationSettle,
        Self::PublicationChange,
        Self::AccountConnect,
        Self::AccountDisconnect,
        Self::CampaignRead,
        Self::CampaignAmountRead,
        Self::CampaignWrite,
        Self::CampaignTaskWrite,
        Self::CampaignRun,
        Self::CampaignCancel,
        Self::BudgetRead,
        Self::BudgetWrite,
        Self::BudgetBook,
        Self::BudgetClose,
        Self::FinancialRequestWrite,
        Self::ExpenseRead,
        Self::ExpenseWrite,
        Self::ExpensePay,
        Self::ExchangeRateRecord,
        Self::ContractRead,
        Self::ContractWrite,
        Self::ContractComment,
        Self::ContractSend,
        Self::ContractSign,
        Self::ContractEnd,
        Self::ContractTemplateManage,
        Self::ProposalRead,
        Self::ProposalWrite,
        Self::ProposalSend,
        Self::ProjectRead,
        Self::ProjectWrite,
        Self::DeliverableRead,
        Self::DeliverableWrite,
        Self::DeliverableSubmit,
        Self::DeliverableDecide,
        Self::PaymentRead,
        Self::PaymentWrite,
        Self::PayeeManage,
        Self::PaymentExport,
        Self::PaymentPay,
        Self::HoursRead,
        Self::HoursWrite,
        Self::HoursDecide,
        Self::WorkRateSet,
        Self::PromotionRead,
        Self::PromotionWrite,
        Self::PromotionRun,
        Self::PromotionSpendRecord,
        Self::MetricsSync,
        Self::MetricsRead,
        Self::InsightAlertManage,
        Self::WebAnalyticsConnect,
        Self::WebAnalyticsRecord,
        Self::ListeningManage,
        Self::CommunityRead,
        Self::MentionRecord,
        Self::ReportRun,
        Self::ReportTemplateManage,
        Self::ReportLookSet,
        Self::ReportShare,
        Self::ReportShareInternally,
        Self::ReportScheduleManage,
        Self::ReportHostSet,
        Self::TrackedLinkRead,
        Self::TrackedLinkWrite,
        Self::TrackedLinkChange,
        Self::LandingPageRead,
        Self::LandingPageWrite,
        Self::LandingPagePublish,
        Self::UtmConventionSet,
        Self::ConversionRead,
        Self::ConversionRecord,
        Self::ConversionEndpointManage,
        Self::LeadRead,
        Self::LeadWrite,
        Self::JobRerun,
        Self::WebhookManage,
        Self::AgencyWebhookManage,
    ];

    /// The name in the API and on the audit trail: `PostSchedule` is `POST_SCHEDULE`.
    pub fn name(self) -> String {
        let mut name = String::new();
        for c in format!("{self:?}").chars() {
            if c.is_ascii_uppercase() && !name.is_empty() {
                name.push('_');
            }
            name.push(c.to_ascii_uppercase());
        }
        name
    }

    /// The action of this name, as it stands in an API token's scopes.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.name() == name)
    }
}
