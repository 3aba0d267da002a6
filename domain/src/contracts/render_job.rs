//! Making the document of a contract: laid out off the async threads, stored, and never changed.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::contracts::contract::{self, ContractState};
use diwan_entity::contracts::contract_document::{self, DocumentPart, DocumentState};
use diwan_entity::contracts::contract_signature;
use diwan_platform::crypto::sha256;
use diwan_platform::db;
use diwan_reports::{ContractPaper, contract_pdf};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde_json::json;
use uuid::Uuid;

use super::document::document_key;
use super::paper::paper;
use super::send::{Occasion, write_to_both};
use super::words::Names;
use crate::error::Fault;
use crate::jobs::{Job, JobError, Next, Scope, Work};
use crate::permission::Permit;
use crate::trust;

/// Makes one document. It is about the document.
#[derive(Debug)]
pub struct RenderContract;

/// What a document is made of.
struct Ground {
    document: contract_document::Model,
    contract: contract::Model,
    names: Names,
    paper: ContractPaper,
}

#[async_trait]
impl Job for RenderContract {
    fn kind(&self) -> &'static str {
        "render_contract"
    }

    async fn run(&self, work: &Work) -> Result<(), JobError> {
        let scope = work.begin().await?;
        let Some(ground) = gather(&scope).await? else {
            return scope.finish(Next::Done).await;
        };
        let Ground { document, contract, names, paper } = ground;
        scope.commit().await?;
        let rendered = tokio::task::spawn_blocking(move || contract_pdf(&paper))
            .await
            .map_err(|error| Fault::broken(format!("rendering ended badly: {error}")))?;
        let pdf = rendered.map_err(|error| Fault::broken(format!("rendering: {error}")))?;
        // Stored while the fence is held, so that a worker that lost the job cannot change what another has finished.
        let scope = work.begin().await?;
        let row = contract::Entity::one_in_brand(scope.brand_id, contract.id).lock_exclusive().one(scope.tx()).await?;
        let row = row.ok_or_else(|| Fault::broken("a document without its contract"))?;
        if row.version != document.number || !is_wanted(document.part, row.state) {
            end(&scope, document, DocumentState::Void, None).await?;
            return scope.finish(Next::Done).await;
        }
        work.services.storage.put(document_key(document.brand_id, document.id), &pdf).await.map_err(Fault::from)?;
        let (part, hash) = (document.part, sha256(&pdf));
        end(&scope, document, DocumentState::Ready, Some((hash.to_vec(), pdf.len()))).await?;
        let permit = scope.permit().await?;
        let (action, occasion) = match part {
            DocumentPart::ToSign => ("contract.sent", Occasion::ToSign),
            DocumentPart::Signed => ("contract.signed_document", Occasion::Signed),
        };
        let row = if part == DocumentPart::ToSign { sent(&scope, row).await? } else { row };
        let detail = json!({ "version": row.version, "sha256": data_encoding::HEXLOWER.encode(&hash) });
        trust::record(permit, scope.now, action, row.id, detail).await?;
        write_to_both(&work.services, permit, scope.now, (&row, &names), occasion).await?;
        scope.finish(Next::Done).await
    }

    async fn give_up(&self, scope: &Scope, _reason: &str) -> Result<(), JobError> {
        contract_document::Entity::update_many()
            .col_expr(contract_document::Column::State, Expr::value(DocumentState::Failed))
            .col_expr(contract_document::Column::FinishedAt, Expr::value(scope.now))
            .filter(contract_document::Column::BrandId.eq(scope.brand_id))
            .filter(contract_document::Column::Id.eq(scope.subject_id()))
            .filter(contract_document::Column::State.eq(DocumentState::Rendering))
            .exec(scope.tx())
            .await?;
        Ok(())
    }

    /// Unless another was asked for meanwhile.
    async fn revive(&self, permit: Permit<'_>, subject_id: Uuid) -> Result<bool, DbErr> {
        let sql = "update contract_document d set state = 'RENDERING', finished_at = null
          where d.brand_id = $1 and d.id = $2 and d.state = 'FAILED' and not exists (select from contract_document o
            where o.brand_id = d.brand_id and o.contract_id = d.contract_id and o.number = d.number and o.part = d.part
              and o.state in ('RENDERING', 'READY'))";
        let revived = permit.tx().execute_raw(db::statement(sql, [permit.brand_id.into(), subject_id.into()])).await?;
        Ok(revived.rows_affected() > 0)
    }
}

