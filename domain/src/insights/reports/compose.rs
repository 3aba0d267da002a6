//! Asking for a report that is made of blocks, and taking that back.

use std::collections::BTreeSet;

use chrono::{Datelike as _, NaiveDate};
use chrono_tz::Tz;
use diwan_entity::InBrand as _;
use diwan_entity::insights::report_file::ReportFormat;
use diwan_entity::insights::report_run::{self, ReportState};
use diwan_entity::insights::report_template::ReportAudience;
use diwan_entity::tenancy::agency::{CalendarSystem, Locale};
use sea_orm::{
    ActiveEnum as _, ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _, IntoActiveModel as _, QuerySelect as _,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::blocks::{BlockKind, ReportBlock, kept};
use super::deliver::run_ended;
use super::templates::{TemplateChoice, chosen};
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::insights::{Against, Period, RenderReport};
use crate::jobs::{Job as _, cancel, enqueue};
use crate::messages::message;
use crate::permission::Action;
use crate::{tenancy, trust};

/// The kind of runs that are made of blocks.
pub const COMPOSED: &str = "COMPOSED";
/// The most days of a period: three years.
const MOST_DAYS: i64 = 1100;
/// The longest title, in characters.
const LONGEST_TITLE: usize = 200;
/// The longest of what people write for a report, in characters.
const LONGEST_TEXT: usize = 20_000;
/// The most reports of a brand that wait to be made at once.
const MOST_WAITING: u64 = 20;

/// What people write for a run, for the blocks of its template that are text. Plain; an empty line parts paragraphs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportTexts {
    /// The period in short, 1 to 20 000 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// What is for the agency alone, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// What comes next, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_steps: Option<String>,
}

impl ReportTexts {
    /// What was written for a block.
    pub(super) fn of(&self, kind: BlockKind) -> Option<&str> {
        match kind {
            BlockKind::Summary => self.summary.as_deref(),
            BlockKind::Notes => self.notes.as_deref(),
            BlockKind::NextSteps => self.next_steps.as_deref(),
            _ => None,
        }
    }

    /// That each can be read, and has a block in which it stands.
    fn check(&self, wrong: &mut Complaints, blocks: &[ReportBlock]) -> Self {
        let mut check = |field: &str, kind: BlockKind, text: Option<&str>| {
            let text = text?;
            let field = format!("texts.{field}");
            let text = wrong.text(&field, text, LONGEST_TEXT).replace("\r\n", "\n");
            if !blocks.iter().any(|block| block.kind == kind) {
                wrong.add(UserError::at(Code::Invalid, &field));
            }
            Some(text)
        };
        Self {
            summary: check("summary", BlockKind::Summary, self.summary.as_deref()),
            notes: check("notes", BlockKind::Notes, self.notes.as_deref()),
            next_steps: check("nextSteps", BlockKind::NextSteps, self.next_steps.as_deref()),
        }
    }
}

/// A report that is wanted.
#[derive(Debug, Clone)]
pub struct NewComposed {
    /// The brand.
    pub brand_id: Uuid,
    /// Of what it is made.
    pub template: TemplateChoice,
    /// The first day, by the brand's clock; not after today.
    pub from: NaiveDate,
    /// The last day, which is part of it; at most 1100 days in all.
    pub to: NaiveDate,
    /// With what it is compared.
    pub against: Against,
    /// What it is called, 1 to 200 characters; after its template unless given.
    pub title: Option<String>,
    /// What people write for it.
    pub texts: ReportTexts,
    /// The language; the brand's unless given.
    pub locale: Option<Locale>,
    /// Whether numbers are written with the digits of the language; as the language is used to unless given.
    pub local_digits: Option<bool>,
    /// The calendar that stands beside the Gregorian one.
    pub beside: Option<CalendarSystem>,
    /// As which files it is made: at least one, each once.
    pub formats: Vec<ReportFormat>,
}

impl Default for NewComposed {
    fn default() -> Self {
        Self {
            brand_id: Uuid::nil(),
            template: TemplateChoice::BuiltIn(ReportAudience::Team),
            from: NaiveDate::default(),
            to: NaiveDate::default(),
            against: Against::PeriodBefore,
            title: None,
            texts: ReportTexts::default(),
            locale: None,
            local_digits: None,
            beside: None,
            formats: vec![ReportFormat::Pdf],
        }
    }
}

/// The name of a comparison as it is kept.
fn against_name(against: Against) -> &'static str {
    match against {
        Against::PeriodBefore => "PERIOD_BEFORE",
        Against::YearBefore => "YEAR_BEFORE",
    }
}

/// The comparison of this name.
pub(super) fn against_of(name: Option<&str>) -> Against {
    if name == Some("YEAR_BEFORE") { Against::YearBefore } else { Against::PeriodBefore }
}

/// That the days can be reported on.
fn check_days(wrong: &mut Complaints, new: &NewComposed, today: NaiveDate) {
    if !(2000..=2100).contains(&new.from.year()) || new.from > today {
        wrong.add(UserError::at(Code::Invalid, "from"));
    }
    let days = (2000..=2103).contains(&new.to.year()).then(|| Period { from: new.from, to: new.to }.days());
    match days {
        Some(days) if days > MOST_DAYS => {
            wrong.add(UserError::at(Code::TooMany, "to").number("limit", MOST_DAYS).number("actual", days));
        }
        Some(1..) => {}
        Some(_) | None => wrong.add(UserError::at(Code::Invalid, "to")),
    }
}

