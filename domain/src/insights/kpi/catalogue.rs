//! The catalogue of KPIs.

/// Something that is counted over a period, or taken at one of its ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Quantity {
    /// Followers at the end of the period, of the accounts of which they are known then.
    Followers,
    /// Followers at the beginning, of the accounts of which they are known at both ends.
    FollowersBefore,
    /// Followers at the end, of the same accounts.
    FollowersAfter,
    /// Publications that went out in the period.
    PublishedPosts,
    /// How many people or accounts saw each of these, added up.
    Reach,
    /// How often they were seen.
    Views,
    /// Likes, reposts, replies, quotes and bookmarks of them.
    Interactions,
    /// How many publications have a number of these.
    CountedPosts,
    /// Interactions of the publications that have a reach.
    InteractionsOfReached,
    /// Reach of the publications that have interactions.
    ReachOfInteracted,
    /// Interactions of the publications whose account has a number of followers.
    InteractionsOfFollowed,
    /// The followers of the account of each of these publications, once for each publication.
    FollowersOfPosts,
    /// How often the brand's links were followed.
    LinkClicks,
    /// What was recorded as wanted.
    Conversions,
    /// Conversions before which one of the brand's links was followed.
    ConversionsFromLinks,
    /// Visits of the brand's pages.
    Sessions,
    /// Those of them that came from social networks.
    SocialSessions,
    /// Visits that ended where they began.
    Bounces,
    /// Visits of which it is known whether they did.
    SessionsOfBounces,
    /// Dislikes of the publications that have interactions, too.
    NegativeReactions,
    /// Interactions and dislikes of the publications that have both.
    Reactions,
    /// From each message that asks to the first answer, added up, in whole seconds.
    SecondsToAnswer,
    /// Messages that were answered.
    AnsweredMessages,
    /// Messages that ask, less those that are unanswered and younger than a day.
    DueMessages,
    /// Publications that were due in the period and not taken back.
    DuePosts,
    /// Those of them that went out.
    KeptPosts,
    /// How often the brand was spoken of.
    Mentions,
    /// The same on the days of a source on which all that it is compared with are known, too.
    OwnMentions,
    /// How often it or one of those it is compared with was spoken of on these days.
    AllMentions,
    /// What was spent, less what was refunded, in minor units of one currency.
    CostMinor,
    /// What conversions to which the brand's links led were worth, in minor units of the same currency.
    ValueMinor,
}

impl Quantity {
    /// Whether it is counted of visits of the brand's pages.
    pub(in crate::insights) fn is_of_visits(self) -> bool {
        matches!(self, Self::Sessions | Self::SocialSessions | Self::Bounces | Self::SessionsOfBounces)
    }

    /// Whether it is counted of what people say.
    pub(in crate::insights) fn is_of_mentions(self) -> bool {
        matches!(self, Self::Mentions | Self::OwnMentions | Self::AllMentions)
    }

    /// Whether it comes to be known by whole days, some time after they are over.
    pub(in crate::insights) fn comes_by_days(self) -> bool {
        self.is_of_visits() || self.is_of_mentions()
    }
}

/// In what a figure is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// A number of things or people.
    Count,
    /// Hundredths.
    Percent,
    /// Minor units of a currency.
    Money,
    /// Seconds.
    Seconds,
}

/// How a KPI is made of its sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// The sum itself.
    Total(Quantity),
    /// The second less the first.
    Change(Quantity, Quantity),
    /// The first by the second, for each one of these.
    Average(Quantity, Quantity),
    /// The first by the second, in hundredths.
    Share(Quantity, Quantity),
    /// The second less the first, by the first, in hundredths.
    Growth(Quantity, Quantity),
}

impl Shape {
    /// What it needs.
    pub fn needs(self) -> Vec<Quantity> {
        match self {
            Self::Total(one) => vec![one],
            Self::Change(one, other)
            | Self::Average(one, other)
            | Self::Share(one, other)
            | Self::Growth(one, other) => {
                vec![one, other]
            }
        }
    }
}

