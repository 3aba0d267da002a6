//! A contract in words: what its document and its page say.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use diwan_entity::contracts::contract;
use diwan_entity::tenancy::agency::{CalendarSystem, Locale};
use diwan_platform::db;
use sea_orm::{ActiveEnum as _, ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use crate::context::Context;
use crate::error::{Arg, Failure, Fault};
use crate::finance::written;
use crate::messages::{date_in_words, message, time_in_words};

const NAMES: &str = "select a.name as agency, b.name as brand, b.time_zone
  from brand b join agency a on a.id = b.agency_id where b.id = $1";

/// For whom a contract is made.
#[derive(Debug, Clone, FromQueryResult)]
pub(super) struct Names {
    /// Who makes it.
    pub agency: String,
    /// For which brand.
    pub brand: String,
    time_zone: String,
}

impl Names {
    /// Reads them for a caller.
    pub async fn of(context: &Context, brand_id: Uuid) -> Result<Self, Failure> {
        let row = context.rows::<Self>(NAMES, [brand_id.into()]).await?.pop();
        Ok(row.ok_or_else(|| Fault::broken("a contract of a brand that is gone"))?)
    }

    /// The same within a job.
    pub async fn read(tx: &impl ConnectionTrait, brand_id: Uuid) -> Result<Self, Fault> {
        let row = db::one::<Self>(tx, NAMES, [brand_id.into()]).await?;
        row.ok_or_else(|| Fault::broken("a contract of a brand that is gone"))
    }

    /// The brand's time zone, by which days are counted.
    pub fn zone(&self) -> Result<Tz, Fault> {
        self.time_zone.parse().map_err(|_| Fault::broken("a brand's time zone is unknown"))
    }
}

/// The calendar by which people of a language date what they sign: of these languages, Persian alone is read with one of its own.
pub(super) fn system(locale: Locale) -> CalendarSystem {
    if locale == Locale::Fa { CalendarSystem::Jalali } else { CalendarSystem::Gregorian }
}

/// A day in words. Where it is counted by another calendar, the Gregorian date stands beside it, so that nobody argues about it.
pub(super) fn day(locale: Locale, date: NaiveDate) -> String {
    let noon = date.and_hms_opt(12, 0, 0).unwrap_or_default().and_utc();
    let said = date_in_words(locale, system(locale), Tz::UTC, noon);
    if system(locale) == CalendarSystem::Gregorian { said } else { format!("{said} ({date})") }
}

/// A moment in words, by the brand's clock.
pub(super) fn moment(locale: Locale, zone: Tz, at: DateTime<Utc>) -> String {
    time_in_words(locale, system(locale), zone, at)
}

/// An amount as it stands in a contract.
pub(super) fn fee(minor: i64, currency: &str) -> String {
    format!("{} {currency}", written(minor, currency))
}

/// What kind of contract it is.
pub(super) fn kind_in_words(locale: Locale, row: &contract::Model) -> String {
    message(locale, &format!("contract-kind-{}", row.kind.to_value().to_lowercase()), &[])
}

/// Between whom a contract is.
pub(super) fn between(locale: Locale, names: &Names, row: &contract::Model) -> String {
    let text = |value: &str| Arg::Text(value.to_owned().into());
    let who = [("agency", text(&names.agency)), ("brand", text(&names.brand)), ("party", text(&row.party_name))];
    message(locale, "contract-between", &who)
}

/// The terms of a contract in this language: what each is called, and what it is. What is not agreed on is left out.
pub(super) fn terms(locale: Locale, row: &contract::Model) -> Vec<(String, String)> {
    let open = || message(locale, "contract-open-end", &[]);
    let maybe_day = |date: Option<NaiveDate>| date.map(|date| day(locale, date));
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let all = [
        ("contract-party", Some(row.party_name.clone())),
        ("contract-party-address", text(&row.party_address)),
        ("contract-fee", Some(fee(row.fee_minor, &row.currency))),
        ("contract-starts", maybe_day(row.starts_on)),
        ("contract-ends", Some(maybe_day(row.ends_on).unwrap_or_else(open))),
        ("contract-exclusivity", text(&row.exclusivity)),
        ("contract-exclusive-until", maybe_day(row.exclusive_until)),
        ("contract-disclosure", text(&row.disclosure)),
        ("contract-usage", text(&row.usage_rights)),
        ("contract-usage-until", maybe_day(row.usage_until)),
    ];
    let said = |(key, value): (&str, Option<String>)| Some((message(locale, key, &[]), value?));
    all.into_iter().filter_map(said).collect()
}
