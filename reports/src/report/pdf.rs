//! A composed report on paper.

use typst::foundations::{Array, Bytes, Dict, IntoValue, Value, dict};
use typst::layout::Abs;
use typst::visualize::{ExchangeFormat, RasterImage};

use super::drawing::{self, Pen};
use super::model::{
    Block, Chart, Days, Figure, HeatCell, HeatMap, Picture, Post, PostsBlock, Report, Standing, TextBlock, TextKind,
    Typeface, Unit, WhyNothing,
};
use super::tables::{Cell, Table, paragraphs, table};
use super::words::{ReportWords, report_words};
use super::write::Writer;
use super::{exact, look};
use crate::RenderError;
use crate::render;
use crate::text::{MISSING, is_rtl, line, link};

const TEMPLATE: (&str, &str) = ("report.typ", include_str!("../../templates/report.typ"));

/// The longest name that is shown whole, in characters.
const NAME: usize = 120;
/// The longest title or line at the foot.
const TITLE: usize = 200;
/// The longest beginning of a post.
const POST: usize = 280;
/// The longest line of a text.
const LINE: usize = 10_000;
/// The room for the picture at the head, in points: 60 by 16 millimetres.
const LOGO: (f64, f64) = (170.0, 45.0);
/// How many figures stand out as cards.
const CARDS: usize = 4;
/// The longest number that fits into an hour of a heat map, in characters.
const IN_CELL: usize = 5;

/// Renders a composed report as a PDF file.
///
/// The same report gives the same bytes. The work is done on the calling thread and takes from tens of milliseconds to two seconds: an asynchronous
/// caller hands it to a blocking thread. A picture that cannot be read is left out.
pub fn report_pdf(report: &Report) -> Result<Vec<u8>, RenderError> {
    render::pdf(TEMPLATE, inputs(report), report.generated_at)
}

/// What the values are made with.
struct Page<'a> {
    report: &'a Report,
    words: &'static ReportWords,
    writer: Writer,
    rtl: bool,
}

/// The values the template reads.
fn inputs(report: &Report) -> Dict {
    let language = report.style.language;
    let words = report_words(language);
    let page = Page { report, words, writer: Writer::new(report.style), rtl: language.is_rtl() };
    let families = match report.look.typeface {
        Typeface::Sans => language.families(),
        Typeface::Serif => language.serif_families(),
    };
    let agency = if report.look.names_agency { report.agency.as_str() } else { "" };
    dict! {
        "lang" => language.code(),
        "region" => language.region(),
        "rtl" => page.rtl,
        "fonts" => families.into_iter().map(IntoValue::into_value).collect::<Array>(),
        "digits" => language.digits(report.style.digits).into_iter().map(IntoValue::into_value).collect::<Array>(),
        "accent" => look::hex(look::darkened(report.look.accent, look::SHAPE)),
        "accent-text" => look::hex(look::darkened(report.look.accent, look::TEXT)),
        "title" => page.said(&report.title, TITLE),
        "agency" => page.said(agency, NAME),
        "brand" => page.said(report.brand.as_deref().unwrap_or_default(), NAME),
        "footer" => page.said(report.look.footer.as_deref().unwrap_or(agency), TITLE),
        "logo" => report.look.logo.as_ref().and_then(logo).map_or(Value::None, IntoValue::into_value),
        "facts" => page.facts(),
        "period" => page.writer.days(report.period),
        "words" => dict! {
            "page" => words.page,
            "legend" => words.legend,
            "machine" => words.machine,
            "this-period" => words.this_period,
            "other-period" => words.other_period,
            "less" => words.less,
            "more" => words.more,
            "too-few" => words.too_few,
        },
        "blocks" => report.blocks.iter().map(|block| page.block(block).into_value()).collect::<Array>(),
    }
}

