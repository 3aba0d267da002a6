//! Writing a plan as a file: gathered in one snapshot, written off the async threads, stored, and never changed.

use async_trait::async_trait;
use chrono::{DateTime, Days, Utc};
use chrono_tz::Tz;
use diwan_entity::InBrand as _;
use diwan_entity::calendar::content_export::{self, ExportState};
use diwan_networks::Options;
use diwan_platform::crypto::sha256;
use diwan_platform::{db, ids};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, JsonValue, QueryFilter};
use uuid::Uuid;

use super::export::{MAX_POSTS, export_key};
use super::read::Row;
use super::write::{Unwritten, write};
use super::{Column, forms};
use crate::calendar::day_start;
use crate::error::{Failure, Fault};
use crate::jobs::{Job, JobError, Next, Scope, Work};
use crate::permission::Permit;

/// Writes one plan.
#[derive(Debug)]
pub struct ExportContentPlan;

#[async_trait]
impl Job for ExportContentPlan {
    fn kind(&self) -> &'static str {
        "export_content_plan"
    }

    async fn run(&self, work: &Work) -> Result<(), JobError> {
        let scope = work.begin().await?;
        let found = content_export::Entity::one_in_brand(scope.brand_id, work.claim.subject_id).one(scope.tx()).await?;
        let Some(export) = found.filter(|export| export.state == ExportState::Requested) else {
            return scope.finish(Next::Done).await;
        };
        let rows = gather(&scope, &export).await?;
        scope.commit().await?;
        let Some(rows) = rows else { return end(work, &export, Err("TOO_MANY_ROWS")).await };
        let (format, locale) = (export.format, export.locale);
        let written = tokio::task::spawn_blocking(move || write(format, locale, &rows))
            .await
            .map_err(|error| Fault::broken(format!("writing a plan ended badly: {error}")))?;
        match written {
            Ok(bytes) => end(work, &export, Ok(bytes)).await,
            Err(Unwritten::CellTooLong) => end(work, &export, Err("CELL_TOO_LONG")).await,
            Err(Unwritten::Fault(fault)) => Err(fault.into()),
        }
    }

    async fn give_up(&self, scope: &Scope, _reason: &str) -> Result<(), JobError> {
        content_export::Entity::update_many()
            .col_expr(content_export::Column::State, Expr::value(ExportState::Failed))
            .col_expr(content_export::Column::FinishedAt, Expr::value(scope.now))
            .col_expr(content_export::Column::Error, Expr::value("GAVE_UP"))
            .filter(content_export::Column::Id.eq(scope.subject_id()))
            .filter(content_export::Column::State.eq(ExportState::Requested))
            .exec(scope.tx())
            .await?;
        Ok(())
    }

    async fn revive(&self, permit: Permit<'_>, subject_id: Uuid) -> Result<bool, DbErr> {
        let revived = content_export::Entity::update_many()
            .col_expr(content_export::Column::State, Expr::value(ExportState::Requested))
            .col_expr(content_export::Column::FinishedAt, Expr::value(Option::<DateTime<Utc>>::None))
            .col_expr(content_export::Column::Error, Expr::value(Option::<String>::None))
            .filter(content_export::Column::BrandId.eq(permit.brand_id))
            .filter(content_export::Column::Id.eq(subject_id))
            .filter(content_export::Column::State.eq(ExportState::Failed))
            .exec(permit.tx())
            .await?;
        Ok(revived.rows_affected > 0)
    }
}

/// Stores what came of it. While the fence is held, so that a worker that lost the job cannot change what another finished.
async fn end(work: &Work, export: &content_export::Model, done: Result<Vec<u8>, &'static str>) -> Result<(), JobError> {
    let scope = work.begin().await?;
    let update = content_export::Entity::update_many()
        .col_expr(content_export::Column::FinishedAt, Expr::value(scope.now))
        .filter(content_export::Column::BrandId.eq(export.brand_id))
        .filter(content_export::Column::Id.eq(export.id));
    let update = match done {
        Ok(bytes) => {
            work.services.storage.put(export_key(export.brand_id, export.id), &bytes).await.map_err(Fault::from)?;
            let size = i64::try_from(bytes.len()).map_err(|_| Fault::broken("a plan beyond all limits"))?;
            update
                .col_expr(content_export::Column::State, Expr::value(ExportState::Ready))
                .col_expr(content_export::Column::ByteSize, Expr::value(size))
                .col_expr(content_export::Column::Sha256, Expr::value(sha256(&bytes).to_vec()))
        }
        Err(why) => update
            .col_expr(content_export::Column::State, Expr::value(ExportState::Failed))
            .col_expr(content_export::Column::Error, Expr::value(why)),
    };
    update.exec(scope.tx()).await?;
    scope.finish(Next::Done).await
}

