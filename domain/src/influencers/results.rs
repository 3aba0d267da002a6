//! What somebody brought a brand: a publication of it, or figures that somebody states.

use chrono::NaiveDate;
use diwan_entity::InBrand as _;
use diwan_entity::influencers::influencer_result;
use diwan_entity::publishing::publication;
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, ModelTrait as _, QueryFilter as _};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::content::{at_most, web_address};
use super::rights::permit_in;
use crate::context::Context;
use crate::error::{Code, Complaints, Failure, Fault, UserError};
use crate::paging::{Page, Slice, newest_first};
use crate::permission::Action;
use crate::strategy::{date, maybe_text};
use crate::trust;

/// The most figures of a result.
const MOST_NUMBERS: usize = 30;

/// A figure that somebody states.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatedNumber {
    /// Of what, such as `reach`: 1 to 100 characters.
    pub name: String,
    /// How many.
    pub value: i64,
}

/// A result to record.
#[derive(Debug, Clone)]
pub struct NewResult {
    /// Of which brand.
    pub brand_id: Uuid,
    /// Whose.
    pub influencer_id: Uuid,
    /// What it is called, 1 to 300 characters.
    pub title: String,
    /// A publication of the brand that it was.
    pub publication_id: Option<Uuid>,
    /// Where it is, an address of the web. Nobody calls it.
    pub url: Option<String>,
    /// On which day; not later than tomorrow, which has come somewhere.
    pub happened_on: NaiveDate,
    /// Up to 30 figures, none of the same name twice.
    pub numbers: Vec<StatedNumber>,
    /// Who states them; needed where there are any. Up to 300 characters.
    pub source: String,
    /// Whether the advertising was named as such; none: not known.
    pub disclosed: Option<bool>,
    /// Up to 5000 characters.
    pub note: String,
}

/// Records what somebody brought.
pub async fn record_result(context: &Context, new: &NewResult) -> Result<influencer_result::Model, Failure> {
    let permit = permit_in(context, Action::InfluencerManage, (new.brand_id, new.influencer_id)).await?;
    let mut wrong = Complaints::default();
    let title = wrong.text("title", &new.title, 300).to_owned();
    let url = web_address(&mut wrong, "url", new.url.as_deref());
    date(&mut wrong, "happenedOn", Some(new.happened_on));
    if context.now.date_naive().succ_opt().is_some_and(|tomorrow| new.happened_on > tomorrow) {
        wrong.add(UserError::at(Code::Invalid, "happenedOn"));
    }
    let numbers = check_numbers(&mut wrong, &new.numbers);
    let source = maybe_text(&mut wrong, "source", &new.source, 300);
    if source.is_empty() && !new.numbers.is_empty() {
        wrong.add(UserError::at(Code::Invalid, "source"));
    }
    let note = maybe_text(&mut wrong, "note", &new.note, 5000);
    if let Some(id) = new.publication_id
        && context.one(publication::Entity::one_in_brand(new.brand_id, id)).await?.is_none()
    {
        wrong.add(UserError::at(Code::NotFound, "publicationId"));
    }
    wrong.check()?;
    let row = influencer_result::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(new.brand_id),
        influencer_id: Set(new.influencer_id),
        publication_id: Set(new.publication_id),
        title: Set(title),
        url: Set(url),
        happened_on: Set(new.happened_on),
        numbers: Set(serde_json::to_value(numbers).map_err(|error| Fault::broken(error.to_string()))?),
        source: Set(source),
        disclosed: Set(new.disclosed),
        note: Set(note),
        recorded_by: Set(permit.person()?),
        recorded_at: Set(context.now),
    };
    let row = influencer_result::Entity::insert(row).exec_with_returning(permit.tx()).await?;
    let detail = json!({ "influencer": new.influencer_id });
    trust::record(permit, context.now, "influencer_result.record", row.id, detail).await?;
    Ok(row)
}

fn check_numbers(wrong: &mut Complaints, numbers: &[StatedNumber]) -> Vec<StatedNumber> {
    if !at_most(wrong, "numbers", numbers.len(), MOST_NUMBERS) {
        return Vec::new();
    }
    let mut read: Vec<StatedNumber> = Vec::with_capacity(numbers.len());
    for (index, number) in numbers.iter().enumerate() {
        let at = |field: &str| format!("numbers.{index}.{field}");
        let name = wrong.text(&at("name"), &number.name, 100).to_owned();
        if number.value < 0 {
            wrong.add(UserError::at(Code::Invalid, &at("value")));
        }
        if read.iter().any(|other| other.name.to_lowercase() == name.to_lowercase()) {
            wrong.add(UserError::at(Code::AlreadyExists, &at("name")));
        }
        read.push(StatedNumber { name, value: number.value });
    }
    read
}

/// Takes a result back that was recorded by mistake. The audit trail keeps that it was there.
pub async fn delete_result(context: &Context, result_id: Uuid) -> Result<(), Failure> {
    let not_there = || UserError::at(Code::NotFound, "resultId");
    let row = context.one(influencer_result::Entity::visible([result_id])).await?.ok_or_else(not_there)?;
    let permit = context.permit(Action::InfluencerManage, row.brand_id).await?;
    let detail = json!({ "influencer": row.influencer_id });
    // Of two at once the second finds nothing more.
    if row.delete(permit.tx()).await?.rows_affected == 0 {
        return Err(not_there().into());
    }
    trust::record(permit, context.now, "influencer_result.delete", result_id, detail).await?;
    Ok(())
}

/// The figures of a result.
pub fn numbers_of(row: &influencer_result::Model) -> Result<Vec<StatedNumber>, Failure> {
    Ok(serde_json::from_value(row.numbers.clone())
        .map_err(|error| Fault::broken(format!("the figures of result {}: {error}", row.id)))?)
}

/// What somebody brought a brand, what was recorded last first; of all of them where nobody is named.
pub async fn results(
    context: &Context,
    (brand_id, influencer_id): (Uuid, Option<Uuid>),
    page: Page,
) -> Result<Slice<influencer_result::Model>, Failure> {
    context.permit(Action::InfluencerRead, brand_id).await?;
    let mut select = influencer_result::Entity::in_brand(brand_id);
    if let Some(id) = influencer_id {
        select = select.filter(influencer_result::Column::InfluencerId.eq(id));
    }
    newest_first(context, select, influencer_result::Column::Id, page).await
}

/// Results by id.
pub async fn results_by_ids(context: &Context, ids: &[Uuid]) -> Result<Vec<influencer_result::Model>, Failure> {
    Ok(context.all(influencer_result::Entity::visible(ids.iter().copied())).await?)
}
