//! Reading people and their places.

use chrono::{DateTime, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_entity::tenancy::membership::Specialty;
use diwan_entity::tenancy::{app_user, invitation, membership};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use crate::context::Context;
use crate::error::{Code, Failure, UserError};
use crate::paging::{Page, Slice, newest_first};
use crate::permission::Action;

/// How a place stands at some time. The first that fits counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PlaceState {
    /// It was ended.
    Ended,
    /// Its term is over.
    Expired,
    /// It is suspended.
    Suspended,
    /// Whoever has it has not accepted the invitation yet.
    Invited,
    /// Its term has not begun.
    Upcoming,
    /// It holds.
    Active,
}

impl PlaceState {
    /// Where a place is; `joined` is whether its owner has accepted the invitation.
    pub fn of(place: &membership::Model, joined: bool, now: DateTime<Utc>) -> Self {
        if place.ended_at.is_some() {
            Self::Ended
        } else if place.expires_at.is_some_and(|end| end <= now) {
            Self::Expired
        } else if place.suspended_at.is_some() {
            Self::Suspended
        } else if !joined {
            Self::Invited
        } else if place.starts_at > now {
            Self::Upcoming
        } else {
            Self::Active
        }
    }

    /// The same, to the database.
    const SQL: &str = "case when membership.ended_at is not null then 'ENDED' when membership.expires_at <= $1 then 'EXPIRED'
        when membership.suspended_at is not null then 'SUSPENDED'
        when exists (select from app_user u where u.id = membership.user_id and u.joined_at is null and u.kind <> 'INTEGRATION')
          then 'INVITED'
        when membership.starts_at > $1 then 'UPCOMING' else 'ACTIVE' end = any ($2)";

    fn name(self) -> &'static str {
        match self {
            Self::Ended => "ENDED",
            Self::Expired => "EXPIRED",
            Self::Suspended => "SUSPENDED",
            Self::Invited => "INVITED",
            Self::Upcoming => "UPCOMING",
            Self::Active => "ACTIVE",
        }
    }
}

/// Which places of a brand are wanted; an empty list asks for nothing in particular.
#[derive(Debug, Clone, Default)]
pub struct MemberFilter {
    /// Held by these kinds of accounts.
    pub kinds: Vec<UserKind>,
    /// Of these levels.
    pub levels: Vec<Level>,
    /// With one of these specialties.
    pub specialties: Vec<Specialty>,
    /// In one of these states.
    pub states: Vec<PlaceState>,
}

/// The places of a brand, newest first.
pub async fn members(
    context: &Context,
    brand_id: Uuid,
    filter: MemberFilter,
    page: Page,
) -> Result<Slice<membership::Model>, Failure> {
    context.permit(Action::MemberRead, brand_id).await?;
    let mut select = membership::Entity::in_brand(brand_id);
    if !filter.kinds.is_empty() {
        select = select.filter(membership::Column::UserKind.is_in(filter.kinds));
    }
    if !filter.levels.is_empty() {
        select = select.filter(membership::Column::Level.is_in(filter.levels));
    }
    if !filter.specialties.is_empty() {
        let names: Vec<String> = filter.specialties.iter().map(sea_orm::ActiveEnum::to_value).collect();
        select = select.filter(Expr::cust_with_values("membership.specialties && $1", [names]));
    }
    if !filter.states.is_empty() {
        let names: Vec<String> = filter.states.iter().map(|state| state.name().to_owned()).collect();
        let values: [sea_orm::Value; 2] = [context.now.into(), names.into()];
        select = select.filter(Expr::cust_with_values(PlaceState::SQL, values));
    }
    newest_first(context, select, membership::Column::Id, page).await
}

/// Places by id; those that the caller does not see are not there.
pub async fn memberships_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<membership::Model>, Failure> {
    Ok(context.all(membership::Entity::visible(ids.iter().copied())).await?)
}

/// The places of these people that the caller sees.
pub async fn memberships_of(context: &Context, user_ids: &[Uuid]) -> Result<Vec<membership::Model>, Failure> {
    let of_users = membership::Column::UserId.is_in(user_ids.iter().copied());
    Ok(context.all(membership::Entity::find().filter(of_users)).await?)
}

/// The open invitations of these people that the caller sees.
pub async fn invitations_of(context: &Context, user_ids: &[Uuid]) -> Result<Vec<invitation::Model>, Failure> {
    let open = invitation::Entity::find()
        .filter(invitation::Column::UserId.is_in(user_ids.iter().copied()))
        .filter(invitation::Column::AcceptedAt.is_null())
        .filter(invitation::Column::RevokedAt.is_null());
    Ok(context.all(open).await?)
}

/// How an account stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PersonState {
    /// Has not accepted the invitation yet.
    Invited,
    /// Can sign in.
    Active,
    /// Was deactivated.
    Deactivated,
}

/// Which people are wanted; an empty list asks for nothing in particular.
#[derive(Debug, Clone, Default)]
pub struct PeopleFilter {
    /// These kinds of accounts.
    pub kinds: Vec<UserKind>,
    /// In one of these states.
    pub states: Vec<PersonState>,
    /// Only those who hold a level agency-wide, or only those who do not.
    pub agency_wide: Option<bool>,
    /// A part of the name or of the address; case does not matter.
    pub search: Option<String>,
}

/// The agency's people, newest first.
pub async fn people(context: &Context, filter: PeopleFilter, page: Page) -> Result<Slice<app_user::Model>, Failure> {
    use app_user::Column as C;
    context.permit_agency(Action::PeopleManage).await?;
    let mut select = app_user::Entity::find();
    if !filter.kinds.is_empty() {
        select = select.filter(C::Kind.is_in(filter.kinds));
    }
    if !filter.states.is_empty() {
        let states = filter.states.iter().map(|state| match state {
            PersonState::Deactivated => C::DeactivatedAt.is_not_null(),
            PersonState::Invited => C::DeactivatedAt.is_null().and(C::JoinedAt.is_null()),
            PersonState::Active => C::DeactivatedAt.is_null().and(C::JoinedAt.is_not_null()),
        });
        select = select.filter(states.fold(Condition::any(), Condition::add));
    }
    match filter.agency_wide {
        Some(true) => select = select.filter(C::AgencyLevel.is_not_null()),
        Some(false) => select = select.filter(C::AgencyLevel.is_null()),
        None => {}
    }
    if let Some(search) = &filter.search {
        if search.contains('\0') || search.chars().count() > 200 {
            return Err(UserError::at(Code::Invalid, "filter.search").into());
        }
        let values = [search.trim().to_lowercase()];
        select = select.filter(Expr::cust_with_values(
            "position($1 in lower(app_user.name) || ' ' || coalesce(app_user.email, '')) > 0",
            values,
        ));
    }
    newest_first(context, select, C::Id, page).await
}
