//! What a composed report says, as the caller hands it over: plain values, gathered before anything is rendered.
//!
//! All four renderings (PDF, XLSX, CSV, HTML) are made of the same [`Report`], so that they never disagree.

use chrono::{DateTime, NaiveDate, Utc, Weekday};
use chrono_tz::Tz;

use crate::language::{Digits, Language};

/// A report made of blocks.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// What it is called, as a person named it.
    pub title: String,
    /// The agency's name, as its clients know it.
    pub agency: String,
    /// The brand's name; of a report about several, none.
    pub brand: Option<String>,
    /// For whom it is.
    pub audience: Audience,
    /// How it is written.
    pub style: Writing,
    /// The days it is about, both part of it, by the brand's clock.
    pub period: Days,
    /// The days it is compared with.
    pub compared: Option<Days>,
    /// When its figures were gathered; also the creation date inside the files.
    pub generated_at: DateTime<Utc>,
    /// How it looks.
    pub look: Look,
    /// What it holds, in this order.
    pub blocks: Vec<Block>,
}

/// For whom a report is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Audience {
    /// Those who do the work.
    Team,
    /// Those who lead it.
    Management,
    /// Those who pay for it.
    Client,
}

/// How the report's own words, numbers and dates are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Writing {
    /// The language of everything that the report itself says, which also sets the direction of the page.
    pub language: Language,
    /// The digits of numbers, dates and times.
    pub digits: Digits,
    /// The calendar that stands beside the Gregorian one; none for the Gregorian alone.
    pub beside: Option<OtherCalendar>,
    /// The brand's time zone.
    pub time_zone: Tz,
    /// The first day of the week.
    pub week_start: Weekday,
}

/// A calendar that stands beside the Gregorian one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OtherCalendar {
    /// The Persian solar calendar.
    Jalali,
    /// The Islamic calendar of Umm al-Qura.
    Hijri,
    /// The Hebrew calendar.
    Hebrew,
}

/// Days, both ends part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    /// The first day.
    pub from: NaiveDate,
    /// The last day, not before the first.
    pub to: NaiveDate,
}

/// The look of a report: the agency's or the brand's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// The picture at its head.
    pub logo: Option<Picture>,
    /// The colour of headings and charts: red, green, blue.
    pub accent: [u8; 3],
    /// The letters.
    pub typeface: Typeface,
    /// A line at the foot of every page; none for the agency's name.
    pub footer: Option<String>,
    /// Whether the agency's name stands at the head.
    pub names_agency: bool,
}

/// The letters of a report, of the bundled fonts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Typeface {
    /// Without serifs.
    #[default]
    Sans,
    /// With serifs; Naskh for Arabic letters.
    Serif,
}

/// A picture of a file: PNG, JPEG or WebP, checked by the caller to be one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// The file.
    pub bytes: Vec<u8>,
    /// `image/png`, `image/jpeg` or `image/webp`.
    pub mime_type: String,
    /// What it shows, for who cannot see it.
    pub alt: String,
}

/// An exact decimal: `mantissa` by ten to the power of `places`. 12.50 is `(1250, 2)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number {
    /// All its digits.
    pub mantissa: i64,
    /// How many of them stand behind the point, at most 9.
    pub places: u8,
}

/// What a number counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Things or people.
    Count,
    /// Hundredths.
    Percent,
    /// An amount in this currency, by its ISO 4217 code.
    Money(String),
    /// Seconds.
    Seconds,
}

/// A part of a report.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// What a person or a program wrote.
    Text(TextBlock),
    /// KPIs beside those of the other period and their targets.
    Figures(Vec<Figure>),
    /// A chart.
    Chart(Chart),
    /// When posts did best.
    HeatMap(HeatMap),
    /// Posts with their pictures.
    Posts(PostsBlock),
    /// Who follows the accounts, or sees what they publish.
    Audience(Vec<AudienceSlice>),
    /// What people said under the posts, and what the brand answered: no names, no texts.
    Community(Vec<Figure>),
    /// Campaigns and what they brought.
    Campaigns(Vec<Campaign>),
    /// Budgets, for those who may see them.
    Budgets(Vec<Budget>),
    /// Who did what: the report upward.
    Progress(Vec<Progress>),
    /// A block that was asked for and that holds nothing the reader may see or that there is: it says so.
    Nothing(Nothing),
}

/// What somebody wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextBlock {
    /// What it is.
    pub kind: TextKind,
    /// Paragraphs, parted by empty lines; never markup.
    pub text: String,
}

/// What a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TextKind {
    /// The period in short.
    Summary,
    /// The same, written by a program: the report says so beside it.
    MachineSummary,
    /// Notes.
    Notes,
    /// What comes next.
    NextSteps,
}

/// A KPI of the period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// Its key, such as `ENGAGEMENT_RATE_BY_REACH`.
    pub kpi: String,
    /// In what it is told.
    pub unit: Unit,
    /// The number; none when it is missing.
    pub value: Option<Number>,
    /// The same of the other period.
    pub before: Option<Number>,
    /// By how much it is more, in hundredths of what it was.
    pub change_percent: Option<Number>,
    /// The target of the period.
    pub target: Option<Number>,
    /// How it stands to that.
    pub standing: Option<Standing>,
    /// The networks that lack some of it, by the names people know.
    pub missing_networks: Vec<String>,
}

/// How a figure stands to its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Better than it had to be by now.
    Ahead,
    /// As it had to be.
    OnTrack,
    /// Worse.
    Behind,
}

