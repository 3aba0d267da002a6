//! Reports of a brand that leave the house, written straight into the database.

use anyhow::Result;
use diwan_platform::ids;
use uuid::Uuid;

use crate::services::TestServices;

/// A row of every table of shared and scheduled reports, all of them quiet.
#[derive(Debug, Clone, Copy)]
pub struct DeliveriesWritten {
    /// A report for the team, which failed.
    pub internal: Uuid,
    /// A link to the report that was given.
    pub share: Uuid,
    /// Each month, to somebody outside; nothing of it is due.
    pub schedule: Uuid,
}

impl TestServices {
    /// A link to this report, and a schedule that has sent it.
    pub(crate) async fn fill_report_delivery(
        &self,
        brand: Uuid,
        user: Uuid,
        report: Uuid,
    ) -> Result<DeliveriesWritten> {
        let now = self.services.now();
        let [internal, share, schedule, delivery, letter] = std::array::from_fn(|_| ids::new_id(now));
        let now = now.to_rfc3339();
        self.db
            .run(&format!(
                "insert into report_run (id, brand_id, kind, month, locale, state, requested_by, created_at, finished_at, error, from_day,
                     to_day, title, audience, blocks, against, texts, formats, digits)
                   values ('{internal}', '{brand}', 'COMPOSED', '2026-07-01', 'en', 'FAILED', '{user}', '{now}', '{now}', 'GAVE_UP',
                     '2026-07-01', '2026-07-31', 'For the team', 'TEAM', '[{{\"kind\": \"FIGURES\"}}]', 'PERIOD_BEFORE', '{{}}',
                     array['PDF'], 'LATIN');
                 insert into public_link (id, brand_id, purpose, subject_id, person_name, locale, secret_hash, created_by, created_at, expires_at)
                   values ('{share}', '{brand}', 'REPORT', '{report}', 'Alpha', 'en', sha256('{share}'), '{user}', '{now}',
                     '{now}'::timestamptz + interval '30 days');
                 insert into report_share (id, brand_id, report_id) values ('{share}', '{brand}', '{report}');
                 insert into report_schedule (id, brand_id, name, built_in, cadence, month_day, at_time, formats, emails, member_ids, locale,
                     in_name_of, next_at, created_at)
                   values ('{schedule}', '{brand}', 'Each month', 'CLIENT', 'MONTHLY', 1, '09:00', array['PDF'], array['client@alpha.example'],
                     array[]::uuid[], 'en', '{user}', '{now}'::timestamptz + interval '20 days', '{now}');
                 insert into report_delivery (id, brand_id, schedule_id, report_id, from_day, to_day, state, asked_at, ended_at)
                   values ('{delivery}', '{brand}', '{schedule}', '{report}', '2026-07-01', '2026-07-31', 'SENT', '{now}', '{now}');
                 insert into report_letter (id, brand_id, delivery_id, recipient, queued_at)
                   values ('{letter}', '{brand}', '{delivery}', 'client@alpha.example', '{now}')"
            ))
            .await?;
        Ok(DeliveriesWritten { internal, share, schedule })
    }
}
