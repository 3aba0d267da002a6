//! Reading an account's audience, once a week.
//!
//! It waits its turn like the account's numbers: while the network wants to be left alone, while others are at work on the account, and for room
//! in what the network allows. What is written again is the same, so that whoever takes the work up after a crash repeats questions alone.

use async_trait::async_trait;
use chrono::{DateTime, Duration, NaiveDate, Utc};
use chrono_tz::Tz;
use diwan_entity::InBrand as _;
use diwan_entity::insights::audience_reading;
use diwan_entity::publishing::social_account::{self, AccountState};
use diwan_entity::tenancy::brand;
use diwan_networks::{AudienceOffer, AudienceSlice, Network, NetworkError};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, DbErr, EntityTrait as _};
use uuid::Uuid;

use crate::error::Fault;
use crate::insights::budget::{self, Asking, Booked, put_off};
use crate::insights::sync_job::{FIRST_OF_ACCOUNT, LONGEST_WAIT};
use crate::jobs::{Job, JobError, Next, Scope, Work};
use crate::permission::Permit;
use crate::publishing::{Unusable, Usable, usable_account};

/// How often it is read.
const EVERY: Duration = Duration::days(7);
/// How soon it is asked for again where it could not be read.
const AGAIN: Duration = Duration::days(1);
/// The most parts of an audience that are kept, the largest.
const MOST_KEPT: usize = 1000;

/// Reads the audience of one account.
#[derive(Debug)]
pub struct ReadAudience;

/// When the audience of an account that has just been connected is first read: after its numbers.
pub(crate) fn first_reading(now: DateTime<Utc>) -> DateTime<Utc> {
    now + FIRST_OF_ACCOUNT * 2
}

/// Whether a network tells of audiences.
pub(crate) fn is_offered(network: &str) -> bool {
    offer(network).is_some()
}

fn offer(network: &str) -> Option<(&'static dyn Network, AudienceOffer)> {
    let network = diwan_networks::network(network)?;
    Some((network, network.capabilities().audience?))
}

/// What is read.
struct Subject {
    account: social_account::Model,
    network: &'static dyn Network,
    offer: AudienceOffer,
    zone: Tz,
}

impl Subject {
    /// None where there is nothing to read.
    async fn load(scope: &Scope) -> Result<Option<Self>, JobError> {
        let account = social_account::Entity::one_in_brand(scope.brand_id, scope.subject_id()).one(scope.tx()).await?;
        let Some(account) = account.filter(|account| account.state != AccountState::Disconnected) else {
            return Ok(None);
        };
        let Some((network, offer)) = offer(&account.network) else { return Ok(None) };
        let brand = brand::Entity::find_by_id(scope.brand_id).one(scope.tx()).await?;
        let Some(brand) = brand else { return Ok(None) };
        let zone = brand.time_zone.parse().map_err(|_| Fault::broken("a brand's time zone is unknown"))?;
        Ok(Some(Self { account, network, offer, zone }))
    }

    /// When there is room for what is asked, if not now.
    async fn wait_for_room(&self, scope: &Scope) -> Result<Option<DateTime<Utc>>, JobError> {
        let asking = Asking { whose: (&self.account).into(), posts: None, account: true, comments: false, past: false };
        Ok(match budget::book_several(scope, (self.network, self.offer.requests), &asking).await? {
            Booked::Now => None,
            Booked::At(at) => Some(at),
            Booked::Full => Some(scope.now + AGAIN),
        })
    }

    fn day(&self, now: DateTime<Utc>) -> NaiveDate {
        now.with_timezone(&self.zone).date_naive()
    }

