//! Links by which a report is read without signing in: made, ended, and listed with how often each was opened.
//!
//! A link is a public link of the purpose `REPORT`. What was made for clients is shared by those who work with them; what was made for the team
//! or for those who lead it shows names and what is internal, and takes more.

use chrono::{DateTime, Duration, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::insights::report_run::{self, ReportState};
use diwan_entity::insights::report_share;
use diwan_entity::insights::report_template::ReportAudience;
use diwan_entity::links::public_link::{self, LinkPurpose};
use diwan_entity::tenancy::agency::Locale;
use diwan_platform::db;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveEnum as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, FromQueryResult, QueryFilter as _, Value,
};
use serde_json::json;
use url::Url;
use uuid::Uuid;

use crate::context::{Actor, Context, Services};
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::{Action, Permit};
use crate::public_links::{self, LinkFor, NewLink};
use crate::{tenancy, trust};

/// The longest that a link is good.
pub const SHARED_AT_MOST: Duration = Duration::days(365);
/// The most links of one report, those that have ended among them.
const MOST_SHARES: u64 = 200;

/// A link that is wanted.
#[derive(Debug, Clone)]
pub struct NewShare {
    /// Which report: one that is ready.
    pub report_id: Uuid,
    /// Until when it is good: a year at most.
    pub expires_at: DateTime<Utc>,
    /// The language of the page around the report; the report's unless given.
    pub locale: Option<Locale>,
}

/// A link to a report, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct ReportShare {
    /// Which.
    pub id: Uuid,
    /// Whose report it is.
    pub brand_id: Uuid,
    /// The report.
    pub report_id: Uuid,
    /// Who made it; none: a schedule did.
    pub created_by: Option<Uuid>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Until when it is good.
    pub expires_at: DateTime<Utc>,
    /// When it was ended.
    pub revoked_at: Option<DateTime<Utc>>,
    /// How often the page was opened.
    pub views: i64,
    /// When it was last opened.
    pub last_viewed_at: Option<DateTime<Utc>>,
}

/// The right that it takes to share what was made for these readers; a month's report shows posts and their numbers alone.
pub(crate) fn right_to_share(audience: Option<ReportAudience>) -> Action {
    match audience {
        None | Some(ReportAudience::Client) => Action::ReportShare,
        Some(ReportAudience::Team | ReportAudience::Management) => Action::ReportShareInternally,
    }
}

/// Whether this caller may open the files of a report of a brand whose reports they may run. People may. A program reads with the scopes of its
/// token, and a file holds what somebody else may read, so it opens those that were made for outsiders, and of its own those that were made with
/// no more than its token is good for.
pub(super) fn may_open(actor: &Actor, run: &report_run::Model) -> bool {
    let Some(scopes) = &actor.scopes else { return true };
    let with = run.scopes.as_ref();
    let holds = |name: &String| Action::of_name(name).is_some_and(|action| scopes.contains(&action));
    let no_more = with.is_some_and(|with| with.iter().all(holds));
    right_to_share(run.audience) == Action::ReportShare || (run.requested_by == actor.user_id && no_more)
}

/// Makes a link to a report that is ready. Answers it and its address, which is shown this once.
pub async fn share_report(context: &Context, new: NewShare) -> Result<(ReportShare, Url), Failure> {
    let (permit, run) = begin(context, new.report_id, "reportId").await?;
    let mut wrong = Complaints::default();
    if run.state != ReportState::Ready {
        wrong.add(UserError::at(Code::WrongState, "reportId").text("state", run.state.to_value()));
    }
    if new.expires_at <= context.now {
        wrong.add(UserError::at(Code::TimeInPast, "expiresAt"));
    } else if new.expires_at > context.now + SHARED_AT_MOST {
        wrong.add(UserError::at(Code::Invalid, "expiresAt"));
    }
    wrong.check()?;
    let brand = tenancy::brands_by_ids(context, &[run.brand_id]).await?.pop().ok_or(Code::NotFound)?;
    let locale = new.locale.unwrap_or(run.locale);
    let link = (brand.name.as_str(), locale, new.expires_at, true);
    let (id, url) = make(&context.services, permit, context.now, run.id, link).await?;
    Ok((one(context, id).await?, url))
}

