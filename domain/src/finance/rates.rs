//! Exchange rates that somebody recorded, and converting by them.
//!
//! A rate says how much of the quote one unit of the base is, exactly, with up to ten digits behind the point, who says so and for which
//! day. It is used in this direction alone: one by a rate is another number than the rate of the other direction that a bank names.
//! The rate of a day is the newest on or before it, of one day the one that was recorded last, and none that is older than [`MOST_DAYS`].

use std::collections::HashMap;

use chrono::{Days, NaiveDate};
use diwan_entity::InBrand as _;
use diwan_entity::finance::exchange_rate;
use rust_decimal::Decimal;
use sea_orm::{ActiveValue::Set, EntityTrait as _};
use serde_json::json;
use uuid::Uuid;

use super::money::{exponent, half_even};
use crate::approvals::Money;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::paging::{Page, Slice, newest_first};
use crate::permission::Action;
use crate::trust;

/// How old a rate may be that is used for a day, in days: over holidays there is none, and after a month it is no rate of that time.
const MOST_DAYS: u64 = 31;
/// Digits of a rate behind the point.
const SCALE: u32 = 10;

/// A rate to record.
#[derive(Debug, Clone)]
pub struct NewRate {
    /// From which currency, ISO 4217.
    pub base: String,
    /// To which other currency.
    pub quote: String,
    /// How much of the quote one unit of the base is: a decimal above zero with up to ten digits behind the point, up to 922337203.
    pub rate: String,
    /// Who says so, such as `ECB`: 1 to 100 characters.
    pub source: String,
    /// For which day.
    pub day: NaiveDate,
}

/// Money in another currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Converted {
    /// How much.
    pub money: Money,
    /// By which rate; none where the currency was the same.
    pub rate: Option<exchange_rate::Model>,
}

/// Reads a rate, in ten-billionths. None where it is no decimal above zero, or has more digits than a rate may have.
fn rate_of_text(text: &str) -> Option<i64> {
    // The library would also take an underscore between digits and a plus before them.
    if !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return None;
    }
    let mut read = Decimal::from_str_exact(text).ok()?.normalize();
    if read.scale() > SCALE {
        return None;
    }
    read.rescale(SCALE);
    if read.scale() != SCALE {
        return None;
    }
    i64::try_from(read.mantissa()).ok().filter(|rate| *rate > 0)
}

/// Writes a rate as a decimal, without zeros at its end.
pub fn rate_text(rate_e10: i64) -> String {
    Decimal::from_i128_with_scale(rate_e10.into(), SCALE).normalize().to_string()
}

/// An amount of one currency in another, rounded half to even to the minor unit of the other. None where one is no currency with a
/// minor unit, or where 64 bits do not hold the amount.
pub(super) fn convert_minor(minor: i64, from: &str, to: &str, rate_e10: i64) -> Option<i64> {
    let (from, to) = (exponent(from)?, exponent(to)?);
    let product = i128::from(minor).checked_mul(rate_e10.into())?.checked_mul(10_i128.checked_pow(to)?)?;
    half_even(product, 10_i128.checked_pow(SCALE + from)?)
}

/// Records a rate. It stays as it is; one that is recorded later for the same day counts instead.
pub async fn record_exchange_rate(
    context: &Context,
    brand_id: Uuid,
    new: NewRate,
) -> Result<exchange_rate::Model, Failure> {
    let permit = context.permit(Action::ExchangeRateRecord, brand_id).await?;
    let mut wrong = Complaints::default();
    wrong.currency("base", &new.base);
    wrong.currency("quote", &new.quote);
    if new.base == new.quote {
        wrong.add(UserError::at(Code::Invalid, "quote"));
    }
    let rate = rate_of_text(&new.rate);
    if rate.is_none() {
        wrong.add(UserError::at(Code::Invalid, "rate"));
    }
    let source = wrong.text("source", &new.source, 100).to_owned();
    not_ahead(context, &mut wrong, "day", new.day);
    wrong.check()?;
    let row = exchange_rate::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(brand_id),
        base: Set(new.base),
        quote: Set(new.quote),
        rate_e10: Set(rate.ok_or(Code::Invalid)?),
        source: Set(source),
        day: Set(new.day),
        recorded_by: Set(permit.person()?),
        recorded_at: Set(context.now),
    };
    let row = exchange_rate::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    trust::record(permit, context.now, "exchange_rate.record", row.id, json!({})).await?;
    Ok(row)
}

/// That a day has begun somewhere on earth: no time zone is more than a day ahead.
pub(crate) fn not_ahead(context: &Context, wrong: &mut Complaints, path: &str, day: NaiveDate) {
    let least = NaiveDate::from_ymd_opt(1970, 1, 1);
    let most = context.now.date_naive().checked_add_days(Days::new(1));
    if most.is_none_or(|most| day > most) || least.is_none_or(|least| day < least) {
        wrong.add(UserError::at(Code::Invalid, path));
    }
}