/// What a report is called that nobody gave a title.
async fn own_title(context: &Context, new: &NewComposed, locale: Locale) -> Result<String, Failure> {
    let audience = match new.template {
        TemplateChoice::Own(id) => {
            let rows = super::report_templates_by_ids(context, &[id]).await?;
            return Ok(rows.into_iter().next().map(|row| row.name).unwrap_or_default());
        }
        TemplateChoice::BuiltIn(audience) => audience,
    };
    let key = match audience {
        ReportAudience::Client => "report-title-client",
        ReportAudience::Management => "report-title-management",
        ReportAudience::Team => "report-title-team",
    };
    Ok(message(locale, key, &[]))
}

/// Has a report made of the blocks of a template. What it may show is what whoever asks may read, now and when it is made.
pub async fn compose_report(context: &Context, new: NewComposed) -> Result<report_run::Model, Failure> {
    let permit = context.permit(Action::ReportRun, new.brand_id).await?;
    let (audience, blocks) = chosen(context, new.brand_id, new.template).await?;
    let brand = tenancy::brands_by_ids(context, &[new.brand_id]).await?.pop().ok_or(Code::NotFound)?;
    let zone: Tz = brand.time_zone.parse().map_err(|_| Fault::broken("a brand's time zone is unknown"))?;
    let locale = new.locale.unwrap_or(brand.locale);
    let mut wrong = Complaints::default();
    check_days(&mut wrong, &new, context.now.with_timezone(&zone).date_naive());
    let title = match &new.title {
        Some(title) => title.clone(),
        None => own_title(context, &new, locale).await?,
    };
    let title = wrong.text("title", &title, LONGEST_TITLE).to_owned();
    let texts = new.texts.check(&mut wrong, &blocks);
    let formats: BTreeSet<ReportFormat> = new.formats.iter().copied().collect();
    if formats.is_empty() || formats.len() != new.formats.len() {
        wrong.add(UserError::at(Code::Invalid, "formats"));
    }
    let waiting = waiting(context, new.brand_id).await?;
    if waiting >= MOST_WAITING {
        wrong.add(UserError::at(Code::TooMany, "brandId").number("limit", MOST_WAITING).number("actual", waiting + 1));
    }
    wrong.check()?;
    let template_id = match new.template {
        TemplateChoice::Own(id) => Some(id),
        TemplateChoice::BuiltIn(_) => None,
    };
    let local = new.local_digits.unwrap_or(matches!(locale, Locale::Fa | Locale::Ar));
    let actor = context.signed_in()?;
    let scopes = actor.scopes.as_ref().map(|scopes| scopes.iter().map(|action| action.name()).collect());
    let row = report_run::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(new.brand_id),
        kind: Set(COMPOSED.to_owned()),
        month: Set(new.from.with_day(1).unwrap_or(new.from)),
        locale: Set(locale),
        state: Set(ReportState::Requested),
        requested_by: Set(permit.person()?),
        created_at: Set(context.now),
        from_day: Set(new.from),
        to_day: Set(new.to),
        title: Set(Some(title)),
        audience: Set(Some(audience)),
        template_id: Set(template_id),
        blocks: Set(Some(kept(&blocks)?)),
        against: Set(Some(against_name(new.against).to_owned())),
        texts: Set(Some(serde_json::to_value(&texts).map_err(|error| Fault::broken(error.to_string()))?)),
        formats: Set(Some(formats.iter().map(ReportFormat::to_value).collect())),
        digits: Set(Some(if local { "LOCAL" } else { "LATIN" }.to_owned())),
        beside: Set(new.beside.filter(|system| *system != CalendarSystem::Gregorian).map(|system| system.to_value())),
        scopes: Set(scopes),
        token_id: Set(actor.token_id),
        ..Default::default()
    };
    let run = report_run::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    enqueue(permit, RenderReport.kind(), run.id, context.now, context.now).await?;
    let detail = json!({ "from": new.from, "to": new.to, "audience": audience });
    trust::record(permit, context.now, "report.compose", run.id, detail).await?;
    Ok(run)
}

/// How many reports of a brand wait to be made.
async fn waiting(context: &Context, brand_id: Uuid) -> Result<u64, Failure> {
    #[derive(sea_orm::FromQueryResult)]
    struct Count {
        waiting: i64,
    }
    let sql = "select count(*) as waiting from report_run where brand_id = $1 and state = 'REQUESTED'";
    let rows: Vec<Count> = context.rows(sql, [brand_id.into()]).await?;
    Ok(rows.first().map_or(0, |row| u64::try_from(row.waiting).unwrap_or_default()))
}

/// Takes back a report that was not made yet. Nothing of it is kept, however far it had come.
pub async fn cancel_report(context: &Context, report_id: Uuid) -> Result<report_run::Model, Failure> {
    let not_there = || UserError::at(Code::NotFound, "reportId");
    let seen = context.one(report_run::Entity::visible([report_id])).await?.ok_or_else(not_there)?;
    let permit = context.permit(Action::ReportRun, seen.brand_id).await?;
    // Whoever is about to finish it holds the row: what they have finished stays.
    let select = report_run::Entity::visible([report_id]).lock_exclusive();
    let row = context.one(select).await?.ok_or_else(not_there)?;
    if row.state != ReportState::Requested {
        return Err(UserError::at(Code::WrongState, "reportId").text("state", row.state.to_value()).into());
    }
    let changed = report_run::ActiveModel {
        state: Set(ReportState::Canceled),
        finished_at: Set(Some(context.now)),
        ..row.into_active_model()
    };
    let row = changed.update(permit.tx()).await?;
    cancel(permit, RenderReport.kind(), &[row.id], context.now).await?;
    run_ended(permit, context.now, row.id).await?;
    trust::record(permit, context.now, "report.cancel", row.id, json!({})).await?;
    Ok(row)
}