    /// Keeps what was told, instead of what was told earlier on the same day. One statement.
    async fn keep(&self, scope: &Scope, slices: Vec<AudienceSlice>) -> Result<(), DbErr> {
        if slices.is_empty() {
            return Ok(());
        }
        let rows = slices.into_iter().map(|slice| {
            let missing = slice.told.as_ref().err().map(|why| why.as_str().to_owned());
            let mut parts = slice.told.unwrap_or_default();
            parts.sort_by(|one, other| other.amount.cmp(&one.amount).then_with(|| one.key.cmp(&other.key)));
            parts.truncate(MOST_KEPT);
            let (keys, amounts) = parts.into_iter().map(|part| (part.key, part.amount)).unzip();
            audience_reading::ActiveModel {
                id: Set(scope.new_id()),
                brand_id: Set(scope.brand_id),
                social_account_id: Set(self.account.id),
                dimension: Set(slice.dimension.as_str().to_owned()),
                day: Set(self.day(scope.now)),
                read_at: Set(scope.now),
                audience: Set(self.offer.of.as_str().to_owned()),
                unit: Set(slice.unit.as_str().to_owned()),
                keys: Set(keys),
                amounts: Set(amounts),
                missing: Set(missing),
            }
        });
        let columns = [
            audience_reading::Column::BrandId,
            audience_reading::Column::SocialAccountId,
            audience_reading::Column::Dimension,
            audience_reading::Column::Day,
        ];
        let newest = OnConflict::columns(columns)
            .update_columns([
                audience_reading::Column::ReadAt,
                audience_reading::Column::Audience,
                audience_reading::Column::Unit,
                audience_reading::Column::Keys,
                audience_reading::Column::Amounts,
                audience_reading::Column::Missing,
            ])
            .to_owned();
        audience_reading::Entity::insert_many(rows).on_conflict(newest).exec_without_returning(scope.tx()).await?;
        Ok(())
    }
}

/// How long a network wants to be left alone.
fn patience(error: &NetworkError) -> Option<Duration> {
    error.retry_after.and_then(|wait| Duration::from_std(wait).ok()).map(|wait| wait.min(LONGEST_WAIT))
}

#[async_trait]
impl Job for ReadAudience {
    fn kind(&self) -> &'static str {
        "read_audience"
    }

    async fn run(&self, work: &Work) -> Result<(), JobError> {
        let scope = work.begin().await?;
        let Some(subject) = Subject::load(&scope).await? else {
            return scope.finish(Next::Done).await;
        };
        let _turn = match budget::take_turn(work, &scope, &subject.account).await? {
            Ok(turn) => turn,
            Err(at) => return scope.finish(Next::Again(at)).await,
        };
        if let Some(at) = subject.wait_for_room(&scope).await? {
            return scope.finish(Next::Again(at)).await;
        }
        let today = scope.now.date_naive();
        scope.commit().await?;
        let told = match usable_account(work, &subject.account).await? {
            Ok(Usable { network, account, .. }) => {
                network.audience(work.services.outside(network), &account, today).await
            }
            // Whoever connects the account again has its audience read soon after.
            Err(Unusable::NeedsReconnect) => Ok(Vec::new()),
            Err(Unusable::Network(error)) => Err(error),
        };
        let scope = work.begin().await?;
        let next = match told {
            Ok(slices) => {
                subject.keep(&scope, slices).await?;
                budget::own_moment(subject.account.id, scope.now + EVERY)
            }
            Err(error) => {
                // The network's trouble is not ours: what was read before stands.
                tracing::info!(account_id = %subject.account.id, error = %error, "an audience could not be read");
                let asked = patience(&error).map(|wait| scope.now + wait);
                if let Some(until) = asked {
                    put_off(&scope, subject.account.id, until).await?;
                }
                asked.map_or(scope.now + AGAIN, |asked| asked.max(scope.now + AGAIN))
            }
        };
        scope.finish(Next::Again(next)).await
    }

    async fn give_up(&self, _scope: &Scope, _reason: &str) -> Result<(), JobError> {
        // What was read stays; the job itself shows the trouble.
        Ok(())
    }

    async fn revive(&self, _permit: Permit<'_>, _subject_id: Uuid) -> Result<bool, DbErr> {
        Ok(true)
    }
}