/// The picture at the head, as large as there is room.
fn logo(logo: &Picture) -> Option<Dict> {
    let (mut out, image) = readable(logo)?;
    let (width, height) = (f64::from(image.width().max(1)), f64::from(image.height().max(1)));
    let scale = (LOGO.0 / width).min(LOGO.1 / height);
    out.insert("width".into(), Abs::pt(width * scale).into_value());
    out.insert("height".into(), Abs::pt(height * scale).into_value());
    Some(out)
}

/// A picture of a post.
fn picture(picture: &Picture) -> Option<Dict> {
    readable(picture).map(|(out, _)| out)
}

/// A picture that can be read, with its format.
pub(super) fn readable(picture: &Picture) -> Option<(Dict, RasterImage)> {
    let (format, name) = match picture.mime_type.as_str() {
        "image/png" => (ExchangeFormat::Png, "png"),
        "image/jpeg" => (ExchangeFormat::Jpg, "jpg"),
        "image/webp" => (ExchangeFormat::Webp, "webp"),
        _ => return None,
    };
    let bytes = Bytes::new(picture.bytes.clone());
    // The template would fail on it, and the whole report with it.
    let image = RasterImage::plain(bytes.clone(), format).ok()?;
    Some((dict! { "bytes" => bytes, "format" => name, "alt" => line(&picture.alt, TITLE) }, image))
}

