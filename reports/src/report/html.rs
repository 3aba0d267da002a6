//! A report as one page that needs nothing else: style, charts and pictures are in it, and nothing in it runs.
//!
//! Every number stands in a `data` element whose `value` is the exact decimal, whatever the language writes. Text from people is escaped where it
//! is written, so [`FILES`] stands where we put it and nowhere else.

use data_encoding::BASE64;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::exact;
use super::html_chart;
use super::look::{SHAPE, TEXT, darkened, hex};
use super::model::{
    Block, Chart, Figure, HeatCell, HeatMap, Number, Picture, Point, PostsBlock, Report, Standing, TextBlock, TextKind,
    Typeface, Unit, WhyNothing,
};
use super::tables::{Cell, Table, paragraphs, plain, table};
use super::words::{ReportWords, report_words};
use super::write::Writer;
use crate::RenderError;
use crate::text::{MISSING, is_rtl, link};

/// Where whoever sends the page puts what else there is of the report.
pub const FILES: &str = "<!--files-->";

const STYLE: &str = include_str!("report.css");
/// What a browser may do with the page, also where it is opened from a disk.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";
/// The longest name that is shown whole, in characters.
const NAME: usize = 200;
/// The longest beginning of a post, in characters.
const POST: usize = 280;

/// What the page is written with.
struct Page<'a> {
    report: &'a Report,
    words: &'static ReportWords,
    writer: Writer,
}

/// Writes the report as one HTML page. The same report gives the same bytes.
pub fn report_html(report: &Report) -> Result<Vec<u8>, RenderError> {
    let words = report_words(report.style.language);
    let page = Page { report, words, writer: Writer::new(report.style) };
    Ok(page.whole().into_string().into_bytes())
}

/// The accent as CSS has it: for shapes, and for text.
fn colors(accent: [u8; 3]) -> String {
    format!(":root{{--accent:{};--ink:{}}}", hex(darkened(accent, SHAPE)), hex(darkened(accent, TEXT)))
}

/// Which way a text of people runs.
fn direction(text: &str, fallback: bool) -> &'static str {
    if is_rtl(text, fallback) { "rtl" } else { "ltr" }
}

fn picture(picture: &Picture) -> Markup {
    let known = ["image/png", "image/jpeg", "image/webp"].contains(&picture.mime_type.as_str());
    html! {
        @if known {
            img src={ "data:" (picture.mime_type) ";base64," (BASE64.encode(&picture.bytes)) }
                alt=(plain(&picture.alt, NAME));
        }
    }
}

