//! Where the shapes of a chart stand on paper. Everything is reckoned here, in points from the upper left corner of the plot, mirrored where the
//! language runs from right to left; the template only draws.

use chrono::Datelike as _;
use typst::foundations::{Array, Dict, IntoValue, dict};
use typst::layout::Abs;

use super::model::{Chart, ChartKind, Number, Place, Point, Unit};
use super::write::{Exact, Writer};
use crate::text::{MISSING, is_rtl};

/// The width of a plot without the labels of its axis, in points; `templates/report.typ` has the same.
const WIDTH: f64 = 448.0;
/// Its height likewise.
const HEIGHT: f64 = 96.0;
/// The most distances between the lines across.
const LINES: i128 = 5;
/// The most numbers of days along the axis, and the most names.
const NUMBERS: usize = 31;
/// See [`NUMBERS`].
const NAMES: usize = 7;
/// The most points of which each missing one is marked; of more, the gap alone says it.
const MARKED: usize = 62;

/// What a chart is drawn with.
pub(super) struct Pen<'a> {
    pub(super) writer: &'a Writer,
    pub(super) rtl: bool,
}

/// The lines across a chart: from `low` to `high` times `step`, of numbers with so many places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Scale {
    step: i128,
    low: i128,
    high: i128,
    places: u8,
}

impl Scale {
    /// Holds zero and all values, in steps of 1, 2 or 5 times a power of ten.
    fn over(values: &[i128], places: u8) -> Self {
        let least = values.iter().copied().fold(0, i128::min);
        let most = values.iter().copied().fold(0, i128::max);
        if least == most {
            return Self { step: 10_i128.pow(u32::from(places)), low: 0, high: 1, places };
        }
        let mut power = 1;
        loop {
            for step in [power, 2 * power, 5 * power] {
                let (low, high) = (least.div_euclid(step), -((-most).div_euclid(step)));
                if high - low <= LINES {
                    return Self { step, low, high, places };
                }
            }
            power *= 10;
        }
    }

    /// How far below the upper edge a value stands.
    #[expect(clippy::cast_precision_loss, reason = "a place on paper needs no more than a few digits")]
    fn place(self, value: i128) -> f64 {
        let (top, span) = (self.high * self.step, (self.high - self.low) * self.step);
        HEIGHT * ((top - value) as f64 / span as f64)
    }
}

/// Places along the axis.
#[derive(Clone, Copy)]
struct Along {
    slot: f64,
    rtl: bool,
}

impl Along {
    #[expect(clippy::cast_precision_loss, reason = "a place on paper needs no more than a few digits")]
    fn new(points: usize, rtl: bool) -> Self {
        Self { slot: WIDTH / points.max(1) as f64, rtl }
    }

    /// How far right of the left edge the middle of a point is.
    #[expect(clippy::cast_precision_loss, reason = "a place on paper needs no more than a few digits")]
    fn middle(self, index: usize) -> f64 {
        let from_start = self.slot * (index as f64 + 0.5);
        if self.rtl { WIDTH - from_start } else { from_start }
    }
}

/// The numbers of a series, all with the same places.
type Series = Vec<Option<i128>>;

/// The chart as the template reads it: as rows of bars where its points have names, otherwise along an axis.
pub(super) fn chart(pen: &Pen<'_>, chart: &Chart) -> Dict {
    let compared = chart.points.iter().any(|point| point.before.is_some());
    let named = chart.points.iter().any(|point| matches!(point.at, Place::Named(_) | Place::ContentType(_)));
    let places = chart.points.iter().flat_map(|point| [point.value, point.before]).flatten();
    let places = places.map(|number| number.places.min(9)).max().unwrap_or(0);
    let series = |of: &dyn Fn(&Point) -> Option<Number>| -> Series {
        chart.points.iter().map(|point| of(point).map(|number| aligned(number, places))).collect()
    };
    let (now, before) = (series(&|point| point.value), series(&|point| point.before));
    let mut out = if named { rows(pen, chart, &now, &before) } else { plot(pen, chart, (&now, &before), places) };
    out.insert("compared".into(), compared.into_value());
    out
}

/// The number without its point, as one with so many places.
fn aligned(number: Number, places: u8) -> i128 {
    i128::from(number.mantissa) * 10_i128.pow(u32::from(places.saturating_sub(number.places.min(9))))
}

