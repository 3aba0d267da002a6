//! Proving that an accepted proposal is what was accepted: every digest is reckoned anew from the bytes and rows that are kept.

use diwan_entity::InBrand as _;
use diwan_entity::proposals::{proposal, proposal_acceptance};
use diwan_platform::crypto::sha256;
use diwan_platform::db;
use diwan_platform::storage::Key;
use sea_orm::{ColumnTrait as _, DatabaseConnection, QueryFilter as _};
use uuid::Uuid;

use super::document::Whole;
use super::price::Totals;
use super::render_job::key;
use crate::context::Services;
use crate::contracts::{Proof, Trail, hex, proof};
use crate::error::{Failure, Fault};

/// Whose a proposal is; none where there is none of this id. `owner` is a connection as the database's owner: nobody else sees all
/// brands.
pub async fn brand_of_proposal(owner: &DatabaseConnection, proposal_id: Uuid) -> Result<Option<Uuid>, Fault> {
    Ok(db::scalar(owner, "select app.brand_of_proposal($1)", [proposal_id.into()]).await?)
}

/// Holds everything that is kept of a proposal that was sent against everything else: files against their digests, what was accepted
/// against its digest, its lines and the audit trail. Of one that nobody accepted there is its file alone; of a draft, nothing.
pub async fn verify_proposal(
    services: &Services,
    (brand_id, proposal_id): (Uuid, Uuid),
) -> Result<Vec<Proof>, Failure> {
    let tx = services.db.write().await?;
    db::scalar::<bool>(&tx, "select app.enter_brand($1)", [brand_id.into()]).await?;
    let row = proposal::Entity::one_in_brand(brand_id, proposal_id).one(&tx).await?;
    let row = row.ok_or_else(|| Fault::broken("there is no such proposal"))?;
    let whole = Whole::load(&tx, row).await?;
    let accepted = proposal_acceptance::Entity::in_brand(brand_id)
        .filter(proposal_acceptance::Column::ProposalId.eq(proposal_id))
        .one(&tx)
        .await?;
    let trail = Trail::read(&tx, (brand_id, proposal_id), &["proposal.accept", "proposal.signed_document"]).await?;
    tx.rollback().await?;
    let mut proofs = Vec::new();
    if let Some(kept) = &whole.version.pdf_sha256 {
        let name = format!("the file of version {}, SHA-256 {}", whole.version.number, hex(kept));
        proofs.push(proof(name, is_kept(services, key(brand_id, whole.version.id), kept).await));
    }
    let Some(accepted) = accepted else { return Ok(proofs) };
    let hash = hex(&accepted.document_sha256);
    let name = format!("what “{}” accepted at {}", accepted.signer_name, accepted.signed_at.to_rfc3339());
    let same = sha256(accepted.document.as_bytes()).as_slice() == accepted.document_sha256.as_slice();
    proofs.push(proof(format!("{name}, SHA-256 {hash}"), same));
    proofs.push(proof(format!("{name}, on the audit trail"), trail.says("proposal.accept", &hash)));
    let totals = Totals::of(whole.taken(&accepted.chosen));
    let comes_to = (totals.net, totals.tax) == (accepted.net_minor, accepted.tax_minor);
    proofs.push(proof(format!("{name}, by the lines of version {}", whole.version.number), comes_to));
    if let Some(kept) = &accepted.file_sha256 {
        let hash = hex(kept);
        let name = format!("the signed document, SHA-256 {hash}");
        proofs.push(proof(format!("the file of {name}"), is_kept(services, key(brand_id, accepted.id), kept).await));
        let recorded = trail.says("proposal.signed_document", &hash);
        proofs.push(proof(format!("the audit trail of {name}"), recorded));
    }
    Ok(proofs)
}

/// Whether a file is there, and has this digest.
async fn is_kept(services: &Services, at: Key<'_>, digest: &[u8]) -> bool {
    services.storage.get(at).await.is_ok_and(|bytes| sha256(&bytes).as_slice() == digest)
}