impl Page<'_> {
    fn rtl(&self) -> bool {
        self.report.style.language.is_rtl()
    }

    fn whole(&self) -> Markup {
        let report = self.report;
        let title = plain(&report.title, NAME);
        let language = report.style.language.code();
        let serif = report.look.typeface == Typeface::Serif;
        html! {
            (DOCTYPE)
            html lang=(language) dir=(if self.rtl() { "rtl" } else { "ltr" }) {
                head {
                    meta charset="utf-8";
                    meta http-equiv="Content-Security-Policy" content=(POLICY);
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="robots" content="noindex";
                    meta name="referrer" content="no-referrer";
                    title { (title) }
                    style { (PreEscaped(colors(report.look.accent))) (PreEscaped(STYLE)) }
                }
                body.serif[serif] {
                    (PreEscaped(FILES))
                    (self.head(&title))
                    main { @for block in &report.blocks { (self.block(block)) } }
                    (self.foot())
                }
            }
        }
    }

    fn head(&self, title: &str) -> Markup {
        let (report, words) = (self.report, self.words);
        html! {
            header {
                @if let Some(logo) = &report.look.logo { (picture(logo)) }
                h1 dir=(direction(title, self.rtl())) { (title) }
                p {
                    @if let Some(brand) = &report.brand { strong { bdi { (plain(brand, NAME)) } } }
                    @if report.look.names_agency {
                        @if report.brand.is_some() { " · " }
                        bdi { (plain(&report.agency, NAME)) }
                    }
                }
                p {
                    (self.writer.days(report.period))
                    @if let Some(beside) = self.writer.beside_days(report.period) { " (" (beside) ")" }
                }
                @if let Some(compared) = report.compared {
                    p.hint { (words.compared_with) " " (self.writer.days(compared)) }
                }
                p.hint {
                    (words.audience(report.audience)) " · " (words.generated) " "
                    (self.writer.moment(report.generated_at)) " · " bdi { (report.style.time_zone.name()) }
                }
            }
        }
    }

    fn foot(&self) -> Markup {
        let report = self.report;
        let agency = report.look.names_agency.then_some(&report.agency);
        html! {
            footer {
                p { (MISSING) " " (self.words.legend) }
                @if let Some(line) = report.look.footer.as_ref().or(agency) { p { bdi { (plain(line, NAME)) } } }
            }
        }
    }

    fn block(&self, block: &Block) -> Markup {
        let words = self.words;
        let heading = match block {
            Block::Chart(chart) => words.kpi(&chart.metric),
            block => words.block(exact::block(block)),
        };
        html! {
            section {
                h2 { (heading) }
                @match block {
                    Block::Text(text) => { (self.text(text)) }
                    Block::Nothing(nothing) => { p.hint { (words.why_nothing(nothing.why)) } }
                    Block::Figures(figures) | Block::Community(figures) => { (self.figures(figures)) }
                    Block::Chart(chart) => { (self.chart(chart, block, &heading)) }
                    Block::HeatMap(map) => { (self.heat_map(map, block)) }
                    Block::Posts(posts) => { (self.posts(posts)) }
                    block => { (self.table(block)) }
                }
            }
        }
    }

    fn text(&self, text: &TextBlock) -> Markup {
        let machine = text.kind == TextKind::MachineSummary;
        html! {
            div.machine[machine] {
                @if machine { p.hint { (self.words.machine) } }
                @for lines in paragraphs(&text.text) {
                    p dir=(direction(&lines.join(" "), self.rtl())) {
                        @for (index, line) in lines.iter().enumerate() { @if index > 0 { br; } (line) }
                    }
                }
            }
        }
    }

    /// A number in the words of the language, and exactly.
    fn number(&self, number: Option<Number>, unit: &Unit) -> Markup {
        html! {
            @match number {
                Some(number) => { data value=(exact::decimal(number)) { (self.writer.number(number, unit)) } }
                None => { (MISSING) }
            }
        }
    }

    fn cell(&self, cell: &Cell) -> Markup {
        html! {
            @match cell {
                Cell::Text(text) => { span dir="auto" { (text) } }
                Cell::Link(url) => { a href=(url) rel="noopener noreferrer nofollow" { (self.words.link) } }
                Cell::Number(number, unit) => { (self.number(Some(*number), unit)) }
                Cell::Day(day) => { time datetime=(day.format("%F")) { (self.writer.day(*day)) } }
                Cell::Month(first) => { time datetime=(first.format("%Y-%m")) { (self.writer.month(*first)) } }
                Cell::Moment(at) => { time datetime=(at.format("%FT%TZ")) { (self.writer.moment(*at)) } }
                Cell::Missing => { (MISSING) }
                Cell::Empty => {}
            }
        }
    }

    fn rows(&self, table: &Table) -> Markup {
        let number = |column: usize| {
            table.rows.iter().any(|row| matches!(row.get(column), Some(Cell::Number(..) | Cell::Missing)))
        };
        let numbers: Vec<bool> = (0..table.heads.len()).map(number).collect();
        html! {
            div.wide {
                table {
                    thead { tr {
                        @for (head, number) in table.heads.iter().zip(&numbers) { th.number[*number] scope="col" { (head) } }
                    } }
                    tbody {
                        @for row in &table.rows {
                            tr { @for (cell, number) in row.iter().zip(&numbers) { td.number[*number] { (self.cell(cell)) } } }
                        }
                    }
                }
            }
        }
    }

    fn table(&self, block: &Block) -> Markup {
        html! { @if let Some(table) = table(self.report, self.words, block) { (self.rows(&table)) } }
    }

    fn figures(&self, figures: &[Figure]) -> Markup {
        let words = self.words;
        let compared = figures.iter().any(|one| one.before.is_some() || one.change_percent.is_some());
        let aimed = figures.iter().any(|one| one.target.is_some());
        html! {
            div.wide {
                table {
                    thead { tr {
                        th scope="col" { (words.kpi_head) }
                        th.number scope="col" { (words.value) }
                        @if compared {
                            th.number scope="col" { (words.before) }
                            th.number scope="col" { (words.change) }
                        }
                        @if aimed {
                            th.number scope="col" { (words.target) }
                            th scope="col" { (words.status) }
                        }
                    } }
                    tbody { @for one in figures { (self.figure(one, compared, aimed)) } }
                }
            }
        }
    }

    fn figure(&self, one: &Figure, compared: bool, aimed: bool) -> Markup {
        let words = self.words;
        html! {
            tr {
                th scope="row" {
                    (words.kpi(&one.kpi))
                    @if !one.missing_networks.is_empty() {
                        @let networks = plain(&one.missing_networks.join(words.list_comma), NAME);
                        div.hint { (words.missing_from.replace("{networks}", &networks)) }
                    }
                }
                td.number { (self.number(one.value, &one.unit)) }
                @if compared {
                    td.number { (self.number(one.before, &one.unit)) }
                    td.number {
                        @match one.change_percent {
                            Some(change) => { data value=(exact::decimal(change)) { (self.writer.change(change)) } }
                            None => { (MISSING) }
                        }
                    }
                }
                @if aimed {
                    td.number { (self.number(one.target, &one.unit)) }
                    td { @if let Some(standing) = one.standing { (self.standing(standing)) } }
                }
            }
        }
    }

    /// A word and an arrow: never the colour alone.
    fn standing(&self, standing: Standing) -> Markup {
        let arrow = match standing {
            Standing::Ahead => "▲",
            Standing::OnTrack => "●",
            Standing::Behind => "▼",
        };
        let class = exact::standing(standing).to_lowercase();
        html! { span class=(class) { span aria-hidden="true" { (arrow) } " " (self.words.standing(standing)) } }
    }

    fn chart(&self, chart: &Chart, block: &Block, heading: &str) -> Markup {
        let words = self.words;
        let compared = chart.points.iter().any(|point| point.before.is_some());
        let axis = |number: Number| self.writer.number(number, &chart.unit);
        let place = |point: &Point| self.writer.place(&point.at);
        html! {
            @if chart.points.is_empty() {
                p.hint { (words.why_nothing(WhyNothing::Empty)) }
            } @else {
                (html_chart::chart(chart, self.rtl(), heading, (&axis, &place)))
                @if compared {
                    p.hint { span.key {} (words.this_period) span.key.before {} (words.other_period) }
                }
                details { summary { (words.numbers) } (self.table(block)) }
            }
        }
    }

    /// Days down, hours across, in the order of the brand's week. What is of too few posts is marked.
    fn heat_map(&self, map: &HeatMap, block: &Block) -> Markup {
        let most = map.cells.iter().filter(|cell| cell.enough).filter_map(|cell| float(cell.value)).fold(0.0, f64::max);
        let first = self.report.style.week_start;
        let days = std::iter::successors(Some(first), |day| Some(day.succ())).take(7);
        let at = |day, hour| map.cells.iter().find(|cell| cell.weekday == day && cell.hour == hour);
        html! {
            p.hint { (self.words.kpi(&map.metric)) }
            div.wide {
                table.heat {
                    thead { tr { th {} @for hour in 0..24_u8 { th scope="col" { (self.writer.digits(&hour.to_string())) } } } }
                    tbody {
                        @for day in days {
                            tr {
                                th scope="row" { (self.words.weekday(day)) }
                                @for hour in 0..24_u8 {
                                    @match at(day, hour) { Some(cell) => { (self.heat_cell(*cell, most)) } None => { td {} } }
                                }
                            }
                        }
                    }
                }
            }
            p.hint { (self.words.too_few_legend) }
            details { summary { (self.words.numbers) } (self.table(block)) }
        }
    }

    fn heat_cell(&self, cell: HeatCell, most: f64) -> Markup {
        let share = float(cell.value).map_or(0.0, |value| if most > 0.0 { value / most } else { 0.0 });
        let class = match share {
            _ if !cell.enough => "few",
            share if share > 0.75 => "h4",
            share if share > 0.5 => "h3",
            share if share > 0.25 => "h2",
            _ => "h1",
        };
        html! { td class=(class) { (self.number(cell.value, &Unit::Count)) } }
    }

    fn posts(&self, block: &PostsBlock) -> Markup {
        let words = self.words;
        html! {
            p.hint { (words.ordered_by) " " (words.kpi(&block.metric)) }
            @for post in &block.posts {
                article.post {
                    @if let Some(shown) = &post.picture { (picture(shown)) }
                    div {
                        p.hint {
                            bdi { (plain(&post.network_name, NAME)) } " · " bdi { (plain(&post.account_handle, NAME)) }
                            " · " (self.writer.moment(post.published_at))
                            @if let Some(url) = post.url.as_deref().and_then(link) {
                                " · " a href=(url) rel="noopener noreferrer nofollow" { (words.link) }
                            }
                        }
                        p dir="auto" { (plain(&post.text, POST)) }
                        dl {
                            @for (key, value) in &post.metrics {
                                div { dt { (words.kpi(key)) } dd { (self.number(*value, &Unit::Count)) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn float(number: Option<Number>) -> Option<f64> {
    exact::decimal(number?).parse().ok()
}
