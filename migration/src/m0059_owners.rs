//! Who looks after contracts, proposals and projects since the work of whoever began them was handed over.
//!
//! The column stays empty until then: whoever began a contract or a project looks after it, and whoever sent a proposal, once it was sent.

pub(crate) const UP: &str = r"
alter table contract add column owner_id uuid references app_user (id);
alter table proposal add column owner_id uuid references app_user (id);
alter table project add column owner_id uuid references app_user (id);

-- What somebody looks after, when their work is handed over.
create index contract_by_owner on contract (brand_id, (coalesce(owner_id, created_by)))
  where state not in ('COMPLETED', 'DECLINED', 'TERMINATED');
create index contract_by_signer on contract (brand_id, signer_id) where state in ('APPROVED', 'SENT');
create index proposal_by_owner on proposal (brand_id, (coalesce(owner_id, sent_by, created_by)))
  where state in ('DRAFT', 'IN_REVIEW', 'SENT', 'VIEWED');
create index project_by_owner on project (brand_id, (coalesce(owner_id, created_by))) where state = 'OPEN';
";
