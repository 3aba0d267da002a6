//! Setting limits: the agency's by the CMO, a brand's own for levels below one's own.

use diwan_entity::InBrand as _;
use diwan_entity::approvals::approval_request::ApprovalKind;
use diwan_entity::approvals::{approval_limit, brand_approval_limit};
use diwan_entity::tenancy::app_user::Level;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveEnum as _, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::permission::Action;
use crate::trust;

/// A limit to set.
#[derive(Debug, Clone)]
pub struct NewLimit {
    /// Whose: MID, SENIOR or DIRECTOR. A CMO needs none.
    pub level: Level,
    /// For what: everything but posts.
    pub kind: ApprovalKind,
    /// ISO 4217.
    pub currency: String,
    /// Up to which amount, in minor units; none takes the limit away.
    pub minor: Option<i64>,
}

/// A limit, of the agency or of one brand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// The brand whose own it is.
    pub brand_id: Option<Uuid>,
    /// Whose.
    pub level: Level,
    /// For what.
    pub kind: ApprovalKind,
    /// ISO 4217.
    pub currency: String,
    /// Up to which amount, in minor units.
    pub minor: i64,
}

impl NewLimit {
    fn check(&self) -> Result<(), Failure> {
        let mut wrong = Complaints::default();
        if !matches!(self.level, Level::Mid | Level::Senior | Level::Director) {
            wrong.add(UserError::at(Code::Invalid, "level"));
        }
        if self.kind == ApprovalKind::Post {
            wrong.add(UserError::at(Code::Invalid, "kind"));
        }
        wrong.currency("currency", &self.currency);
        if self.minor.is_some_and(|minor| minor < 0) {
            wrong.add(UserError::at(Code::Invalid, "amountMinor"));
        }
        wrong.check()
    }

    fn detail(&self) -> serde_json::Value {
        serde_json::json!({ "level": self.level.to_value(), "kind": self.kind.to_value(), "currency": self.currency, "minor": self.minor })
    }
}

/// Sets or takes away a limit of the agency.
pub async fn set_approval_limit(context: &Context, new: NewLimit) -> Result<Vec<Limit>, Failure> {
    use approval_limit::{ActiveModel, Column, Entity};
    let permit = context.permit_agency(Action::ApprovalLimitSet).await?;
    new.check()?;
    if let Some(minor) = new.minor {
        let row = ActiveModel {
            id: Set(context.new_id()),
            agency_id: Set(permit.agency_id),
            level: Set(new.level),
            kind: Set(new.kind),
            currency: Set(new.currency.clone()),
            amount_minor: Set(minor),
            set_by: Set(permit.actor_id),
            updated_at: Set(context.now),
        };
        let again = OnConflict::columns([Column::AgencyId, Column::Level, Column::Kind, Column::Currency])
            .update_columns([Column::AmountMinor, Column::SetBy, Column::UpdatedAt])
            .to_owned();
        Entity::insert(row).on_conflict(again).exec_without_returning(permit.tx()).await?;
    } else {
        Entity::delete_many()
            .filter(Column::AgencyId.eq(permit.agency_id))
            .filter(Column::Level.eq(new.level))
            .filter(Column::Kind.eq(new.kind))
            .filter(Column::Currency.eq(&new.currency))
            .exec(permit.tx())
            .await?;
    }
    trust::record(permit, context.now, "approval_limit.set", permit.agency_id, new.detail()).await?;
    agency_limits(context).await
}

/// Sets or takes away a limit of one brand, of a level below one's own.
pub async fn set_brand_approval_limit(context: &Context, brand_id: Uuid, new: NewLimit) -> Result<Vec<Limit>, Failure> {
    use brand_approval_limit::{ActiveModel, Column, Entity};
    let permit = context.permit(Action::BrandLimitSet, brand_id).await?;
    new.check()?;
    let own = context.signed_in()?.level_in(brand_id).unwrap_or(Level::Junior);
    if new.level >= own {
        return Err(UserError::at(Code::LevelTooHigh, "level").text("level", own.to_value()).into());
    }
    if let Some(minor) = new.minor {
        let row = ActiveModel {
            id: Set(context.new_id()),
            brand_id: Set(brand_id),
            level: Set(new.level),
            kind: Set(new.kind),
            currency: Set(new.currency.clone()),
            amount_minor: Set(minor),
            set_by: Set(permit.actor_id),
            updated_at: Set(context.now),
        };
        let again = OnConflict::columns([Column::BrandId, Column::Level, Column::Kind, Column::Currency])
            .update_columns([Column::AmountMinor, Column::SetBy, Column::UpdatedAt])
            .to_owned();
        Entity::insert(row).on_conflict(again).exec_without_returning(permit.tx()).await?;
    } else {
        Entity::delete_many()
            .filter(Column::BrandId.eq(brand_id))
            .filter(Column::Level.eq(new.level))
            .filter(Column::Kind.eq(new.kind))
            .filter(Column::Currency.eq(&new.currency))
            .exec(permit.tx())
            .await?;
    }
    trust::record(permit, context.now, "approval_limit.set", brand_id, new.detail()).await?;
    brand_limits(context, brand_id).await
}

async fn agency_limits(context: &Context) -> Result<Vec<Limit>, Failure> {
    use approval_limit::{Column, Entity};
    let select =
        Entity::find().order_by_asc(Column::Kind).order_by_asc(Column::Currency).order_by_asc(Column::AmountMinor);
    let limit = |row: approval_limit::Model| Limit {
        brand_id: None,
        level: row.level,
        kind: row.kind,
        currency: row.currency,
        minor: row.amount_minor,
    };
    Ok(context.all(select).await?.into_iter().map(limit).collect())
}

async fn brand_limits(context: &Context, brand_id: Uuid) -> Result<Vec<Limit>, Failure> {
    use brand_approval_limit::{Column, Entity};
    let select = Entity::in_brand(brand_id)
        .order_by_asc(Column::Kind)
        .order_by_asc(Column::Currency)
        .order_by_asc(Column::AmountMinor);
    let limit = |row: brand_approval_limit::Model| Limit {
        brand_id: Some(row.brand_id),
        level: row.level,
        kind: row.kind,
        currency: row.currency,
        minor: row.amount_minor,
    };
    Ok(context.all(select).await?.into_iter().map(limit).collect())
}

/// The agency's limits, and those of the brand that count instead. For those who decide in the brand.
pub async fn approval_limits(context: &Context, brand_id: Uuid) -> Result<Vec<Limit>, Failure> {
    context.permit(Action::ApprovalDecide, brand_id).await?;
    let mut limits = agency_limits(context).await?;
    limits.extend(brand_limits(context, brand_id).await?);
    Ok(limits)
}