/// A chart of one KPI or metric.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// Its key, such as `REACH`.
    pub metric: String,
    /// In what it is told.
    pub unit: Unit,
    /// How it is drawn.
    pub kind: ChartKind,
    /// Along its axis, in reading order; at most 366.
    pub points: Vec<Point>,
}

/// How a chart is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChartKind {
    /// Over time.
    Line,
    /// Over time or by name.
    Bars,
}

/// One place on a chart's axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// Where.
    pub at: Place,
    /// The number; none when it is missing, which leaves a gap.
    pub value: Option<Number>,
    /// The same of the other period.
    pub before: Option<Number>,
}

/// A place on an axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A day.
    Day(NaiveDate),
    /// A month, by its first day.
    Month(NaiveDate),
    /// A day of the week.
    Weekday(Weekday),
    /// Something with a name: an account, a network, a campaign, a pillar.
    Named(String),
    /// A kind of content: `TEXT`, `LINK`, `IMAGE`, `CAROUSEL` or `VIDEO`.
    ContentType(String),
}

/// What posts brought, by day of the week and hour, by the brand's clock.
#[derive(Clone, Debug, PartialEq)]
pub struct HeatMap {
    /// The key of what is shown, such as `INTERACTIONS_PER_POST`.
    pub metric: String,
    /// At most 168; what is not listed had no post.
    pub cells: Vec<HeatCell>,
}

/// One hour of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeatCell {
    /// The day.
    pub weekday: Weekday,
    /// The hour, 0 to 23.
    pub hour: u8,
    /// The figure; none when it is missing.
    pub value: Option<Number>,
    /// Of how many posts.
    pub posts: u32,
    /// Whether these are enough to say something.
    pub enough: bool,
}

/// The posts that did best or worst.
#[derive(Clone, Debug, PartialEq)]
pub struct PostsBlock {
    /// The key of what they are ordered by, such as `INTERACTIONS`.
    pub metric: String,
    /// Whether they are the best.
    pub best: bool,
    /// The posts, in order.
    pub posts: Vec<Post>,
}

/// One post as it went out on one account.
#[derive(Clone, Debug, PartialEq)]
pub struct Post {
    /// The beginning of its text or its title; cut for the page.
    pub text: String,
    /// The network's name, as people write it.
    pub network_name: String,
    /// The account's handle.
    pub account_handle: String,
    /// When it went out.
    pub published_at: DateTime<Utc>,
    /// Where it can be seen. Only `http` and `https` addresses become links.
    pub url: Option<String>,
    /// A small picture of it.
    pub picture: Option<Picture>,
    /// What was measured, by key.
    pub metrics: Vec<(String, Option<Number>)>,
}

/// An audience by its ages, its genders, its places or what people work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudienceSlice {
    /// By which: `AUDIENCE_AGE`, `AUDIENCE_GENDER`, `AUDIENCE_COUNTRY`, `AUDIENCE_CITY`, `AUDIENCE_INDUSTRY`, `AUDIENCE_SENIORITY`,
    /// `AUDIENCE_JOB_FUNCTION` or `AUDIENCE_COMPANY_SIZE`.
    pub key: String,
    /// Of how many of the followers it is known, in hundredths; none where any of it is of viewers.
    pub known_percent: Option<Number>,
    /// The networks whose parts are of viewers, not of followers, by the names people know.
    pub viewers_from: Vec<String>,
    /// The networks that lack some of it, by the names people know.
    pub missing_networks: Vec<String>,
    /// Its parts, in the order they are shown.
    pub parts: Vec<AudiencePart>,
}

/// A part of an audience.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudiencePart {
    /// Ages (`25-34`), `FEMALE`, `MALE` or `OTHER`, a country's two letters, the name of a city, an industry or a job, or a size of companies (`2-10`).
    pub key: String,
    /// Of those of whom it is known, in hundredths.
    pub share: Number,
    /// How many followers that are; none where any of it is of viewers.
    pub people: Option<i64>,
}

/// A campaign and what it brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Campaign {
    /// Its name.
    pub name: String,
    /// Its days.
    pub days: Days,
    /// What it cost, in its currency.
    pub cost: Option<(Number, String)>,
    /// What conversions were worth, in its currency.
    pub value: Option<(Number, String)>,
    /// How many conversions.
    pub conversions: Option<i64>,
    /// Return on investment, in hundredths.
    pub return_percent: Option<Number>,
}

/// A budget as it stands. All amounts are in its currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Its name.
    pub name: String,
    /// Its currency, by its ISO 4217 code.
    pub currency: String,
    /// What was given.
    pub allocated: Number,
    /// What is promised.
    pub committed: Number,
    /// What was spent.
    pub spent: Number,
    /// What is left.
    pub left: Number,
}

/// What one person or group brought forward.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Whose.
    pub name: String,
    /// The key of the level, such as `JUNIOR`.
    pub level: String,
    /// Counts by key, such as `POSTS_PUBLISHED`, in the order they are shown.
    pub counts: Vec<(String, i64)>,
}

/// Why a block is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nothing {
    /// The key of the block, such as `BUDGETS`.
    pub block: String,
    /// Why.
    pub why: WhyNothing,
}

/// Why a block is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WhyNothing {
    /// There is none of it in the period.
    Empty,
    /// Whoever asked for the report may not see it.
    NotAllowed,
}
