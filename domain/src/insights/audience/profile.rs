//! The audience of a brand's accounts, each by itself and all together.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Datelike as _, Days, NaiveDate, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::insights::audience_reading;
use diwan_entity::publishing::social_account::{self, AccountState};
use diwan_networks::{AudienceDimension, AudienceMissing, AudienceUnit};
use sea_orm::{FromQueryResult, QueryOrder as _};
use uuid::Uuid;

use super::combine::{CombinedAudience, Told, combined};
use crate::calendar::day_start;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::insights::counting::newest_followers;
use crate::insights::figures::FRESH;
use crate::insights::place::places;
use crate::permission::Action;

/// How old a reading may be to stand for a day: some weeks without an answer are bridged.
const STANDS: Days = Days::new(35);
/// The most accounts that can be named.
const MOST_ACCOUNTS: usize = 100;

/// Why the audience of an account is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoProfile {
    /// The network does not tell it.
    NotOffered,
    /// It was not read in the five weeks before.
    NotRead,
    /// The network knows too few people of the account.
    TooFew,
    /// The account must be connected again, with the right to this.
    NeedsReconnect,
    /// The network does not serve it for this account.
    NotServed,
}

impl From<AudienceMissing> for NoProfile {
    fn from(missing: AudienceMissing) -> Self {
        match missing {
            AudienceMissing::TooFew => Self::TooFew,
            AudienceMissing::NeedsReconnect => Self::NeedsReconnect,
            AudienceMissing::NotServed => Self::NotServed,
        }
    }
}

/// The audience of one account by one dimension.
#[derive(Debug, Clone, PartialEq)]
pub struct AccountAudience {
    /// Which account.
    pub account: social_account::Model,
    /// How many follow it; none where that was not read in the week before.
    pub followers: Option<i64>,
    /// On which day it was read.
    pub read_on: Option<NaiveDate>,
    /// `FOLLOWERS`, or `VIEWERS` where the network tells of those alone.
    pub audience: Option<String>,
    /// What it is, or why it is not known.
    pub told: Result<CombinedAudience, NoProfile>,
}

/// The audience of accounts by one dimension.
#[derive(Debug, Clone, PartialEq)]
pub struct AudienceBy {
    /// By what.
    pub dimension: AudienceDimension,
    /// All together.
    pub combined: CombinedAudience,
    /// Each by itself, in the order in which they were connected.
    pub accounts: Vec<AccountAudience>,
    /// The networks of the accounts that are not part of what is told together, in alphabetical order.
    pub missing_networks: Vec<String>,
}

