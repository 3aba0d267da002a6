//! Reading the audit trail.

use chrono::{DateTime, Utc};
use diwan_entity::trust::{audit_anchor, audit_event};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::paging::{Page, Slice, newest_first};
use crate::permission::Action;

/// The most actions that one filter names.
const MOST_ACTIONS: usize = 50;

/// Which events are wanted; what is left out is not asked.
#[derive(Debug, Clone, Default)]
pub struct EventFilter {
    /// Of these actions, named `thing.verb`.
    pub actions: Vec<String>,
    /// Done by this person.
    pub actor_id: Option<Uuid>,
    /// Done to this.
    pub subject_id: Option<Uuid>,
    /// From this time on.
    pub from: Option<DateTime<Utc>>,
    /// Before this time.
    pub until: Option<DateTime<Utc>>,
}

/// Events, newest first: of a brand, or of the whole agency.
pub async fn audit_events(
    context: &Context,
    brand_id: Option<Uuid>,
    filter: EventFilter,
    page: Page,
) -> Result<Slice<audit_event::Model>, Failure> {
    let mut select = audit_event::Entity::find();
    match brand_id {
        Some(brand_id) => {
            context.permit(Action::AuditRead, brand_id).await?;
            select = select.filter(audit_event::Column::BrandId.eq(brand_id));
        }
        None => drop(context.permit_agency(Action::AgencyAuditRead).await?),
    }
    let mut wrong = Complaints::default();
    if filter.actions.len() > MOST_ACTIONS {
        let error = UserError::at(Code::TooMany, "filter.actions");
        wrong.add(error.number("limit", MOST_ACTIONS).number("actual", filter.actions.len()));
    }
    if filter.from.zip(filter.until).is_some_and(|(from, until)| from >= until) {
        wrong.add(UserError::at(Code::Invalid, "filter.until"));
    }
    wrong.check()?;
    if !filter.actions.is_empty() {
        select = select.filter(audit_event::Column::Action.is_in(filter.actions));
    }
    if let Some(actor_id) = filter.actor_id {
        select = select.filter(audit_event::Column::ActorId.eq(actor_id));
    }
    if let Some(subject_id) = filter.subject_id {
        select = select.filter(audit_event::Column::SubjectId.eq(subject_id));
    }
    if let Some(from) = filter.from {
        select = select.filter(audit_event::Column::At.gte(from));
    }
    if let Some(until) = filter.until {
        select = select.filter(audit_event::Column::At.lt(until));
    }
    newest_first(context, select, audit_event::Column::Id, page).await
}

/// The anchors of the agency's chain, newest first.
pub async fn audit_anchors(context: &Context, page: Page) -> Result<Slice<audit_anchor::Model>, Failure> {
    context.permit_agency(Action::AgencyAuditRead).await?;
    newest_first(context, audit_anchor::Entity::find(), audit_anchor::Column::Id, page).await
}
