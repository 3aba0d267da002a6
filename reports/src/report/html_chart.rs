//! Charts of the page, drawn as SVG: bars or a line, with the other period beside. What is missing is a gap.

use std::fmt::Write as _;

use maud::{Markup, PreEscaped, html};

use super::exact;
use super::model::{Chart, ChartKind, Number, Point};

/// The size of a chart in its own units; it grows and shrinks with the page.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 260.0;
/// Room for the labels of the axes.
const SIDE: f64 = 64.0;
const TOP: f64 = 12.0;
const FOOT: f64 = 28.0;
/// The most labels along the axis, and the most lines across.
const MOST_LABELS: usize = 8;
const MOST_TICKS: i64 = 5;

/// Distances of an axis: `mantissa` by ten to the power of `power`.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Step {
    mantissa: i64,
    power: i32,
}

impl Step {
    /// 1, 2 or 5 times a power of ten, so that few of them reach over `span`.
    fn over(span: f64) -> Self {
        for power in -9..=18 {
            for mantissa in [1, 2, 5] {
                let step = Self { mantissa, power };
                if step.value(MOST_TICKS) >= span {
                    return step;
                }
            }
        }
        Self { mantissa: 5, power: 18 }
    }

    #[expect(clippy::cast_precision_loss, reason = "a place on a chart needs no more than a few digits")]
    fn value(self, times: i64) -> f64 {
        (times.saturating_mul(self.mantissa)) as f64 * 10_f64.powi(self.power)
    }

    /// So many of them as a number of the report.
    fn number(self, times: i64) -> Number {
        let all = times.saturating_mul(self.mantissa);
        if let Ok(places) = u8::try_from(-self.power) {
            return Number { mantissa: all, places };
        }
        let power = u32::try_from(self.power).unwrap_or_default();
        Number { mantissa: all.saturating_mul(10_i64.saturating_pow(power)), places: 0 }
    }
}

/// From which to which line an axis runs.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Axis {
    step: Step,
    low: i64,
    high: i64,
}

impl Axis {
    /// Holds zero and all of these. Where they are whole, so are its lines.
    fn of(values: &[f64], whole: bool) -> Self {
        let low = values.iter().copied().fold(0.0, f64::min);
        let high = values.iter().copied().fold(0.0, f64::max);
        let least = if whole { 5.0 } else { 1e-6 };
        let step = Step::over((high - low).max(least));
        let (mut below, mut above) = (0, 0);
        while step.value(below) > low && below > -2 * MOST_TICKS {
            below -= 1;
        }
        while (step.value(above) < high && above < 2 * MOST_TICKS) || above == below {
            above += 1;
        }
        Self { step, low: below, high: above }
    }

    /// Where a value is, from the top.
    fn place(self, value: f64) -> f64 {
        let (low, high) = (self.step.value(self.low), self.step.value(self.high));
        TOP + (high - value) / (high - low) * (HEIGHT - TOP - FOOT)
    }
}

fn value(number: Option<Number>) -> Option<f64> {
    exact::decimal(number?).parse().ok()
}

/// Places along the axis: from the left, or from the right where the language runs so.
#[derive(Clone, Copy)]
struct Along {
    slot: f64,
    rtl: bool,
}

impl Along {
    #[expect(clippy::cast_precision_loss, reason = "a place on a chart needs no more than a few digits")]
    fn new(points: usize, rtl: bool) -> Self {
        Self { slot: (WIDTH - SIDE) / points.max(1) as f64, rtl }
    }

    /// The middle of a place.
    #[expect(clippy::cast_precision_loss, reason = "a place on a chart needs no more than a few digits")]
    fn middle(self, index: usize) -> f64 {
        let from_start = SIDE + (index as f64 + 0.5) * self.slot;
        if self.rtl { WIDTH - from_start } else { from_start }
    }
}

/// How a number of the axis is written, and where a point is.
type AxisWords<'a> = (&'a dyn Fn(Number) -> String, &'a dyn Fn(&Point) -> String);