/// The brand's rates of a day from these currencies to another, by the currency. One statement, however many.
pub(super) async fn rates_to(
    context: &Context,
    brand_id: Uuid,
    bases: Vec<String>,
    (quote, on): (&str, NaiveDate),
) -> Result<HashMap<String, exchange_rate::Model>, Failure> {
    let since = on.checked_sub_days(Days::new(MOST_DAYS)).unwrap_or(on);
    let sql = "select distinct on (base) * from exchange_rate
      where brand_id = $1 and base = any ($2) and quote = $3 and day between $4 and $5 order by base, day desc, id desc";
    let values = [brand_id.into(), bases.into(), quote.into(), since.into(), on.into()];
    let rates: Vec<exchange_rate::Model> = context.rows(sql, values).await?;
    Ok(rates.into_iter().map(|rate| (rate.base.clone(), rate)).collect())
}

/// Converts money by the brand's rate of a day, and names the rate. None where there is no rate, or where the amount gets too large.
pub(super) async fn convert(
    context: &Context,
    brand_id: Uuid,
    money: &Money,
    to: &str,
    on: NaiveDate,
) -> Result<Option<Converted>, Failure> {
    if money.currency == to {
        return Ok(Some(Converted { money: money.clone(), rate: None }));
    }
    let mut rates = rates_to(context, brand_id, vec![money.currency.clone()], (to, on)).await?;
    let Some(rate) = rates.remove(&money.currency) else { return Ok(None) };
    let minor = convert_minor(money.minor, &money.currency, to, rate.rate_e10);
    Ok(minor.map(|minor| Converted { money: Money { minor, currency: to.to_owned() }, rate: Some(rate) }))
}

/// The rates of a brand, newest first.
pub async fn exchange_rates(
    context: &Context,
    brand_id: Uuid,
    page: Page,
) -> Result<Slice<exchange_rate::Model>, Failure> {
    context.permit(Action::BudgetRead, brand_id).await?;
    newest_first(context, exchange_rate::Entity::in_brand(brand_id), exchange_rate::Column::Id, page).await
}

/// Rates by id.
pub async fn rates_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<exchange_rate::Model>, Failure> {
    Ok(context.all(exchange_rate::Entity::visible(ids.iter().copied())).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn exponents_of_both_currencies_count() {
        let rate = |text| rate_of_text(text).unwrap();
        for (minor, from, to, text, expected) in [
            (10_000, "EUR", "JPY", "163.25", 16_325),
            (16_325, "JPY", "EUR", "0.0061", 9_958),
            (10_000, "EUR", "KWD", "0.332", 33_200),
            (33_200, "KWD", "EUR", "3.012", 10_000),
            (1, "KWD", "JPY", "480", 0),
            (1_000, "KWD", "JPY", "480", 480),
            (-10_000, "EUR", "JPY", "163.25", -16_325),
        ] {
            assert_eq!(convert_minor(minor, from, to, rate(text)), Some(expected), "{minor} {from} at {text}");
        }
        // Halves go to the even neighbor: 0.5 yen and 1.5 yen.
        assert_eq!(convert_minor(50, "EUR", "JPY", rate("1")), Some(0));
        assert_eq!(convert_minor(150, "EUR", "JPY", rate("1")), Some(2));
    }

    #[test]
    fn what_is_no_rate_and_no_currency_is_refused() {
        for text in ["", ".", "0", "-1", "+1", "1,5", "1e3", "1_0", "0.00000000001", "922337204", "NaN"] {
            assert_eq!(rate_of_text(text), None, "{text:?}");
        }
        assert_eq!(convert_minor(1, "XAU", "EUR", 1), None);
        assert_eq!(convert_minor(i64::MAX, "JPY", "KWD", i64::MAX), None);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(rate in 1..=i64::MAX) {
            prop_assert_eq!(rate_of_text(&rate_text(rate)), Some(rate));
        }

        /// No more than half a minor unit of the other currency away from the exact amount.
        #[test]
        fn what_is_converted_is_no_more_than_half_away(
            minor in -1_000_000_000_000_000..=1_000_000_000_000_000_i64,
            rate in 1..=10_000_000_000_000_i64,
            from in proptest::sample::select(vec!["EUR", "JPY", "KWD", "IRR", "CLF"]),
            to in proptest::sample::select(vec!["EUR", "JPY", "KWD", "IRR", "CLF"]),
        ) {
            if let Some(got) = convert_minor(minor, from, to, rate) {
                let (from, to) = (exponent(from).unwrap(), exponent(to).unwrap());
                let parts = 10_i128.pow(SCALE + from);
                let off = (i128::from(got) * parts - i128::from(minor) * i128::from(rate) * 10_i128.pow(to)).abs();
                prop_assert!(off * 2 <= parts);
            }
        }

        #[test]
        fn at_one_to_one_nothing_changes(minor: i64) {
            let one = rate_of_text("1").unwrap();
            prop_assert_eq!(convert_minor(minor, "EUR", "USD", one), Some(minor));
        }

        #[test]
        fn more_money_is_never_less_elsewhere(a in 0..=1_000_000_000_i64, b in 0..=1_000_000_000_i64, rate in 1..=10_000_000_000_000_i64) {
            let of = |minor| convert_minor(minor, "KWD", "JPY", rate);
            prop_assert!(of(a.min(b)) <= of(a.max(b)));
        }
    }
}
