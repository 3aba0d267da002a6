//! Links, conversions and leads of a brand, written straight into the database.

use anyhow::Result;
use data_encoding::HEXLOWER;
use diwan_platform::crypto::Place;
use diwan_platform::ids;
use uuid::Uuid;

use crate::services::TestServices;

/// A row of every table of what is tracked.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "each is the id of the row that it names")]
pub struct TrackingWritten {
    pub link: Uuid,
    pub landing: Uuid,
    pub endpoint: Uuid,
    pub import: Uuid,
    pub conversion: Uuid,
    pub lead: Uuid,
    pub web_source: Uuid,
}

impl TestServices {
    /// A link that was followed, a conversion that it led to, with the endpoint and the file of others, a convention, a lead; a landing page
    /// that was visited and filled in, and is a draft again; a server that counts visits, with a day of it.
    pub(crate) async fn fill_tracking(&self, brand: Uuid, user: Uuid, post: Uuid) -> Result<TrackingWritten> {
        let now = self.services.now();
        let [link, landing, endpoint, import, conversion, lead, web_source] = std::array::from_fn(|_| ids::new_id(now));
        let sealed = |row_id: Uuid, column: &'static str, secret: &[u8]| {
            let place = Place { brand_id: brand, row_id, column };
            self.services.keys.seal(place, secret).map(|sealed| HEXLOWER.encode(&sealed))
        };
        let secret = sealed(endpoint, "conversion_endpoint.secret", b"known to nobody")?;
        let contact = sealed(lead, "lead.contact", br#"{"name":"Lina","email":"lina@home.example","phone":""}"#)?;
        let token = sealed(web_source, "web_source.token", b"known to nobody")?;
        let now = now.to_rfc3339();
        self.db
            .run(&format!(
                "insert into utm_convention (brand_id, source, medium, set_by, updated_at)
                   values ('{brand}', '{{{{ network }}}}', 'social', '{user}', '{now}');
                 insert into tracked_link (id, brand_id, name, code, target_url, destination, post_id, utm_source, created_by, created_at, updated_at)
                   values ('{link}', '{brand}', 'Spring', translate(right(replace('{link}', '-', ''), 10), '0', 'z'), 'https://shop.example/',
                     'https://shop.example/?utm_source=mastodon', '{post}', 'mastodon', '{user}', '{now}', '{now}');
                 insert into link_click values ('{brand}', '{link}', date_bin('15 minutes', '{now}'::timestamptz, '2000-01-01 00:00:00+00'), 'news.example', 'MOBILE', 3);
                 insert into landing_page (id, brand_id, code, slug, locale, title, blocks, action, action_label, link_id, form_fields,
                     required_fields, state, created_by, created_at, updated_at)
                   values ('{landing}', '{brand}', translate(right(replace('{landing}', '-', ''), 10), '0', 'z'), 'spring', 'en', 'Spring',
                     '[{{\"kind\":\"TEXT\",\"text\":\"Hello\"}}]', 'LINK', 'Look', '{link}', '{{}}', '{{}}', 'DRAFT', '{user}', '{now}', '{now}');
                 insert into landing_visit values ('{brand}', '{landing}', date_bin('15 minutes', '{now}'::timestamptz, '2000-01-01 00:00:00+00'), 'news.example', 'MOBILE', 3);
                 insert into landing_submission (id, brand_id, page_id, page_version, consent, submitted_at)
                   values (gen_random_uuid(), '{brand}', '{landing}', 1, 'You may write to me.', '{now}');
                 insert into conversion_endpoint (id, brand_id, source, secret, created_by, created_at)
                   values ('{endpoint}', '{brand}', 'Shop', '\\x{secret}', '{user}', '{now}');
                 insert into conversion_import (id, brand_id, source, state, error_policy, recorded, requested_by, created_at, finished_at)
                   values ('{import}', '{brand}', 'Fair', 'RECORDED', 'REJECT_EVERYTHING', 1, '{user}', '{now}', '{now}');
                 insert into conversion (id, brand_id, kind, source, external_id, digest, occurred_at, value_minor, currency, import_id,
                     recorded_by, recorded_at)
                   values ('{conversion}', '{brand}', 'LEAD', 'Fair', '1', sha256('1'), '{now}', 5000, 'EUR', '{import}', '{user}', '{now}');
                 insert into conversion_touch values ('{brand}', '{conversion}', 1, '{link}', '{now}');
                 insert into lead (id, brand_id, source, contact, value_minor, currency, state, created_by, created_at, updated_at)
                   values ('{lead}', '{brand}', 'Fair', '\\x{contact}', 5000, 'EUR', 'NEW', '{user}', '{now}', '{now}');
                 insert into web_source (id, brand_id, name, kind, base_url, site_id, token, state, created_by, created_at)
                   values ('{web_source}', '{brand}', 'Home', 'MATOMO', 'https://stats.example/', '1', '\\x{token}', 'CONNECTED', '{user}', '{now}');
                 insert into web_day (brand_id, source_id, day, channel, referrer, sessions, bounces, recorded_at)
                   values ('{brand}', '{web_source}', '2026-07-01', 'SOCIAL', 'mastodon', 10, 4, '{now}');
                 insert into web_goal_day (brand_id, source_id, day, goal, completions, recorded_at)
                   values ('{brand}', '{web_source}', '2026-07-01', 'Sign-up', 2, '{now}')"
            ))
            .await?;
        Ok(TrackingWritten { link, landing, endpoint, import, conversion, lead, web_source })
    }
}
