//! Notices by mail: one letter for what has come up, not one for each.

use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::{DateTime, Duration, Utc};
use diwan_entity::tenancy::agency::Locale;
use diwan_entity::tenancy::brand;
use diwan_entity::trust::notice::{self, NoticeKind};
use diwan_platform::db;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveEnum as _, ColumnTrait as _, Condition, DbErr, EntityTrait as _, FromQueryResult, QueryFilter as _, Value,
};
use uuid::Uuid;

use super::words::in_words;
use crate::context::Services;
use crate::error::Arg;
use crate::jobs::{Job, JobError, Next, Scope, Work};
use crate::messages;
use crate::permission::Permit;
use crate::trust::{Letter, queue_letters};

/// How long after a letter the next of the same kind about the same brand waits.
const BUNDLED: Duration = Duration::minutes(10);
/// The most notices that one run takes; what is left follows in the next.
const MOST: usize = 2000;
/// The most notices that a letter tells one by one.
const MOST_TOLD: usize = 20;

/// Writes the letters of a brand's notices, or of the agency's own. It is about the brand, or the agency.
///
/// Everything is one transaction, so that a notice that is written meanwhile either is seen or asks for another run.
#[derive(Debug)]
pub struct MailNotices;

#[async_trait]
impl Job for MailNotices {
    fn kind(&self) -> &'static str {
        "mail_notices"
    }

    async fn run(&self, work: &Work) -> Result<(), JobError> {
        let scope = work.begin().await?;
        let waiting = waiting(&scope).await?;
        let more = waiting.len() == MOST;
        let last = last_letters(&scope).await?;
        let brand = brand::Entity::find_by_id(scope.brand_id).one(scope.tx()).await?;
        let brand = brand.map(|brand| brand.name).unwrap_or_default();
        let mut bundles: BTreeMap<(Uuid, NoticeKind), Vec<notice::Model>> = BTreeMap::new();
        let mut done: Vec<Uuid> = Vec::new();
        for row in waiting {
            if row.read_at.is_some() {
                done.push(row.id);
            } else {
                bundles.entry((row.recipient_id, row.kind)).or_default().push(row);
            }
        }
        let people = people(&scope).await?;
        let (mut letters, mut next): (Vec<Letter>, Option<DateTime<Utc>>) = (Vec::new(), None);
        for (to, rows) in bundles {
            if let Some(at) = last.get(&to).map(|last| *last + BUNDLED).filter(|at| *at > scope.now) {
                next = Some(next.map_or(at, |next| next.min(at)));
                continue;
            }
            done.extend(rows.iter().map(|row| row.id));
            letters.extend(people.get(&to.0).and_then(|person| letter(&work.services, &brand, person, &rows)));
        }
        queue_letters(scope.tx(), &work.services, letters).await?;
        notice::Entity::update_many()
            .col_expr(notice::Column::MailedAt, Expr::value(scope.now))
            .filter(theirs(&scope))
            .filter(notice::Column::Id.is_in(done.iter().copied()))
            .exec(scope.tx())
            .await?;
        if more && !done.is_empty() {
            next = Some(scope.now);
        }
        scope.finish(next.map_or(Next::Done, Next::Again)).await
    }

    async fn give_up(&self, _scope: &Scope, _reason: &str) -> Result<(), JobError> {
        // The notices stand in the product, and the job itself shows our fault.
        Ok(())
    }

    async fn revive(&self, _permit: Permit<'_>, _subject_id: Uuid) -> Result<bool, DbErr> {
        Ok(true)
    }
}

#[derive(Debug, FromQueryResult)]
struct Person {
    user_id: Uuid,
    name: String,
    email: Option<String>,
    locale: String,
}

/// The brand's notices, or the agency's own, which have no brand.
fn theirs(scope: &Scope) -> Condition {
    let brand = notice::Column::BrandId;
    Condition::all().add(if scope.brand_id.is_nil() { brand.is_null() } else { brand.eq(scope.brand_id) })
}