impl Page<'_> {
    /// A person's text with the direction it reads in.
    fn said(&self, text: &str, most: usize) -> Dict {
        let text = line(text, most);
        let rtl = is_rtl(&text, self.rtl);
        dict! { "text" => text, "rtl" => rtl }
    }

    /// What the report is about, below its title: what each is called, and what it is.
    fn facts(&self) -> Array {
        let (report, words, writer) = (self.report, self.words, &self.writer);
        let days = |days: Days| {
            let plain = writer.days(days);
            writer.beside_days(days).map_or_else(|| plain.clone(), |beside| format!("{plain} ({beside})"))
        };
        let mut facts = vec![(words.period, days(report.period))];
        if let Some(compared) = report.compared {
            facts.push((words.compared_with, days(compared)));
        }
        facts.push((words.audience_head, words.audience(report.audience).to_owned()));
        let zone = report.style.time_zone.name();
        // The mark keeps the brackets in the direction of the page.
        let mark = if self.rtl { "\u{200F}" } else { "" };
        facts.push((words.generated, format!("{} ({zone}{mark})", writer.moment(report.generated_at))));
        facts.into_iter().map(|(label, value)| dict! { "label" => label, "value" => value }.into_value()).collect()
    }

    /// A block with its heading. One that holds nothing says so.
    fn block(&self, block: &Block) -> Dict {
        let words = self.words;
        let mut out = match block {
            Block::Text(text) => self.text(text),
            Block::Figures(figures) | Block::Community(figures) if !figures.is_empty() => self.figures(figures, block),
            Block::Chart(chart) if !chart.points.is_empty() => self.chart(chart),
            Block::HeatMap(map) if !map.cells.is_empty() => self.heat_map(map),
            Block::Posts(posts) if !posts.posts.is_empty() => self.posts(posts),
            Block::Audience(all) if !all.is_empty() => self.table(block),
            Block::Campaigns(all) if !all.is_empty() => self.table(block),
            Block::Budgets(all) if !all.is_empty() => self.table(block),
            Block::Progress(all) if !all.is_empty() => self.table(block),
            Block::Nothing(nothing) => dict! { "kind" => "nothing", "why" => words.why_nothing(nothing.why) },
            _ => dict! { "kind" => "nothing", "why" => words.why_nothing(WhyNothing::Empty) },
        };
        let heading = match block {
            Block::Chart(chart) => match &chart.unit {
                Unit::Money(currency) => format!("{} ({currency})", words.kpi(&chart.metric)),
                _ => words.kpi(&chart.metric),
            },
            block => words.block(exact::block(block)),
        };
        out.insert("heading".into(), line(&heading, NAME).into_value());
        out
    }

    fn text(&self, block: &TextBlock) -> Dict {
        let paragraphs = paragraphs(&block.text).into_iter().map(|lines| {
            let first = lines.first().map_or("", String::as_str);
            let rtl = is_rtl(first, self.rtl);
            let lines = lines.iter().map(|one| line(one, LINE).into_value()).collect::<Array>();
            dict! { "lines" => lines, "rtl" => rtl }.into_value()
        });
        let machine = block.kind == TextKind::MachineSummary;
        dict! { "kind" => "text", "paragraphs" => paragraphs.collect::<Array>(), "machine" => machine }
    }

    /// The first figures as cards; all of them as a table where the cards do not say everything.
    fn figures(&self, figures: &[Figure], block: &Block) -> Dict {
        let more = figures.len() > CARDS
            || figures
                .iter()
                .any(|one| one.before.is_some() || one.target.is_some() || !one.missing_networks.is_empty());
        let cards = figures.iter().take(CARDS).map(|one| self.card(one).into_value()).collect::<Array>();
        let rows = if more { self.table(block).into_value() } else { Value::None };
        dict! { "kind" => "figures", "cards" => cards, "table" => rows }
    }

    fn card(&self, figure: &Figure) -> Dict {
        let (change, direction) = figure.change_percent.map_or((String::new(), ""), |change| {
            let direction = match change.mantissa.signum() {
                1 => "up",
                -1 => "down",
                _ => "",
            };
            (self.writer.change(change), direction)
        });
        let standing = figure.standing.map_or(Value::None, |standing| {
            let shape = match standing {
                Standing::Ahead => "up",
                Standing::OnTrack => "level",
                Standing::Behind => "down",
            };
            dict! { "shape" => shape, "word" => self.words.standing(standing) }.into_value()
        });
        dict! {
            "label" => line(&self.words.kpi(&figure.kpi), NAME),
            "value" => self.writer.or_missing(figure.value, &figure.unit),
            "change" => change,
            "direction" => direction,
            "standing" => standing,
        }
    }

    fn chart(&self, chart: &Chart) -> Dict {
        let mut out = drawing::chart(&Pen { writer: &self.writer, rtl: self.rtl }, chart);
        out.insert("kind".into(), "chart".into_value());
        out
    }

    /// Days down in the order of the brand's week, hours across.
    fn heat_map(&self, map: &HeatMap) -> Dict {
        let places = map.cells.iter().filter_map(|cell| cell.value).map(|value| value.places.min(9)).max().unwrap_or(0);
        let of = |cell: &HeatCell| {
            cell.value.map(|value| {
                let more = u32::from(places.saturating_sub(value.places.min(9)));
                i128::from(value.mantissa) * 10_i128.pow(more)
            })
        };
        let most = map.cells.iter().filter(|cell| cell.enough).filter_map(of).max().unwrap_or(0).max(1);
        let mut grid = vec![vec![Value::None; 24]; 7];
        for cell in &map.cells {
            let row = usize::try_from(cell.weekday.days_since(self.report.style.week_start)).unwrap_or_default();
            let thousandths = of(cell).map(|value| u32::try_from(value.max(0) * 1000 / most).unwrap_or(1000));
            if let Some(slot) = grid.get_mut(row).and_then(|row| row.get_mut(usize::from(cell.hour))) {
                *slot = self.heat_cell(*cell, thousandths).into_value();
            }
        }
        let mut day = self.report.style.week_start;
        let days = grid.into_iter().map(|cells| {
            let of_row = day;
            day = day.succ();
            let cells = cells.into_iter().collect::<Array>();
            dict! { "label" => self.words.short_weekday(of_row), "cells" => cells }.into_value()
        });
        let scale = (0..=4).map(|step| look::hex(self.heat(step * 250)).into_value()).collect::<Array>();
        dict! {
            "kind" => "heat",
            "metric" => line(&self.words.kpi(&map.metric), NAME),
            "days" => days.collect::<Array>(),
            "hours" => (0..24).map(|hour: i64| self.writer.digits(&hour.to_string()).into_value()).collect::<Array>(),
            "scale" => scale,
        }
    }

    /// The colour of so many thousandths of the best hour; never as pale as nothing at all.
    fn heat(&self, thousandths: u32) -> [u8; 3] {
        let accent = look::darkened(self.report.look.accent, look::TEXT);
        look::tint(accent, 120 + thousandths.min(1000) * 88 / 100)
    }

    fn heat_cell(&self, cell: HeatCell, thousandths: Option<u32>) -> Dict {
        let color = self.heat(thousandths.unwrap_or(0));
        let written = self.writer.or_missing(cell.value, &Unit::Count);
        let fits = cell.enough && written.chars().count() <= IN_CELL;
        dict! {
            "fill" => look::hex(color),
            "enough" => cell.enough && cell.value.is_some(),
            "dark" => look::contrast_with_white(color) >= look::TEXT,
            "text" => if fits { written } else { String::new() },
        }
    }

    fn posts(&self, block: &PostsBlock) -> Dict {
        let ordered = format!("{} {}", self.words.ordered_by, self.words.kpi(&block.metric));
        dict! {
            "kind" => "posts",
            "ordered" => line(&ordered, NAME),
            "posts" => block.posts.iter().map(|post| self.post(post).into_value()).collect::<Array>(),
        }
    }

    fn post(&self, post: &Post) -> Dict {
        let text = if post.text.trim().is_empty() { self.words.untitled } else { post.text.as_str() };
        let metrics = post.metrics.iter().map(|(key, value)| {
            let label = line(&self.words.kpi(key), NAME);
            dict! { "label" => label, "value" => self.writer.or_missing(*value, &Unit::Count) }.into_value()
        });
        dict! {
            "text" => self.said(text, POST),
            "network" => self.said(&post.network_name, NAME),
            "handle" => self.said(&post.account_handle, NAME),
            "when" => self.writer.moment(post.published_at),
            "url" => post.url.as_deref().and_then(link).map_or(Value::None, IntoValue::into_value),
            "picture" => post.picture.as_ref().and_then(picture).map_or(Value::None, IntoValue::into_value),
            "metrics" => metrics.collect::<Array>(),
        }
    }

    fn table(&self, block: &Block) -> Dict {
        let Table { heads, rows } = table(self.report, self.words, block).unwrap_or_default();
        let numeric =
            |column: usize| rows.iter().any(|row| matches!(row.get(column), Some(Cell::Number(..) | Cell::Missing)));
        let heads = heads
            .iter()
            .enumerate()
            .map(|(column, head)| dict! { "text" => line(head, NAME), "number" => numeric(column) }.into_value());
        let cells = |row: &Vec<Cell>| row.iter().map(|cell| self.cell(cell).into_value()).collect::<Array>();
        dict! {
            "kind" => "table",
            "heads" => heads.collect::<Array>(),
            "rows" => rows.iter().map(|row| cells(row).into_value()).collect::<Array>(),
        }
    }

    fn cell(&self, cell: &Cell) -> Dict {
        // Numbers and dates run as the page does.
        let plain = |text: String| dict! { "text" => text, "rtl" => self.rtl };
        match cell {
            Cell::Text(text) | Cell::Link(text) => self.said(text, TITLE),
            Cell::Number(number, unit) => plain(self.writer.number(*number, unit)),
            Cell::Day(day) => plain(self.writer.day(*day)),
            Cell::Month(first) => plain(self.writer.month(*first)),
            Cell::Moment(at) => plain(self.writer.moment(*at)),
            Cell::Missing => plain(MISSING.to_owned()),
            Cell::Empty => plain(String::new()),
        }
    }
}

#[cfg(test)]
#[path = "pdf_tests.rs"]
mod tests;
