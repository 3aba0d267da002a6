//! Rendering a report: the figures are gathered in one snapshot, rendered off the async threads, stored, and never change.

use std::collections::{BTreeMap, HashMap};

use async_trait::async_trait;
use chrono::{DateTime, Datelike as _, Months, NaiveDate, NaiveTime, TimeZone as _, Utc};
use chrono_tz::Tz;
use diwan_entity::InBrand as _;
use diwan_entity::insights::report_file::ReportFormat;
use diwan_entity::insights::report_run::{self, ReportState};
use diwan_entity::tenancy::agency::Locale;
use diwan_networks::Metric;
use diwan_platform::crypto::sha256;
use diwan_platform::db;
use diwan_reports::{AccountTotal, DayTotal, Digits, Language, MetricValue, Month, MonthReport, PublishedPost};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum as _, ColumnTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter};
use uuid::Uuid;

use super::{LatestNumbers, latest_numbers_unchecked, reports};
use crate::error::Fault;
use crate::jobs::{Job, JobError, Next, Scope, Work};
use crate::permission::Permit;

/// Renders one report.
#[derive(Debug)]
pub struct RenderReport;

#[derive(FromQueryResult)]
struct Names {
    agency: String,
    brand: String,
    time_zone: String,
}

#[derive(FromQueryResult)]
struct PublishedRow {
    id: Uuid,
    title: String,
    text: String,
    network: String,
    handle: String,
    social_account_id: Uuid,
    published_at: DateTime<Utc>,
    remote_url: Option<String>,
}

#[async_trait]
impl Job for RenderReport {
    fn kind(&self) -> &'static str {
        "render_report"
    }

    async fn run(&self, work: &Work) -> Result<(), JobError> {
        let scope = work.begin().await?;
        let found = report_run::Entity::one_in_brand(scope.brand_id, work.claim.subject_id).one(scope.tx()).await?;
        let Some(run) = found.filter(|run| run.state == ReportState::Requested) else {
            return scope.finish(Next::Done).await;
        };
        if run.kind == reports::COMPOSED {
            return reports::render(work, scope, run).await;
        }
        scope.commit().await?;
        if !reports::may_have(&work.services, &run, &[]).await? {
            return reports::refuse(work, &run).await;
        }
        let scope = work.begin().await?;
        let figures = gather(&scope, &run).await?;
        scope.commit().await?;
        let rendered = tokio::task::spawn_blocking(move || diwan_reports::month_pdf(&figures))
            .await
            .map_err(|error| Fault::broken(format!("rendering ended badly: {error}")))?;
        let pdf = rendered.map_err(|error| Fault::broken(format!("rendering: {error}")))?;
        let size = i64::try_from(pdf.len()).map_err(|_| Fault::broken("a report beyond all limits"))?;
        let digest = sha256(&pdf).to_vec();
        let stored = reports::store(work, run.brand_id, &[(ReportFormat::Pdf, pdf)]).await?;
        let Some(scope) = reports::begin_end(work, &run, &stored).await? else { return Ok(()) };
        reports::note_files(&scope, run.id, stored).await?;
        report_run::Entity::update_many()
            .col_expr(report_run::Column::State, Expr::value(ReportState::Ready))
            .col_expr(report_run::Column::FinishedAt, Expr::value(scope.now))
            .col_expr(report_run::Column::Progress, Expr::value(100_i16))
            .col_expr(report_run::Column::ByteSize, Expr::value(size))
            .col_expr(report_run::Column::Sha256, Expr::value(digest))
            .filter(report_run::Column::Id.eq(run.id))
            .exec(scope.tx())
            .await?;
        scope.finish(Next::Done).await
    }

    async fn give_up(&self, scope: &Scope, _reason: &str) -> Result<(), JobError> {
        report_run::Entity::update_many()
            .col_expr(report_run::Column::State, Expr::value(ReportState::Failed))
            .col_expr(report_run::Column::FinishedAt, Expr::value(scope.now))
            .col_expr(report_run::Column::Error, Expr::value("GAVE_UP"))
            .filter(report_run::Column::Id.eq(scope.subject_id()))
            .filter(report_run::Column::State.eq(ReportState::Requested))
            .exec(scope.tx())
            .await?;
        reports::run_ended(scope.permit().await?, scope.now, scope.subject_id()).await?;
        Ok(())
    }

    async fn revive(&self, permit: Permit<'_>, subject_id: Uuid) -> Result<bool, DbErr> {
        let revived = report_run::Entity::update_many()
            .col_expr(report_run::Column::State, Expr::value(ReportState::Requested))
            .col_expr(report_run::Column::FinishedAt, Expr::value(Option::<DateTime<Utc>>::None))
            .col_expr(report_run::Column::Error, Expr::value(Option::<String>::None))
            .col_expr(report_run::Column::Progress, Expr::value(0_i16))
            .filter(report_run::Column::BrandId.eq(permit.brand_id))
            .filter(report_run::Column::Id.eq(subject_id))
            .filter(report_run::Column::State.eq(ReportState::Failed))
            .exec(permit.tx())
            .await?;
        if revived.rows_affected == 0 {
            return Ok(false);
        }
        reports::run_revived(permit, subject_id).await?;
        Ok(true)
    }
}

