//! What is different between two versions of a proposal.

use std::time::{Duration, Instant};

use diwan_entity::InBrand as _;
use diwan_entity::proposals::{proposal, proposal_line, proposal_version};
use sea_orm::ActiveEnum as _;
use uuid::Uuid;

use super::content::{LineContent, Offer, line_of, offer_of};
use super::price::{Discount, Totals, decimal, percent};
use super::queries::version_with_lines;
use super::write::not_there;
use crate::calendar::{Piece, text_pieces};
use crate::context::Context;
use crate::error::{Code, Failure, UserError};
use crate::finance::written;
use crate::permission::{Action, Extent};

/// How long all texts may be compared, word by word. What is left by then is shown as replaced.
const PATIENCE: Duration = Duration::from_millis(200);

/// Which part of a proposal is different.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// What it is called.
    Title,
    /// Its language.
    Locale,
    /// Of its amounts.
    Currency,
    /// Until when it can be accepted.
    ValidUntil,
    /// A section.
    Section,
    /// A part of the work breakdown.
    Scope,
    /// A line.
    Line,
    /// The terms.
    Terms,
    /// The project that acceptance opens.
    Project,
    /// A campaign that acceptance plans.
    Campaign,
}

/// One difference: a part in words, before and now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalChange {
    /// Of which kind.
    pub part: Part,
    /// Its place, from 1 on, where there are several of the kind.
    pub place: Option<usize>,
    /// What it says, and said. All removed: the part is gone; all added: it is new.
    pub pieces: Vec<Piece>,
}

/// Two versions beside each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// What is different, in the order of the proposal.
    pub changes: Vec<ProposalChange>,
    /// What all lines came to, before and now.
    pub totals: (Totals, Totals),
    /// In which currencies, before and now.
    pub currencies: (String, String),
}

struct Side {
    offer: Offer,
    lines: Vec<proposal_line::Model>,
}

async fn side(context: &Context, row: &proposal::Model, number: i32, field: &str) -> Result<Side, Failure> {
    let found: Option<(proposal_version::Model, _)> = version_with_lines(context, row, number).await?;
    let (version, lines) = found.ok_or_else(|| UserError::at(Code::NotFound, field))?;
    Ok(Side { offer: offer_of(&version)?, lines })
}

/// Compares two versions of a proposal. For those who read how it came to be: not for clients.
pub async fn compare_versions(
    context: &Context,
    proposal_id: Uuid,
    before: i32,
    now: i32,
) -> Result<Comparison, Failure> {
    let row = context.one(proposal::Entity::visible([proposal_id])).await?.ok_or_else(not_there)?;
    context.permit(Action::ProposalRead, row.brand_id).await?;
    let (was, is) = (side(context, &row, before, "before").await?, side(context, &row, now, "now").await?);
    let totals = (Totals::of(&was.lines), Totals::of(&is.lines));
    let changes = changes_between(&was, &is);
    Ok(Comparison { changes, totals, currencies: (was.offer.currency, is.offer.currency) })
}

/// Whether the caller reads all versions of the brand's proposals, and what clients do not see of them.
pub fn reads_whole(context: &Context, brand_id: Uuid) -> bool {
    context.extent(Action::ProposalRead, brand_id) == Some(Extent::Any)
}

fn changes_between(was: &Side, is: &Side) -> Vec<ProposalChange> {
    let until = Instant::now() + PATIENCE;
    let (before, now) = (&was.offer, &is.offer);
    let mut changes = Vec::new();
    let mut one = |part, before: &str, now: &str| {
        if before != now {
            changes.push(ProposalChange { part, place: None, pieces: text_pieces(before, now, until) });
        }
    };
    one(Part::Title, &before.title, &now.title);
    one(Part::Locale, &before.locale.to_value(), &now.locale.to_value());
    one(Part::Currency, &before.currency, &now.currency);
    one(Part::ValidUntil, &before.valid_until.to_string(), &now.valid_until.to_string());
    one(Part::Terms, &before.terms, &now.terms);
    let project = |offer: &Offer| {
        let plan = &offer.project;
        format!("{}\n{}\n{} – {}", plan.name, plan.title, plan.starts_on, plan.ends_on)
    };
    one(Part::Project, &project(before), &project(now));
    let sections = |offer: &Offer| words(&offer.sections, |section| format!("{}\n{}", section.heading, section.body));
    let scope = |offer: &Offer| {
        words(&offer.scope, |work| format!("{}\n{}", "  ".repeat(depth(work.level)) + &work.title, work.detail))
    };
    let campaigns = |offer: &Offer| {
        words(&offer.campaigns, |plan| {
            let planned = plan.planned_minor.map(|minor| written(minor, &offer.currency)).unwrap_or_default();
            format!("{}\n{}\n{} – {}\n{planned}", plan.name, plan.objective, plan.starts_on, plan.ends_on)
        })
    };
    let lines = |side: &Side| words(&side.lines, |row| line_in_words(&line_of(row), &side.offer.currency));
    changes.extend(of_list(Part::Section, &sections(before), &sections(now), until));
    changes.extend(of_list(Part::Scope, &scope(before), &scope(now), until));
    changes.extend(of_list(Part::Line, &lines(was), &lines(is), until));
    changes.extend(of_list(Part::Campaign, &campaigns(before), &campaigns(now), until));
    changes
}

fn depth(level: i32) -> usize {
    usize::try_from(level - 1).unwrap_or_default()
}

fn words<T>(parts: &[T], word: impl Fn(&T) -> String) -> Vec<String> {
    parts.iter().map(|part| word(part).trim_end().to_owned()).collect()
}

/// A line as one text: what of it is different is seen in it.
fn line_in_words(line: &LineContent, currency: &str) -> String {
    let off = match line.discount {
        Discount::None => String::new(),
        Discount::Part(bp) => format!(" − {} %", percent(bp)),
        Discount::Fixed(minor) => format!(" − {}", written(minor, currency)),
    };
    let (quantity, price) = (decimal(line.quantity_milli, 3), written(line.unit_price_minor, currency));
    let optional = if line.optional { " (+/−)" } else { "" };
    let LineContent { name, detail, unit, .. } = line;
    let (category, tax) = (line.category.to_value(), percent(line.tax_bp));
    format!("{name}{optional}\n{detail}\n{quantity} {unit} × {price}{off} + {tax} %\n{category}")
}

/// The parts of a list that are not the same at their place.
fn of_list(part: Part, before: &[String], now: &[String], until: Instant) -> Vec<ProposalChange> {
    let at = |all: &[String], place: usize| all.get(place).cloned().unwrap_or_default();
    (0..before.len().max(now.len()))
        .map(|place| (place, at(before, place), at(now, place)))
        .filter(|(_, was, is)| was != is)
        .map(|(place, was, is)| ProposalChange { part, place: Some(place + 1), pieces: text_pieces(&was, &is, until) })
        .collect()
}