/// What is to be told by mail, oldest first.
async fn waiting(scope: &Scope) -> Result<Vec<notice::Model>, DbErr> {
    use sea_orm::{QueryOrder as _, QuerySelect as _};
    notice::Entity::find()
        .filter(theirs(scope))
        .filter(notice::Column::Mail.eq(true))
        .filter(notice::Column::MailedAt.is_null())
        .order_by_asc(notice::Column::Id)
        .limit(MOST as u64)
        .all(scope.tx())
        .await
}

/// When each person was last written to about each kind, as far as it still counts. What they had read already was no letter.
async fn last_letters(scope: &Scope) -> Result<BTreeMap<(Uuid, NoticeKind), DateTime<Utc>>, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        recipient_id: Uuid,
        kind: String,
        at: DateTime<Utc>,
    }
    let since: Value = (scope.now - BUNDLED).into();
    let (theirs, values) = match scope.brand_id {
        agency if agency.is_nil() => ("brand_id is null", vec![since]),
        brand => ("brand_id = $2", vec![since, brand.into()]),
    };
    let sql = format!(
        "select recipient_id, kind, max(mailed_at) as at from notice
      where {theirs} and mail and mailed_at > $1 and (read_at is null or read_at > mailed_at) group by recipient_id, kind"
    );
    let rows: Vec<Row> = db::all(scope.tx(), &sql, values).await?;
    rows.into_iter().map(|row| Ok(((row.recipient_id, NoticeKind::try_from_value(&row.kind)?), row.at))).collect()
}

/// Who is in the brand now, or leads the agency: others are not written to any more.
async fn people(scope: &Scope) -> Result<BTreeMap<Uuid, Person>, DbErr> {
    let rows: Vec<Person> = if scope.brand_id.is_nil() {
        db::all(scope.tx(), "select user_id, name, email, locale from app.agency_chiefs()", []).await?
    } else {
        let sql = "select user_id, name, email, locale from app.brand_people($1, $2)";
        db::all(scope.tx(), sql, [scope.brand_id.into(), scope.now.into()]).await?
    };
    Ok(rows.into_iter().map(|person| (person.user_id, person)).collect())
}

/// One letter about these notices of one kind; none for somebody without an address.
fn letter(services: &Services, brand: &str, person: &Person, rows: &[notice::Model]) -> Option<Letter> {
    let locale = Locale::try_from_value(&person.locale).ok()?;
    let mut said: Vec<String> = rows.iter().take(MOST_TOLD).map(|row| in_words(locale, row)).collect();
    let left = i64::try_from(rows.len().saturating_sub(MOST_TOLD)).unwrap_or(i64::MAX);
    if left > 0 {
        said.push(messages::message(locale, "notices-more", &[("count", Arg::Number(left))]));
    }
    let first = rows.first()?;
    Some(Letter {
        to: person.email.clone()?,
        locale,
        template: if rows.iter().all(|row| row.kind == NoticeKind::ContractEnding) {
            "contract-notices"
        } else if rows.iter().all(|row| row.kind == NoticeKind::ContractCommented) {
            "contract-comment-notices"
        } else if rows.iter().all(|row| row.kind == NoticeKind::DeliverableDue) {
            "deliverable-notices"
        } else if rows.iter().all(|row| row.kind == NoticeKind::ReportNotSent) {
            "report-notices"
        } else if rows.iter().all(|row| row.kind == NoticeKind::InsightAlert) {
            "alert-notices"
        } else if rows.iter().all(|row| row.kind == NoticeKind::WebSourceFailed) {
            "web-source-notices"
        } else if rows.iter().all(|row| row.kind == NoticeKind::ReportHostLost) {
            "report-host-notices"
        } else {
            "notices"
        },
        args: vec![
            ("name", Arg::Text(person.name.clone().into())),
            ("brand", Arg::Text(brand.to_owned().into())),
            ("count", Arg::Number(i64::try_from(rows.len()).unwrap_or(i64::MAX))),
            ("list", Arg::Text(said.join("\n\n").into())),
        ],
        link: match first.brand_id {
            Some(brand_id) => services.open_in_app("brand", brand_id),
            None => services.open_in_app("agency", first.agency_id),
        },
    })
}