/// A figure that says how a brand does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kpi {
    /// How many follow the brand's accounts.
    Followers,
    /// How many more than at the beginning.
    FollowerGrowth,
    /// The same in hundredths of those at the beginning.
    AudienceGrowthRate,
    /// What went out.
    PublishedPosts,
    /// How many people saw posts.
    Reach,
    /// How often posts were seen.
    Views,
    /// What people did with posts.
    Interactions,
    /// What people did with a post on average.
    InteractionsPerPost,
    /// What people did, by how many follow.
    EngagementRateByFollowers,
    /// What people did, by how many saw it.
    EngagementRateByReach,
    /// Who came by the brand's links.
    ReferralTraffic,
    /// Who came to the brand's pages.
    Sessions,
    /// Who came to them from social networks.
    SocialSessions,
    /// What was wanted and happened.
    Conversions,
    /// How many of those who came did what was wanted.
    ConversionRate,
    /// How many of those who came left at once.
    BounceRate,
    /// How many of those who saw it did not want to.
    NegativeFeedbackRate,
    /// How long people wait for an answer.
    ResponseTime,
    /// How many of those who ask are answered.
    ResponseRate,
    /// How much of what was planned went out.
    PostingConsistency,
    /// How often the brand is spoken of.
    Mentions,
    /// How much of what is said is about the brand.
    ShareOfVoice,
    /// What a conversion costs.
    CostPerResult,
    /// What came back beyond the costs, by the costs.
    ReturnOnInvestment,
}

/// The formula of a KPI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Formula {
    /// Of which.
    pub kpi: Kpi,
    /// Its name in the API and in the documents.
    pub name: &'static str,
    /// In what it is told.
    pub unit: Unit,
    /// What it is made of.
    pub shape: Shape,
    /// The formula as people write it.
    pub written: &'static str,
    /// Who defines it so.
    pub source: &'static str,
}

const METRICS_BOOK: &str = "Bendle, Farris, Pfeifer, Reibstein: Marketing Metrics, 3rd edition, Pearson 2016";
const HOOTSUITE: &str = "https://blog.hootsuite.com/calculate-engagement-rate/";
const OWN: &str = "Diwan";

const fn told(
    kpi: Kpi,
    name: &'static str,
    unit: Unit,
    shape: Shape,
    (written, source): (&'static str, &'static str),
) -> Formula {
    Formula { kpi, name, unit, shape, written, source }
}

