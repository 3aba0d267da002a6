//! Which actions only read.

use super::Action;

impl Action {
    /// Whether it leaves everything as it is: such are the only ones that an archived brand still allows.
    pub fn reads(self) -> bool {
        matches!(
            self,
            Self::BrandRead
                | Self::MemberRead
                | Self::AuditRead
                | Self::AgencyAuditRead
                | Self::ApprovalRead
                | Self::StrategyRead
                | Self::ContentRead
                | Self::ContentExport
                | Self::IdeaRead
                | Self::InfluencerRead
                | Self::InfluencerTermsRead
                | Self::UgcRead
                | Self::PostHistoryRead
                | Self::ChecklistRead
                | Self::CampaignRead
                | Self::CampaignAmountRead
                | Self::BudgetRead
                | Self::DeliverableRead
                | Self::PaymentRead
                | Self::HoursRead
                | Self::ExpenseRead
                | Self::ContractRead
                | Self::ProposalRead
                | Self::ProjectRead
                | Self::PromotionRead
                | Self::MetricsRead
                | Self::CommunityRead
                | Self::TrackedLinkRead
                | Self::LandingPageRead
                | Self::ConversionRead
                | Self::LeadRead
                | Self::ReportRun
        )
    }
}
