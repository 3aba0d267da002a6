//! How many posts an account may publish in its network's period, asked before they are promised.
//!
//! What counts is what is there and what is to come. Of those who plan under the same quota at the same time one waits for the other,
//! so that they do not both get the last place.

use std::collections::HashMap;

use chrono::{DateTime, Duration, Utc};
use chrono_tz::Tz;
use diwan_entity::calendar::post::{self, PostState};
use diwan_entity::calendar::post_variant;
use diwan_entity::publishing::publication::{self, PublicationState};
use diwan_entity::publishing::social_account;
use diwan_networks::{NetworkKey, Quota, QuotaOf, QuotaPeriod};
use diwan_platform::db;
use sea_orm::{ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, FromQueryResult, QueryFilter as _};
use serde_json::Value as Json;
use uuid::Uuid;

use super::accounts::limits_of;
use super::queries::social_accounts_by_ids;
use crate::calendar::day_start;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::permission::Permit;

/// How far ahead the next free moment is looked for.
const AHEAD: Duration = Duration::days(40);

/// How far back anything counts: the longest period, with the days of every time zone.
const BACK: Duration = Duration::days(3);

/// What accounts with a quota have planned and published.
#[derive(Debug, Default)]
pub(super) struct Quotas {
    /// The accounts that have one.
    accounts: HashMap<Uuid, Share>,
    /// What is counted, by who has the quota.
    counted: HashMap<Holder, Planned>,
}

/// Who has a quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Holder {
    Account(Uuid),
    /// The installation's application at this network.
    Application(&'static str),
}

/// What an account has of a quota.
#[derive(Debug)]
struct Share {
    handle: String,
    holder: Holder,
    /// The option and the value of what counts; none where everything does.
    only: Option<(&'static str, &'static str)>,
}

impl Share {
    fn counts(&self, options: &Json) -> bool {
        self.only.is_none_or(|(name, value)| options[name] == value)
    }
}

#[derive(Debug)]
struct Planned {
    most: usize,
    period: Period,
    /// The moments, in order, each with its publication; the nil id for those of other brands.
    at: Vec<(DateTime<Utc>, Uuid)>,
}

#[derive(Debug, Clone, Copy)]
enum Period {
    Rolling(Duration),
    Day(Tz),
}

/// What is to be published, and when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) account_id: Uuid,
    pub(super) publication_id: Uuid,
    pub(super) at: DateTime<Utc>,
    /// The network's own settings of it.
    pub(super) options: &'a Json,
}

#[derive(FromQueryResult)]
struct Counted {
    id: Option<Uuid>,
    social_account_id: Option<Uuid>,
    at: DateTime<Utc>,
}

impl Quotas {
    /// What is planned on those of the accounts that have a quota, around these times; until the transaction ends, nobody else plans on
    /// them. None of it is asked of the database where no account has one; two statements where one has, however many, and one more for
    /// each network that counts what a whole application sends.
    pub(super) async fn load(
        permit: Permit<'_>,
        accounts: &[social_account::Model],
        times: impl IntoIterator<Item = DateTime<Utc>>,
    ) -> Result<Self, Failure> {
        let quotas = Self::of(accounts)?;
        let times: Vec<DateTime<Utc>> = times.into_iter().collect();
        let (Some(first), Some(last), false) = (times.iter().min(), times.iter().max(), quotas.accounts.is_empty())
        else {
            return Ok(quotas);
        };
        quotas.hold(permit).await?;
        let mut brands: Vec<Uuid> = accounts.iter().map(|account| account.brand_id).collect();
        brands.sort_unstable();
        brands.dedup();
        quotas.read(permit, brands, (*first - BACK, *last + AHEAD)).await
    }

    /// Of these accounts, with nothing counted.
    fn of(accounts: &[social_account::Model]) -> Result<Self, Fault> {
        let mut quotas = Self::default();
        for account in accounts {
            let Some((quota, most)) = quota_of(account)? else { continue };
            let period = match quota.period {
                QuotaPeriod::RollingHours(hours) => Period::Rolling(Duration::hours(hours.into())),
                QuotaPeriod::DayIn(zone) => {
                    Period::Day(zone.parse().map_err(|_| Fault::broken("a quota's time zone is unknown"))?)
                }
            };
            let network = NetworkKey::parse(&account.network).map(NetworkKey::as_str).unwrap_or_default();
            let holder = match quota.of {
                QuotaOf::Account => Holder::Account(account.id),
                QuotaOf::Application => Holder::Application(network),
            };
            quotas.accounts.insert(account.id, Share { handle: account.handle.clone(), holder, only: quota.only });
            quotas.counted.insert(holder, Planned { most, period, at: Vec::new() });
        }
        Ok(quotas)
    }

