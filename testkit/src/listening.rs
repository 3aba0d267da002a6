//! What a brand listens for, written straight into the database.

use anyhow::{Result, ensure};
use diwan_platform::crypto::Place;
use diwan_platform::{db, ids};
use sea_orm::ConnectionTrait as _;
use serde_json::Value;
use url::Url;
use uuid::Uuid;

use crate::services::TestServices;

/// Monitors of the brand itself and of a competitor, and who counted a day of the first.
#[derive(Debug, Clone, Copy)]
pub struct ListeningWritten {
    /// The brand's own.
    pub monitor: Uuid,
    /// The competitor's.
    pub rival: Uuid,
    /// A file.
    pub source: Uuid,
}

impl TestServices {
    /// An account is kept by this server, which takes these secrets.
    pub async fn keep_account_at(&self, (brand, account): (Uuid, Uuid), server: &Url, secrets: &Value) -> Result<()> {
        let place = Place { brand_id: brand, row_id: account, column: "social_account.credentials" };
        let sealed = self.services.keys.seal(place, secrets.to_string().as_bytes())?;
        let sql = "update social_account set base_url = $2, credentials = $3 where id = $1";
        let values = [account.into(), server.as_str().into(), sealed.into()];
        let moved = self.db.owner.execute_raw(db::statement(sql, values)).await?;
        ensure!(moved.rows_affected() == 1, "there is no such account");
        Ok(())
    }

    /// Two monitors, a file that counted, and a day.
    pub(crate) async fn fill_listening(&self, brand: Uuid, user: Uuid) -> Result<ListeningWritten> {
        let now = self.services.now();
        let [monitor, rival, source] = std::array::from_fn(|_| ids::new_id(now));
        let now = now.to_rfc3339();
        self.db
            .run(&format!(
                "insert into listening_monitor (id, brand_id, kind, name, keywords, hashtags, words_since, compared_from, created_by, created_at)
                   values ('{monitor}', '{brand}', 'OWN', 'Nour', array['Nour tea'], array['nour'], '{now}', '2026-07-01', '{user}', '{now}'),
                     ('{rival}', '{brand}', 'COMPETITOR', 'Rival', array['Rival tea'], array[]::text[], '{now}', '2026-07-01', '{user}', '{now}');
                 insert into mention_source (id, brand_id, kind, name, created_by, created_at)
                   values ('{source}', '{brand}', 'CSV', 'Press', '{user}', '{now}');
                 insert into mention_day (brand_id, source_id, monitor_id, day, mentions, recorded_at)
                   values ('{brand}', '{source}', '{monitor}', '2026-07-01', 12, '{now}');
                 insert into mention_reading (brand_id, source_id, monitor_id, words_since, read_until, round_until)
                   values ('{brand}', '{source}', '{monitor}', '{now}', '2026-07-01', '2026-07-01')"
            ))
            .await?;
        Ok(ListeningWritten { monitor, rival, source })
    }
}
