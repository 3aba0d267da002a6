//! A report as one text file for machines: RFC 4180 in UTF-8, one row for each figure and each point of a chart.
//!
//! Keys, dates and decimals are the same in every language. A missing number is an empty cell. What people wrote and a spreadsheet would take
//! for a formula stands behind an apostrophe; numbers do not, since they are numbers.

use super::exact;
use super::model::{
    AudienceSlice, Block, Budget, Campaign, Chart, Days, Figure, HeatMap, Number, Post, PostsBlock, Progress, Report,
    Unit,
};
use crate::RenderError;
use crate::text::link;

/// The columns, in order. `block` counts the blocks from 1, `item` what a block lists from 1; what is said of the whole report has neither.
pub const COLUMNS: [&str; 13] = [
    "block",
    "kind",
    "item",
    "name",
    "key",
    "place",
    "unit",
    "value",
    "before",
    "change_percent",
    "target",
    "standing",
    "text",
];

/// One row, as it is put together.
#[derive(Default)]
struct Row<'a> {
    item: Option<usize>,
    name: &'a str,
    key: &'a str,
    place: String,
    unit: &'a str,
    value: Option<Number>,
    before: Option<Number>,
    change: Option<Number>,
    target: Option<Number>,
    standing: &'a str,
    text: String,
}

/// The file while it is written.
struct File {
    writer: csv::Writer<Vec<u8>>,
    block: Option<usize>,
    kind: String,
}

/// Writes the report as CSV. The same report gives the same bytes.
pub fn report_csv(report: &Report) -> Result<Vec<u8>, RenderError> {
    // Spreadsheets take a file without the mark for one of the old code pages.
    let writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(b"\xef\xbb\xbf".to_vec());
    let mut file = File { writer, block: None, kind: "REPORT".to_owned() };
    file.writer.write_record(COLUMNS).map_err(failed)?;
    head(&mut file, report)?;
    for (block, number) in report.blocks.iter().zip(1..) {
        file.block = Some(number);
        exact::block(block).clone_into(&mut file.kind);
        write_block(&mut file, report, block)?;
    }
    file.writer.into_inner().map_err(|error| RenderError::Written(error.to_string()))
}

#[expect(clippy::needless_pass_by_value, reason = "as `map_err` gives it")]
fn failed(error: csv::Error) -> RenderError {
    RenderError::Written(error.to_string())
}

fn or_empty(number: Option<Number>) -> String {
    number.map(exact::decimal).unwrap_or_default()
}

impl File {
    fn row(&mut self, row: &Row<'_>) -> Result<(), RenderError> {
        let number = |number: Option<usize>| number.map(|number| number.to_string()).unwrap_or_default();
        let cells = [
            number(self.block),
            exact::harmless(&self.kind),
            number(row.item),
            exact::harmless(row.name),
            exact::harmless(row.key),
            exact::harmless(&row.place),
            exact::harmless(row.unit),
            or_empty(row.value),
            or_empty(row.before),
            or_empty(row.change),
            or_empty(row.target),
            row.standing.to_owned(),
            exact::harmless(&row.text),
        ];
        self.writer.write_record(&cells).map_err(failed)
    }

    /// A text under a key.
    fn said(&mut self, key: &str, text: &str) -> Result<(), RenderError> {
        self.row(&Row { key, text: text.to_owned(), ..Row::default() })
    }
}

/// What the file is about.
fn head(file: &mut File, report: &Report) -> Result<(), RenderError> {
    file.said("TITLE", &report.title)?;
    if report.look.names_agency {
        file.said("AGENCY", &report.agency)?;
    }
    if let Some(brand) = &report.brand {
        file.said("BRAND", brand)?;
    }
    file.said("AUDIENCE", exact::audience(report.audience))?;
    file.said("FROM", &report.period.from.format("%F").to_string())?;
    file.said("TO", &report.period.to.format("%F").to_string())?;
    if let Some(compared) = report.compared {
        file.said("COMPARED_FROM", &compared.from.format("%F").to_string())?;
        file.said("COMPARED_TO", &compared.to.format("%F").to_string())?;
    }
    file.said("TIME_ZONE", report.style.time_zone.name())?;
    file.said("GENERATED_AT", &report.generated_at.format("%FT%TZ").to_string())
}

fn write_block(file: &mut File, report: &Report, block: &Block) -> Result<(), RenderError> {
    match block {
        Block::Text(text) => file.said(exact::text_kind(text.kind), &text.text),
        Block::Figures(figures) | Block::Community(figures) => figures.iter().try_for_each(|one| figure(file, one)),
        Block::Chart(drawn) => chart(file, drawn),
        Block::HeatMap(map) => heat_map(file, map),
        Block::Posts(posts) => write_posts(file, report, posts),
        Block::Audience(slices) => slices.iter().zip(1..).try_for_each(|(one, item)| audience(file, item, one)),
        Block::Campaigns(campaigns) => campaigns.iter().zip(1..).try_for_each(|(one, item)| campaign(file, item, one)),
        Block::Budgets(budgets) => budgets.iter().zip(1..).try_for_each(|(one, item)| budget(file, item, one)),
        Block::Progress(people) => people.iter().zip(1..).try_for_each(|(one, item)| progress(file, item, one)),
        Block::Nothing(nothing) => file.said(exact::why(nothing.why), ""),
    }
}

fn figure(file: &mut File, figure: &Figure) -> Result<(), RenderError> {
    file.row(&Row {
        key: &figure.kpi,
        unit: exact::unit(&figure.unit),
        value: figure.value,
        before: figure.before,
        change: figure.change_percent,
        target: figure.target,
        standing: figure.standing.map(exact::standing).unwrap_or_default(),
        text: figure.missing_networks.join("; "),
        ..Row::default()
    })
}

