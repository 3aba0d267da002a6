//! Proving that a signed contract is what was signed: every digest is reckoned anew from the bytes and rows that are kept.

use diwan_entity::InBrand as _;
use diwan_entity::contracts::contract;
use diwan_entity::contracts::contract_document::{self, DocumentPart, DocumentState};
use diwan_entity::contracts::contract_signature;
use diwan_entity::contracts::contract_version;
use diwan_entity::trust::audit_event;
use diwan_platform::crypto::sha256;
use diwan_platform::db;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DatabaseConnection, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _,
};
use uuid::Uuid;

use super::document::document_key;
use super::versions::SavedTerms;
use crate::context::Services;
use crate::error::Fault;

/// Something that was held against something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// What, in words for the operator.
    pub what: String,
    /// Whether it fits.
    pub holds: bool,
}

pub(crate) fn proof(what: impl Into<String>, holds: bool) -> Proof {
    Proof { what: what.into(), holds }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

/// What the audit trail says of a contract or a proposal.
pub(crate) struct Trail(Vec<audit_event::Model>);

impl Trail {
    /// Reads these actions on it.
    pub async fn read(
        tx: &impl ConnectionTrait,
        (brand_id, subject_id): (Uuid, Uuid),
        actions: &[&str],
    ) -> Result<Self, DbErr> {
        let events = audit_event::Entity::find()
            .filter(audit_event::Column::BrandId.eq(brand_id))
            .filter(audit_event::Column::SubjectId.eq(subject_id))
            .filter(audit_event::Column::Action.is_in(actions.iter().copied()))
            .all(tx)
            .await?;
        Ok(Self(events))
    }

    /// Whether an action was recorded with this digest.
    pub fn says(&self, action: &str, hash: &str) -> bool {
        let mut events = self.0.iter().filter(|event| event.action == action);
        events.any(|event| event.detail.get("sha256").is_some_and(|kept| kept == hash))
    }
}

/// Whose a contract is; none where there is none of this id. `owner` is a connection as the database's owner: nobody else sees all
/// brands.
pub async fn brand_of_contract(owner: &DatabaseConnection, contract_id: Uuid) -> Result<Option<Uuid>, Fault> {
    Ok(db::scalar(owner, "select app.brand_of_contract($1)", [contract_id.into()]).await?)
}

/// Holds everything that is kept of a contract against everything else: files against their digests, signatures against the file that
/// was signed, the contract against its last version, and the digests against the audit trail.
pub async fn verify_contract(services: &Services, (brand_id, contract_id): (Uuid, Uuid)) -> Result<Vec<Proof>, Fault> {
    let tx = services.db.write().await?;
    db::scalar::<bool>(&tx, "select app.enter_brand($1)", [brand_id.into()]).await?;
    let row = contract::Entity::one_in_brand(brand_id, contract_id).one(&tx).await?;
    let row = row.ok_or_else(|| Fault::broken("there is no such contract"))?;
    let documents = contract_document::Entity::in_brand(brand_id)
        .filter(contract_document::Column::ContractId.eq(contract_id))
        .filter(contract_document::Column::State.eq(DocumentState::Ready))
        .order_by_asc(contract_document::Column::Id)
        .all(&tx)
        .await?;
    let signatures = contract_signature::Entity::in_brand(brand_id)
        .filter(contract_signature::Column::ContractId.eq(contract_id))
        .order_by_asc(contract_signature::Column::Id)
        .all(&tx)
        .await?;
    let mut proofs = vec![says_what_was_saved(&tx, &row).await?];
    let actions = ["contract.sent", "contract.signed_document", "contract.sign"];
    let trail = Trail::read(&tx, (brand_id, contract_id), &actions).await?;
    tx.rollback().await?;
    for document in &documents {
        let kept = document.sha256.clone().unwrap_or_default();
        let (part, action) = match document.part {
            DocumentPart::ToSign => ("document to sign", "contract.sent"),
            DocumentPart::Signed => ("signed document", "contract.signed_document"),
        };
        let name = format!("{part} of version {}, SHA-256 {}", document.number, hex(&kept));
        let file = services.storage.get(document_key(brand_id, document.id)).await;
        let same = file.is_ok_and(|bytes| sha256(&bytes).as_slice() == kept);
        proofs.push(proof(format!("the file of the {name}"), same));
        proofs.push(proof(format!("the audit trail of the {name}"), trail.says(action, &hex(&kept))));
    }
    for signature in &signatures {
        let of = documents.iter().find(|document| document.id == signature.document_id);
        let same = of.is_some_and(|document| document.sha256.as_deref() == Some(signature.document_sha256.as_slice()));
        let hash = hex(&signature.document_sha256);
        let name = format!("the signature of “{}” at {}", signature.name, signature.signed_at.to_rfc3339());
        proofs.push(proof(format!("{name}, under the document"), same));
        proofs.push(proof(format!("{name}, on the audit trail"), trail.says("contract.sign", &hash)));
    }
    if row.signed_at.is_some() {
        let sent = documents.iter().find(|one| one.number == row.version && one.part == DocumentPart::ToSign);
        let under = signatures.iter().filter(|one| sent.is_some_and(|sent| sent.id == one.document_id)).count();
        proofs.push(proof("two signatures under what the contract says", under == 2));
    }
    Ok(proofs)
}

/// Whether the contract says what its last version says.
async fn says_what_was_saved(tx: &impl ConnectionTrait, row: &contract::Model) -> Result<Proof, Fault> {
    let saved = contract_version::Entity::in_brand(row.brand_id)
        .filter(contract_version::Column::ContractId.eq(row.id))
        .filter(contract_version::Column::Number.eq(row.version))
        .one(tx)
        .await?;
    let same = saved.is_some_and(|saved| {
        saved.clauses == row.clauses
            && serde_json::from_value::<SavedTerms>(saved.terms).is_ok_and(|terms| terms == SavedTerms::from(row))
    });
    Ok(proof(format!("version {} as it was saved", row.version), same))
}