fn length(points: f64) -> typst::foundations::Value {
    Abs::pt(points).into_value()
}

fn plot(pen: &Pen<'_>, chart: &Chart, (now, before): (&[Option<i128>], &[Option<i128>]), places: u8) -> Dict {
    let all: Vec<i128> = now.iter().chain(before).flatten().copied().collect();
    let scale = Scale::over(&all, places);
    let along = Along::new(chart.points.len(), pen.rtl);
    let compared = before.iter().any(Option::is_some);
    let ticks = (scale.low..=scale.high).map(|tick| {
        let value = tick * scale.step;
        let label = axis_label(pen.writer, Exact { mantissa: value, places: scale.places }, &chart.unit);
        dict! { "y" => length(scale.place(value)), "label" => label, "zero" => tick == 0 }.into_value()
    });
    let gaps = now.iter().enumerate().filter(|(_, value)| value.is_none() && now.len() <= MARKED);
    let gaps = gaps.map(|(index, _)| length(along.middle(index)));
    let (labels, label_width) = labels(pen, &chart.points, along);
    let mut out = dict! {
        "drawn" => "plot",
        "height" => length(HEIGHT),
        "width" => length(WIDTH),
        "ticks" => ticks.collect::<Array>(),
        "labels" => labels,
        "label-width" => length(label_width),
        "gaps" => gaps.collect::<Array>(),
    };
    match chart.kind {
        ChartKind::Line => {
            out.insert("lines".into(), lines(now, scale, along).into_value());
            out.insert("lines-before".into(), lines(before, scale, along).into_value());
        }
        ChartKind::Bars => {
            out.insert("bars".into(), bars(now, scale, along, compared.then_some(true)).into_value());
            out.insert("bars-before".into(), bars(before, scale, along, compared.then_some(false)).into_value());
        }
    }
    out
}

/// A number of the axis: with its sign for hundredths, in hours and minutes, but without its currency, which the heading names.
fn axis_label(writer: &Writer, exact: Exact, unit: &Unit) -> String {
    let plain = writer.decimal(exact.trimmed(0));
    match (unit, i64::try_from(exact.mantissa)) {
        (Unit::Percent, _) => format!("{plain}{}", writer.percent_sign()),
        (Unit::Seconds, Ok(mantissa)) => writer.number(Number { mantissa, places: exact.places }, unit),
        _ => plain,
    }
}

/// Runs of known points, broken where one is missing. A run of one point is a dot.
fn lines(series: &[Option<i128>], scale: Scale, along: Along) -> Array {
    let mut runs: Vec<Array> = vec![Array::new()];
    for (index, value) in series.iter().enumerate() {
        match (value, runs.last_mut()) {
            (Some(value), Some(run)) => {
                let point: Array = [along.middle(index), scale.place(*value)].into_iter().map(length).collect();
                run.push(point.into_value());
            }
            _ => runs.push(Array::new()),
        }
    }
    runs.into_iter().filter(|run| !run.is_empty()).map(IntoValue::into_value).collect()
}

/// Left, upper, right and lower edge of each bar. `first` says whether it stands before or behind the other series.
fn edges(series: &[Option<i128>], scale: Scale, along: Along, first: Option<bool>) -> Vec<[f64; 4]> {
    let zero = scale.place(0);
    let wide = along.slot * if first.is_some() { 0.4 } else { 0.66 };
    let known =
        series.iter().enumerate().filter_map(|(index, value)| Some((index, value.filter(|value| *value != 0)?)));
    known
        .map(|(index, value)| {
            let middle = along.middle(index);
            // The period itself stands first in the direction of reading.
            let left = match first {
                None => middle - wide / 2.0,
                Some(first) if first == along.rtl => middle,
                Some(_) => middle - wide,
            };
            let edge = scale.place(value);
            let (top, bottom) = (edge.min(zero), edge.max(zero));
            // What is not zero is seen.
            let top = if bottom - top < 0.6 { (bottom - 0.6).max(0.0) } else { top };
            [left, top, left + wide, bottom]
        })
        .collect()
}

fn bars(series: &[Option<i128>], scale: Scale, along: Along, first: Option<bool>) -> Array {
    let bar = |edges: [f64; 4]| edges.into_iter().map(length).collect::<Array>().into_value();
    edges(series, scale, along, first).into_iter().map(bar).collect()
}

