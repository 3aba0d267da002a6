//! The blocks of a report as tables, for the workbook and the page: each of its numbers once, with the words of its language.

use chrono::{DateTime, NaiveDate, Utc};

use super::model::{
    AudiencePart, AudienceSlice, Block, Budget, Campaign, Chart, Figure, HeatMap, Number, Place, PostsBlock, Progress,
    Report, Standing, Unit,
};
use super::words::ReportWords;
use crate::text::{line, link};

/// The longest name that is shown whole, in characters.
const NAME: usize = 200;
/// The longest beginning of a post that is shown, in characters.
const POST: usize = 280;

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    /// Words.
    Text(String),
    /// An address that may be followed.
    Link(String),
    /// A number with its unit.
    Number(Number, Unit),
    /// A day.
    Day(NaiveDate),
    /// A month, by its first day.
    Month(NaiveDate),
    /// A moment.
    Moment(DateTime<Utc>),
    /// A number that is missing.
    Missing,
    /// Nothing belongs here.
    Empty,
}

impl Cell {
    fn number(value: Option<Number>, unit: &Unit) -> Self {
        value.map_or(Self::Missing, |value| Self::Number(value, unit.clone()))
    }

    fn count(count: i64) -> Self {
        Self::Number(Number { mantissa: count, places: 0 }, Unit::Count)
    }

    fn says_nothing(&self) -> bool {
        match self {
            Self::Missing | Self::Empty => true,
            Self::Text(text) | Self::Link(text) => text.is_empty(),
            _ => false,
        }
    }
}

/// Rows under heads; every row has as many cells as there are heads.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Table {
    pub(crate) heads: Vec<String>,
    pub(crate) rows: Vec<Vec<Cell>>,
}

impl Table {
    fn new(heads: impl IntoIterator<Item = impl Into<String>>, rows: Vec<Vec<Cell>>) -> Self {
        Self { heads: heads.into_iter().map(Into::into).collect(), rows }
    }

    /// Without the columns from `first` on in which no row says anything.
    fn without_empty(self, first: usize) -> Self {
        let keep: Vec<bool> = (0..self.heads.len())
            .map(|column| {
                let said = |row: &Vec<Cell>| row.get(column).is_some_and(|cell| !cell.says_nothing());
                column < first || self.rows.iter().any(said)
            })
            .collect();
        let rows = self.rows.into_iter().map(|row| kept(row, &keep)).collect();
        Self { heads: kept(self.heads, &keep), rows }
    }
}

/// Those of the columns that are kept.
fn kept<T>(all: Vec<T>, keep: &[bool]) -> Vec<T> {
    all.into_iter().zip(keep).filter_map(|(one, keep)| keep.then_some(one)).collect()
}

/// One line of what somebody wrote, without what would break the page and without places to break it.
pub(crate) fn plain(text: &str, most: usize) -> String {
    line(text, most).replace('\u{200B}', "")
}

/// The paragraphs of what somebody wrote, each with its lines.
pub(crate) fn paragraphs(text: &str) -> Vec<Vec<String>> {
    let mut all = vec![Vec::new()];
    for one in text.lines() {
        let one = plain(one, 10_000);
        match all.last_mut() {
            Some(last) if !one.is_empty() => last.push(one),
            Some(last) if last.is_empty() => {}
            _ => all.push(Vec::new()),
        }
    }
    all.retain(|paragraph| !paragraph.is_empty());
    all
}

/// The table of a block; none where it is a text or holds nothing.
pub(crate) fn table(report: &Report, words: &ReportWords, block: &Block) -> Option<Table> {
    Some(match block {
        Block::Text(_) | Block::Nothing(_) => return None,
        Block::Figures(figures) | Block::Community(figures) => figures_table(words, figures),
        Block::Chart(chart) => chart_table(words, chart),
        Block::HeatMap(map) => heat_table(report, words, map),
        Block::Posts(posts) => posts_table(words, posts),
        Block::Audience(slices) => audience_table(words, slices),
        Block::Campaigns(campaigns) => campaigns_table(words, campaigns),
        Block::Budgets(budgets) => budgets_table(words, budgets),
        Block::Progress(people) => progress_table(words, people),
    })
}

