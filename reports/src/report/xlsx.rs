//! A report as a workbook: a sheet for each block, numbers and dates as such, charts as the program of its reader draws them.
//!
//! Every text is written as a text, so that none of them is a formula. The same report gives the same bytes.

use chrono::{DateTime, Datelike as _, NaiveDate, Timelike as _, Utc};
use rust_xlsxwriter::{
    Chart as Drawing, ChartFormat, ChartLegendPosition, ChartLine, ChartSolidFill, ChartType, Color, DocProperties,
    ExcelDateTime, Format, FormatAlign, FormatBorder, Image, Workbook, Worksheet, XlsxError,
};

use super::exact;
use super::model::{Block, ChartKind, Number, Picture, PostsBlock, Report, TextKind, Unit};
use super::pdf::readable;
use super::tables::{Cell, Table, paragraphs, plain, table};
use super::words::{ReportWords, report_words};
use crate::RenderError;

/// The longest name of a sheet that every program takes, in characters.
const SHEET_NAME: usize = 31;
/// The longest text of a cell, in characters: below the 32,767 of the format.
const CELL: usize = 30_000;
/// Where the heads of a table stand: below the title and an empty row.
const HEADS: u32 = 2;
/// The room for the picture at the head: beside what the first sheet says, and in pixels.
const LOGO: (u16, u32, u32) = (3, 240, 64);
/// The room for the picture of a post: the height of its row in pixels, and the width of its column in characters.
const POST: (u32, u16) = (72, 14);
/// The longest description of a picture, in characters: below the 255 of the format.
const ALT: usize = 200;
/// Narrowest and widest column, in characters.
const WIDTHS: (u16, u16) = (10, 48);

impl From<XlsxError> for RenderError {
    fn from(error: XlsxError) -> Self {
        Self::Written(error.to_string())
    }
}

/// What all sheets are written with.
struct Book<'a> {
    report: &'a Report,
    words: &'static ReportWords,
    title: Format,
    head: Format,
    body: Format,
}

/// Writes the report as XLSX.
pub fn report_xlsx(report: &Report) -> Result<Vec<u8>, RenderError> {
    let words = report_words(report.style.language);
    let [red, green, blue] = report.look.accent.map(u32::from);
    let accent = Color::RGB((red << 16) | (green << 8) | blue);
    let book = Book {
        report,
        words,
        title: Format::new().set_bold().set_font_size(14),
        head: Format::new()
            .set_bold()
            .set_text_wrap()
            .set_border_bottom(FormatBorder::Thin)
            .set_border_bottom_color(accent),
        body: Format::new().set_text_wrap().set_align(FormatAlign::Top),
    };
    let mut file = Workbook::new();
    let made = ExcelDateTime::from_timestamp(report.generated_at.timestamp())?;
    file.set_properties(&DocProperties::new().set_title(plain(&report.title, 200)).set_creation_datetime(&made));
    overview(&book, named(file.add_worksheet(), &book, (0, &words.block("OVERVIEW")))?)?;
    for (block, number) in report.blocks.iter().zip(1_usize..) {
        let title = title_of(words, block);
        let (sheet, name) = named_sheet(file.add_worksheet(), &book, (number, &title))?;
        sheet.write_string_with_format(0, 0, &title, &book.title)?;
        write_block(&book, sheet, (&name, block), accent)?;
    }
    Ok(file.save_to_buffer()?)
}

/// What a block is called: a chart by what it shows.
fn title_of(words: &ReportWords, block: &Block) -> String {
    match block {
        Block::Chart(chart) => words.kpi(&chart.metric),
        block => words.block(exact::block(block)),
    }
}

/// Names a sheet, unlike any other: its number goes before. Runs from right to left where the language does.
fn named_sheet<'a>(
    sheet: &'a mut Worksheet,
    book: &Book<'_>,
    (number, title): (usize, &str),
) -> Result<(&'a mut Worksheet, String), RenderError> {
    let allowed = title.chars().map(|c| if "[]:*?/\\'".contains(c) || c.is_control() { ' ' } else { c });
    let all = if number == 0 { allowed.collect() } else { format!("{number} {}", allowed.collect::<String>()) };
    // As the format counts: in units of UTF-16.
    let mut name = String::new();
    for c in all.chars() {
        if name.encode_utf16().count() + c.len_utf16() > SHEET_NAME {
            break;
        }
        name.push(c);
    }
    let name = name.trim().to_owned();
    sheet.set_name(&name)?.set_right_to_left(book.report.style.language.is_rtl());
    Ok((sheet, name))
}

fn named<'a>(sheet: &'a mut Worksheet, book: &Book<'_>, of: (usize, &str)) -> Result<&'a mut Worksheet, RenderError> {
    named_sheet(sheet, book, of).map(|(sheet, _)| sheet)
}