impl Formula {
    /// Every formula, in the order in which figures are told.
    pub const ALL: [Self; 24] = [
        told(
            Kpi::Followers,
            "FOLLOWERS",
            Unit::Count,
            Shape::Total(Quantity::Followers),
            ("followers at the end", OWN),
        ),
        told(
            Kpi::FollowerGrowth,
            "FOLLOWER_GROWTH",
            Unit::Count,
            Shape::Change(Quantity::FollowersBefore, Quantity::FollowersAfter),
            ("followers at the end - followers at the beginning", METRICS_BOOK),
        ),
        told(
            Kpi::AudienceGrowthRate,
            "AUDIENCE_GROWTH_RATE",
            Unit::Percent,
            Shape::Growth(Quantity::FollowersBefore, Quantity::FollowersAfter),
            ("(followers at the end - followers at the beginning) / followers at the beginning x 100", METRICS_BOOK),
        ),
        told(
            Kpi::PublishedPosts,
            "PUBLISHED_POSTS",
            Unit::Count,
            Shape::Total(Quantity::PublishedPosts),
            ("publications that went out", OWN),
        ),
        told(
            Kpi::Reach,
            "REACH",
            Unit::Count,
            Shape::Total(Quantity::Reach),
            ("reach of each publication, added up", OWN),
        ),
        told(
            Kpi::Views,
            "VIEWS",
            Unit::Count,
            Shape::Total(Quantity::Views),
            ("views of each publication, added up", OWN),
        ),
        told(
            Kpi::Interactions,
            "INTERACTIONS",
            Unit::Count,
            Shape::Total(Quantity::Interactions),
            ("likes + reposts + replies + quotes + bookmarks", HOOTSUITE),
        ),
        told(
            Kpi::InteractionsPerPost,
            "INTERACTIONS_PER_POST",
            Unit::Count,
            Shape::Average(Quantity::Interactions, Quantity::CountedPosts),
            ("interactions / publications that have a number of them", HOOTSUITE),
        ),
        told(
            Kpi::EngagementRateByFollowers,
            "ENGAGEMENT_RATE_BY_FOLLOWERS",
            Unit::Percent,
            Shape::Share(Quantity::InteractionsOfFollowed, Quantity::FollowersOfPosts),
            ("interactions / followers of the account, for each publication, x 100", HOOTSUITE),
        ),
        told(
            Kpi::EngagementRateByReach,
            "ENGAGEMENT_RATE_BY_REACH",
            Unit::Percent,
            Shape::Share(Quantity::InteractionsOfReached, Quantity::ReachOfInteracted),
            ("interactions / reach x 100", HOOTSUITE),
        ),
        told(
            Kpi::NegativeFeedbackRate,
            "NEGATIVE_FEEDBACK_RATE",
            Unit::Percent,
            Shape::Share(Quantity::NegativeReactions, Quantity::Reactions),
            ("dislikes / (interactions + dislikes) x 100", OWN),
        ),
        told(
            Kpi::ReferralTraffic,
            "REFERRAL_TRAFFIC",
            Unit::Count,
            Shape::Total(Quantity::LinkClicks),
            ("clicks on the brand's short links", OWN),
        ),
        told(
            Kpi::Sessions,
            "SESSIONS",
            Unit::Count,
            Shape::Total(Quantity::Sessions),
            ("visits of the brand's pages", METRICS_BOOK),
        ),
        told(
            Kpi::SocialSessions,
            "SOCIAL_SESSIONS",
            Unit::Count,
            Shape::Total(Quantity::SocialSessions),
            ("visits of the brand's pages from social networks", OWN),
        ),
        told(
            Kpi::BounceRate,
            "BOUNCE_RATE",
            Unit::Percent,
            Shape::Share(Quantity::Bounces, Quantity::SessionsOfBounces),
            ("visits that ended where they began / visits x 100", METRICS_BOOK),
        ),
        told(Kpi::Mentions, "MENTIONS", Unit::Count, Shape::Total(Quantity::Mentions), ("mentions of the brand", OWN)),
        told(
            Kpi::ShareOfVoice,
            "SHARE_OF_VOICE",
            Unit::Percent,
            Shape::Share(Quantity::OwnMentions, Quantity::AllMentions),
            ("mentions of the brand / mentions of all that are compared x 100", METRICS_BOOK),
        ),
        told(
            Kpi::Conversions,
            "CONVERSIONS",
            Unit::Count,
            Shape::Total(Quantity::Conversions),
            ("conversions", METRICS_BOOK),
        ),
        told(
            Kpi::ConversionRate,
            "CONVERSION_RATE",
            Unit::Percent,
            Shape::Share(Quantity::ConversionsFromLinks, Quantity::LinkClicks),
            ("conversions that a link led to / clicks on links x 100", METRICS_BOOK),
        ),
        told(
            Kpi::PostingConsistency,
            "POSTING_CONSISTENCY",
            Unit::Percent,
            Shape::Share(Quantity::KeptPosts, Quantity::DuePosts),
            ("publications that went out / publications that were due x 100", OWN),
        ),
        told(
            Kpi::ResponseTime,
            "RESPONSE_TIME",
            Unit::Seconds,
            Shape::Average(Quantity::SecondsToAnswer, Quantity::AnsweredMessages),
            ("time to the first answer, added up / answered messages", OWN),
        ),
        told(
            Kpi::ResponseRate,
            "RESPONSE_RATE",
            Unit::Percent,
            Shape::Share(Quantity::AnsweredMessages, Quantity::DueMessages),
            ("answered messages / messages to which an answer was due x 100", OWN),
        ),
        told(
            Kpi::CostPerResult,
            "COST_PER_RESULT",
            Unit::Money,
            Shape::Average(Quantity::CostMinor, Quantity::Conversions),
            ("costs / conversions", METRICS_BOOK),
        ),
        told(
            Kpi::ReturnOnInvestment,
            "RETURN_ON_INVESTMENT",
            Unit::Percent,
            Shape::Growth(Quantity::CostMinor, Quantity::ValueMinor),
            ("(value of conversions that a link led to - costs) / costs x 100", METRICS_BOOK),
        ),
    ];
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn each_formula_stands_once() {
        let kpis: HashSet<Kpi> = Formula::ALL.iter().map(|formula| formula.kpi).collect();
        let names: HashSet<&str> = Formula::ALL.iter().map(|formula| formula.name).collect();
        assert_eq!((kpis.len(), names.len()), (Formula::ALL.len(), Formula::ALL.len()));
    }

    #[test]
    fn the_page_for_people_says_the_same() {
        let page = include_str!("../../../../docs/kpis.md");
        for formula in Formula::ALL {
            let line = page.lines().find(|line| line.starts_with(&format!("| `{}` |", formula.name)));
            let line = line.unwrap_or_else(|| panic!("{} is not in docs/kpis.md", formula.name));
            assert!(line.contains(formula.written), "{}: {line}", formula.name);
        }
    }
}