/// Whether a contract in this state still waits for this document.
fn is_wanted(part: DocumentPart, state: ContractState) -> bool {
    match part {
        DocumentPart::ToSign => state == ContractState::Approved,
        // What was signed stays signed, whatever came of it meanwhile.
        DocumentPart::Signed => true,
    }
}

async fn gather(scope: &Scope) -> Result<Option<Ground>, JobError> {
    let select = contract_document::Entity::one_in_brand(scope.brand_id, scope.subject_id());
    let document = select.one(scope.tx()).await?.filter(|row| row.state == DocumentState::Rendering);
    let Some(document) = document else { return Ok(None) };
    let select = contract::Entity::one_in_brand(scope.brand_id, document.contract_id);
    let contract = select.one(scope.tx()).await?.ok_or_else(|| Fault::broken("a document without its contract"))?;
    let amends = match contract.amends_id {
        Some(id) => contract::Entity::one_in_brand(scope.brand_id, id).one(scope.tx()).await?,
        None => None,
    };
    let signatures =
        if document.part == DocumentPart::Signed { signatures_of(scope.tx(), &contract).await? } else { Vec::new() };
    let names = Names::read(scope.tx(), scope.brand_id).await?;
    // Made when it was asked for, so that another run makes the same file.
    let paper = paper(&names, &contract, amends.as_ref(), &signatures, document.created_at)?;
    Ok(Some(Ground { document, contract, names, paper }))
}

/// The signatures of what was last sent of a contract, ours first.
async fn signatures_of(
    tx: &impl ConnectionTrait,
    row: &contract::Model,
) -> Result<Vec<contract_signature::Model>, DbErr> {
    let documents = contract_document::Entity::in_brand(row.brand_id)
        .filter(contract_document::Column::ContractId.eq(row.id))
        .filter(contract_document::Column::Number.eq(row.version))
        .filter(contract_document::Column::Part.eq(DocumentPart::ToSign))
        .all(tx)
        .await?;
    contract_signature::Entity::in_brand(row.brand_id)
        .filter(contract_signature::Column::DocumentId.is_in(documents.into_iter().map(|document| document.id)))
        .order_by_asc(contract_signature::Column::Side)
        .all(tx)
        .await
}

async fn end(
    scope: &Scope,
    document: contract_document::Model,
    state: DocumentState,
    file: Option<(Vec<u8>, usize)>,
) -> Result<(), JobError> {
    let (hash, size) = file.unzip();
    let size = size.map(i64::try_from).transpose().map_err(|_| Fault::broken("a contract beyond all limits"))?;
    let ended = contract_document::ActiveModel {
        state: Set(state),
        sha256: Set(hash),
        byte_size: Set(size),
        finished_at: Set(Some(scope.now)),
        ..document.into_active_model()
    };
    ended.update(scope.tx()).await?;
    Ok(())
}

/// The document is ready, so the contract is sent. From then on the other side sees this version at least.
async fn sent(scope: &Scope, row: contract::Model) -> Result<contract::Model, JobError> {
    let now: DateTime<Utc> = scope.now;
    let shared = row.shared_version.unwrap_or(row.version);
    let sent = contract::ActiveModel {
        state: Set(ContractState::Sent),
        shared_version: Set(Some(shared)),
        sent_at: Set(Some(now)),
        updated_at: Set(now),
        ..row.into_active_model()
    };
    Ok(sent.update(scope.tx()).await?)
}
