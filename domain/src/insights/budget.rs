//! Reading numbers and comments within what each network allows ([`RateLimit`]): what is asked is booked before, and waits where there is no room.
//!
//! A limit holds in any time as long as its period, wherever that begins. The period is divided into [`SLOTS`] slots, and each slot holds an
//! equal share. So long a time touches one slot more than that, and a request may leave as late as one slot after it was booked: a slot's share
//! is therefore one part of [`SLOTS`] + 2.

use chrono::{DateTime, Duration, Utc};
use data_encoding::HEXLOWER;
use diwan_entity::publishing::social_account;
use diwan_networks::{Network, RateLimit, RateLimitOf};
use diwan_platform::{crypto, db};
use sea_orm::{ConnectionTrait as _, DbErr};
use serde_json::Value;
use uuid::Uuid;

use crate::jobs::{JobError, Scope, Work};
use crate::turns::Turn;

/// Into how many slots the period of a limit is divided.
const SLOTS: u32 = 10;
/// Of a limit, in hundredths, what numbers may take: the rest is left to what is published, which asks for nothing.
const SHARE: u32 = 80;
/// Until what age a post is young. Most of what a post gets, it gets in its first two days.
pub(super) const YOUNG: Duration = Duration::days(3);
/// The soonest and the latest that an account is tried again at which others are at work.
const ITS_TURN: (Duration, Duration) = (Duration::seconds(1), Duration::seconds(30));

/// Who finds room first in a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Urgency {
    /// Comments, and days that are long over.
    Last,
    /// Numbers of posts that are older than [`YOUNG`].
    Old,
    /// Numbers of young posts. An account's own are as urgent: they are few.
    Young,
}

impl Urgency {
    /// Of what numbers may take, in hundredths, what this may: the rest is left to whatever is more urgent.
    fn hundredths(self) -> u64 {
        match self {
            Self::Last => 50,
            Self::Old => 75,
            Self::Young => 100,
        }
    }
}

/// Whose requests they are, as the network counts them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Whose<'a> {
    /// The address of the account's server.
    server: &'a str,
    /// The network's id of the account, or of the person in whose name it is asked. In two brands it is the same one.
    remote_id: &'a str,
    /// The network's id of the account itself.
    account_id: &'a str,
}

impl<'a> From<&'a social_account::Model> for Whose<'a> {
    fn from(account: &'a social_account::Model) -> Self {
        let account_id = account.remote_id.as_str();
        Self { server: &account.base_url, remote_id: person(&account.limits).unwrap_or(account_id), account_id }
    }
}

impl Whose<'_> {
    /// As a part of a name, as long for every account.
    fn name(&self) -> String {
        HEXLOWER.encode(&crypto::sha256(format!("{}\n{}", self.server, self.remote_id).as_bytes()))
    }
}

/// The person in whose name an account with these limits is asked (`Limits::asks_as`).
fn person(limits: &Value) -> Option<&str> {
    limits.get("asks_as").and_then(Value::as_str)
}

/// What is about to be asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asking<'a> {
    /// In whose name.
    pub whose: Whose<'a>,
    /// Whether it is for numbers of posts, and whether those are young.
    pub posts: Option<bool>,
    /// Whether it is for the account's own.
    pub account: bool,
    /// Whether it is for comments under a post, which wait for numbers.
    pub comments: bool,
    /// Whether it is of days that are long over, which waits for numbers.
    pub past: bool,
}

impl Asking<'_> {
    fn urgency(&self) -> Urgency {
        if self.comments || self.past {
            Urgency::Last
        } else if self.posts == Some(false) {
            Urgency::Old
        } else {
            Urgency::Young
        }
    }
}

/// When it may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Booked {
    /// Now.
    Now,
    /// Then; it is booked for the job.
    At(DateTime<Utc>),
    /// Nobody knows: all slots are full for longer than is looked ahead.
    Full,
}

/// One limit, as it is booked.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Booking {
    name: String,
    seconds: i32,
    most: i32,
    takes: i32,
}

