//! The proposals and projects of a brand, written straight into the database.

use anyhow::Result;
use diwan_platform::ids;
use uuid::Uuid;

use crate::services::TestServices;

/// A row of every table of proposals and projects. Each proposal has one version with one line.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "each is the id of the row that it names")]
pub struct ProposalsWritten {
    pub draft: Uuid,
    /// Of the draft.
    pub version: Uuid,
    /// In review, and approved.
    pub reviewed: Uuid,
    /// With the client, with a comment of theirs.
    pub sent: Uuid,
    pub comment: Uuid,
    pub declined: Uuid,
    /// Has opened the project.
    pub accepted: Uuid,
    pub template: Uuid,
    pub project: Uuid,
    pub work_item: Uuid,
}

impl TestServices {
    /// Proposals in five states, a template, and a project that holds this campaign.
    pub(crate) async fn fill_proposals(&self, brand: Uuid, user: Uuid, campaign: Uuid) -> Result<ProposalsWritten> {
        let now = self.services.now();
        let [draft, reviewed, sent, declined, accepted, version, comment, template, project, work_item, link] =
            std::array::from_fn(|_| ids::new_id(now));
        let now = now.to_rfc3339();
        let offer = r#"{"title": "A spring with films", "locale": "EN", "currency": "EUR", "valid_until": "2030-12-31", "sections": [],
            "scope": [{"level": 1, "title": "Films", "detail": ""}], "terms": "", "project": {"name": "Films 2030", "title": "Films",
            "starts_on": "2030-01-01", "ends_on": "2030-12-31"}, "campaigns": []}"#;
        let sent_at = format!("'{user}', '{now}', 'Amal', '{now}', '2031-01-01T00:00:00Z'");
        let columns = "id, brand_id, title, locale, currency, valid_until, state, created_by, created_at, updated_at";
        let said = |id: Uuid, state: &str| {
            format!(
                "'{id}', '{brand}', 'A spring with films', 'en', 'EUR', '2030-12-31', '{state}', '{user}', '{now}', '{now}'"
            )
        };
        self.db
            .run(&format!(
                "insert into proposal_template (id, brand_id, name, content, created_by, created_at)
                   values ('{template}', '{brand}', 'Films', '{{\"offer\": {offer}, \"lines\": []}}', '{user}', '{now}');
                 insert into proposal ({columns}) values ({});
                 insert into proposal ({columns}, reviewed_at) values ({}, '{now}');
                 insert into proposal ({columns}, sent_by, sent_at, client_name, reviewed_at, expires_at) values ({}, {sent_at});
                 insert into proposal ({columns}, sent_by, sent_at, client_name, reviewed_at, expires_at, viewed_at, ended_at, decline_reason)
                   values ({}, {sent_at}, '{now}', '{now}', 'Too dear');
                 insert into proposal ({columns}, sent_by, sent_at, client_name, reviewed_at, expires_at, viewed_at, ended_at)
                   values ({}, {sent_at}, '{now}', '{now}');
                 insert into proposal_version (id, brand_id, proposal_id, number, content, written_by, written_at)
                   select case p.id when '{draft}' then '{version}' else gen_random_uuid() end, p.brand_id, p.id, 1, '{offer}', '{user}', '{now}'
                   from proposal p where p.brand_id = '{brand}';
                 insert into proposal_line (id, brand_id, version_id, position, name, detail, category, quantity_milli, unit, unit_price_minor,
                     tax_bp, optional, price_minor, discount_minor, net_minor, tax_minor)
                   select gen_random_uuid(), v.brand_id, v.id, 1, 'Films', '', 'PRODUCTION', 2000, 'day', 500, 1900, false, 1000, 0, 1000, 190
                   from proposal_version v where v.brand_id = '{brand}';
                 insert into proposal_comment (id, brand_id, proposal_id, version, author_name, body, created_at)
                   values ('{comment}', '{brand}', '{sent}', 1, 'Amal', 'How long?', '{now}')",
                said(draft, "DRAFT"),
                said(reviewed, "IN_REVIEW"),
                said(sent, "SENT"),
                said(declined, "DECLINED"),
                said(accepted, "ACCEPTED"),
            ))
            .await?;
        self.db
            .run(&format!(
                "insert into public_link (id, brand_id, purpose, subject_id, person_name, locale, secret_hash, created_at, expires_at)
                   values ('{link}', '{brand}', 'PROPOSAL', '{accepted}', 'Amal', 'en', sha256('{link}'), '{now}', '2031-01-01T00:00:00Z');
                 insert into project (id, brand_id, name, title, starts_on, ends_on, state, proposal_id, created_by, created_at, updated_at)
                   values ('{project}', '{brand}', 'Films 2030', 'Films', '2030-01-01', '2030-12-31', 'OPEN', '{accepted}', '{user}', '{now}', '{now}');
                 insert into work_item (id, brand_id, project_id, position, number, title, detail, created_at)
                   values ('{work_item}', '{brand}', '{project}', 1, '1', 'Films', '', '{now}');
                 insert into project_campaign values ('{brand}', '{project}', '{campaign}');
                 insert into proposal_acceptance (id, brand_id, proposal_id, version_id, link_id, signer_name, signed_at, address, chosen,
                     net_minor, tax_minor, document, document_sha256, project_id)
                   select gen_random_uuid(), v.brand_id, v.proposal_id, v.id, '{link}', 'Amal', '{now}', '192.0.2.1', '{{}}', 1000, 190, '{{}}',
                     sha256(convert_to('{{}}', 'UTF8')), '{project}'
                   from proposal_version v where v.proposal_id = '{accepted}'"
            ))
            .await?;
        Ok(ProposalsWritten {
            draft,
            version,
            reviewed,
            sent,
            comment,
            declined,
            accepted,
            template,
            project,
            work_item,
        })
    }
}
