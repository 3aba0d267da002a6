//! What a report may hold, what stands where, and the one rule about who reads what ([`hides`]).

use std::collections::HashSet;

use diwan_entity::insights::report_template::ReportAudience;
use serde::{Deserialize, Serialize};

use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::insights::kpi::{Formula, Kpi};

/// The most blocks of a report.
pub const MOST_BLOCKS: usize = 40;
/// The most posts of a block.
pub const MOST_POSTS: i32 = 50;
/// The most posts of all blocks of a report together: each may have a picture.
const MOST_POSTS_IN_ALL: i32 = 100;

/// What a block of a report is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum BlockKind {
    /// The period in short, as somebody writes it for the run, or a program.
    Summary,
    /// KPIs beside those of the other period.
    Figures,
    /// A chart of one KPI.
    Chart,
    /// When posts did best.
    HeatMap,
    /// The posts that did best.
    TopPosts,
    /// The posts that did worst.
    BottomPosts,
    /// Who follows the accounts, or sees what they publish.
    Audience,
    /// What people said under the posts, and what the brand answered.
    Community,
    /// Campaigns and what they brought.
    Campaigns,
    /// Budgets as they stand.
    Budgets,
    /// Who did what.
    Progress,
    /// What is for the agency alone.
    Notes,
    /// What comes next.
    NextSteps,
}

impl BlockKind {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Summary,
        Self::Figures,
        Self::Chart,
        Self::HeatMap,
        Self::TopPosts,
        Self::BottomPosts,
        Self::Audience,
        Self::Community,
        Self::Campaigns,
        Self::Budgets,
        Self::Progress,
        Self::Notes,
        Self::NextSteps,
    ];

    /// The name in the API and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Summary => "SUMMARY",
            Self::Figures => "FIGURES",
            Self::Chart => "CHART",
            Self::HeatMap => "HEAT_MAP",
            Self::TopPosts => "TOP_POSTS",
            Self::BottomPosts => "BOTTOM_POSTS",
            Self::Audience => "AUDIENCE",
            Self::Community => "COMMUNITY",
            Self::Campaigns => "CAMPAIGNS",
            Self::Budgets => "BUDGETS",
            Self::Progress => "PROGRESS",
            Self::Notes => "NOTES",
            Self::NextSteps => "NEXT_STEPS",
        }
    }

    /// Whether it is about one KPI, which it names.
    fn has_metric(self) -> bool {
        matches!(self, Self::Chart | Self::HeatMap | Self::TopPosts | Self::BottomPosts)
    }

    fn has_posts(self) -> bool {
        matches!(self, Self::TopPosts | Self::BottomPosts)
    }

    /// Whether it can show amounts.
    fn has_amounts(self) -> bool {
        matches!(self, Self::Figures | Self::Campaigns | Self::Budgets)
    }
}

/// What stands along the axis of a chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ChartBy {
    /// Days, of a period of up to 62 of them; months of a longer one.
    Time,
    /// The brand's accounts.
    Account,
    /// Networks.
    Network,
    /// Campaigns.
    Campaign,
    /// Content pillars.
    Pillar,
    /// Kinds of content.
    ContentType,
    /// Days of the week.
    Weekday,
}

/// The KPIs that can be told of a group of posts, and so drawn and ordered by.
pub const DIVISIBLE: [Kpi; 7] = [
    Kpi::PublishedPosts,
    Kpi::Reach,
    Kpi::Views,
    Kpi::Interactions,
    Kpi::InteractionsPerPost,
    Kpi::EngagementRateByFollowers,
    Kpi::EngagementRateByReach,
];

/// Those by which single posts are ordered.
const OF_POSTS: [Kpi; 5] =
    [Kpi::Reach, Kpi::Views, Kpi::Interactions, Kpi::EngagementRateByFollowers, Kpi::EngagementRateByReach];

/// Those that tell when posts do best.
const OF_HOURS: [Kpi; 1] = [Kpi::InteractionsPerPost];

