//! How many posts an account may publish in its network's period, asked before they are promised.
//!
//! What counts is what is there and what is to come. Whoever plans on an account with a quota holds the account meanwhile, so that two
//! who plan at the same time do not both get the last place.

use std::collections::HashMap;

use chrono::{DateTime, Duration, Utc};
use chrono_tz::Tz;
use diwan_entity::calendar::post::{self, PostState};
use diwan_entity::publishing::publication::{self, PublicationState};
use diwan_entity::publishing::social_account;
use diwan_networks::{Quota, QuotaPeriod};
use diwan_platform::db;
use sea_orm::{ColumnTrait as _, EntityTrait as _, FromQueryResult, QueryFilter as _};
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
pub(super) struct Quotas(HashMap<Uuid, Planned>);

#[derive(Debug)]
struct Planned {
    handle: String,
    most: usize,
    period: Period,
    /// The moments, in order, each with its publication.
    at: Vec<(DateTime<Utc>, Uuid)>,
}

#[derive(Debug, Clone, Copy)]
enum Period {
    Rolling(Duration),
    Day(Tz),
}

#[derive(FromQueryResult)]
struct Counted {
    id: Uuid,
    social_account_id: Uuid,
    at: DateTime<Utc>,
}

impl Quotas {
    /// What is planned on those of the accounts that have a quota, around these times; holds those accounts until the transaction
    /// ends. None of it is asked of the database where no account has one; two statements where one has, however many.
    pub(super) async fn load(
        permit: Permit<'_>,
        accounts: &[social_account::Model],
        times: impl IntoIterator<Item = DateTime<Utc>>,
    ) -> Result<Self, Failure> {
        let mut quotas = Self::default();
        for account in accounts {
            if let Some((quota, most)) = quota_of(account)? {
                let period = match quota.period {
                    QuotaPeriod::RollingHours(hours) => Period::Rolling(Duration::hours(hours.into())),
                    QuotaPeriod::DayIn(zone) => {
                        Period::Day(zone.parse().map_err(|_| Fault::broken("a quota's time zone is unknown"))?)
                    }
                };
                let planned = Planned { handle: account.handle.clone(), most, period, at: Vec::new() };
                quotas.0.insert(account.id, planned);
            }
        }
        let times: Vec<DateTime<Utc>> = times.into_iter().collect();
        let (Some(first), Some(last), false) = (times.iter().min(), times.iter().max(), quotas.0.is_empty()) else {
            return Ok(quotas);
        };
        let ids: Vec<Uuid> = quotas.0.keys().copied().collect();
        let mut brands: Vec<Uuid> = accounts.iter().map(|account| account.brand_id).collect();
        brands.sort_unstable();
        brands.dedup();
        // In one order, so that nobody waits in a circle.
        let hold =
            "select id from social_account where brand_id = any ($1) and id = any ($2) order by id for no key update";
        let held: Vec<Held> = db::all(permit.tx(), hold, [brands.clone().into(), ids.clone().into()]).await?;
        quotas.0.retain(|id, _| held.iter().any(|held| held.id == *id));
        let sql = "select id, social_account_id, coalesce(published_at, due_at) as at from publication
          where brand_id = any ($1) and social_account_id = any ($2) and state not in ('CANCELED', 'FAILED', 'MISSED')
            and coalesce(published_at, due_at) between $3 and $4
          order by coalesce(published_at, due_at), id";
        let values = [brands.into(), ids.into(), (*first - BACK).into(), (*last + AHEAD).into()];
        for Counted { id, social_account_id, at } in db::all(permit.tx(), sql, values).await? {
            if let Some(planned) = quotas.0.get_mut(&social_account_id) {
                planned.at.push((at, id));
            }
        }
        Ok(quotas)
    }

    /// Plans a publication at this time, instead of where it was. Refused where that is over the account's quota, and then all is as
    /// before.
    pub(super) fn plan(&mut self, account: Uuid, publication: Uuid, at: DateTime<Utc>) -> Result<(), UserError> {
        let Some(planned) = self.0.get_mut(&account) else { return Ok(()) };
        let before = planned.at.iter().position(|(_, id)| *id == publication).map(|place| planned.at.remove(place));
        if planned.takes(at) {
            planned.put((at, publication));
            return Ok(());
        }
        let free = planned.next_free(at);
        if let Some(before) = before {
            planned.put(before);
        }
        let free = free.map_or_else(|| "?".to_owned(), |free| free.format("%F %R UTC").to_string());
        Err(UserError::new(Code::QuotaReached)
            .number("limit", planned.most)
            .text("account", planned.handle.clone())
            .text("free", free))
    }
}

impl Quotas {
    /// Plans a publication where it was before.
    fn put_back(&mut self, account: Uuid, publication: Uuid, at: DateTime<Utc>) {
        let Some(planned) = self.0.get_mut(&account) else { return };
        planned.at.retain(|(_, id)| *id != publication);
        planned.put((at, publication));
    }
}

#[derive(FromQueryResult)]
struct Held {
    id: Uuid,
}

/// Refuses what would be more than an account may publish: `planned` is account, publication, time. Holds the accounts until the
/// transaction ends.
pub(super) async fn keep(
    context: &Context,
    permit: Permit<'_>,
    planned: &[(Uuid, Uuid, DateTime<Utc>)],
) -> Result<(), Failure> {
    let ids: Vec<Uuid> = planned.iter().map(|(account_id, ..)| *account_id).collect();
    let accounts = social_accounts_by_ids(context, &ids).await?;
    let mut quotas = Quotas::load(permit, &accounts, planned.iter().map(|(.., at)| *at)).await?;
    let mut over = Complaints::default();
    for (account_id, publication_id, at) in planned {
        if let Err(error) = quotas.plan(*account_id, *publication_id, *at) {
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
    if quotas.0.is_empty() {
        return Ok(over);
    }
    moves.sort_by_key(|(post, at, _)| {
        let before = post.due_at.unwrap_or(*at).timestamp_micros();
        if post.due_at.is_some_and(|before| before < *at) { -before } else { before }
    });
    for (post, at, _) in moves {
        let mut errors = Vec::new();
        for row in publications.iter().filter(|row| row.post_id == post.id) {
            errors.extend(quotas.plan(row.social_account_id, row.id, *at).err());
        }
        if !errors.is_empty() {
            // It stays where it is, also on the accounts that would have had room.
            for row in publications.iter().filter(|row| row.post_id == post.id) {
                quotas.put_back(row.social_account_id, row.id, row.due_at);
            }
            over.insert(post.id, errors);
        }
    }
    Ok(over)
}

/// The quota of an account's network, and how many the account may.
fn quota_of(account: &social_account::Model) -> Result<Option<(Quota, usize)>, Fault> {
    let network = diwan_networks::network(&account.network)
        .ok_or_else(|| Fault::broken(format!("an account of the unknown network {}", account.network)))?;
    let Some(quota) = network.capabilities().quota else { return Ok(None) };
    let most = limits_of(account)?.quota.unwrap_or(quota.most);
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
        Planned { handle: "amal".to_owned(), most, period, at: Vec::new() }
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