/// The instant at which a local day begins. Where a change of clocks skips midnight, the day begins with its first hour that
/// exists; where midnight comes twice, with the first.
fn day_begins(zone: Tz, date: NaiveDate) -> DateTime<Utc> {
    let midnight = date.and_time(NaiveTime::MIN);
    (0..24)
        .find_map(|hours| zone.from_local_datetime(&(midnight + chrono::Duration::hours(hours))).earliest())
        .map_or_else(|| midnight.and_utc(), |local| local.to_utc())
}

/// The figures of the month: three statements, however many posts there are.
async fn gather(scope: &Scope, run: &report_run::Model) -> Result<MonthReport, JobError> {
    let names: Names = db::one(
        scope.tx(),
        "select a.name as agency, b.name as brand, b.time_zone from brand b join agency a on a.id = b.agency_id where b.id = $1",
        [run.brand_id.into()],
    )
    .await?
    .ok_or_else(|| Fault::broken("a report of a brand that is gone"))?;
    let zone: Tz = names.time_zone.parse().map_err(|_| Fault::broken("a brand's time zone is unknown"))?;
    let end =
        run.month.checked_add_months(Months::new(1)).ok_or_else(|| Fault::broken("a month beyond the calendar"))?;
    let rows: Vec<PublishedRow> = db::all(
        scope.tx(),
        "select p.id, o.title, v.text, s.network, s.handle, p.social_account_id, p.published_at, p.remote_url
         from publication p
         join post o on o.brand_id = p.brand_id and o.id = p.post_id
         join post_variant v on v.brand_id = p.brand_id and v.id = p.variant_id
         join social_account s on s.brand_id = p.brand_id and s.id = p.social_account_id
         where p.brand_id = $1 and p.state = 'PUBLISHED' and p.published_at >= $2 and p.published_at < $3
         order by p.published_at, p.id",
        [run.brand_id.into(), day_begins(zone, run.month).into(), day_begins(zone, end).into()],
    )
    .await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut numbers: HashMap<Uuid, Vec<LatestNumbers>> = HashMap::new();
    for number in latest_numbers_unchecked(scope.tx(), &ids).await? {
        numbers.entry(number.publication_id).or_default().push(number);
    }
    let mut days: BTreeMap<NaiveDate, DayTotal> = run
        .month
        .iter_days()
        .take_while(|date| *date < end)
        .map(|date| (date, DayTotal { date, published: 0, interactions: None }))
        .collect();
    let mut accounts: BTreeMap<(String, String, Uuid), AccountTotal> = BTreeMap::new();
    let mut posts = Vec::with_capacity(rows.len());
    for row in rows {
        let measured = numbers.remove(&row.id).unwrap_or_default();
        let metrics: Vec<MetricValue> = measured
            .iter()
            .filter_map(|number| Some(MetricValue { metric: number.metric.clone()?, value: number.value }))
            .collect();
        if let Some(day) = days.get_mut(&row.published_at.with_timezone(&zone).date_naive()) {
            day.published += 1;
            add(&mut day.interactions, interactions(&metrics));
        }
        let network_name = diwan_networks::network(&row.network)
            .map_or(row.network.as_str(), |network| network.capabilities().name)
            .to_owned();
        let key = (network_name.clone(), row.handle.clone(), row.social_account_id);
        let total = accounts.entry(key).or_insert_with(|| AccountTotal {
            network_name: network_name.clone(),
            handle: row.handle.clone(),
            published: 0,
            metrics: Vec::new(),
        });
        total.published += 1;
        for metric in &metrics {
            match total.metrics.iter_mut().find(|sum| sum.metric == metric.metric) {
                Some(sum) => add(&mut sum.value, metric.value),
                None => total.metrics.push(metric.clone()),
            }
        }
        posts.push(PublishedPost {
            title: row.title,
            excerpt: row.text,
            network_name,
            account_handle: row.handle,
            published_at: row.published_at,
            url: row.remote_url,
            measured_at: measured.iter().map(|number| number.sampled_at).max(),
            metrics,
        });
    }
    Ok(MonthReport {
        agency: names.agency,
        brand: names.brand,
        language: Language::from_code(&run.locale.to_value().to_lowercase()).unwrap_or(Language::En),
        digits: if matches!(run.locale, Locale::Fa | Locale::Ar) { Digits::Local } else { Digits::Latin },
        time_zone: zone,
        period: Month { year: run.month.year(), month: run.month.month() },
        generated_at: scope.now,
        posts,
        days: days.into_values().collect(),
        account_totals: accounts.into_values().collect(),
    })
}