/// A block of a template or of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportBlock {
    /// What it is.
    pub kind: BlockKind,
    /// Of `FIGURES`: which KPIs, in this order; all that there are when empty.
    #[serde(default, with = "names", skip_serializing_if = "Vec::is_empty")]
    pub kpis: Vec<Kpi>,
    /// Of a chart, a heat map and posts: by which KPI.
    #[serde(default, with = "name", skip_serializing_if = "Option::is_none")]
    pub metric: Option<Kpi>,
    /// Of a chart: what stands along its axis.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<ChartBy>,
    /// Of posts: how many, 1 to 50.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<i32>,
    /// Of `SUMMARY`: whether a program may write it where nobody did.
    #[serde(default, skip_serializing_if = "is_false")]
    pub machine: bool,
    /// Of `FIGURES`, `CAMPAIGNS` and `BUDGETS` for clients: whether they see costs and what follows from them.
    #[serde(default, skip_serializing_if = "is_false")]
    pub amounts: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_false(flag: &bool) -> bool {
    !*flag
}

fn name_of(kpi: Kpi) -> &'static str {
    Formula::ALL.iter().find(|formula| formula.kpi == kpi).map_or("", |formula| formula.name)
}

fn of_name(name: &str) -> Option<Kpi> {
    Formula::ALL.iter().find(|formula| formula.name == name).map(|formula| formula.kpi)
}

mod name {
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    use super::{Kpi, name_of, of_name};

    #[expect(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
    pub(super) fn serialize<S: Serializer>(kpi: &Option<Kpi>, to: S) -> Result<S::Ok, S::Error> {
        kpi.map(name_of).serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Kpi>, D::Error> {
        let name = Option::<String>::deserialize(from)?;
        name.map(|name| of_name(&name).ok_or_else(|| super::unknown(&name))).transpose()
    }
}

mod names {
    use serde::{Deserialize as _, Deserializer, Serializer};

    use super::{Kpi, name_of, of_name};

    pub(super) fn serialize<S: Serializer>(kpis: &[Kpi], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(kpis.iter().map(|kpi| name_of(*kpi)))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Kpi>, D::Error> {
        let names = Vec::<String>::deserialize(from)?;
        names.iter().map(|name| of_name(name).ok_or_else(|| super::unknown(name))).collect()
    }
}

fn unknown<E: serde::de::Error>(name: &str) -> E {
    E::custom(format!("no KPI is called {name}"))
}

impl ReportBlock {
    /// One without options.
    pub fn plain(kind: BlockKind) -> Self {
        Self { kind, kpis: Vec::new(), metric: None, by: None, count: None, machine: false, amounts: false }
    }

    /// That what is said beside its kind fits it, and that its readers may read it. `at` is where it stands in the input.
    fn check(&self, wrong: &mut Complaints, at: &str, audience: ReportAudience) {
        let mut invalid = |field: &str| wrong.add(UserError::at(Code::Invalid, &format!("{at}.{field}")));
        if hides(audience, self).is_some() {
            invalid("kind");
        }
        let mut seen = HashSet::new();
        let fits = self.kpis.iter().all(|kpi| seen.insert(*kpi));
        if !fits || (self.kind != BlockKind::Figures && !self.kpis.is_empty()) {
            invalid("kpis");
        }
        let known: &[Kpi] = match self.kind {
            BlockKind::Chart => &DIVISIBLE,
            BlockKind::HeatMap => &OF_HOURS,
            BlockKind::TopPosts | BlockKind::BottomPosts => &OF_POSTS,
            _ => &[],
        };
        if !self.metric.map_or(!self.kind.has_metric(), |metric| known.contains(&metric)) {
            invalid("metric");
        }
        if (self.kind == BlockKind::Chart) != self.by.is_some() {
            invalid("by");
        }
        let has_posts = self.kind.has_posts();
        if !self.count.map_or(!has_posts, |count| has_posts && (1..=MOST_POSTS).contains(&count)) {
            invalid("count");
        }
        if self.machine && self.kind != BlockKind::Summary {
            invalid("machine");
        }
        if self.amounts && (!self.kind.has_amounts() || audience != ReportAudience::Client) {
            invalid("amounts");
        }
    }

