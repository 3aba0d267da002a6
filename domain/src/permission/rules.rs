//! The table itself. `docs/permissions.md` is made from it (`diwan permissions`), and a test walks every cell of it through
//! the API.

use diwan_entity::tenancy::app_user::{Level, UserKind};

use super::{Action, Extent, Grant, Reach, Rule};

const fn staff(level: Level) -> Grant {
    Grant { kind: UserKind::Staff, level, extent: Extent::Any }
}

/// Staff of this level, for what is theirs or assigned to them.
const fn staff_own(level: Level) -> Grant {
    Grant { kind: UserKind::Staff, level, extent: Extent::Assigned }
}

const fn integration(level: Level) -> Grant {
    Grant { kind: UserKind::Integration, level, extent: Extent::Any }
}

const FREELANCER: Grant = Grant { kind: UserKind::Freelancer, level: Level::Junior, extent: Extent::Assigned };
const CLIENT: Grant = Grant { kind: UserKind::Client, level: Level::Junior, extent: Extent::Assigned };

const JUNIOR: Grant = staff(Level::Junior);
const MID: Grant = staff(Level::Mid);
const SENIOR: Grant = staff(Level::Senior);
const DIRECTOR: Grant = staff(Level::Director);
const CMO: Grant = staff(Level::Cmo);

const fn agency(action: Action, grants: &'static [Grant], reason: &'static str) -> Rule {
    Rule { action, reach: Reach::Agency, grants, reason }
}

const fn brand(action: Action, grants: &'static [Grant], reason: &'static str) -> Rule {
    Rule { action, reach: Reach::Brand, grants, reason }
}

