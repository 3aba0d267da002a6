//! What is said about a contract while it is negotiated.

use diwan_entity::InBrand as _;
use diwan_entity::contracts::contract;
use diwan_entity::contracts::contract_comment::{self, ContractVisibility};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use uuid::Uuid;

use super::draft::not_there;
use super::queries::relation_to;
use super::state::{is_over, wrong_state};
use crate::context::Context;
use crate::error::{Arg, Complaints, Failure};
use crate::permission::{Action, Permit};
use crate::public_links::typed;
use crate::trust::{self, Letter};

/// Says something about what a contract says now: among the team, or so that the other side reads it. Freelancers say it about their
/// own contract, and to the team. Whoever is outside and reads it is told by mail.
pub async fn comment_on_contract(
    context: &Context,
    contract_id: Uuid,
    visibility: ContractVisibility,
    body: &str,
) -> Result<contract_comment::Model, Failure> {
    let row = context.one(contract::Entity::visible([contract_id])).await?.ok_or_else(not_there)?;
    let relation = relation_to(context, &row)?;
    let permit = context.permit_on(Action::ContractComment, row.brand_id, relation).await?;
    if visibility == ContractVisibility::Internal {
        context.permit(Action::ContractWrite, row.brand_id).await?;
    }
    if is_over(row.state) {
        return Err(wrong_state(&row).into());
    }
    let mut wrong = Complaints::default();
    let body = typed(body);
    let body = wrong.text("body", &body, 5000).to_owned();
    wrong.check()?;
    let comment = contract_comment::ActiveModel {
        id: Set(context.new_id()),
        brand_id: Set(row.brand_id),
        contract_id: Set(row.id),
        number: Set(row.version),
        visibility: Set(visibility),
        author_id: Set(Some(permit.person()?)),
        author_name: Set(context.signed_in()?.name.clone()),
        body: Set(body),
        created_at: Set(context.now),
    };
    let comment = contract_comment::Entity::insert(comment).exec_with_returning(permit.tx()).await?;
    if visibility == ContractVisibility::Party && row.shared_version.is_some() && row.person_id.is_none() {
        write_party(context, permit, &row, &comment).await?;
    }
    Ok(comment)
}

/// Tells the other side what the team said to them, where it is known where to.
async fn write_party(
    context: &Context,
    permit: Permit<'_>,
    row: &contract::Model,
    comment: &contract_comment::Model,
) -> Result<(), Failure> {
    if row.party_email.is_empty() {
        return Ok(());
    }
    let letter = Letter {
        to: row.party_email.clone(),
        locale: row.locale,
        template: "contract-reply",
        args: vec![
            ("name", Arg::Text(row.party_name.clone().into())),
            ("who", Arg::Text(comment.author_name.clone().into())),
            ("title", Arg::Text(row.title.clone().into())),
            ("words", Arg::Text(comment.body.clone().into())),
        ],
        link: None,
    };
    trust::queue_letter(permit.tx(), &context.services, letter).await
}

/// What was said about these contracts that the caller may read, oldest first.
pub async fn comments_of_contracts(context: &Context, ids: &[Uuid]) -> Result<Vec<contract_comment::Model>, Failure> {
    let select = contract_comment::Entity::find()
        .filter(contract_comment::Column::ContractId.is_in(ids.iter().copied()))
        .order_by_asc(contract_comment::Column::Id);
    Ok(context.all(select).await?)
}