    /// Lets nobody else plan meanwhile. The worker never waits for this.
    async fn hold(&self, permit: Permit<'_>) -> Result<(), Failure> {
        let names = self.counted.keys().map(|holder| match holder {
            Holder::Account(id) => id.to_string(),
            Holder::Application(network) => (*network).to_owned(),
        });
        // In one order, so that nobody waits in a circle.
        let sql = "select pg_advisory_xact_lock(49, held.key)
          from (select distinct hashtext(name) as key from unnest($1::text[]) name order by 1) held";
        permit.tx().execute_raw(db::statement(sql, [names.collect::<Vec<_>>().into()])).await?;
        Ok(())
    }

    async fn read(
        mut self,
        permit: Permit<'_>,
        brands: Vec<Uuid>,
        (from, to): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Self, Failure> {
        let own = self.accounts.iter().filter(|(_, share)| matches!(share.holder, Holder::Account(_)));
        let own: Vec<(Uuid, (&str, &str))> = own.map(|(id, share)| (*id, share.only.unwrap_or_default())).collect();
        let mut rows = Vec::new();
        if !own.is_empty() {
            let sql = "select p.id, p.social_account_id, coalesce(p.published_at, p.due_at) as at
              from unnest($2::uuid[], $3::text[], $4::text[]) as counted (account_id, name, value)
                join publication p on p.social_account_id = counted.account_id
                left join post_variant v on v.brand_id = p.brand_id and v.id = p.variant_id
              where p.brand_id = any ($1) and p.state not in ('CANCELED', 'FAILED', 'MISSED')
                and coalesce(p.published_at, p.due_at) between $5 and $6
                and (counted.name = '' or v.options ->> counted.name = counted.value)";
            let ids: Vec<Uuid> = own.iter().map(|(id, _)| *id).collect();
            let words = |word: fn(&(&str, &str)) -> String| own.iter().map(|(_, only)| word(only)).collect::<Vec<_>>();
            let (names, values) = (words(|(name, _)| (*name).to_owned()), words(|(_, value)| (*value).to_owned()));
            let values = [brands.into(), ids.into(), names.into(), values.into(), from.into(), to.into()];
            for row in db::all::<Counted>(permit.tx(), sql, values).await? {
                let account = row.social_account_id.unwrap_or_default();
                rows.push((Holder::Account(account), row));
            }
        }
        for holder in self.counted.keys() {
            let Holder::Application(network) = *holder else { continue };
            let sql = "select id, null::uuid as social_account_id, at from app.planned_on_network($1, $2, $3)";
            let found = db::all::<Counted>(permit.tx(), sql, [network.into(), from.into(), to.into()]).await?;
            rows.extend(found.into_iter().map(|row| (*holder, row)));
        }
        for (holder, row) in rows {
            if let Some(planned) = self.counted.get_mut(&holder) {
                planned.at.push((row.at, row.id.unwrap_or_default()));
            }
        }
        self.counted.values_mut().for_each(|planned| planned.at.sort_unstable());
        Ok(self)
    }

    /// Plans a publication at its time, instead of where it was. Refused where that is over the quota, and then all is as before.
    pub(super) fn plan(&mut self, wanted: Wanted<'_>) -> Result<(), UserError> {
        let Some(share) = self.accounts.get(&wanted.account_id).filter(|share| share.counts(wanted.options)) else {
            return Ok(());
        };
        let Some(planned) = self.counted.get_mut(&share.holder) else { return Ok(()) };
        let is_it = |(_, id): &(DateTime<Utc>, Uuid)| *id == wanted.publication_id;
        let before = planned.at.iter().position(is_it).map(|place| planned.at.remove(place));
        if planned.takes(wanted.at) {
            planned.put((wanted.at, wanted.publication_id));
            return Ok(());
        }
        let free = planned.next_free(wanted.at);
        if let Some(before) = before {
            planned.put(before);
        }
        let free = free.map_or_else(|| "?".to_owned(), |free| free.format("%F %R UTC").to_string());
        Err(UserError::new(Code::QuotaReached)
            .number("limit", planned.most)
            .text("account", share.handle.clone())
            .text("free", free))
    }

    /// Plans a publication where it was before.
    fn put_back(&mut self, was: Wanted<'_>) {
        let Some(share) = self.accounts.get(&was.account_id).filter(|share| share.counts(was.options)) else { return };
        let Some(planned) = self.counted.get_mut(&share.holder) else { return };
        planned.at.retain(|(_, id)| *id != was.publication_id);
        planned.put((was.at, was.publication_id));
    }
}

/// Refuses what would be more than an account may publish. Until the transaction ends, nobody else plans on these accounts.
pub(super) async fn keep(context: &Context, permit: Permit<'_>, planned: &[Wanted<'_>]) -> Result<(), Failure> {
    let ids: Vec<Uuid> = planned.iter().map(|wanted| wanted.account_id).collect();
    let accounts = social_accounts_by_ids(context, &ids).await?;
    let mut quotas = Quotas::load(permit, &accounts, planned.iter().map(|wanted| wanted.at)).await?;
    let mut over = Complaints::default();
    for wanted in planned {
        if let Err(error) = quotas.plan(*wanted) {
            over.add(UserError { field: vec!["dueAt".to_owned()], ..error });
        }
    }
    over.check()
}