/// The first sheet: what the report is about.
fn overview(book: &Book<'_>, sheet: &mut Worksheet) -> Result<(), RenderError> {
    let (report, words) = (book.report, book.words);
    sheet.set_column_width(0, 26)?.set_column_width(1, 48)?;
    sheet.write_string_with_format(0, 0, plain(&report.title, CELL), &book.title)?;
    let text = |text: &str| Cell::Text(plain(text, CELL));
    let mut rows = Vec::new();
    if report.look.names_agency {
        rows.push((words.agency, text(&report.agency)));
    }
    if let Some(brand) = &report.brand {
        rows.push((words.brand, text(brand)));
    }
    rows.push((words.audience_head, text(words.audience(report.audience))));
    rows.push((words.from, Cell::Day(report.period.from)));
    rows.push((words.to, Cell::Day(report.period.to)));
    if let Some(compared) = report.compared {
        rows.push((words.compared_from, Cell::Day(compared.from)));
        rows.push((words.compared_to, Cell::Day(compared.to)));
    }
    rows.push((words.generated, Cell::Moment(report.generated_at)));
    rows.push((words.time_zone, text(report.style.time_zone.name())));
    if let Some(footer) = &report.look.footer {
        rows.push(("", text(footer)));
    }
    for ((label, cell), row) in rows.into_iter().zip(HEADS..) {
        sheet.write_string_with_format(row, 0, label, &book.head)?;
        write_cell(book, sheet, (row, 1), &cell)?;
    }
    if let Some(logo) = report.look.logo.as_ref().and_then(image) {
        let (column, width, height) = LOGO;
        sheet.insert_image(HEADS, column, &logo.set_scale_to_size(width, height, true))?;
    }
    Ok(())
}

/// A picture that can be read, of the formats that workbooks hold: PNG and JPEG.
fn image(picture: &Picture) -> Option<Image> {
    let known = matches!(picture.mime_type.as_str(), "image/png" | "image/jpeg");
    readable(picture).filter(|_| known)?;
    Some(Image::new_from_buffer(&picture.bytes).ok()?.set_alt_text(plain(&picture.alt, ALT)))
}

/// The pictures of posts, each in the row of its post, behind the table.
fn write_pictures(sheet: &mut Worksheet, block: &PostsBlock, column: u16) -> Result<(), RenderError> {
    let (height, width) = POST;
    let pictures = block.posts.iter().zip(HEADS + 1..);
    for (image, row) in pictures.filter_map(|(post, row)| Some((image(post.picture.as_ref()?)?, row))) {
        sheet.set_row_height_pixels(row, height)?.set_column_width(column, width)?;
        sheet.insert_image_fit_to_cell(row, column, &image, true)?;
    }
    Ok(())
}

fn write_block(
    book: &Book<'_>,
    sheet: &mut Worksheet,
    (name, block): (&str, &Block),
    accent: Color,
) -> Result<(), RenderError> {
    match block {
        Block::Text(text) => {
            let mut lines = Vec::new();
            if text.kind == TextKind::MachineSummary {
                lines.push(book.words.machine.to_owned());
            }
            lines.extend(paragraphs(&text.text).into_iter().map(|lines| lines.join("\n")));
            sheet.set_column_width(0, 100)?;
            for (text, row) in lines.into_iter().zip(HEADS..) {
                let text: String = text.chars().take(CELL).collect();
                sheet.write_string_with_format(row, 0, text, &book.body)?;
            }
        }
        Block::Nothing(nothing) => {
            sheet.write_string(HEADS, 0, book.words.why_nothing(nothing.why))?;
        }
        block => {
            let Some(table) = table(book.report, book.words, block) else { return Ok(()) };
            write_table(book, sheet, &table)?;
            if let Block::Posts(posts) = block {
                write_pictures(sheet, posts, u16::try_from(table.heads.len()).unwrap_or_default())?;
            }
            if let Block::Chart(chart) = block
                && !chart.points.is_empty()
            {
                let drawing = draw(book, (name, &table), chart.kind, accent)?;
                let beside = u16::try_from(table.heads.len()).unwrap_or_default() + 1;
                sheet.insert_chart(HEADS, beside, &drawing)?;
            }
        }
    }
    Ok(())
}

fn write_table(book: &Book<'_>, sheet: &mut Worksheet, table: &Table) -> Result<(), RenderError> {
    for (head, column) in table.heads.iter().zip(0_u16..) {
        sheet.write_string_with_format(HEADS, column, head, &book.head)?;
        sheet.set_column_width(column, width(table, column))?;
    }
    for (cells, row) in table.rows.iter().zip(HEADS + 1..) {
        for (cell, column) in cells.iter().zip(0_u16..) {
            write_cell(book, sheet, (row, column), cell)?;
        }
    }
    sheet.set_freeze_panes(HEADS + 1, 0)?;
    Ok(())
}

/// As wide as what stands in the column, within limits.
fn width(table: &Table, column: u16) -> u16 {
    let of = |text: &str| u16::try_from(text.chars().count() + 2).unwrap_or(WIDTHS.1);
    let column = usize::from(column);
    let cells = table.rows.iter().filter_map(|row| match row.get(column)? {
        Cell::Text(text) => Some(of(text)),
        Cell::Link(_) => Some(24),
        Cell::Moment(_) => Some(18),
        _ => Some(14),
    });
    cells.chain(table.heads.get(column).map(|head| of(head))).max().unwrap_or(WIDTHS.0).clamp(WIDTHS.0, WIDTHS.1)
}

