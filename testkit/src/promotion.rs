//! The promotions of a brand, written straight into the database.

use anyhow::Result;
use diwan_platform::ids;
use uuid::Uuid;

use crate::services::TestServices;

/// A row of every table of paid promotion: one that is a draft, and one that runs.
#[derive(Debug, Clone, Copy)]
pub struct PromotionWritten {
    /// Of the post, over 50.00 EUR.
    pub draft: Uuid,
    /// Of an ad set, over 100.00 EUR, with a day that cost nothing. Nothing of it is set aside.
    pub running: Uuid,
}

impl TestServices {
    /// Two promotions on the line, of which nothing is booked.
    pub(crate) async fn fill_promotion(
        &self,
        brand: Uuid,
        user: Uuid,
        (post, account): (Uuid, Uuid),
        (campaign, line): (Uuid, Uuid),
    ) -> Result<PromotionWritten> {
        let now = self.services.now();
        let [draft, running, day] = std::array::from_fn(|_| ids::new_id(now));
        let now = now.to_rfc3339();
        self.db
            .run(&format!(
                "insert into ad_boost (id, brand_id, name, post_id, ad_set, network, social_account_id, campaign_id, objective, starts_on,
                     ends_on, planned_minor, currency, line_id, state, created_by, authors, created_at, updated_at, started_at)
                   values ('{draft}', '{brand}', 'Boost', '{post}', null, 'mastodon', '{account}', '{campaign}', 'ENGAGEMENT', '2026-01-01',
                       '2026-12-31', 5000, 'EUR', '{line}', 'DRAFT', '{user}', array['{user}']::uuid[], '{now}', '{now}', null),
                     ('{running}', '{brand}', 'Guests', null, 'Guests', 'google_ads', null, '{campaign}', 'TRAFFIC', '2026-01-01',
                       '2026-12-31', 10000, 'EUR', '{line}', 'RUNNING', '{user}', array['{user}']::uuid[], '{now}', '{now}', '{now}');
                 insert into ad_boost_day (id, brand_id, boost_id, day, source_id, spend_minor, impressions, recorded_by, recorded_at)
                   values ('{day}', '{brand}', '{running}', '2026-01-01', 'all', 0, 10, '{user}', '{now}')"
            ))
            .await?;
        Ok(PromotionWritten { draft, running })
    }
}