/// Makes the link, with its count. The caller has asked for the right. `name` is for whom it is said to be; `shown`: whether somebody of
/// the team holds its address.
pub(super) async fn make(
    services: &Services,
    permit: Permit<'_>,
    now: DateTime<Utc>,
    report_id: Uuid,
    (name, locale, expires_at, shown): (&str, Locale, DateTime<Utc>, bool),
) -> Result<(Uuid, Url), Failure> {
    let known: i64 = db::scalar(
        permit.tx(),
        "select count(*) from report_share where brand_id = $1 and report_id = $2",
        [permit.brand_id.into(), report_id.into()],
    )
    .await?;
    if u64::try_from(known).unwrap_or_default() >= MOST_SHARES {
        let many = UserError::at(Code::TooMany, "reportId").number("limit", MOST_SHARES);
        return Err(many.number("actual", known + 1).into());
    }
    let person = LinkFor { user_id: None, name: name.to_owned(), email: String::new(), locale };
    let new = NewLink { purpose: LinkPurpose::Report, subject_id: report_id, person, expires_at, shown };
    let (link, url) = public_links::make(services, permit, now, new).await?;
    let row = report_share::ActiveModel {
        id: Set(link.id),
        brand_id: Set(permit.brand_id),
        report_id: Set(report_id),
        views: Set(0),
        last_viewed_at: Set(None),
    };
    report_share::Entity::insert(row).exec_without_returning(permit.tx()).await?;
    Ok((link.id, url))
}

/// A report, with the right to share it. One that is not there and one of a brand that is not the caller's read alike.
async fn begin<'a>(
    context: &'a Context,
    report_id: Uuid,
    field: &str,
) -> Result<(Permit<'a>, report_run::Model), Failure> {
    let not_there = || UserError::at(Code::NotFound, field);
    let run = context.one(report_run::Entity::visible([report_id])).await?.ok_or_else(not_there)?;
    let permit = context.permit(right_to_share(run.audience), run.brand_id).await?;
    Ok((permit, run))
}

/// Ends a link: whoever opens it is told that it is not there. One that has ended stays so.
pub async fn revoke_report_share(context: &Context, share_id: Uuid) -> Result<ReportShare, Failure> {
    let not_there = || UserError::at(Code::NotFound, "shareId");
    let share = context.one(report_share::Entity::visible([share_id])).await?.ok_or_else(not_there)?;
    let (permit, run) = begin(context, share.report_id, "shareId").await?;
    let ended = public_link::Entity::update_many()
        .col_expr(public_link::Column::RevokedAt, Expr::value(context.now))
        .filter(public_link::Column::BrandId.eq(run.brand_id))
        .filter(public_link::Column::Id.eq(share.id))
        .filter(public_link::Column::RevokedAt.is_null())
        .exec(permit.tx())
        .await?;
    if ended.rows_affected > 0 {
        trust::record(permit, context.now, "report_share.revoke", share.id, json!({ "report": run.id })).await?;
    }
    one(context, share.id).await
}

const SHARES: &str =
    "select s.id, s.brand_id, s.report_id, l.created_by, l.created_at, l.expires_at, l.revoked_at, s.views,
    s.last_viewed_at
  from report_share s join public_link l on l.brand_id = s.brand_id and l.id = s.id";

async fn one(context: &Context, id: Uuid) -> Result<ReportShare, Failure> {
    let rows: Vec<ReportShare> = context.rows(&format!("{SHARES} where s.id = $1"), [id.into()]).await?;
    Ok(rows.into_iter().next().ok_or_else(|| UserError::at(Code::NotFound, "shareId"))?)
}

/// The links to a report, the newest first; there are never more than 200. For whoever may share it.
pub async fn report_shares(context: &Context, report_id: Uuid) -> Result<Vec<ReportShare>, Failure> {
    let (_, run) = begin(context, report_id, "reportId").await?;
    let values: [Value; 2] = [run.brand_id.into(), run.id.into()];
    let sql = format!("{SHARES} where s.brand_id = $1 and s.report_id = $2 order by s.id desc");
    Ok(context.rows(&sql, values).await?)
}