/// The table.
pub const RULES: &[Rule] = &[
    agency(Action::AgencyUpdate, &[CMO], "it is every brand's default"),
    agency(Action::SecurityUpdate, &[CMO], "it binds everybody, the CMO too"),
    agency(Action::PeopleManage, &[DIRECTOR], "only people below the own level; a CMO everybody"),
    agency(Action::AgencyAuditRead, &[DIRECTOR], ""),
    agency(Action::AuditExport, &[CMO], "it holds every brand's names and deeds in one file"),
    agency(Action::ApprovalLimitSet, &[CMO], "whoever holds a limit must not set it"),
    agency(
        Action::BrandCreate,
        &[DIRECTOR],
        "a brand is a new client: a matter of the agency, not of one brand's team",
    ),
    agency(Action::BrandGroupManage, &[DIRECTOR], "a group looks across brands"),
    agency(Action::BrandDelete, &[CMO], "it cannot be undone after the days of grace"),
    brand(
        Action::BrandRead,
        &[
            JUNIOR,
            Grant { kind: UserKind::Freelancer, level: Level::Junior, extent: Extent::Any },
            Grant { kind: UserKind::Client, level: Level::Junior, extent: Extent::Any },
            integration(Level::Junior),
        ],
        "membership is what gives sight of a brand",
    ),
    brand(Action::BrandUpdate, &[SENIOR], ""),
    brand(Action::BrandArchive, &[DIRECTOR], "it takes every planned post off the schedule"),
    brand(Action::MemberRead, &[JUNIOR], "freelancers, clients and programs have no directory"),
    brand(Action::MemberManage, &[SENIOR], "only people below the own level"),
    brand(Action::WorkHandOver, &[SENIOR], ""),
    brand(
        Action::IntegrationManage,
        &[SENIOR],
        "a token may do what its creator may: never more than its creator has, so it adds no right",
    ),
    brand(Action::AuditRead, &[DIRECTOR], "it shows what everybody did"),
    brand(Action::BrandLimitSet, &[DIRECTOR], "only below the own level"),
    brand(Action::ApprovalChainSet, &[SENIOR], ""),
    brand(
        Action::ApprovalRead,
        &[JUNIOR, FREELANCER, CLIENT, integration(Level::Junior)],
        "freelancers and clients see the requests about what they see",
    ),
    brand(
        Action::ApprovalDecide,
        &[MID, CLIENT],
        "the step says who of these; programs do not decide; a client decides what was sent to them",
    ),
    brand(
        Action::ReviewLinkManage,
        &[MID],
        "whoever holds the link decides as the client; never about what one wrote or asked for oneself",
    ),
    brand(
        Action::StrategyRead,
        &[JUNIOR, integration(Level::Junior)],
        "what holds a brand back is the team's; clients and freelancers see the profile with the brand",
    ),
    brand(Action::StrategyWrite, &[SENIOR], "a SENIOR leads the brand's strategy"),
    brand(Action::KpiRecord, &[MID, integration(Level::Mid)], "a MID reads the numbers, and a program may bring them"),
    brand(
        Action::ContentRead,
        &[JUNIOR, FREELANCER, CLIENT, integration(Level::Junior)],
        "freelancers see what is assigned to them, clients what was sent to them or is approved",
    ),
    brand(Action::CalendarCreate, &[MID, integration(Level::Mid)], ""),
    brand(Action::CalendarManage, &[MID, integration(Level::Mid)], "a MID runs the calendar"),
    brand(Action::CalendarShare, &[SENIOR], "it decides what the client sees"),
    brand(Action::SpecialDayManage, &[MID, integration(Level::Mid)], ""),
    agency(Action::AgencyDayManage, &[DIRECTOR], "they stand in every brand's calendar"),
    brand(Action::PromiseSet, &[SENIOR], "it is a promise to the client"),
    brand(Action::ContentImport, &[MID, integration(Level::Mid)], "it makes many posts at once"),
    brand(Action::ContentExport, &[MID], "what leaves as a file leaves with everything that is internal in it"),
    brand(Action::SlotManage, &[MID, integration(Level::Mid)], "a MID runs the calendar; juniors read it and propose"),
    brand(
        Action::SeriesManage,
        &[MID, integration(Level::Mid)],
        "what comes again is planned, and may publish by itself",
    ),
    brand(Action::TemplateManage, &[MID, integration(Level::Mid)], "what everybody writes from; juniors fill it in"),
    brand(Action::SourceManage, &[MID, integration(Level::Mid)], "the server is asked again and again"),
    brand(Action::SourceItemDismiss, &[JUNIOR, integration(Level::Junior)], "whoever looks for ideas tidies up"),
    brand(
        Action::IdeaRead,
        &[JUNIOR, integration(Level::Junior)],
        "the board is the team's; freelancers and clients see the posts that ideas became",
    ),
    brand(
        Action::IdeaWrite,
        &[JUNIOR, integration(Level::Junior)],
        "whoever begins posts has ideas; a program may bring them",
    ),
    brand(Action::IdeaAssign, &[MID], "a MID supervises writers"),
    brand(
        Action::InfluencerRead,
        &[JUNIOR, integration(Level::Junior)],
        "whom the brand has; freelancers and clients see none of them",
    ),
    brand(Action::InfluencerTermsRead, &[MID, integration(Level::Mid)], "amounts, and how people are reached"),
    brand(
        Action::InfluencerManage,
        &[MID, integration(Level::Mid)],
        "a MID speaks to them for the brand; a program may bring them",
    ),
    brand(Action::InfluencerDecide, &[SENIOR], "it decides with whom the brand is seen"),
    agency(Action::InfluencerDirectoryManage, &[DIRECTOR], "the directory looks across brands"),
    brand(Action::UgcRead, &[JUNIOR, integration(Level::Junior)], "whoever chooses files must know what may be used"),
    brand(Action::UgcManage, &[MID], "it states what somebody has allowed; a program does not"),
    brand(
        Action::AssetUpload,
        &[
            JUNIOR,
            Grant { kind: UserKind::Freelancer, level: Level::Junior, extent: Extent::Any },
            integration(Level::Junior),
        ],
        "a freelancer's file is their own until it stands in a post",
    ),
    brand(
        Action::AssetManage,
        &[
            Grant { kind: UserKind::Staff, level: Level::Junior, extent: Extent::Own },
            MID,
            Grant { kind: UserKind::Freelancer, level: Level::Junior, extent: Extent::Own },
            integration(Level::Junior),
        ],
        "below MID, those that they uploaded",
    ),
    brand(Action::MediaQuotaSet, &[DIRECTOR], "it is what a client pays for"),
    brand(Action::PostCreate, &[JUNIOR, integration(Level::Junior)], "freelancers write what is assigned to them"),
    brand(
        Action::PostWrite,
        &[staff_own(Level::Junior), MID, FREELANCER, integration(Level::Junior)],
        "a MID supervises writers and freelancers",
    ),
    brand(
        Action::PostHistoryRead,
        &[JUNIOR, FREELANCER, integration(Level::Junior)],
        "clients see what was sent to them, not how it came to be",
    ),
    brand(Action::PostAssign, &[MID], "a MID supervises writers and freelancers"),
    brand(
        Action::PostSubmit,
        &[staff_own(Level::Junior), MID, FREELANCER, integration(Level::Junior)],
        "whoever may write it may ask for approval",
    ),
    brand(Action::PostSchedule, &[MID, integration(Level::Mid)], "a junior publishes nothing alone"),
    brand(
        Action::ChecklistRead,
        &[JUNIOR, FREELANCER, integration(Level::Junior)],
        "how the team works is not for clients; templates are for staff",
    ),
    brand(
        Action::ChecklistTick,
        &[staff_own(Level::Junior), MID, FREELANCER, integration(Level::Junior)],
        "whoever works at it; an item that is given to somebody is theirs to tick on any post",
    ),
    brand(
        Action::ChecklistWrite,
        &[staff_own(Level::Junior), MID, integration(Level::Junior)],
        "below MID nobody waives what a template requires",
    ),
    brand(
        Action::ChecklistTemplateManage,
        &[MID, integration(Level::Mid)],
        "what is required of every post is not a writer's to say",
    ),
    brand(Action::CommentWrite, &[JUNIOR, FREELANCER, CLIENT, integration(Level::Junior)], ""),
    brand(
        Action::CommentInternally,
        &[JUNIOR, FREELANCER, integration(Level::Junior)],
        "internal comments never reach a client",
    ),
    brand(Action::PostPause, &[MID], "whoever may schedule may hold back; a program has no reason to give"),
    brand(Action::PublishingPause, &[SENIOR], "it stops what others have planned and a client expects"),
    agency(Action::AgencyPublishingPause, &[DIRECTOR], "it stops every brand"),
    brand(Action::PublicationSettle, &[MID], "whoever may schedule may say whether a post is there"),
    brand(
        Action::PublicationChange,
        &[MID],
        "whoever may schedule may take back; a program does not unsay what people said",
    ),
    brand(Action::AccountConnect, &[SENIOR], "a connected account is a client's identity"),
    brand(Action::AccountDisconnect, &[SENIOR], ""),
    brand(
        Action::CampaignRead,
        &[JUNIOR, integration(Level::Junior)],
        "juniors take part in campaigns; freelancers and clients see the posts",
    ),
    brand(Action::CampaignAmountRead, &[MID, integration(Level::Mid)], "a junior sees no money"),
    brand(Action::CampaignWrite, &[MID, integration(Level::Mid)], "a MID plans campaigns"),
    brand(
        Action::CampaignTaskWrite,
        &[JUNIOR, integration(Level::Junior)],
        "whoever takes part in a campaign says what is to be done and what is done",
    ),
    brand(Action::CampaignRun, &[MID], "what was approved begins, and what is over is summed up"),
    brand(Action::CampaignCancel, &[SENIOR], "it ends what was approved"),
    brand(Action::BudgetRead, &[MID, integration(Level::Mid)], "a junior sees no money"),
    brand(Action::BudgetWrite, &[MID, integration(Level::Mid)], "a MID drafts budgets; nothing is given by that"),
    brand(Action::BudgetBook, &[MID], "what somebody gives is bounded by their limit; a program has none"),
    brand(Action::BudgetClose, &[SENIOR], "it ends what was given"),
    brand(
        Action::FinancialRequestWrite,
        &[MID, integration(Level::Mid)],
        "whoever plans money asks for it; it is given by approval",
    ),
    brand(
        Action::ExpenseRead,
        &[staff_own(Level::Junior), MID, FREELANCER, integration(Level::Mid)],
        "their own; a junior or freelancer sees no other amounts",
    ),
    brand(
        Action::ExpenseWrite,
        &[staff_own(Level::Junior), MID, FREELANCER],
        "whoever spends money hands in the receipt; a program spends none",
    ),
    brand(Action::ExpensePay, &[MID], "what was approved is paid; nobody notes it for themselves"),
    brand(Action::ExchangeRateRecord, &[SENIOR, integration(Level::Senior)], "every converted amount follows from it"),
    brand(
        Action::ContractRead,
        &[MID, FREELANCER, integration(Level::Mid)],
        "what people are paid; a freelancer sees the contract with themselves, clients none",
    ),
    brand(Action::ContractWrite, &[MID], "a MID negotiates; nobody is bound by that, and a program writes none"),
    brand(Action::ContractComment, &[MID, FREELANCER], "whoever negotiates, on either side"),
    brand(Action::ContractSend, &[MID], "what was approved goes out"),
    brand(Action::ContractSign, &[SENIOR], "it binds the brand"),
    brand(Action::ContractEnd, &[SENIOR], "it ends what binds the brand"),
    brand(Action::ContractTemplateManage, &[SENIOR], "what every contract begins from"),
    brand(
        Action::ProposalRead,
        &[MID, CLIENT, integration(Level::Mid)],
        "it has amounts; a junior sees no money; clients see what was sent to them",
    ),
    brand(Action::ProposalWrite, &[MID, integration(Level::Mid)], "a MID drafts offers; none goes out unreviewed"),
    brand(Action::ProposalSend, &[SENIOR], "it binds the agency towards the client"),
    brand(
        Action::ProjectRead,
        &[JUNIOR, integration(Level::Junior)],
        "whoever works at it; it has no amounts of its own",
    ),
    brand(Action::ProjectWrite, &[MID], "what is over is summed up"),
    brand(
        Action::DeliverableRead,
        &[JUNIOR, FREELANCER, integration(Level::Junior)],
        "it has no amounts; freelancers see what is given to them",
    ),
    brand(Action::DeliverableWrite, &[MID, integration(Level::Mid)], "it says what a contract is to bring"),
    brand(
        Action::DeliverableSubmit,
        &[staff_own(Level::Junior), MID, FREELANCER],
        "whoever it is given to, and a MID for the other side",
    ),
    brand(Action::DeliverableDecide, &[MID], "what is accepted is paid; never what one handed in oneself"),
    brand(
        Action::PaymentRead,
        &[MID, FREELANCER, integration(Level::Mid)],
        "a junior sees no money; freelancers see their own fee",
    ),
    brand(Action::PaymentWrite, &[MID], "nothing is paid by that: it climbs the ladder; a program pays nobody"),
    brand(Action::PayeeManage, &[SENIOR], "whoever writes an account down says where the money goes"),
    brand(Action::PaymentExport, &[SENIOR], "it moves money, and the file names accounts"),
    brand(Action::PaymentPay, &[SENIOR], "it charges the budget; nobody notes what they get themselves"),
    brand(
        Action::HoursRead,
        &[staff_own(Level::Junior), MID, FREELANCER, integration(Level::Mid)],
        "their own; a junior or freelancer sees no other amounts",
    ),
    brand(Action::HoursWrite, &[staff_own(Level::Junior), MID, FREELANCER], "their own; a program does not work"),
    brand(Action::HoursDecide, &[MID], "never one's own"),
    brand(Action::WorkRateSet, &[SENIOR], "it says what people are paid"),
    brand(Action::PromotionRead, &[MID, integration(Level::Mid)], "it has amounts; a junior sees no money"),
    brand(
        Action::PromotionWrite,
        &[MID, integration(Level::Mid)],
        "a MID plans what is advertised; nothing is set aside before it is approved",
    ),
    brand(Action::PromotionRun, &[MID], "what was approved begins, and what is over lets go of its money"),
    brand(
        Action::PromotionSpendRecord,
        &[MID, integration(Level::Mid)],
        "an ads manager may bring it; it is booked on what was approved and its line, and never beyond",
    ),
    brand(Action::MetricsSync, &[MID, integration(Level::Mid)], "it spends the networks' rate budget"),
    brand(
        Action::MetricsRead,
        &[MID, integration(Level::Mid)],
        "numbers are read from MID on; clients read them in reports",
    ),
    brand(Action::InsightAlertManage, &[MID], "it writes to people by itself; a program tells nobody"),
    brand(Action::WebAnalyticsConnect, &[SENIOR], "it hands over a key to the client's statistics"),
    brand(
        Action::WebAnalyticsRecord,
        &[MID, integration(Level::Mid)],
        "a MID reads the numbers, and a program may bring them",
    ),
    brand(Action::CommunityRead, &[JUNIOR], "a JUNIOR answers comments; who wrote them is nobody else's business"),
    brand(Action::ListeningManage, &[MID], "a MID reads the numbers, and says with whom they are compared"),
    brand(
        Action::MentionRecord,
        &[MID, integration(Level::Mid)],
        "a MID reads the numbers, and a program may bring them",
    ),
    brand(Action::ReportRun, &[MID, integration(Level::Mid)], ""),
    brand(
        Action::ReportTemplateManage,
        &[MID, integration(Level::Mid)],
        "a MID reads the numbers and says in which order they are told",
    ),
    brand(
        Action::ReportLookSet,
        &[SENIOR],
        "it is how the agency stands before its clients, and whether they see what things cost",
    ),
    brand(Action::ReportShare, &[MID], "what is made for clients goes to them; a program hands nothing out"),
    brand(Action::ReportShareInternally, &[SENIOR], "it shows names and what is internal to whoever holds the link"),
    brand(Action::ReportScheduleManage, &[MID], "it sends by itself, with the rights of whoever wrote it"),
    agency(Action::ReportHostSet, &[CMO], "it is the name under which every client reads"),
    brand(Action::TrackedLinkRead, &[JUNIOR, integration(Level::Junior)], "a link is part of a draft"),
    brand(Action::TrackedLinkWrite, &[JUNIOR, integration(Level::Junior)], "whoever drafts a post needs its link"),
    brand(
        Action::TrackedLinkChange,
        &[MID, integration(Level::Mid)],
        "posts that were approved and published lead there; a junior makes another",
    ),
    brand(Action::LandingPageRead, &[JUNIOR, integration(Level::Junior)], "whoever drafts one reads the others"),
    brand(Action::LandingPageWrite, &[JUNIOR, integration(Level::Junior)], "a draft has no public address"),
    brand(
        Action::LandingPagePublish,
        &[MID, integration(Level::Mid)],
        "strangers read it and leave word of themselves; what a lead is worth is an amount",
    ),
    brand(Action::UtmConventionSet, &[SENIOR], "numbers under two conventions cannot be compared"),
    brand(Action::ConversionRead, &[MID, integration(Level::Mid)], "they have amounts; a junior sees no money"),
    brand(Action::ConversionRecord, &[MID, integration(Level::Mid)], "a shop or a CRM may bring them"),
    brand(Action::ConversionEndpointManage, &[SENIOR], "whoever holds its secret writes into the brand's figures"),
    brand(Action::LeadRead, &[MID, integration(Level::Mid)], "they have amounts, and how to reach people"),
    brand(Action::LeadWrite, &[MID, integration(Level::Mid)], "a CRM may bring them and say what became of them"),
    brand(Action::JobRerun, &[SENIOR], "a job that was set aside may have had effects outside"),
    brand(Action::WebhookManage, &[SENIOR], "it sends the brand's affairs to a server outside"),
    agency(Action::AgencyWebhookManage, &[DIRECTOR], "it sends every brand's affairs to a server outside"),
];