/// The posts of an export in the order of the plan, and one more than there may be where there are too many.
pub(super) async fn posts_of(tx: &impl ConnectionTrait, export: &content_export::Model) -> Result<Vec<Uuid>, Failure> {
    #[derive(FromQueryResult)]
    struct Found {
        id: Uuid,
    }
    let zone: String = db::scalar(tx, "select time_zone from brand where id = $1", [export.brand_id.into()]).await?;
    let zone: Tz = zone.parse().map_err(|_| Fault::broken("a brand's time zone is unknown"))?;
    let from = export.starts_on.map(|day| day_start(zone, day));
    let before = export.ends_on.and_then(|day| day.checked_add_days(Days::new(1))).map(|day| day_start(zone, day));
    let limit = i64::try_from(MAX_POSTS + 1).unwrap_or(i64::MAX);
    let sql = "select p.id from post p join calendar c on c.brand_id = p.brand_id and c.id = p.calendar_id
      where p.brand_id = $1 and (c.id = $2 or $2 is null and c.archived_at is null) and p.state not in ('CANCELED', 'ARCHIVED')
        and (p.due_at >= $3 or $3 is null) and (p.due_at < $4 or $4 is null)
      order by p.due_at nulls last, p.id limit $5";
    let values = [export.brand_id.into(), export.calendar_id.into(), from.into(), before.into(), limit.into()];
    let found: Vec<Found> = db::all(tx, sql, values).await?;
    Ok(found.into_iter().map(|found| found.id).collect())
}

#[derive(FromQueryResult)]
struct Line {
    id: Uuid,
    title: String,
    state: String,
    calendar: String,
    due_at: Option<DateTime<Utc>>,
    pillar: Option<String>,
    assignee: Option<String>,
    base_text: Option<String>,
    accounts: Option<String>,
    text: Option<String>,
    own_text: Option<bool>,
    language: Option<String>,
    thread: Option<Vec<String>>,
    first_comment: Option<String>,
    link: Option<String>,
    options: Option<JsonValue>,
    network_ids: Option<String>,
    network_urls: Option<String>,
}

/// One line for what is said alike on some of a post's accounts.
const LINES: &str = "
  select p.id, p.title, p.state, c.name as calendar, p.due_at, l.name as pillar, p.base_text, v.text, v.own_text, v.language,
    v.thread, v.first_comment, v.link, v.options,
    (select u.email from post_assignment a join app_user u on u.id = a.user_id
     where a.brand_id = p.brand_id and a.post_id = p.id order by a.created_at, a.id limit 1) as assignee,
    string_agg(s.network || ':' || s.handle, '; ' order by v.id) as accounts,
    string_agg(b.remote_id, '; ' order by v.id) as network_ids,
    string_agg(b.remote_url, '; ' order by v.id) as network_urls
  from unnest($2::uuid[]) with ordinality as wanted(id, place)
  join post p on p.brand_id = $1 and p.id = wanted.id
  join calendar c on c.brand_id = p.brand_id and c.id = p.calendar_id
  left join content_pillar l on l.brand_id = p.brand_id and l.id = p.pillar_id and l.archived_at is null
  left join post_variant v on v.brand_id = p.brand_id and v.post_id = p.id
  left join social_account s on s.brand_id = v.brand_id and s.id = v.social_account_id
  left join lateral (
    select b.remote_id, b.remote_url from publication b
    where b.brand_id = v.brand_id and b.variant_id = v.id and b.remote_id is not null order by b.id desc limit 1
  ) b on true
  group by wanted.place, p.brand_id, p.id, c.name, l.name, v.text, v.own_text, v.language, v.thread, v.first_comment, v.link,
    v.options
  order by wanted.place, min(v.id::text)";

/// The rows of an export, in three statements; none where they are more than an import takes.
async fn gather(scope: &Scope, export: &content_export::Model) -> Result<Option<Vec<Row>>, JobError> {
    let posts = posts_of(scope.tx(), export).await?;
    let zone: String =
        db::scalar(scope.tx(), "select time_zone from brand where id = $1", [export.brand_id.into()]).await?;
    let zone: Tz = zone.parse().map_err(|_| Fault::broken("a brand's time zone is unknown"))?;
    let lines: Vec<Line> = db::all(scope.tx(), LINES, [export.brand_id.into(), posts.into()]).await?;
    if lines.len() > MAX_POSTS {
        return Ok(None);
    }
    let rows = lines.into_iter().zip(2..).map(|(line, number)| line.into_row(zone, number));
    Ok(Some(rows.collect::<Result<_, Fault>>()?))
}

impl Line {
    fn into_row(self, zone: Tz, number: u32) -> Result<Row, Fault> {
        let options: Options = self
            .options
            .map(serde_json::from_value)
            .transpose()
            .map_err(|error| Fault::broken(format!("the options of a variant of post {}: {error}", self.id)))?
            .unwrap_or_default();
        let local = self.due_at.map(|due_at| due_at.with_timezone(&zone).naive_local());
        let cells = [
            (Column::Key, Some(ids::encode("post", self.id))),
            (Column::Title, Some(self.title)),
            (Column::Calendar, Some(self.calendar)),
            (Column::Date, local.map(|local| local.format("%F").to_string())),
            (Column::Time, local.map(|local| local.format("%T").to_string())),
            (Column::Accounts, self.accounts),
            (Column::Text, self.text.filter(|_| self.own_text == Some(true))),
            (Column::BaseText, self.base_text),
            (Column::Thread, self.thread.map(|parts| forms::thread_cell(&parts))),
            (Column::FirstComment, self.first_comment),
            (Column::Language, self.language),
            (Column::Pillar, self.pillar),
            (Column::Link, self.link),
            (Column::Options, Some(forms::options_cell(&options))),
            (Column::Assignee, self.assignee),
            (Column::State, Some(self.state)),
            (Column::NetworkIds, self.network_ids),
            (Column::NetworkUrls, self.network_urls),
        ];
        let cells =
            cells.into_iter().filter_map(|(column, text)| Some((column, text.filter(|text| !text.is_empty())?)));
        Ok(Row { number, cells: cells.collect() })
    }
}