    /// Whether costs, and what follows from them, may stand in it for these readers. Whether whoever asks for the report may read them is
    /// asked besides.
    pub fn tells_amounts(&self, audience: ReportAudience) -> bool {
        audience != ReportAudience::Client || self.amounts
    }
}

/// Why a block is never in a report for these readers; none where it may be. This is the one place that says so: a client's report holds
/// nothing that is internal, which notes are, who of the team did what and the strategy's targets ([`tells_targets`]); and no costs, unless somebody who may decide that says so block
/// by block ([`ReportBlock::amounts`]).
pub fn hides(audience: ReportAudience, block: &ReportBlock) -> Option<&'static str> {
    if audience != ReportAudience::Client {
        return None;
    }
    match block.kind {
        BlockKind::Notes => Some("notes are internal"),
        BlockKind::Progress => Some("who of the team did what is internal"),
        BlockKind::Budgets if !block.amounts => Some("costs are internal"),
        _ => None,
    }
}

/// Whether targets of the strategy, and how figures stand to them, are told to these readers: the strategy is the team's.
pub(super) fn tells_targets(audience: ReportAudience) -> bool {
    audience != ReportAudience::Client
}

/// Whether a KPI is made of costs.
pub(super) fn is_of_costs(kpi: Kpi) -> bool {
    matches!(kpi, Kpi::CostPerResult | Kpi::ReturnOnInvestment)
}

/// That these are the blocks of a report for these readers.
pub(super) fn check_blocks(wrong: &mut Complaints, field: &str, (audience, blocks): (ReportAudience, &[ReportBlock])) {
    if blocks.is_empty() {
        wrong.add(UserError::at(Code::Invalid, field));
    }
    let too_many = |limit: usize, actual: usize| {
        UserError::at(Code::TooMany, field).number("limit", limit).number("actual", actual)
    };
    if blocks.len() > MOST_BLOCKS {
        wrong.add(too_many(MOST_BLOCKS, blocks.len()));
        return;
    }
    for (index, block) in blocks.iter().enumerate() {
        block.check(wrong, &format!("{field}.{index}"), audience);
    }
    let posts: i32 = blocks.iter().filter_map(|block| block.count).fold(0, i32::saturating_add);
    if posts > MOST_POSTS_IN_ALL {
        let (limit, posts) = (i64::from(MOST_POSTS_IN_ALL), i64::from(posts));
        wrong.add(UserError::at(Code::TooMany, field).number("limit", limit).number("actual", posts));
    }
}

/// Blocks as they are kept.
pub(super) fn kept(blocks: &[ReportBlock]) -> Result<serde_json::Value, Fault> {
    serde_json::to_value(blocks).map_err(|error| Fault::broken(error.to_string()))
}

/// Blocks that were kept.
pub fn blocks_of(kept: &serde_json::Value) -> Result<Vec<ReportBlock>, Failure> {
    let read = serde_json::from_value(kept.clone());
    Ok(read.map_err(|error| Fault::broken(format!("the blocks of a report: {error}")))?)
}

/// The template that is built in for these readers.
pub fn built_in(audience: ReportAudience) -> Vec<ReportBlock> {
    let plain = ReportBlock::plain;
    let chart = |metric, by| ReportBlock { metric: Some(metric), by: Some(by), ..plain(BlockKind::Chart) };
    let heat_map = ReportBlock { metric: Some(Kpi::InteractionsPerPost), ..plain(BlockKind::HeatMap) };
    let posts = |kind, count| ReportBlock { metric: Some(Kpi::Interactions), count: Some(count), ..plain(kind) };
    match audience {
        ReportAudience::Client => vec![
            plain(BlockKind::Summary),
            plain(BlockKind::Figures),
            chart(Kpi::Reach, ChartBy::Time),
            chart(Kpi::Interactions, ChartBy::Network),
            posts(BlockKind::TopPosts, 6),
            plain(BlockKind::Audience),
            plain(BlockKind::Community),
            plain(BlockKind::Campaigns),
            plain(BlockKind::NextSteps),
        ],
        ReportAudience::Management => vec![
            plain(BlockKind::Summary),
            plain(BlockKind::Figures),
            chart(Kpi::Interactions, ChartBy::Time),
            plain(BlockKind::Audience),
            plain(BlockKind::Community),
            plain(BlockKind::Campaigns),
            plain(BlockKind::Budgets),
            plain(BlockKind::Progress),
            plain(BlockKind::Notes),
            plain(BlockKind::NextSteps),
        ],
        ReportAudience::Team => vec![
            plain(BlockKind::Figures),
            chart(Kpi::Interactions, ChartBy::Time),
            chart(Kpi::InteractionsPerPost, ChartBy::ContentType),
            heat_map,
            posts(BlockKind::TopPosts, 10),
            posts(BlockKind::BottomPosts, 5),
            plain(BlockKind::Audience),
            plain(BlockKind::Community),
            plain(BlockKind::Campaigns),
            plain(BlockKind::Progress),
            plain(BlockKind::Notes),
            plain(BlockKind::NextSteps),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const READERS: [ReportAudience; 3] = [ReportAudience::Team, ReportAudience::Management, ReportAudience::Client];

    fn complaints(audience: ReportAudience, blocks: &[ReportBlock]) -> Vec<String> {
        let mut wrong = Complaints::default();
        check_blocks(&mut wrong, "blocks", (audience, blocks));
        match wrong.check() {
            Err(Failure::Refused(errors)) => errors.iter().map(|error| error.field.join(".")).collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn what_is_built_in_is_right_and_comes_back_as_it_was_kept() {
        for audience in READERS {
            let blocks = built_in(audience);
            assert_eq!(complaints(audience, &blocks), Vec::<String>::new(), "{audience:?}");
            assert_eq!(blocks_of(&kept(&blocks).unwrap()).unwrap(), blocks);
        }
    }

    #[test]
    fn what_is_internal_is_in_no_report_for_clients() {
        let team = [BlockKind::Notes, BlockKind::Progress, BlockKind::Budgets].map(ReportBlock::plain);
        assert_eq!(complaints(ReportAudience::Client, &team), ["blocks.0.kind", "blocks.1.kind", "blocks.2.kind"]);
        assert_eq!(complaints(ReportAudience::Team, &team), Vec::<String>::new());
        let budgets = [ReportBlock { amounts: true, ..ReportBlock::plain(BlockKind::Budgets) }];
        assert_eq!(complaints(ReportAudience::Client, &budgets), Vec::<String>::new());
        assert_eq!(complaints(ReportAudience::Team, &budgets), ["blocks.0.amounts"]);
    }

    #[test]
    fn options_fit_their_block() {
        let plain = ReportBlock::plain;
        let wrong = [
            plain(BlockKind::Chart),
            ReportBlock { kpis: vec![Kpi::Reach, Kpi::Reach], ..plain(BlockKind::Figures) },
            ReportBlock { kpis: vec![Kpi::ShareOfVoice], ..plain(BlockKind::Notes) },
            ReportBlock { metric: Some(Kpi::Interactions), count: Some(51), ..plain(BlockKind::TopPosts) },
            ReportBlock { metric: Some(Kpi::Followers), ..plain(BlockKind::HeatMap) },
            ReportBlock { machine: true, count: Some(9), ..plain(BlockKind::Notes) },
            ReportBlock { metric: Some(Kpi::ResponseTime), count: Some(5), ..plain(BlockKind::Community) },
        ];
        let fields = [
            "0.metric",
            "0.by",
            "1.kpis",
            "2.kpis",
            "3.count",
            "4.metric",
            "5.count",
            "5.machine",
            "6.metric",
            "6.count",
        ];
        let expected: Vec<String> = fields.iter().map(|field| format!("blocks.{field}")).collect();
        assert_eq!(complaints(ReportAudience::Team, &wrong), expected);
        assert_eq!(complaints(ReportAudience::Team, &[]), ["blocks"]);
        assert_eq!(complaints(ReportAudience::Team, &vec![plain(BlockKind::Notes); 41]), ["blocks"]);
    }
}
