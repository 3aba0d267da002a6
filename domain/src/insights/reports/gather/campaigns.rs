//! Campaigns that ran in the period, and what they brought.

use std::collections::BTreeMap;

use diwan_entity::campaigns::campaign::CampaignState;
use diwan_reports::report::{Block, Campaign, Days, Number, WhyNothing};

use super::super::blocks::{BlockKind, ReportBlock};
use super::{Ground, amount, nothing, number};
use crate::approvals::Money;
use crate::campaigns::{self, CampaignFilter, returns_of_campaigns};
use crate::context::Context;
use crate::error::Failure;
use crate::paging::Page;
use crate::permission::Action;

/// The most campaigns of a block.
const MOST: u64 = 50;

/// Campaigns of which a day is in the period, that began. Five statements and those of the attribution.
pub(super) async fn campaigns(context: &Context, ground: &Ground, block: &ReportBlock) -> Result<Block, Failure> {
    let filter = CampaignFilter {
        states: vec![CampaignState::Active, CampaignState::Closed],
        from: Some(ground.period.from),
        to: Some(ground.period.to),
        archived: false,
    };
    let page = Page { size: MOST, after: None, before: None, from_end: false };
    let mut rows = campaigns::campaigns(context, ground.brand_id, filter, page).await?.rows;
    if rows.is_empty() {
        return Ok(nothing(BlockKind::Campaigns, WhyNothing::Empty));
    }
    rows.sort_by_key(|row| (row.starts_on, row.id));
    let amounts = [Action::CampaignAmountRead, Action::BudgetRead];
    let told =
        block.tells_amounts(ground.audience) && amounts.into_iter().all(|action| context.may(action, ground.brand_id));
    let mut returns = if told {
        returns_of_campaigns(context, (ground.brand_id, rows.as_slice()), ground.period.to).await?
    } else {
        std::collections::HashMap::new()
    };
    let campaign = |row: diwan_entity::campaigns::campaign::Model| {
        let came_to = returns.remove(&row.id).unwrap_or_default();
        Campaign {
            name: row.name,
            days: Days { from: row.starts_on, to: row.ends_on },
            cost: sum(came_to.returned.costs.iter().map(|cost| &cost.amount)),
            value: sum(came_to.returned.values.iter()),
            conversions: came_to.conversions,
            return_percent: came_to.returned.roi.as_deref().and_then(number).and_then(hundredths),
        }
    };
    Ok(Block::Campaigns(rows.into_iter().map(campaign).collect()))
}

/// Amounts together; none where there are none, or more than one currency.
fn sum<'a>(amounts: impl Iterator<Item = &'a Money>) -> Option<(Number, String)> {
    let mut by_currency: BTreeMap<&str, i64> = BTreeMap::new();
    for money in amounts {
        let sum = by_currency.entry(&money.currency).or_default();
        *sum = sum.saturating_add(money.minor);
    }
    let (currency, minor) = by_currency.pop_first().filter(|_| by_currency.is_empty())?;
    Some((amount(minor, currency), currency.to_owned()))
}

/// A share in hundredths.
fn hundredths(share: Number) -> Option<Number> {
    if let Some(places) = share.places.checked_sub(2) {
        return Some(Number { places, ..share });
    }
    let factor = if share.places == 1 { 10 } else { 100 };
    Some(Number { mantissa: share.mantissa.checked_mul(factor)?, places: 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_never_added_across_currencies() {
        let money = |minor, currency: &str| Money { minor, currency: currency.to_owned() };
        let euros = [money(100, "EUR"), money(250, "EUR")];
        assert_eq!(sum(euros.iter()), Some((Number { mantissa: 350, places: 2 }, "EUR".to_owned())));
        assert_eq!(sum([money(1, "EUR"), money(1, "USD")].iter()), None);
        assert_eq!(sum([].iter()), None);
    }

    #[test]
    fn shares_become_hundredths() {
        let told = |text: &str| number(text).and_then(hundredths).map(|number| (number.mantissa, number.places));
        assert_eq!(told("0.5"), Some((50, 0)));
        assert_eq!(told("0.3333"), Some((3333, 2)));
        assert_eq!(told("-1"), Some((-100, 0)));
        assert_eq!(told("1.25"), Some((125, 0)));
    }
}
