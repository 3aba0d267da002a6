//! Who the audience of the brand's accounts is, as it was known on the last day of the period.

use std::collections::BTreeSet;

use diwan_networks::{AudienceDimension, AudienceOf};
use diwan_reports::report::{AudiencePart, AudienceSlice, Block, Chart, ChartKind, Place, Point, Unit, WhyNothing};

use super::super::blocks::BlockKind;
use super::{Ground, network_name, nothing, number};
use crate::context::Context;
use crate::error::Failure;
use crate::insights::audience::{AskedAudience, AudienceBy, audience_profile};

/// The most places that are told, the largest.
const MOST_PLACES: usize = 10;

/// What a dimension is called in reports; none of what is told by its parts already.
fn key(dimension: AudienceDimension) -> Option<&'static str> {
    match dimension {
        AudienceDimension::Age => Some("AUDIENCE_AGE"),
        AudienceDimension::Gender => Some("AUDIENCE_GENDER"),
        AudienceDimension::Country => Some("AUDIENCE_COUNTRY"),
        AudienceDimension::City => Some("AUDIENCE_CITY"),
        AudienceDimension::Industry => Some("AUDIENCE_INDUSTRY"),
        AudienceDimension::Seniority => Some("AUDIENCE_SENIORITY"),
        AudienceDimension::JobFunction => Some("AUDIENCE_JOB_FUNCTION"),
        AudienceDimension::CompanySize => Some("AUDIENCE_COMPANY_SIZE"),
        AudienceDimension::AgeGender => None,
    }
}

/// A table of what is known by each dimension, and a chart of each that has names.
pub(super) async fn audience(context: &Context, ground: &Ground) -> Result<Vec<Block>, Failure> {
    let today = context.now.with_timezone(&ground.zone).date_naive();
    let at = Some(ground.period.to.min(today));
    let asked = AskedAudience { brand_id: ground.brand_id, at, account_ids: Vec::new() };
    let found = audience_profile(context, asked).await?;
    let slices: Vec<AudienceSlice> = found.by.into_iter().filter_map(slice).collect();
    if slices.is_empty() {
        return Ok(vec![nothing(BlockKind::Audience, WhyNothing::Empty)]);
    }
    // Genders are few and have words of their own: the table tells them.
    let charts: Vec<Block> = slices.iter().filter(|slice| slice.key != "AUDIENCE_GENDER").map(chart).collect();
    Ok(std::iter::once(Block::Audience(slices)).chain(charts).collect())
}

/// None where nothing is known. Where any of it is of viewers, shares alone are told: how many followers they stand for is a guess.
fn slice(by: AudienceBy) -> Option<AudienceSlice> {
    let key = key(by.dimension)?;
    let viewers_from = viewers_from(&by);
    let of_followers = viewers_from.is_empty();
    let part = |part: crate::insights::audience::AudienceShare| {
        let people = part.people.filter(|_| of_followers);
        Some(AudiencePart { share: number(&part.share)?, key: part.key, people })
    };
    let parts: Vec<AudiencePart> = by.combined.parts.into_iter().take(MOST_PLACES).filter_map(part).collect();
    if parts.is_empty() {
        return None;
    }
    Some(AudienceSlice {
        key: key.to_owned(),
        known_percent: by.combined.known_percent.as_deref().filter(|_| of_followers).and_then(number),
        viewers_from,
        missing_networks: by.missing_networks.iter().map(|network| network_name(network)).collect(),
        parts,
    })
}

/// The networks of what is told together that tell of viewers. An account without a number of followers is no part of that.
fn viewers_from(by: &AudienceBy) -> Vec<String> {
    let viewers = by.accounts.iter().filter(|one| {
        let is_part = one.told.is_ok() && one.followers.is_some();
        is_part && one.audience.as_deref() == Some(AudienceOf::Viewers.as_str())
    });
    let names: BTreeSet<String> = viewers.map(|one| network_name(&one.account.network)).collect();
    names.into_iter().collect()
}

fn chart(slice: &AudienceSlice) -> Block {
    let point =
        |part: &AudiencePart| Point { at: Place::Named(part.key.clone()), value: Some(part.share), before: None };
    Block::Chart(Chart {
        metric: slice.key.clone(),
        unit: Unit::Percent,
        kind: ChartKind::Bars,
        points: slice.parts.iter().map(point).collect(),
    })
}
