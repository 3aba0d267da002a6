//! Influencers and what users made, written straight into the database.

use anyhow::Result;
use diwan_platform::ids;
use uuid::Uuid;

use crate::services::TestServices;

/// A row of every table of influencers and of what users made, all of it quiet.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "each is the id of the row that it names")]
pub struct InfluencersWritten {
    pub influencer: Uuid,
    /// Shared with the brand as well, and on no shortlist.
    pub another: Uuid,
    /// Shared with the brand, and blocked by it.
    pub blocked: Uuid,
    pub exclusivity: Uuid,
    pub shortlist: Uuid,
    pub outreach: Uuid,
    pub result: Uuid,
    /// A file that a user made and allowed, and the grant.
    pub made: Uuid,
    pub granted: Uuid,
    /// Somebody who was asked for another.
    pub asked: Uuid,
}

impl TestServices {
    /// Three influencers whom the brand has, a shortlist, what was said and what it brought; two files of users.
    pub(crate) async fn fill_influencers(
        &self,
        brand: Uuid,
        user: Uuid,
        (publication, asset): (Uuid, Uuid),
    ) -> Result<InfluencersWritten> {
        let (agency, now) = (self.agency().await?, self.services.now());
        let [influencer, another, blocked, exclusivity, shortlist, outreach, result, made, granted, wanted, asked] =
            std::array::from_fn(|_| ids::new_id(now));
        let now = now.to_rfc3339();
        self.db
            .run(&format!(
                "insert into influencer (id, agency_id, name, languages, markets, contact_email, created_by, created_at, updated_at)
                   select id, '{agency}', name, array['en'], array['GR'], 'lina@example.com', '{user}', '{now}', '{now}'
                   from (values ('{influencer}'::uuid, 'Lina'), ('{another}', 'Sara'), ('{blocked}', 'Omid')) i (id, name);
                 insert into influencer_share (brand_id, influencer_id, shared_by, shared_at)
                   select '{brand}', id, '{user}', '{now}' from influencer where id in ('{influencer}', '{another}', '{blocked}');
                 insert into influencer_profile (id, agency_id, influencer_id, position, network, handle, followers, followers_on, followers_source)
                   values ('{influencer}', '{agency}', '{influencer}', 1, 'mastodon', '{influencer}', 12000, '2026-01-01', 'Herself');
                 insert into influencer_rate (id, agency_id, influencer_id, position, format, amount_minor, currency)
                   values ('{influencer}', '{agency}', '{influencer}', 1, 'POST', 50000, 'EUR');
                 insert into influencer_exclusivity (id, agency_id, influencer_id, competitor, category, until_on, recorded_by, recorded_at)
                   values ('{exclusivity}', '{agency}', '{influencer}', 'Rival', 'coffee', '2020-01-01', '{user}', '{now}');
                 insert into influencer_block (id, agency_id, brand_id, influencer_id, reason, blocked_by, blocked_at)
                   values ('{blocked}', '{agency}', '{brand}', '{blocked}', 'Bought followers', '{user}', '{now}');
                 insert into influencer_shortlist (id, brand_id, name, created_by, created_at, updated_at)
                   values ('{shortlist}', '{brand}', 'Spring', '{user}', '{now}', '{now}');
                 insert into influencer_shortlist_item (brand_id, shortlist_id, influencer_id, state, proposed_by, proposed_at)
                   values ('{brand}', '{shortlist}', '{influencer}', 'PROPOSED', '{user}', '{now}');
                 insert into influencer_outreach (id, brand_id, influencer_id, channel, said_at, said_by, message, created_at)
                   values ('{outreach}', '{brand}', '{influencer}', 'EMAIL', '{now}', '{user}', 'Would you like to?', '{now}');
                 insert into influencer_result (id, brand_id, influencer_id, publication_id, title, happened_on, disclosed, recorded_by, recorded_at)
                   values ('{result}', '{brand}', '{influencer}', '{publication}', 'A visit', '2026-01-01', true, '{user}', '{now}');
                 insert into asset (id, brand_id, file_name, alt_text, state, mime_type, byte_size, width, height, sha256, file_id, licence,
                     uploaded_by, created_at, updated_at)
                   select i.id, brand_id, 'cup.png', '', state, mime_type, byte_size, width, height, sha256, file_id, 'USER_GENERATED',
                     '{user}', '{now}', '{now}'
                   from asset a cross join unnest(array['{made}', '{wanted}']::uuid[]) i (id) where a.id = '{asset}';
                 insert into ugc_grant (id, brand_id, asset_id, author_handle, network, message, state, scope, starts_at, evidence_url,
                     asked_by, asked_at, answered_by, answered_at)
                   values ('{granted}', '{brand}', '{made}', 'nima', 'mastodon', 'May we?', 'GRANTED', 'BOTH', '{now}',
                     'https://network.example/1', '{user}', '{now}', '{user}', '{now}');
                 insert into ugc_grant (id, brand_id, asset_id, author_handle, network, message, state, asked_by, asked_at)
                   values ('{asked}', '{brand}', '{wanted}', 'nima', 'mastodon', 'May we?', 'ASKED', '{user}', '{now}')"
            ))
            .await?;
        Ok(InfluencersWritten {
            influencer,
            another,
            blocked,
            exclusivity,
            shortlist,
            outreach,
            result,
            made,
            granted,
            asked,
        })
    }
}
