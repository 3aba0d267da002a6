//! Reports made of blocks, written straight into the database.

use anyhow::Result;
use diwan_platform::ids;
use uuid::Uuid;

use crate::services::TestServices;

/// A row of every table of reports made of blocks.
#[derive(Debug, Clone, Copy)]
pub struct ReportsWritten {
    /// For the team: figures and notes.
    pub template: Uuid,
}

impl TestServices {
    /// A template, a look, and a file of this report.
    pub(crate) async fn fill_reports(&self, brand: Uuid, user: Uuid, report: Uuid) -> Result<ReportsWritten> {
        let now = self.services.now();
        let [template, file] = std::array::from_fn(|_| ids::new_id(now));
        let now = now.to_rfc3339();
        self.db
            .run(&format!(
                "insert into report_template (id, brand_id, name, audience, blocks, created_by, created_at, updated_at)
                   values ('{template}', '{brand}', 'Each week', 'TEAM', '[{{\"kind\": \"FIGURES\"}}, {{\"kind\": \"NOTES\"}}]', '{user}',
                     '{now}', '{now}');
                 insert into report_look (brand_id, accent, typeface, footer, names_agency, set_by, updated_at)
                   values ('{brand}', '#1f5f8b', 'SANS', 'Alpha', true, '{user}', '{now}');
                 insert into report_file (id, brand_id, report_id, format, byte_size, sha256, created_at)
                   values ('{file}', '{brand}', '{report}', 'CSV', 3, sha256('{file}'), '{now}')"
            ))
            .await?;
        Ok(ReportsWritten { template })
    }
}
