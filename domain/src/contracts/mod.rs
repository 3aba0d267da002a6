//! Contracts: negotiated, approved by what they cost, signed by both sides over one document, and ended.
//!
//! Decided here:
//! - What may follow what is one table (`state.rs`); the database holds to it, too.
//! - Each version that is saved is kept whole. A change of what was decided about takes it back to be negotiated: its approval is void,
//!   what was committed for it is released, and the links to sign it end.
//! - The fee is committed on its line of a budget at the approval: from then on the other side may bind the brand. What was not spent
//!   is released when the contract is declined, taken back, completed or terminated.
//! - Whoever wrote at a contract is an author of it, and approves nothing of it (four eyes). Who signs for us is another right.
//! - What is signed is a file. Both sides sign the same one, named by its SHA-256, and the same file with a page of the signatures is made
//!   afterwards. Files, signatures and versions are kept as they are; `diwan verify contract` reckons every digest anew.
//! - Nobody holds both ends: whoever signs for us makes their own link or signs in the product, and as long as four eyes are needed, makes
//!   none for the other side.
//! - Signing is by name, time, address and digest: it proves who had the link and what they saw, not who they are. Whoever needs a
//!   qualified signature signs elsewhere.
//! - An amendment is a contract of its own that names the one that it amends, with what it costs besides. Where both say the same thing,
//!   it holds; its last day is that of the whole.
//! - The other side sees a contract from the version on that is shared with them: a freelancer in the product, everybody by their link.
//!   Comments among the team they never see. While it is negotiated, they answer by a link that signs nothing (`negotiation.rs`).
//!   Clients see nothing of contracts.
//! - A link that was lost is made anew (`resend.rs`); the one before is dead. One that signs goes by mail alone.
//!
//! Locks are taken in one order: the contract, its approval, what hangs on it, then budgets and lines.

mod approval;
mod comments;
mod content;
mod days;
mod document;
mod draft;
mod end;
mod negotiation;
mod page;
mod paper;
mod queries;
mod render_job;
mod resend;
mod send;
mod sign;
mod state;
mod templates;
mod verify;
mod versions;
mod words;

pub use approval::submit_contract;
pub(crate) use approval::{approval_ended, lock_contract};
pub use comments::{comment_on_contract, comments_of_contracts};
pub use content::{Clause, ContractTerms, LONGEST_CLAUSE, LONGEST_CONTRACT, MOST_CLAUSES, clauses_of};
pub use days::{ActivateContract, RemindContract};
pub use document::{
    CONTRACT_KIND, DOCUMENT_TYPE, OpenedDocument, document_link, documents_of_contracts, open_contract_download,
};
pub use draft::{ContractBody, NewContract, create_contract, negotiate_contract, update_contract};
pub use end::{complete_contract, decline_contract, report_contract_breach, terminate_contract};
pub use negotiation::{NegotiationStanding, NegotiationView, comment_by_link, open_negotiation};
pub use page::{ShownSignature, SigningStanding, SigningView, open_signing, signing_document};
pub use queries::{ContractFilter, amendments_of_contracts, contracts, contracts_by_ids, may_read_contract};
pub use render_job::RenderContract;
pub use resend::{ResentLink, resend_contract_link};
pub use send::{create_signing_link, send_contract};
pub use sign::{Signing, SigningAct, answer_signing, sign_contract, signatures_of_contracts};
pub use state::may_become;
pub use templates::{
    TemplateContent, archive_contract_template, contract_templates, contract_templates_by_ids,
    create_contract_template, update_contract_template,
};
pub use verify::{Proof, brand_of_contract, verify_contract};
pub(crate) use verify::{Trail, hex, proof};
pub use versions::{
    ClauseChange, ContractChanges, ContractTerm, SavedTerms, TermChange, changes_between, contract_changes,
    saved_terms, versions_of_contracts,
};
