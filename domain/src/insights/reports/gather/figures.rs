//! KPIs of the period beside those of the other.

use diwan_entity::insights::report_template::ReportAudience;
use diwan_reports::report::{Block, Figure, Standing as Stands, Unit as Told, WhyNothing};

use super::super::blocks::{BlockKind, ReportBlock, is_of_costs, tells_targets};
use super::{network_name, nothing, number};
use crate::insights::kpi::{Kpi, Unit};
use crate::insights::targets::Standing;
use crate::insights::{Insights, KpiFigure, NoFigure};

/// The KPIs that a block names, in its order; of one that names none, all that there are. What the readers may not see is left out, and
/// what whoever asked for the report may not read has no number.
pub(super) fn figures(insights: &Insights, block: &ReportBlock, audience: ReportAudience) -> Block {
    let shown = |figure: &&KpiFigure| block.tells_amounts(audience) || !is_of_costs(figure.formula.kpi);
    let told = |one: &KpiFigure| figure(one, tells_targets(audience));
    let told: Vec<Figure> = if block.kpis.is_empty() {
        let there = |figure: &&KpiFigure| figure.no_figure != Some(NoFigure::NotAllowed);
        insights.figures.iter().filter(there).filter(shown).map(told).collect()
    } else {
        let named = |kpi| insights.figures.iter().find(|figure| figure.formula.kpi == kpi);
        block.kpis.iter().filter_map(|kpi| named(*kpi)).filter(shown).map(told).collect()
    };
    if told.is_empty() { nothing(BlockKind::Figures, WhyNothing::Empty) } else { Block::Figures(told) }
}

/// These KPIs in this order, but for those that whoever asked may not read.
pub(super) fn some(insights: &Insights, kpis: &[Kpi], audience: ReportAudience) -> Vec<Figure> {
    let named = |kpi: &Kpi| insights.figures.iter().find(|figure| figure.formula.kpi == *kpi);
    let there = |figure: &&KpiFigure| figure.no_figure != Some(NoFigure::NotAllowed);
    kpis.iter().filter_map(named).filter(there).map(|one| figure(one, tells_targets(audience))).collect()
}

/// In what it is told.
pub(super) fn unit(unit: Unit, currency: Option<&str>) -> Told {
    match unit {
        Unit::Count => Told::Count,
        Unit::Percent => Told::Percent,
        Unit::Seconds => Told::Seconds,
        Unit::Money => currency.map_or(Told::Count, |code| Told::Money(code.to_owned())),
    }
}

fn figure(figure: &KpiFigure, with_target: bool) -> Figure {
    let target = figure.target.as_ref().filter(|_| with_target);
    let of = |text: Option<&str>| text.and_then(number);
    Figure {
        kpi: figure.formula.name.to_owned(),
        unit: unit(figure.formula.unit, figure.currency.as_deref()),
        value: of(figure.value.as_deref()),
        before: of(figure.before.as_deref()),
        change_percent: of(figure.change_percent.as_deref()),
        target: target.and_then(|target| number(&target.target)),
        standing: target.and_then(|target| target.standing).map(stands),
        missing_networks: figure.missing_networks.iter().map(|key| network_name(key)).collect(),
    }
}

fn stands(standing: Standing) -> Stands {
    match standing {
        Standing::Ahead => Stands::Ahead,
        Standing::OnTrack => Stands::OnTrack,
        Standing::Behind => Stands::Behind,
    }
}