fn write_cell(
    book: &Book<'_>,
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &Cell,
) -> Result<(), RenderError> {
    let top = || Format::new().set_align(FormatAlign::Top);
    match cell {
        Cell::Text(text) | Cell::Link(text) => {
            sheet.write_string_with_format(row, column, text, &book.body)?;
        }
        Cell::Number(number, unit) => {
            let shown = in_workbook(*number, unit);
            let format = top().set_num_format(number_format(*number, unit));
            // What has more digits than a workbook keeps stays exact as a text.
            match exact::float(shown) {
                Some(value) => sheet.write_number_with_format(row, column, value, &format)?,
                None => sheet.write_string(row, column, exact::decimal(*number))?,
            };
        }
        Cell::Day(day) => {
            let format = top().set_num_format("yyyy-mm-dd");
            sheet.write_datetime_with_format(row, column, &excel_day(*day)?, &format)?;
        }
        Cell::Month(first) => {
            let format = top().set_num_format("yyyy-mm");
            sheet.write_datetime_with_format(row, column, &excel_day(*first)?, &format)?;
        }
        Cell::Moment(at) => {
            let format = top().set_num_format("yyyy-mm-dd hh:mm");
            sheet.write_datetime_with_format(row, column, &excel_moment(book, *at)?, &format)?;
        }
        // Left empty, which a chart shows as a gap.
        Cell::Missing | Cell::Empty => {}
    }
    Ok(())
}

/// The number that stands in the cell: of a percentage, a hundredth, as workbooks have it.
fn in_workbook(number: Number, unit: &Unit) -> Number {
    match unit {
        Unit::Percent => Number { places: number.places + 2, ..number },
        _ => number,
    }
}

/// How a number is shown: with its places, and with its unit.
fn number_format(number: Number, unit: &Unit) -> String {
    let places = "0".repeat(usize::from(number.places));
    let plain = if places.is_empty() { "#,##0".to_owned() } else { format!("#,##0.{places}") };
    match unit {
        Unit::Count => plain,
        Unit::Percent => format!("{plain}%"),
        Unit::Seconds => format!("{plain}\" s\""),
        Unit::Money(currency) => {
            let code: String = currency.chars().filter(char::is_ascii_alphanumeric).take(8).collect();
            format!("{plain} \"{code}\"")
        }
    }
}

fn excel_day(day: NaiveDate) -> Result<ExcelDateTime, RenderError> {
    let part = |part: u32| u8::try_from(part).unwrap_or_default();
    let year = u16::try_from(day.year()).unwrap_or_default();
    Ok(ExcelDateTime::from_ymd(year, part(day.month()), part(day.day()))?)
}

/// A moment by the brand's clock: workbooks know no time zones.
fn excel_moment(book: &Book<'_>, at: DateTime<Utc>) -> Result<ExcelDateTime, RenderError> {
    let there = at.with_timezone(&book.report.style.time_zone).naive_local();
    let [hour, minute] = [there.hour(), there.minute()];
    let hour = u16::try_from(hour).unwrap_or_default();
    let minute = u8::try_from(minute).unwrap_or_default();
    Ok(excel_day(there.date())?.and_hms(hour, minute, 0)?)
}

/// A chart of the table on its sheet. Time runs from the right where the language does.
fn draw(
    book: &Book<'_>,
    (sheet, table): (&str, &Table),
    kind: ChartKind,
    accent: Color,
) -> Result<Drawing, RenderError> {
    let last = HEADS + u32::try_from(table.rows.len()).map_err(|error| RenderError::Written(error.to_string()))?;
    let mut drawing = Drawing::new(match kind {
        ChartKind::Line => ChartType::Line,
        ChartKind::Bars => ChartType::Column,
    });
    let colors = [accent, Color::RGB(0x00A0_A0A0)];
    for ((_, color), column) in table.heads.iter().skip(1).zip(colors).zip(1_u16..) {
        let mut format = ChartFormat::new();
        match kind {
            ChartKind::Line => format.set_line(ChartLine::new().set_color(color).set_width(2)),
            ChartKind::Bars => format.set_solid_fill(ChartSolidFill::new().set_color(color)),
        };
        drawing
            .add_series()
            .set_name((sheet, HEADS, column))
            .set_categories((sheet, HEADS + 1, 0, last, 0))
            .set_values((sheet, HEADS + 1, column, last, column))
            .set_format(&mut format);
    }
    drawing.legend().set_position(ChartLegendPosition::Bottom);
    if book.report.style.language.is_rtl() {
        drawing.x_axis().set_reverse();
    }
    drawing.title().set_name((sheet, HEADS, 1));
    let title = table.heads.get(1).map(String::as_str).unwrap_or_default();
    drawing.set_width(760).set_height(360).set_alt_text(title);
    Ok(drawing)
}
