//! The contracts of a brand, written straight into the database.

use anyhow::Result;
use diwan_platform::ids;
use uuid::Uuid;

use crate::services::TestServices;

/// A row of every table of contracts.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "each is the id of the row that it names")]
pub struct ContractsWritten {
    pub template: Uuid,
    /// Shared with the other side, who is a vendor; it costs 10.00 EUR.
    pub negotiated: Uuid,
    /// Approved, as if its fee were committed.
    pub approved: Uuid,
    /// Sent, and signed by the other side.
    pub sent: Uuid,
    /// What was sent: its SHA-256 is that of its id as text.
    pub document: Uuid,
    /// Signed and running.
    pub active: Uuid,
    /// Of the other side.
    pub link: Uuid,
}

impl TestServices {
    /// Contracts in four states, each with its one version, whose fee is to be committed on this line in EUR.
    pub(crate) async fn fill_contracts(&self, brand: Uuid, user: Uuid, line: Uuid) -> Result<ContractsWritten> {
        let now = self.services.now();
        let [template, negotiated, approved, sent, active, document, comment, link, signature] =
            std::array::from_fn(|_| ids::new_id(now));
        let now = now.to_rfc3339();
        let clauses = r#"[{"heading": "Work", "text": "Two films"}]"#;
        let terms = r#"{"kind": "VENDOR", "amends_id": null, "title": "Films", "influencer_id": null, "person_id": null,
            "party_name": "Printer", "party_address": "", "party_email": "", "locale": "EN", "campaign_id": null, "fee_minor": 1000,
            "currency": "EUR", "line_id": null, "starts_on": "2026-01-01", "ends_on": null, "exclusivity": "", "exclusive_until": null,
            "disclosure": "", "usage_rights": "", "usage_until": null}"#;
        self.db
            .run(&format!(
                "insert into contract_template (id, brand_id, kind, name, locale, clauses, created_by, created_at, updated_at)
                   values ('{template}', '{brand}', 'VENDOR', 'Films', 'en', '{clauses}', '{user}', '{now}', '{now}');
                 insert into contract (id, brand_id, kind, title, state, party_name, locale, fee_minor, currency, line_id, starts_on, clauses,
                     shared_version, signer_id, created_by, created_at, updated_at, sent_at, signed_at)
                   select c.id, '{brand}', 'VENDOR', 'Films', c.state, 'Printer', 'en', 1000, 'EUR', '{line}', '2026-01-01', '{clauses}', 1,
                     '{user}', '{user}', '{now}', '{now}', case when c.state in ('SENT', 'ACTIVE') then '{now}'::timestamptz end,
                     case c.state when 'ACTIVE' then '{now}'::timestamptz end
                   from (values ('{negotiated}'::uuid, 'NEGOTIATING'), ('{approved}', 'APPROVED'), ('{sent}', 'SENT'), ('{active}', 'ACTIVE'))
                     c (id, state);
                 insert into contract_version (brand_id, contract_id, number, terms, clauses, author_id, saved_at)
                   select brand_id, id, 1, '{terms}', clauses, created_by, created_at from contract
                   where id in ('{negotiated}', '{approved}', '{sent}', '{active}');
                 insert into contract_comment (id, brand_id, contract_id, number, visibility, author_id, author_name, body, created_at)
                   values ('{comment}', '{brand}', '{negotiated}', 1, 'INTERNAL', '{user}', 'Sami', 'Too dear', '{now}');
                 insert into contract_document (id, brand_id, contract_id, number, part, state, sha256, byte_size, created_at, finished_at)
                   values ('{document}', '{brand}', '{sent}', 1, 'TO_SIGN', 'READY', sha256('{document}'), 9, '{now}', '{now}');
                 insert into public_link (id, brand_id, purpose, subject_id, person_name, locale, secret_hash, created_at, expires_at, used_at)
                   values ('{link}', '{brand}', 'SIGN_CONTRACT', '{sent}', 'Printer', 'en', sha256('{link}'), '{now}',
                     '{now}'::timestamptz + interval '30 days', '{now}');
                 insert into contract_signature (id, brand_id, contract_id, document_id, side, name, link_id, address, document_sha256, signed_at)
                   values ('{signature}', '{brand}', '{sent}', '{document}', 'THEIRS', 'Printer', '{link}', '192.0.2.1', sha256('{document}'),
                     '{now}')"
            ))
            .await?;
        Ok(ContractsWritten { template, negotiated, approved, sent, document, active, link })
    }
}