fn standing(words: &ReportWords, standing: Option<Standing>) -> Cell {
    standing.map_or(Cell::Empty, |standing| Cell::Text(words.standing(standing).to_owned()))
}

fn figures_table(words: &ReportWords, figures: &[Figure]) -> Table {
    let rows = figures.iter().map(|one| {
        vec![
            Cell::Text(words.kpi(&one.kpi)),
            Cell::number(one.value, &one.unit),
            Cell::number(one.before, &one.unit),
            Cell::number(one.change_percent, &Unit::Percent),
            Cell::number(one.target, &one.unit),
            standing(words, one.standing),
            Cell::Text(plain(&one.missing_networks.join(words.list_comma), NAME)),
        ]
    });
    let heads = [words.kpi_head, words.value, words.before, words.change, words.target, words.status, words.missing];
    Table::new(heads, rows.collect()).without_empty(2)
}

/// Where a point is, in the words of the language.
fn place(words: &ReportWords, place: &Place) -> Cell {
    match place {
        Place::Day(day) => Cell::Day(*day),
        Place::Month(first) => Cell::Month(*first),
        Place::Weekday(day) => Cell::Text(words.weekday(*day).to_owned()),
        Place::Named(name) => Cell::Text(plain(name, NAME)),
        Place::ContentType(key) => Cell::Text(words.content_type(key)),
    }
}

fn chart_table(words: &ReportWords, chart: &Chart) -> Table {
    let rows = chart.points.iter().map(|point| {
        vec![place(words, &point.at), Cell::number(point.value, &chart.unit), Cell::number(point.before, &chart.unit)]
    });
    let heads = [words.place.to_owned(), words.kpi(&chart.metric), words.before.to_owned()];
    Table::new(heads, rows.collect()).without_empty(2)
}

/// The hours in the order of the brand's week.
fn heat_table(report: &Report, words: &ReportWords, map: &HeatMap) -> Table {
    let mut cells: Vec<_> = map.cells.iter().collect();
    cells.sort_by_key(|cell| (cell.weekday.days_since(report.style.week_start), cell.hour));
    let rows = cells.into_iter().map(|cell| {
        vec![
            Cell::Text(words.weekday(cell.weekday).to_owned()),
            Cell::Text(format!("{:02}:00", cell.hour)),
            Cell::number(cell.value, &Unit::Count),
            Cell::count(cell.posts.into()),
            if cell.enough { Cell::Empty } else { Cell::Text(words.too_few.to_owned()) },
        ]
    });
    let metric = words.kpi(&map.metric);
    let heads = [words.weekday_head, words.hour, &metric, words.posts, words.status];
    Table::new(heads, rows.collect()).without_empty(4)
}

/// Keys in the order in which they come first.
fn keys<'a>(rows: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut known = Vec::new();
    for key in rows {
        if !known.contains(&key) {
            known.push(key);
        }
    }
    known
}

fn posts_table(words: &ReportWords, block: &PostsBlock) -> Table {
    let metrics = keys(block.posts.iter().flat_map(|post| post.metrics.iter().map(|(key, _)| key.as_str())));
    let rows = block.posts.iter().zip(1..).map(|(post, rank)| {
        let mut row = vec![
            Cell::count(rank),
            Cell::Text(plain(&post.text, POST)),
            Cell::Text(plain(&post.network_name, NAME)),
            Cell::Text(plain(&post.account_handle, NAME)),
            Cell::Moment(post.published_at),
        ];
        row.extend(metrics.iter().map(|key| {
            let found = post.metrics.iter().find(|(known, _)| known == key);
            Cell::number(found.and_then(|(_, value)| *value), &Unit::Count)
        }));
        row.push(post.url.as_deref().and_then(link).map_or(Cell::Empty, |url| Cell::Link(url.to_owned())));
        row
    });
    let mut heads: Vec<String> =
        ["#", words.post, words.network, words.account, words.published].map(str::to_owned).to_vec();
    heads.extend(metrics.iter().map(|key| words.kpi(key)));
    heads.push(words.link.to_owned());
    Table::new(heads, rows.collect()).without_empty(5)
}

