//! Writing down what a contract promises.

use chrono::NaiveDate;
use diwan_entity::InBrand as _;
use diwan_entity::contracts::contract;
use diwan_entity::payments::deliverable::{self, DeliverableKind, DeliverableState};
use diwan_entity::publishing::social_account;
use diwan_platform::db;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _, IntoActiveModel as _};
use serde_json::json;
use uuid::Uuid;

use super::contract::{going_on, lock_contract};
use super::queries::{begin, wrong_state};
use super::remind_job::follow_due_day;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::influencers::is_known_network;
use crate::permission::{Action, Permit};
use crate::strategy::{date, maybe_text};
use crate::trust;

/// What is said of a deliverable: the whole of it.
#[derive(Debug, Clone)]
pub struct DeliverableContent {
    /// In a word, 1 to 200 characters.
    pub title: String,
    /// What it is to be, up to 5000 characters.
    pub brief: String,
    /// What is handed in.
    pub kind: DeliverableKind,
    /// The last day on which it is in time, in the brand's time zone.
    pub due_on: NaiveDate,
    /// On which network it is published, if that is agreed.
    pub network: Option<String>,
    /// On which account of the brand, if that is agreed.
    pub social_account_id: Option<Uuid>,
    /// Who of us, or which freelancer, hands it in; none: the other side.
    pub assignee_id: Option<Uuid>,
    /// How long it must be there, in days from when it was handed in, 1 to 365; none: that is not looked at.
    pub alive_days: Option<i32>,
}

impl DeliverableContent {
    async fn check(&self, context: &Context, permit: Permit<'_>, wrong: &mut Complaints) -> Result<(), Failure> {
        wrong.text("deliverable.title", &self.title, 200);
        maybe_text(wrong, "deliverable.brief", &self.brief, 5000);
        date(wrong, "deliverable.dueOn", Some(self.due_on));
        if let Some(key) = self.network.as_deref().filter(|key| !is_known_network(key)) {
            let shown: String = key.chars().take(64).collect();
            wrong.add(UserError::at(Code::UnknownNetwork, "deliverable.network").text("network", shown));
        }
        if self.alive_days.is_some_and(|days| !(1..=365).contains(&days)) {
            wrong.add(UserError::at(Code::Invalid, "deliverable.aliveDays"));
        }
        if let Some(id) = self.social_account_id
            && context.one(social_account::Entity::one_in_brand(permit.brand_id, id)).await?.is_none()
        {
            wrong.add(UserError::at(Code::NotFound, "deliverable.socialAccountId"));
        }
        if let Some(id) = self.assignee_id {
            let sql = "select exists (select from app.brand_people($1, $2) h
              where h.user_id = $3 and h.kind in ('STAFF', 'FREELANCER'))";
            let values = [permit.brand_id.into(), context.now.into(), id.into()];
            if !db::scalar::<bool>(permit.tx(), sql, values).await? {
                wrong.add(UserError::at(Code::NotFound, "deliverable.assigneeId"));
            }
        }
        Ok(())
    }

    fn said(self, row: deliverable::ActiveModel) -> deliverable::ActiveModel {
        deliverable::ActiveModel {
            title: Set(self.title.trim().to_owned()),
            brief: Set(self.brief.trim().to_owned()),
            kind: Set(self.kind),
            due_on: Set(self.due_on),
            network: Set(self.network),
            social_account_id: Set(self.social_account_id),
            assignee_id: Set(self.assignee_id),
            alive_days: Set(self.alive_days),
            ..row
        }
    }
}

/// Writes down what a contract that is not over promises.
pub async fn create_deliverable(
    context: &Context,
    contract_id: Uuid,
    content: DeliverableContent,
) -> Result<deliverable::Model, Failure> {
    let seen = context.one(contract::Entity::visible([contract_id])).await?;
    let seen = seen.ok_or_else(|| UserError::at(Code::NotFound, "contractId"))?;
    let permit = context.permit(Action::DeliverableWrite, seen.brand_id).await?;
    let contract = lock_contract(context, seen.brand_id, contract_id).await?;
    let mut wrong = Complaints::default();
    if let Err(over) = going_on(&contract) {
        wrong.add(over);
    }
    content.check(context, permit, &mut wrong).await?;
    wrong.check()?;
    let row = deliverable::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(permit.brand_id),
        contract_id: Set(contract_id),
        state: Set(DeliverableState::Due),
        submission: Set(0),
        note: Set(String::new()),
        reason: Set(String::new()),
        created_by: Set(permit.person()?),
        created_at: Set(context.now),
        updated_at: Set(context.now),
        version: Set(1),
        ..content.said(deliverable::ActiveModel { ..Default::default() })
    };
    let row = deliverable::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    follow_due_day(permit, context.now, &row).await?;
    trust::record(permit, context.now, "deliverable.create", row.id, json!({ "contract": contract_id })).await?;
    Ok(row)
}

/// Says a deliverable anew that is not handed in or came back: the whole of it.
pub async fn update_deliverable(
    context: &Context,
    deliverable_id: Uuid,
    version: i32,
    content: DeliverableContent,
) -> Result<deliverable::Model, Failure> {
    let mut wrong = Complaints::default();
    let (permit, contract, row) =
        begin(context, Action::DeliverableWrite, (deliverable_id, version), &mut wrong).await?;
    if let Err(over) = going_on(&contract) {
        wrong.add(over);
    }
    if !matches!(row.state, DeliverableState::Due | DeliverableState::SentBack) {
        wrong.add(wrong_state(&row));
    }
    content.check(context, permit, &mut wrong).await?;
    wrong.check()?;
    let version = row.version + 1;
    let changed = content.said(row.into_active_model());
    let changed = deliverable::ActiveModel { updated_at: Set(context.now), version: Set(version), ..changed };
    let row = changed.update(permit.tx()).await?;
    follow_due_day(permit, context.now, &row).await?;
    trust::record(permit, context.now, "deliverable.update", row.id, json!({ "version": version })).await?;
    Ok(row)
}
