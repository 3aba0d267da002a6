//! Alerts of a brand's figures, written straight into the database.

use anyhow::Result;
use diwan_platform::ids;
use uuid::Uuid;

use crate::services::TestServices;

/// An alert that has told of something; nobody is to look at it yet.
#[derive(Debug, Clone, Copy)]
pub struct AlertsWritten {
    /// Of more than a thousand views in a week.
    pub alert: Uuid,
    /// That there were, which nobody has seen.
    pub event: Uuid,
}

impl TestServices {
    /// An alert of somebody's, and its event.
    pub(crate) async fn fill_alerts(&self, brand: Uuid, user: Uuid) -> Result<AlertsWritten> {
        let now = self.services.now();
        let [alert, event] = std::array::from_fn(|_| ids::new_id(now));
        let now = now.to_rfc3339();
        self.db
            .run(&format!(
                "insert into insight_alert (id, brand_id, name, kpi, kind, bound, threshold_micro, window_days, enabled, recipient_ids, owner_id,
                     created_by, created_at, updated_at)
                   values ('{alert}', '{brand}', 'Seen by many', 'VIEWS', 'THRESHOLD', 'ABOVE', 1000000000, 7, true, array['{user}']::uuid[],
                     '{user}', '{user}', '{now}', '{now}');
                 insert into insight_alert_event (id, brand_id, alert_id, day, raised_at, figure_micro, expected_micro, high_micro, state)
                   values ('{event}', '{brand}', '{alert}', '2026-07-31', '{now}', 1500000000, 1000000000, 1000000000, 'OPEN')"
            ))
            .await?;
        Ok(AlertsWritten { alert, event })
    }
}