/// The length of a limit's slots, in seconds, at least one.
fn slot_seconds(limit: &RateLimit) -> i32 {
    i32::try_from(limit.per.as_secs().div_ceil(u64::from(SLOTS))).unwrap_or(i32::MAX).max(1)
}

/// The most of a limit that is booked in one slot, in the unit of the limit; at least what a request takes.
fn slot_share(limit: &RateLimit, urgency: Urgency) -> i32 {
    let share = u64::from(limit.most) * u64::from(SHARE) / 100 / u64::from(SLOTS + 2);
    let share = share * urgency.hundredths() / 100;
    let least = u64::from(limit.posts.saturating_add(limit.account).max(limit.comments));
    i32::try_from(share.max(least)).unwrap_or(i32::MAX)
}

fn bookings(network: &str, limits: &[RateLimit], asking: &Asking<'_>) -> Vec<Booking> {
    let booked = limits.iter().map(|limit| {
        let seconds = slot_seconds(limit);
        let whose = match limit.of {
            RateLimitOf::Account => asking.whose.name(),
            RateLimitOf::Application => "application".to_owned(),
            RateLimitOf::Server => asking.whose.server.to_owned(),
        };
        let posts = if asking.posts.is_some() { limit.posts } else { 0 };
        let account = if asking.account { limit.account } else { 0 };
        let comments = if asking.comments { limit.comments } else { 0 };
        Booking {
            name: format!("{network} {} {whose} {seconds}", limit.name),
            seconds,
            most: slot_share(limit, asking.urgency()),
            takes: i32::try_from(posts.saturating_add(account).saturating_add(comments)).unwrap_or(i32::MAX),
        }
    });
    booked.filter(|booking| booking.takes > 0).collect()
}

/// Where in a period something of this id has its place, in parts of 65 536: the same each time, and spread evenly.
fn place(id: Uuid) -> u16 {
    let [.., high, low] = *id.as_bytes();
    u16::from_be_bytes([high, low])
}

/// A time moved to the own moment of whatever has this id, in the same hour: what comes each day does not come at once for all.
pub(super) fn own_moment(id: Uuid, at: DateTime<Utc>) -> DateTime<Utc> {
    let since =
        Duration::seconds(at.timestamp().rem_euclid(3600)) + Duration::nanoseconds(at.timestamp_subsec_nanos().into());
    at - since + Duration::hours(1) * i32::from(place(id)) / 65_536
}

/// Books what is about to be asked, in one statement, as the last of its transaction: whoever books of the same limits waits until then.
pub(crate) async fn book(scope: &Scope, network: &dyn Network, asking: &Asking<'_>) -> Result<Booked, JobError> {
    book_several(scope, (network, 1), asking).await
}

/// The same for so many requests that are sent one after the other. Of an account about which its network is not asked nothing is booked.
pub(super) async fn book_several(
    scope: &Scope,
    (network, requests): (&dyn Network, u32),
    asking: &Asking<'_>,
) -> Result<Booked, JobError> {
    if !network.is_asked_about(asking.whose.account_id) {
        return Ok(Booked::Now);
    }
    let capabilities = network.capabilities();
    let mut bookings = bookings(capabilities.key.as_str(), capabilities.reads, asking);
    for booking in &mut bookings {
        booking.takes = booking.takes.saturating_mul(i32::try_from(requests).unwrap_or(i32::MAX));
        // A slot holds them all, at least.
        booking.most = booking.most.max(booking.takes);
    }
    if bookings.is_empty() {
        return Ok(Booked::Now);
    }
    let names: Vec<String> = bookings.iter().map(|booking| booking.name.clone()).collect();
    let seconds: Vec<i32> = bookings.iter().map(|booking| booking.seconds).collect();
    let most: Vec<i32> = bookings.iter().map(|booking| booking.most).collect();
    let takes: Vec<i32> = bookings.iter().map(|booking| booking.takes).collect();
    let values = [
        scope.job_id().into(),
        scope.now.into(),
        (f64::from(place(scope.subject_id())) / 65_536.0).into(),
        names.into(),
        seconds.into(),
        most.into(),
        takes.into(),
    ];
    let sql = "select app.book_requests($1, $2, $3, $4, $5, $6, $7)";
    let at: Option<DateTime<Utc>> = db::scalar(scope.tx(), sql, values).await?;
    Ok(at.map_or(Booked::Full, |at| if at > scope.now { Booked::At(at) } else { Booked::Now }))
}