/// Words below some of the points, and how much room each has.
fn labels(pen: &Pen<'_>, points: &[Point], along: Along) -> (Array, f64) {
    let day = |point: &Point| match point.at {
        Place::Day(day) => Some(day),
        _ => None,
    };
    let month = |point: &Point| match point.at {
        Place::Month(first) => Some(first),
        _ => None,
    };
    let first = points.first();
    let one_month = first.and_then(day).is_some_and(|first| {
        points
            .iter()
            .all(|point| day(point).is_some_and(|day| (day.year(), day.month()) == (first.year(), first.month())))
    });
    let one_year = first
        .and_then(month)
        .is_some_and(|first| points.iter().all(|point| month(point).is_some_and(|month| month.year() == first.year())));
    let every = points.len().div_ceil(if one_month { NUMBERS } else { NAMES }).max(1);
    let said = |point: &Point| match &point.at {
        Place::Day(day) if one_month => pen.writer.digits(&day.day().to_string()),
        Place::Month(first) if one_year => pen.writer.month_name(*first).to_owned(),
        place => pen.writer.place(place),
    };
    let labels = points
        .iter()
        .enumerate()
        .step_by(every)
        .map(|(index, point)| dict! { "x" => length(along.middle(index)), "text" => said(point) }.into_value());
    let span = u32::try_from(every).map_or(WIDTH, |every| along.slot * f64::from(every));
    (labels.collect(), span)
}

/// A bar for each name, long by its share of the longest.
fn rows(pen: &Pen<'_>, chart: &Chart, now: &[Option<i128>], before: &[Option<i128>]) -> Dict {
    let most = now.iter().chain(before).flatten().map(|value| value.unsigned_abs()).max().unwrap_or(0).max(1);
    #[expect(clippy::cast_precision_loss, reason = "a length on paper needs no more than a few digits")]
    let share = |value: &Option<i128>| value.map_or(0.0, |value| value.unsigned_abs() as f64 / most as f64);
    let rows = chart.points.iter().zip(now).zip(before).map(|((point, now), before)| {
        let name = pen.writer.place(&point.at);
        let rtl = is_rtl(&name, pen.rtl);
        let written = |number: Option<Number>| pen.writer.or_missing(number, &chart.unit);
        dict! {
            "name" => dict! { "text" => name, "rtl" => rtl },
            "value" => written(point.value),
            "before" => if point.before.is_some() { written(point.before) } else { MISSING.to_owned() },
            "share" => share(now),
            "share-before" => share(before),
        }
        .into_value()
    });
    dict! { "drawn" => "rows", "rows" => rows.collect::<Array>() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_value_is_inside_the_plot(
            values in proptest::collection::vec(any::<i64>(), 0..20),
            places in 0..=9_u8,
        ) {
            let values: Vec<i128> = values.into_iter().map(i128::from).collect();
            let scale = Scale::over(&values, places);
            prop_assert!(scale.low <= 0 && scale.high >= 0 && (1..=LINES).contains(&(scale.high - scale.low)));
            for value in values {
                prop_assert!((-0.01..=HEIGHT + 0.01).contains(&scale.place(value)), "{value} in {scale:?}");
            }
        }
    }

    #[test]
    fn lines_are_broken_where_a_number_is_missing() {
        let scale = Scale::over(&[4], 0);
        let runs = lines(&[Some(1), Some(2), None, Some(3), None, None, Some(4)], scale, Along::new(7, false));
        assert_eq!(runs.len(), 3);
    }

    #[test]
    fn bars_are_mirrored_and_stand_in_the_order_of_reading() {
        let scale = Scale::over(&[10], 0);
        let left = |rtl, first| edges(&[Some(10), None], scale, Along::new(2, rtl), first)[0][0];
        // Two slots: the first stands left in one direction, right in the other.
        assert!(left(false, None) < WIDTH / 2.0 && left(true, None) > WIDTH / 2.0);
        assert!(left(false, Some(true)) < left(false, Some(false)));
        assert!(left(true, Some(true)) > left(true, Some(false)));
        // Zero is no bar, and neither is what is missing.
        assert!(edges(&[Some(0), None], scale, Along::new(2, false), None).is_empty());
    }
}
