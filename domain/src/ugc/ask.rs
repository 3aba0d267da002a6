//! Asking somebody for what they made.

use diwan_entity::InBrand as _;
use diwan_entity::calendar::asset::{self, AssetState, Licence};
use diwan_entity::calendar::content_template;
use diwan_entity::ugc::ugc_grant::{self, GrantState};
use sea_orm::sea_query::LockType;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use crate::calendar::MOST_TEXT;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, UserError};
use crate::influencers::{handle_of, is_known_network};
use crate::permission::Action;
use crate::publishing;
use crate::strategy::maybe_text;
use crate::templates::{Fill, filled_template};
use crate::trust;

/// What somebody is asked.
#[derive(Debug, Clone)]
pub enum AskMessage {
    /// These words, 1 to 100,000 characters.
    Text(String),
    /// A template of the brand, filled in.
    Template {
        /// Which.
        template_id: Uuid,
        /// Values of its variables by their names.
        values: Vec<(String, String)>,
        /// The account from which it is asked.
        account_id: Uuid,
    },
}

/// Somebody to ask.
#[derive(Debug, Clone)]
pub struct NewAsk {
    /// For which file of the library.
    pub asset_id: Uuid,
    /// What they are called, up to 200 characters; empty: not known.
    pub author_name: String,
    /// Their name at the network, up to 200 characters, with or without `@`.
    pub author_handle: String,
    /// The network where they are: its key, also of those that are only counted for.
    pub network: String,
    /// What they are asked.
    pub message: AskMessage,
}

/// Writes down that somebody is asked, and in which words. The file is one that a user made from then on: posts that show it without a
/// grant are taken off the schedule. Answers the grant that is asked for, and how many publications were taken off.
pub async fn ask_for_ugc(context: &Context, new: &NewAsk) -> Result<(ugc_grant::Model, usize), Failure> {
    let not_there = || UserError::at(Code::NotFound, "assetId");
    let seen = context.one(asset::Entity::visible([new.asset_id])).await?.ok_or_else(not_there)?;
    let permit = context.permit(Action::UgcManage, seen.brand_id).await?;
    // Not against those who refer to it: whoever saves a post that shows it holds that post, for which this waits below.
    let select = asset::Entity::visible([new.asset_id]).lock(LockType::NoKeyUpdate);
    let asset = context.one(select).await?.ok_or_else(not_there)?;
    let mut wrong = Complaints::default();
    let author_name = maybe_text(&mut wrong, "authorName", &new.author_name, 200);
    let author_handle = handle_of(&mut wrong, "authorHandle", &new.author_handle);
    if !is_known_network(&new.network) {
        let shown: String = new.network.chars().take(64).collect();
        wrong.add(UserError::at(Code::UnknownNetwork, "network").text("network", shown));
    }
    let asked = ugc_grant::Entity::in_brand(asset.brand_id)
        .filter(ugc_grant::Column::AssetId.eq(asset.id))
        .filter(ugc_grant::Column::State.eq(GrantState::Asked));
    if context.one(asked).await?.is_some() {
        wrong.add(UserError::at(Code::AlreadyExists, "assetId"));
    }
    if asset.state == AssetState::AwaitingUpload {
        wrong.add(UserError::at(Code::AssetNotReady, "assetId"));
    }
    if let AskMessage::Text(text) = &new.message {
        wrong.text("message.text", text, MOST_TEXT);
    }
    wrong.check()?;
    let (template_id, message) = words(context, asset.brand_id, &new.message).await?;
    let row = ugc_grant::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(asset.brand_id),
        asset_id: Set(asset.id),
        author_name: Set(author_name),
        author_handle: Set(author_handle),
        network: Set(new.network.clone()),
        template_id: Set(template_id),
        message: Set(message),
        state: Set(GrantState::Asked),
        asked_by: Set(permit.person()?),
        asked_at: Set(context.now),
        version: Set(1),
        ..Default::default()
    };
    let row = ugc_grant::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    let mut stopped = 0;
    if asset.licence != Some(Licence::UserGenerated) {
        let version = asset.version + 1;
        let marked = asset::ActiveModel {
            licence: Set(Some(Licence::UserGenerated)),
            updated_at: Set(context.now),
            version: Set(version),
            ..asset.into_active_model()
        };
        marked.update(permit.tx()).await?;
        stopped = publishing::withhold_without_grant(permit, context.now, row.asset_id).await?;
    }
    let detail = json!({ "asset": row.asset_id, "publications": stopped });
    trust::record(permit, context.now, "ugc_grant.ask", row.id, detail).await?;
    Ok((row, stopped))
}

/// The words, and the template that they are from.
async fn words(context: &Context, brand_id: Uuid, message: &AskMessage) -> Result<(Option<Uuid>, String), Failure> {
    let (template_id, values, account_id) = match message {
        AskMessage::Text(text) => return Ok((None, text.trim().to_owned())),
        AskMessage::Template { template_id, values, account_id } => (*template_id, values.clone(), *account_id),
    };
    if context.one(content_template::Entity::one_in_brand(brand_id, template_id)).await?.is_none() {
        return Err(UserError::at(Code::NotFound, "message.templateId").into());
    }
    let fill = Fill { template_id, values, account_ids: vec![account_id], due_at: Some(context.now) };
    let filled = filled_template(context, fill).await.map_err(in_message)?;
    let filled = filled.into_iter().next().ok_or(Code::NotFound)?;
    if !filled.problems.is_empty() {
        return Err(in_message(Failure::Refused(filled.problems)));
    }
    let text = filled.text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    Ok((Some(template_id), text.ok_or_else(|| UserError::at(Code::Invalid, "message.templateId"))?))
}

/// A refusal of the template at its place in the message.
fn in_message(failure: Failure) -> Failure {
    let Failure::Refused(errors) = failure else { return failure };
    let place = |mut error: UserError| {
        if error.field.first().is_some_and(|first| first == "accountIds") {
            error.field = vec!["accountId".to_owned()];
        }
        error
    };
    Failure::Refused(errors.into_iter().map(place).collect()).within("message")
}