/// The chart, with `label` for those who cannot see it.
pub(super) fn chart(chart: &Chart, rtl: bool, label: &str, (axis_words, place_words): AxisWords<'_>) -> Markup {
    let known: Vec<f64> =
        chart.points.iter().flat_map(|point| [value(point.value), value(point.before)]).flatten().collect();
    let all = chart.points.iter().flat_map(|point| [point.value, point.before]);
    let axis = Axis::of(&known, all.flatten().all(|number| number.places == 0));
    let along = Along::new(chart.points.len(), rtl);
    let (line_from, line_to) = if rtl { (0.0, WIDTH - SIDE) } else { (SIDE, WIDTH) };
    let (label_at, anchor) = if rtl { (WIDTH - SIDE + 8.0, "start") } else { (SIDE - 8.0, "end") };
    let every = chart.points.len().div_ceil(MOST_LABELS).max(1);
    let shapes = match chart.kind {
        ChartKind::Bars => bars(chart, axis, along),
        ChartKind::Line => format!("{}{}", line(chart, axis, along, true), line(chart, axis, along, false)),
    };
    html! {
        svg viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" aria-label=(label) direction="ltr" {
            @for tick in axis.low..=axis.high {
                @let y = axis.place(axis.step.value(tick));
                line.grid x1=(line_from) x2=(line_to) y1=(short(y)) y2=(short(y)) {}
                text.tick x=(label_at) y=(short(y + 4.0)) text-anchor=(anchor) { (axis_words(axis.step.number(tick))) }
            }
            (PreEscaped(shapes))
            @for (index, point) in chart.points.iter().enumerate().step_by(every) {
                text.tick x=(short(along.middle(index))) y=(HEIGHT - 8.0) text-anchor="middle" { (place_words(point)) }
            }
        }
    }
}

fn short(place: f64) -> String {
    format!("{place:.1}")
}

/// Two bars side by side at every place that has a number, with our own numbers alone in the text.
fn bars(chart: &Chart, axis: Axis, along: Along) -> String {
    let mut out = String::new();
    let compared = chart.points.iter().any(|point| point.before.is_some());
    let wide = along.slot * if compared { 0.38 } else { 0.7 };
    let zero = axis.place(0.0);
    for (index, point) in chart.points.iter().enumerate() {
        let middle = along.middle(index);
        // The period itself stands first in the direction of reading.
        let first = if compared { middle - if along.rtl { 0.0 } else { wide } } else { middle - wide / 2.0 };
        let second = if along.rtl { middle - wide } else { middle };
        for (number, class, x) in [(point.value, "now", first), (point.before, "before", second)] {
            let Some(value) = value(number) else { continue };
            let y = axis.place(value);
            let (top, tall) = (y.min(zero), (y - zero).abs());
            // Writing into a String does not fail.
            let _written = write!(
                out,
                "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{top:.1}\" width=\"{wide:.1}\" height=\"{tall:.1}\"/>"
            );
        }
    }
    out
}

/// A line through what is known, broken where a number is missing; a point that stands alone is a dot.
fn line(chart: &Chart, axis: Axis, along: Along, before: bool) -> String {
    let class = if before { "before" } else { "now" };
    let mut out = String::new();
    let mut run: Vec<(f64, f64)> = Vec::new();
    let values = chart.points.iter().map(|point| value(if before { point.before } else { point.value }));
    for (index, value) in values.chain([None]).enumerate() {
        if let Some(value) = value {
            run.push((along.middle(index), axis.place(value)));
            continue;
        }
        match run.as_slice() {
            [] => {}
            [(x, y)] => {
                let _written = write!(out, "<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\"/>");
            }
            points => {
                let places: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
                let _written = write!(out, "<polyline class=\"{class}\" points=\"{}\"/>", places.join(" "));
            }
        }
        run.clear();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_holds_zero_and_everything_in_few_lines() {
        for values in [vec![], vec![0.0], vec![7.0], vec![-3.0, 12.0], vec![0.004], vec![9.2e17], vec![-1e6, -10.0]] {
            let axis = Axis::of(&values, values.iter().all(|value| value.fract().abs() < 1e-9));
            assert!(axis.low <= 0 && axis.high >= 0 && axis.low < axis.high, "{values:?}: {axis:?}");
            assert!(axis.high - axis.low <= MOST_TICKS + 1, "{values:?}: {axis:?}");
            let all = values.iter().all(|value| {
                let place = axis.place(*value);
                (TOP - 0.1..=HEIGHT - FOOT + 0.1).contains(&place)
            });
            assert!(all, "{values:?}: {axis:?}");
        }
        assert_eq!(Axis::of(&[], true), Axis { step: Step { mantissa: 1, power: 0 }, low: 0, high: 1 });
        assert_eq!(Step { mantissa: 5, power: -2 }.number(3), Number { mantissa: 15, places: 2 });
        assert_eq!(Step { mantissa: 2, power: 3 }.number(3), Number { mantissa: 6000, places: 0 });
    }
}
