//! What campaigns came to so far: those that are closed with the figures with which they were closed, the others as they stand.

use std::collections::HashMap;

use chrono::NaiveDate;
use diwan_entity::campaigns::campaign;
use uuid::Uuid;

use super::report::{Cost, Return, report_of};
use crate::context::Context;
use crate::error::Failure;
use crate::finance::costs_of_campaigns;
use crate::permission::Action;
use crate::tracking::{Asked, By, Key, Model, attribution};

/// The most days for which conversions are credited.
const MOST_DAYS: i64 = 1100;

/// What a campaign came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CampaignReturn {
    /// In how many conversions its links have a part; none where the caller may not read that.
    pub(crate) conversions: Option<i64>,
    /// What came of it and what it cost.
    pub(crate) returned: Return,
}

/// What these campaigns of a brand came to, those that run until a day. The last touch has the credit there, as it has unless somebody
/// closes a campaign by another model. Whoever calls has asked for the right to costs. Three statements and those of the attribution,
/// however many campaigns there are.
pub(crate) async fn returns_of_campaigns(
    context: &Context,
    (brand_id, rows): (Uuid, &[campaign::Model]),
    until: NaiveDate,
) -> Result<HashMap<Uuid, CampaignReturn>, Failure> {
    let tells_values = context.may(Action::ConversionRead, brand_id);
    let mut found = HashMap::new();
    let mut open: Vec<&campaign::Model> = Vec::new();
    for row in rows {
        let Some(report) = report_of(row)? else {
            open.push(row);
            continue;
        };
        let returned =
            if tells_values { report.returned } else { Return { values: Vec::new(), roi: None, ..report.returned } };
        found.insert(row.id, CampaignReturn { conversions: tells_values.then_some(report.conversions), returned });
    }
    let Some(first) = open.iter().map(|row| row.starts_on).min() else { return Ok(found) };
    let ids: Vec<Uuid> = open.iter().map(|row| row.id).collect();
    let mut costs: HashMap<Uuid, Vec<Cost>> = HashMap::new();
    for (id, category, amount) in costs_of_campaigns(context, brand_id, &ids).await? {
        costs.entry(id).or_default().push(Cost { category, amount });
    }
    let mut credited = HashMap::new();
    if tells_values && first <= until {
        let from = first.max(until - chrono::Duration::days(MOST_DAYS - 1));
        let asked = Asked { brand_id, from, to: until, model: Model::LastTouch, by: By::Campaign, kinds: Vec::new() };
        for credit in attribution(context, asked).await?.credited {
            if let Key::Id(id) = credit.key {
                credited.insert(id, (credit.conversions, credit.values));
            }
        }
    }
    for row in open {
        let (conversions, values) = credited.remove(&row.id).unwrap_or_default();
        let returned = Return::of(values, costs.remove(&row.id).unwrap_or_default(), &mut Vec::new());
        found.insert(row.id, CampaignReturn { conversions: tells_values.then_some(conversions), returned });
    }
    Ok(found)
}