/// The audience of a brand's accounts.
#[derive(Debug, Clone, PartialEq)]
pub struct AudienceProfile {
    /// As it was known at the end of this day.
    pub at: NaiveDate,
    /// How many follow the accounts, as far as that is known; none where it is of no account.
    pub followers: Option<i64>,
    /// By each dimension.
    pub by: Vec<AudienceBy>,
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct AskedAudience {
    /// Of which brand.
    pub brand_id: Uuid,
    /// As it was known on which day, by the brand's clock; today unless given. Not in the future.
    pub at: Option<NaiveDate>,
    /// Of which accounts alone; of all when empty.
    pub account_ids: Vec<Uuid>,
}

#[derive(FromQueryResult)]
struct Followed {
    id: Uuid,
    followers: i64,
}

const FOLLOWERS: &str = concat!(
    "select a.id, f.value as followers from social_account a join lateral (",
    newest_followers!("a.brand_id", "$2", "$3"),
    ") f on true where a.brand_id = $1"
);

/// Of each account and dimension the newest. Networks say nothing, too, when they cannot tell for a while: that takes no place of what they
/// told in the weeks before.
const READINGS: &str = "
  select distinct on (r.social_account_id, r.dimension) r.* from audience_reading r
  where r.brand_id = $1 and r.day > $2 and r.day <= $3
    and (r.missing is null or r.missing = 'NEEDS_RECONNECT' or not exists (
      select from audience_reading g where g.brand_id = r.brand_id and g.social_account_id = r.social_account_id
        and g.dimension = r.dimension and g.missing is null and g.day > $2 and g.day < r.day))
  order by r.social_account_id, r.dimension, r.day desc";

/// The audience of a brand's accounts on a day, for whoever may read numbers. Four statements, however many accounts there are.
pub async fn audience_profile(context: &Context, asked: AskedAudience) -> Result<AudienceProfile, Failure> {
    let permit = context.permit(Action::MetricsRead, asked.brand_id).await?;
    let place = places(permit.tx(), &[asked.brand_id]).await?.pop().ok_or(Code::NotFound)?;
    let today = context.now.with_timezone(&place.zone).date_naive();
    let at = asked.at.unwrap_or(today);
    let mut wrong = Complaints::default();
    if at > today || at.year() < 2000 {
        wrong.add(UserError::at(Code::Invalid, "at"));
    }
    if asked.account_ids.len() > MOST_ACCOUNTS {
        let many = UserError::at(Code::TooMany, "accountIds").number("limit", MOST_ACCOUNTS);
        wrong.add(many.number("actual", asked.account_ids.len()));
    }
    wrong.check()?;
    let mut wrong = Complaints::default();
    let beyond = || Fault::broken("a day beyond the calendar");
    let end = day_start(place.zone, at.succ_opt().ok_or_else(beyond)?);
    let first = at.checked_sub_days(STANDS).ok_or_else(beyond)?;
    let order = social_account::Column::Id;
    let mut accounts = context.all(social_account::Entity::in_brand(asked.brand_id).order_by_asc(order)).await?;
    for (place, id) in asked.account_ids.iter().enumerate() {
        if !accounts.iter().any(|account| account.id == *id) {
            wrong.add(UserError::at(Code::NotFound, &format!("accountIds.{place}")));
        }
    }
    wrong.check()?;
    let readings: Vec<audience_reading::Model> =
        context.rows(READINGS, [asked.brand_id.into(), first.into(), at.into()]).await?;
    let known = followers(context, asked.brand_id, end.min(context.now)).await?;
    accounts.retain(|account| {
        let is_read = readings.iter().any(|reading| reading.social_account_id == account.id);
        let wanted = asked.account_ids.is_empty() || asked.account_ids.contains(&account.id);
        wanted && (account.state != AccountState::Disconnected || is_read)
    });
    let all = accounts.iter().filter_map(|account| known.get(&account.id).copied()).reduce(i64::saturating_add);
    let ground = Ground { accounts: &accounts, readings: &readings, followers: &known, all: all.unwrap_or_default() };
    let by = AudienceDimension::ALL.into_iter().map(|dimension| ground.by(dimension)).collect::<Result<_, _>>()?;
    Ok(AudienceProfile { at, followers: all, by })
}

/// How many follow each account: the newest number of the week before a moment.
async fn followers(context: &Context, brand_id: Uuid, at: DateTime<Utc>) -> Result<HashMap<Uuid, i64>, Failure> {
    let values = [brand_id.into(), (at - FRESH).into(), at.into()];
    let rows: Vec<Followed> = context.rows(FOLLOWERS, values).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.followers)).collect())
}

/// All that was read.
struct Ground<'a> {
    accounts: &'a [social_account::Model],
    readings: &'a [audience_reading::Model],
    followers: &'a HashMap<Uuid, i64>,
    /// The followers of all these accounts.
    all: i64,
}

impl Ground<'_> {
    fn by(&self, dimension: AudienceDimension) -> Result<AudienceBy, Fault> {
        let mut accounts = Vec::with_capacity(self.accounts.len());
        let mut told = Vec::new();
        let mut missing = BTreeSet::new();
        for account in self.accounts {
            let followers = self.followers.get(&account.id).copied();
            let of_it = |reading: &&audience_reading::Model| {
                reading.social_account_id == account.id && reading.dimension == dimension.as_str()
            };
            let reading = self.readings.iter().find(of_it);
            let one = match reading {
                Some(reading) => part(reading, followers)?,
                None if offers(&account.network, dimension) => Err(NoProfile::NotRead),
                None => Err(NoProfile::NotOffered),
            };
            if one.is_err() || followers.is_none() {
                missing.insert(account.network.clone());
            }
            told.extend(one.ok());
            accounts.push(AccountAudience {
                account: account.clone(),
                followers,
                read_on: reading.map(|reading| reading.day),
                audience: reading.map(|reading| reading.audience.clone()),
                told: one.map(|one| one.alone(dimension)),
            });
        }
        let combined = combined(dimension, &told, self.all);
        Ok(AudienceBy { dimension, combined, accounts, missing_networks: missing.into_iter().collect() })
    }
}

/// Whether a network tells of audiences by this dimension.
fn offers(network: &str, dimension: AudienceDimension) -> bool {
    let offer = diwan_networks::network(network).and_then(|network| network.capabilities().audience);
    offer.is_some_and(|offer| offer.dimensions.contains(&dimension))
}

/// What a reading says.
fn part(reading: &audience_reading::Model, followers: Option<i64>) -> Result<Result<Told<'_>, NoProfile>, Fault> {
    let unknown = |what: &str| Fault::broken(format!("the reading {} has an unknown {what}", reading.id));
    if let Some(why) = &reading.missing {
        return Ok(Err(AudienceMissing::parse(why).ok_or_else(|| unknown("reason"))?.into()));
    }
    let unit = AudienceUnit::parse(&reading.unit).ok_or_else(|| unknown("unit"))?;
    Ok(Ok(Told { followers, unit, keys: &reading.keys, amounts: &reading.amounts }))
}