/// A turn at an account for work that reads from its network. Else when it is tried again: the network wants nothing of the account until then,
/// or others are at work on it.
pub(crate) async fn take_turn(
    work: &Work,
    scope: &Scope,
    account: &social_account::Model,
) -> Result<Result<Turn, DateTime<Utc>>, DbErr> {
    if let Some(until) = account.closed_until.filter(|until| *until > scope.now) {
        return Ok(Err(until));
    }
    Ok(match work.services.turns.take(account.id) {
        Some(turn) => Ok(turn),
        None => Err(its_turn(scope).await?),
    })
}

/// When a job is tried again that finds others at work on its account: soon enough that what it has booked still holds.
async fn its_turn(scope: &Scope) -> Result<DateTime<Utc>, DbErr> {
    let sql =
        "select (select j.booked_until from job j where j.id = $1 and j.booked_from <= $2 and j.booked_until > $2)";
    let until: Option<DateTime<Utc>> = db::scalar(scope.tx(), sql, [scope.job_id().into(), scope.now.into()]).await?;
    let (soonest, latest) = ITS_TURN;
    Ok(scope.now + until.map_or(latest, |until| ((until - scope.now) / 2).clamp(soonest, latest)))
}

/// A network that asks for patience has as much of it as it asks for: whatever else is to be read of the account before then waits, too.
pub(crate) async fn put_off(scope: &Scope, account_id: Uuid, until: DateTime<Utc>) -> Result<(), DbErr> {
    // What somebody takes up at this moment is not waited for: it will hear it from the network itself.
    let sql = "with waiting as (
        select j.id from job j where j.brand_id = $1 and j.state = 'PENDING' and j.due_at < $3
          and j.kind in ('sync_metrics', 'read_comments', 'read_audience', 'read_account_history')
          and (j.subject_id = $2
            or j.subject_id in (select p.id from publication p where p.brand_id = $1 and p.social_account_id = $2))
        for update skip locked)
      update job j set due_at = $3 from waiting w where j.id = w.id";
    let values = [scope.brand_id.into(), account_id.into(), until.into()];
    scope.tx().execute_raw(db::statement(sql, values)).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn limit(most: u32, seconds: u64, takes: u32) -> RateLimit {
        RateLimit {
            name: "any",
            most,
            per: std::time::Duration::from_secs(seconds),
            of: RateLimitOf::Application,
            posts: takes,
            account: 0,
            comments: 0,
            source: "https://example.com/",
        }
    }

    proptest! {
        /// Requests that fill every slot, each sent at any moment of its slot or of the one after it.
        #[test]
        fn no_time_as_long_as_the_period_holds_more_than_the_limit(
            most in 12_u32..2_000,
            seconds in 60_u64..90_000,
            late in prop::collection::vec(0_u64..=1_000_000, 60),
            begins in 0_u64..1_000_000,
        ) {
            let limit = limit(most, seconds, 1);
            let (length, share) = (u64::from(slot_seconds(&limit).unsigned_abs()), u64::from(slot_share(&limit, Urgency::Young).unsigned_abs()));
            // Microseconds.
            let sent: Vec<u64> = late.iter().zip(0_u64..).map(|(late, slot)| slot * length * 1_000_000 + late * 2 * length).collect();
            let begins = begins * length * 40;
            let window = begins..begins + seconds * 1_000_000;
            let inside = sent.iter().filter(|at| window.contains(at)).count();
            prop_assert!(u64::try_from(inside)? * share <= u64::from(most), "{inside} slots of {share} of {most}");
        }

        #[test]
        fn a_slot_holds_a_request_and_leaves_some_to_whatever_is_more_urgent(most in 1_u32..10_000, takes in 1_u32..5) {
            let limit = limit(most.max(takes), 900, takes);
            let [last, old, young] = [Urgency::Last, Urgency::Old, Urgency::Young].map(|urgency| slot_share(&limit, urgency));
            prop_assert!(i32::try_from(takes)? <= last && last <= old && old <= young);
            if most >= 1_000 {
                prop_assert!(last < old && old < young);
            }
        }

        #[test]
        fn an_own_moment_is_in_the_same_hour_and_stays(id in any::<u128>(), second in 0..2_000_000_000_i64) {
            let at = DateTime::from_timestamp(second, 5).unwrap();
            let moment = own_moment(Uuid::from_u128(id), at);
            prop_assert_eq!(moment.timestamp() / 3600, second / 3600);
            prop_assert_eq!(own_moment(Uuid::from_u128(id), moment), moment);
        }
    }

    #[test]
    fn only_what_is_asked_is_booked_and_of_whom_the_limit_is() {
        let x = diwan_networks::network("x").unwrap();
        let whose = Whose { server: "https://api.x.com/", remote_id: "7", account_id: "7" };
        let asking = Asking { whose, posts: Some(true), account: false, comments: false, past: false };
        let names = |asking: &Asking<'_>| -> Vec<String> {
            bookings("x", x.capabilities().reads, asking).into_iter().map(|booking| booking.name).collect()
        };
        assert_eq!(names(&asking), [format!("x tweets {} 90", whose.name())]);
        assert_eq!(
            names(&Asking { posts: None, account: true, ..asking }),
            [format!("x users/me {} 90", whose.name())]
        );
        let comments = Asking { posts: None, comments: true, ..asking };
        let booked = |network: &str| {
            let network = diwan_networks::network(network).unwrap();
            bookings("any", network.capabilities().reads, &comments)
        };
        let of_threads = booked("threads");
        assert_eq!(
            of_threads.iter().map(|one| (one.takes, one.most)).collect::<Vec<_>>(),
            [(1, 1_600)],
            "less than old posts, which find room for as many again and half of it"
        );
        assert_eq!(Asking { posts: Some(false), ..asking }.urgency(), Urgency::Old);
        assert_eq!(Asking { posts: None, account: true, past: true, ..asking }.urgency(), Urgency::Last);
        assert!(booked("pinterest").is_empty(), "nothing is asked there");
        let bluesky = diwan_networks::network("bluesky").unwrap();
        let booked = bookings(
            "bluesky",
            bluesky.capabilities().reads,
            &Asking { account: true, whose: Whose { server: "https://pds/", ..whose }, ..asking },
        );
        assert_eq!(
            booked,
            [Booking { name: "bluesky address https://pds/ 30".to_owned(), seconds: 30, most: 200, takes: 2 }]
        );
    }

    #[test]
    fn accounts_of_one_person_are_one_and_of_another_server_or_id_they_are_not() {
        let linkedin = diwan_networks::network("linkedin").unwrap().capabilities();
        let mut limits = diwan_networks::Limits::defaults(linkedin);
        assert_eq!(person(&serde_json::to_value(&limits).unwrap()), None);
        limits.asks_as = Some("urn:li:person:7".to_owned());
        let written = serde_json::to_value(&limits).unwrap();
        assert_eq!(person(&written), Some("urn:li:person:7"));
        let name = |server, remote_id| Whose { server, remote_id, account_id: remote_id }.name();
        let one = name("https://one/", "7");
        assert_eq!(one.len(), 64);
        assert_eq!(one, name("https://one/", "7"));
        assert_ne!(one, name("https://one/", "8"));
        assert_ne!(one, name("https://other/", "7"));
    }
}