/// A row for each part; what holds for all parts of a slice stands in its first row.
fn audience_table(words: &ReportWords, slices: &[AudienceSlice]) -> Table {
    let row = |slice: &AudienceSlice, (index, part): (usize, &AudiencePart)| {
        let first = |cell: Cell| if index == 0 { cell } else { Cell::Empty };
        let name = match words.gender(&part.key) {
            Some(gender) if slice.key == "AUDIENCE_GENDER" => gender.to_owned(),
            _ => plain(&part.key, NAME),
        };
        vec![
            first(Cell::Text(words.kpi(&slice.key))),
            Cell::Text(name),
            Cell::Number(part.share, Unit::Percent),
            part.people.map_or(Cell::Missing, Cell::count),
            first(Cell::number(slice.known_percent, &Unit::Percent)),
            first(Cell::Text(plain(&slice.viewers_from.join(words.list_comma), NAME))),
            first(Cell::Text(plain(&slice.missing_networks.join(words.list_comma), NAME))),
        ]
    };
    let rows = slices.iter().flat_map(|slice| slice.parts.iter().enumerate().map(move |part| row(slice, part)));
    let followers = words.kpi("FOLLOWERS");
    let heads = [words.kpi_head, words.place, words.share, &followers, words.known, words.viewers_from, words.missing];
    Table::new(heads, rows.collect()).without_empty(3)
}

fn campaigns_table(words: &ReportWords, campaigns: &[Campaign]) -> Table {
    let amount = |amount: Option<&(Number, String)>| {
        amount.map_or(Cell::Missing, |(number, currency)| Cell::Number(*number, Unit::Money(currency.clone())))
    };
    let rows = campaigns.iter().map(|one| {
        vec![
            Cell::Text(plain(&one.name, NAME)),
            Cell::Day(one.days.from),
            Cell::Day(one.days.to),
            amount(one.cost.as_ref()),
            amount(one.value.as_ref()),
            one.conversions.map_or(Cell::Missing, Cell::count),
            Cell::number(one.return_percent, &Unit::Percent),
        ]
    });
    let heads =
        [words.name, words.from, words.to, words.cost, words.worth, words.conversions, words.return_on_investment];
    Table::new(heads, rows.collect()).without_empty(3)
}

fn budgets_table(words: &ReportWords, budgets: &[Budget]) -> Table {
    let rows = budgets.iter().map(|one| {
        let amounts = [one.allocated, one.committed, one.spent, one.left];
        let mut row = vec![Cell::Text(plain(&one.name, NAME))];
        row.extend(amounts.map(|amount| Cell::Number(amount, Unit::Money(one.currency.clone()))));
        row
    });
    let heads = [words.name, words.allocated, words.committed, words.spent, words.left];
    Table::new(heads, rows.collect())
}

fn progress_table(words: &ReportWords, people: &[Progress]) -> Table {
    let counts = keys(people.iter().flat_map(|one| one.counts.iter().map(|(key, _)| key.as_str())));
    let rows = people.iter().map(|one| {
        let mut row = vec![Cell::Text(plain(&one.name, NAME)), Cell::Text(words.level(&one.level))];
        row.extend(counts.iter().map(|key| {
            let found = one.counts.iter().find(|(known, _)| known == key);
            found.map_or(Cell::Empty, |(_, count)| Cell::count(*count))
        }));
        row
    });
    let mut heads = vec![words.name.to_owned(), words.level_head.to_owned()];
    heads.extend(counts.iter().map(|key| words.count(key)));
    Table::new(heads, rows.collect()).without_empty(2)
}