fn chart(file: &mut File, chart: &Chart) -> Result<(), RenderError> {
    chart.points.iter().zip(1..).try_for_each(|(point, item)| {
        file.row(&Row {
            item: Some(item),
            key: &chart.metric,
            place: exact::place(&point.at),
            unit: exact::unit(&chart.unit),
            value: point.value,
            before: point.before,
            ..Row::default()
        })
    })
}

/// A row for the figure of each hour that has one, and one for how many posts it is of.
fn heat_map(file: &mut File, map: &HeatMap) -> Result<(), RenderError> {
    for (cell, item) in map.cells.iter().zip(1..) {
        let place = format!("{} {:02}", exact::weekday(cell.weekday), cell.hour);
        let enough = if cell.enough { "" } else { "TOO_FEW" };
        let row = Row { item: Some(item), key: &map.metric, place: place.clone(), ..Row::default() };
        file.row(&Row { value: cell.value, text: enough.to_owned(), ..row })?;
        let posts = Number { mantissa: cell.posts.into(), places: 0 };
        let unit = exact::unit(&Unit::Count);
        file.row(&Row { item: Some(item), key: "POSTS", place, unit, value: Some(posts), ..Row::default() })?;
    }
    Ok(())
}

fn write_posts(file: &mut File, report: &Report, block: &PostsBlock) -> Result<(), RenderError> {
    block.posts.iter().zip(1..).try_for_each(|(one, item)| post(file, report, item, one))
}

fn post(file: &mut File, report: &Report, item: usize, post: &Post) -> Result<(), RenderError> {
    let name = format!("{}: {}", post.network_name, post.account_handle);
    let there = post.published_at.with_timezone(&report.style.time_zone);
    let said = [
        ("TEXT", post.text.clone()),
        ("PUBLISHED_AT", there.format("%FT%T%:z").to_string()),
        ("URL", post.url.as_deref().and_then(link).unwrap_or_default().to_owned()),
    ];
    for (key, text) in said {
        file.row(&Row { item: Some(item), name: &name, key, text, ..Row::default() })?;
    }
    for (key, value) in &post.metrics {
        file.row(&Row { item: Some(item), name: &name, key, value: *value, ..Row::default() })?;
    }
    Ok(())
}

/// A row for of how many followers it is known, one where networks tell of viewers, and two for each part: its share, and how many followers
/// it is.
fn audience(file: &mut File, item: usize, slice: &AudienceSlice) -> Result<(), RenderError> {
    let percent = exact::unit(&Unit::Percent);
    file.row(&Row {
        item: Some(item),
        key: "KNOWN_FOLLOWERS",
        place: slice.key.clone(),
        unit: percent,
        value: slice.known_percent,
        text: slice.missing_networks.join("; "),
        ..Row::default()
    })?;
    if !slice.viewers_from.is_empty() {
        let text = slice.viewers_from.join("; ");
        file.row(&Row { item: Some(item), key: "VIEWERS_FROM", place: slice.key.clone(), text, ..Row::default() })?;
    }
    slice.parts.iter().try_for_each(|part| {
        let row = |key, unit, value| Row {
            item: Some(item),
            name: &part.key,
            key,
            place: slice.key.clone(),
            unit,
            value,
            ..Row::default()
        };
        file.row(&row("SHARE", percent, Some(part.share)))?;
        let people = part.people.map(|mantissa| Number { mantissa, places: 0 });
        file.row(&row("FOLLOWERS", exact::unit(&Unit::Count), people))
    })
}

fn of_days(days: Days) -> String {
    format!("{}/{}", days.from.format("%F"), days.to.format("%F"))
}

fn campaign(file: &mut File, item: usize, campaign: &Campaign) -> Result<(), RenderError> {
    let row = |key, unit, value| Row {
        item: Some(item),
        name: &campaign.name,
        key,
        place: of_days(campaign.days),
        unit,
        value,
        ..Row::default()
    };
    let amount = |amount: &Option<(Number, String)>| amount.as_ref().map(|(number, _)| *number);
    let currency =
        |amount: &'_ Option<(Number, String)>| amount.as_ref().map(|(_, code)| code.clone()).unwrap_or_default();
    let (cost_in, value_in) = (currency(&campaign.cost), currency(&campaign.value));
    file.row(&row("COST", &cost_in, amount(&campaign.cost)))?;
    file.row(&row("VALUE", &value_in, amount(&campaign.value)))?;
    let conversions = campaign.conversions.map(|mantissa| Number { mantissa, places: 0 });
    file.row(&row("CONVERSIONS", exact::unit(&Unit::Count), conversions))?;
    file.row(&row("RETURN", exact::unit(&Unit::Percent), campaign.return_percent))
}

fn budget(file: &mut File, item: usize, budget: &Budget) -> Result<(), RenderError> {
    let amounts = [
        ("ALLOCATED", budget.allocated),
        ("COMMITTED", budget.committed),
        ("SPENT", budget.spent),
        ("LEFT", budget.left),
    ];
    amounts.into_iter().try_for_each(|(key, amount)| {
        file.row(&Row {
            item: Some(item),
            name: &budget.name,
            key,
            unit: &budget.currency,
            value: Some(amount),
            ..Row::default()
        })
    })
}

fn progress(file: &mut File, item: usize, progress: &Progress) -> Result<(), RenderError> {
    progress.counts.iter().try_for_each(|(key, count)| {
        file.row(&Row {
            item: Some(item),
            name: &progress.name,
            key,
            place: progress.level.clone(),
            unit: exact::unit(&Unit::Count),
            value: Some(Number { mantissa: *count, places: 0 }),
            ..Row::default()
        })
    })
}