/// Interactions of one post; none when nothing of them was measured.
fn interactions(metrics: &[MetricValue]) -> Option<i64> {
    metrics
        .iter()
        .filter(|metric| Metric::INTERACTIONS.iter().any(|known| known.as_str() == metric.metric))
        .filter_map(|metric| metric.value)
        .fold(None, |sum, value| Some(sum.unwrap_or(0).saturating_add(value)))
}

/// Adds what is known; nothing known added to nothing known stays unknown.
fn add(sum: &mut Option<i64>, value: Option<i64>) {
    if let Some(value) = value {
        *sum = Some(sum.unwrap_or(0).saturating_add(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_when_its_clocks_say() {
        let day = |zone: Tz, y, m, d| day_begins(zone, NaiveDate::from_ymd_opt(y, m, d).unwrap()).to_rfc3339();
        assert_eq!(day(chrono_tz::Europe::Athens, 2026, 7, 1), "2026-06-30T21:00:00+00:00");
        assert_eq!(day(chrono_tz::Asia::Tehran, 2026, 7, 1), "2026-06-30T20:30:00+00:00");
        // In Beirut the clocks jumped over midnight on this day.
        assert_eq!(day(chrono_tz::Asia::Beirut, 2026, 3, 29), "2026-03-28T22:00:00+00:00");
        // In Havana midnight came twice on this day.
        assert_eq!(day(chrono_tz::America::Havana, 2026, 11, 1), "2026-11-01T04:00:00+00:00");
    }

    #[test]
    fn what_is_not_known_is_not_zero() {
        let metric = |name: &str, value| MetricValue { metric: name.to_owned(), value };
        assert_eq!(interactions(&[]), None);
        assert_eq!(interactions(&[metric("FOLLOWERS", Some(4)), metric("LIKES", None)]), None);
        assert_eq!(interactions(&[metric("REPLIES", Some(2)), metric("LIKES", Some(3))]), Some(5));
    }
}