/// Which of the scheduled posts cannot move to their new times, since an account would have more than it may; with why. Those that
/// move ahead go last first, so that each finds the place that the one before it left.
pub(super) async fn over_by_move(
    context: &Context,
    plan: &[(post::Model, DateTime<Utc>, Permit<'_>)],
) -> Result<HashMap<Uuid, Vec<UserError>>, Failure> {
    let mut over = HashMap::new();
    let mut moves: Vec<_> = plan.iter().filter(|(post, ..)| post.state == PostState::Scheduled).collect();
    let Some((.., permit)) = moves.first() else { return Ok(over) };
    let publications = publication::Entity::find()
        .filter(publication::Column::BrandId.is_in(moves.iter().map(|(post, ..)| post.brand_id)))
        .filter(publication::Column::PostId.is_in(moves.iter().map(|(post, ..)| post.id)))
        .filter(publication::Column::State.eq(PublicationState::Scheduled));
    let publications = context.all(publications).await?;
    let ids: Vec<Uuid> = publications.iter().map(|row| row.social_account_id).collect();
    let accounts = social_accounts_by_ids(context, &ids).await?;
    let mut quotas = Quotas::load(*permit, &accounts, moves.iter().map(|(_, at, _)| *at)).await?;
    if quotas.accounts.is_empty() {
        return Ok(over);
    }
    let options = options_of(context, &quotas, &publications).await?;
    let wanted = |row: &publication::Model, at: DateTime<Utc>| Wanted {
        account_id: row.social_account_id,
        publication_id: row.id,
        at,
        options: row.variant_id.and_then(|id| options.get(&id)).unwrap_or(&Json::Null),
    };
    moves.sort_by_key(|(post, at, _)| {
        let before = post.due_at.unwrap_or(*at).timestamp_micros();
        if post.due_at.is_some_and(|before| before < *at) { -before } else { before }
    });
    for (post, at, _) in moves {
        let mut errors = Vec::new();
        for row in publications.iter().filter(|row| row.post_id == post.id) {
            errors.extend(quotas.plan(wanted(row, *at)).err());
        }
        if !errors.is_empty() {
            // It stays where it is, also on the accounts that would have had room.
            for row in publications.iter().filter(|row| row.post_id == post.id) {
                quotas.put_back(wanted(row, row.due_at));
            }
            over.insert(post.id, errors);
        }
    }
    Ok(over)
}

/// The settings of what is moved, by its variant, where it depends on them what counts.
async fn options_of(
    context: &Context,
    quotas: &Quotas,
    publications: &[publication::Model],
) -> Result<HashMap<Uuid, Json>, Failure> {
    let by_option = |row: &&publication::Model| {
        quotas.accounts.get(&row.social_account_id).is_some_and(|share| share.only.is_some())
    };
    let ids: Vec<Uuid> = publications.iter().filter(by_option).filter_map(|row| row.variant_id).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let variants = post_variant::Entity::find()
        .filter(post_variant::Column::BrandId.is_in(publications.iter().map(|row| row.brand_id)))
        .filter(post_variant::Column::Id.is_in(ids));
    Ok(context.all(variants).await?.into_iter().map(|variant| (variant.id, variant.options)).collect())
}

/// The quota of an account's network, and how many may be published under it.
fn quota_of(account: &social_account::Model) -> Result<Option<(Quota, usize)>, Fault> {
    let network = diwan_networks::network(&account.network)
        .ok_or_else(|| Fault::broken(format!("an account of the unknown network {}", account.network)))?;
    let Some(quota) = network.capabilities().quota else { return Ok(None) };
    let own = if quota.of == QuotaOf::Account { limits_of(account)?.quota } else { None };
    let most = own.unwrap_or(quota.most);
    Ok(Some((quota, usize::try_from(most).unwrap_or(usize::MAX))))
}

impl Planned {
    fn put(&mut self, one: (DateTime<Utc>, Uuid)) {
        let place = self.at.partition_point(|known| *known <= one);
        self.at.insert(place, one);
    }

    /// How many moments lie from `from` on and before `to`.
    fn between(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> usize {
        let place = |moment: DateTime<Utc>| self.at.partition_point(|(at, _)| *at < moment);
        place(to).saturating_sub(place(from))
    }

    /// Whether one more fits at this moment.
    fn takes(&self, at: DateTime<Utc>) -> bool {
        match self.period {
            Period::Day(zone) => {
                let (from, to) = day_around(zone, at);
                self.between(from, to) < self.most
            }
            // Of all the windows that hold the moment, the fullest begins with something in it, or with the moment itself.
            Period::Rolling(length) => {
                let begins =
                    self.at.iter().map(|(begin, _)| *begin).filter(|begin| *begin > at - length && *begin < at);
                begins.chain([at]).all(|begin| self.between(begin, begin + length) < self.most)
            }
        }
    }

    /// The first moment from `at` on at which one more fits.
    fn next_free(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        if self.most == 0 {
            return None;
        }
        match self.period {
            Period::Day(zone) => {
                let mut day = day_around(zone, at).1;
                while day < at + AHEAD {
                    if self.takes(day) {
                        return Some(day);
                    }
                    day = day_around(zone, day).1;
                }
                None
            }
            // Room comes when something leaves the window.
            Period::Rolling(length) => {
                let leaves = self.at.iter().map(|(begin, _)| *begin + length).filter(|moment| *moment > at);
                leaves.take_while(|moment| *moment < at + AHEAD).find(|moment| self.takes(*moment))
            }
        }
    }
}

/// The day of a moment: where it begins, and where the next one does.
fn day_around(zone: Tz, at: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
    let date = at.with_timezone(&zone).date_naive();
    let next = date.succ_opt().unwrap_or(date);
    (day_start(zone, date), day_start(zone, next))
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;
    use proptest::prelude::*;

    use super::*;

    fn moment(minutes: i64) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 3, 28, 0, 0, 0).unwrap() + Duration::minutes(minutes)
    }

    fn planned(period: Period, most: usize) -> Planned {
        Planned { most, period, at: Vec::new() }
    }

    #[test]
    fn a_day_is_a_day_of_the_zone_also_where_it_has_23_hours() {
        let mut day = planned(Period::Day(chrono_tz::Europe::Athens), 2);
        // The clocks go forward on 29 March: the day is from 22:00 on the 28th to 21:00 on the 29th.
        for minutes in [22 * 60, 44 * 60] {
            assert!(day.takes(moment(minutes)));
            day.put((moment(minutes), Uuid::from_u128(1)));
        }
        assert!(!day.takes(moment(45 * 60 - 1)));
        assert!(day.takes(moment(45 * 60)) && day.takes(moment(22 * 60 - 1)));
        assert_eq!(day.next_free(moment(23 * 60)), Some(moment(45 * 60)));
    }

    proptest! {
        #[test]
        fn no_window_ever_holds_more_and_the_next_free_moment_is_free(
            most in 1..5_usize,
            asked in proptest::collection::vec(0..6000_i64, 1..60),
        ) {
            let length = Duration::hours(24);
            let mut rolling = planned(Period::Rolling(length), most);
            for (number, minutes) in asked.into_iter().enumerate() {
                let at = moment(minutes);
                if rolling.takes(at) {
                    rolling.put((at, Uuid::from_u128(number as u128)));
                } else {
                    let free = rolling.next_free(at).unwrap();
                    prop_assert!(free > at && rolling.takes(free) && !rolling.takes(free - Duration::minutes(1)));
                }
            }
            for (begin, _) in &rolling.at {
                prop_assert!(rolling.between(*begin, *begin + length) <= most);
            }
        }
    }
}
