//! The campaigns of a brand, written straight into the database.

use anyhow::Result;
use diwan_platform::ids;
use uuid::Uuid;

use crate::services::TestServices;

/// A row of every table of campaigns: one that is planned, and one that runs.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "each is the id of the row that it names")]
pub struct CampaignsWritten {
    pub planned: Uuid,
    pub active: Uuid,
    /// Of the one that runs: somebody states what was reached.
    pub target: Uuid,
    /// Of the one that is planned.
    pub task: Uuid,
    pub experiment: Uuid,
}

impl TestServices {
    /// A planned campaign with a task, and one that runs with all that belongs to it and the post.
    pub(crate) async fn fill_campaigns(
        &self,
        brand: Uuid,
        user: Uuid,
        (post, account, persona): (Uuid, Uuid, Uuid),
    ) -> Result<CampaignsWritten> {
        let now = self.services.now();
        let [planned, active, target, result, task, experiment, arm] = std::array::from_fn(|_| ids::new_id(now));
        let now = now.to_rfc3339();
        self.db
            .run(&format!(
                "insert into campaign (id, brand_id, name, objective, brief, starts_on, ends_on, planned_minor, currency, state,
                     created_by, authors, created_at, updated_at, activated_at)
                   values ('{planned}', '{brand}', 'Spring', '', '', '2027-03-01', '2027-03-31', 100000, 'EUR', 'PLANNED',
                       '{user}', '{{{user}}}', '{now}', '{now}', null),
                     ('{active}', '{brand}', 'Autumn', '', '', '2026-01-01', '2027-12-31', 100000, 'EUR', 'ACTIVE',
                       '{user}', '{{{user}}}', '{now}', '{now}', '{now}');
                 insert into campaign_persona values ('{brand}', '{active}', '{persona}');
                 insert into campaign_channel values ('{brand}', '{active}', '{account}');
                 insert into campaign_target (id, brand_id, campaign_id, position, name, source, direction, target_micro, unit)
                   values ('{target}', '{brand}', '{active}', 0, 'Guests', 'STATED', 'AT_LEAST', 100000000, 'guests');
                 insert into campaign_result (id, brand_id, target_id, value_micro, note, stated_by, stated_at)
                   values ('{result}', '{brand}', '{target}', 12000000, 'Counted', '{user}', '{now}');
                 insert into campaign_task (id, brand_id, campaign_id, title, assignee_id, created_at)
                   values ('{task}', '{brand}', '{planned}', 'Book the hall', '{user}', '{now}');
                 insert into experiment (id, brand_id, campaign_id, name, hypothesis, metric, created_by, created_at, updated_at)
                   values ('{experiment}', '{brand}', '{active}', 'Films', 'Films are liked more', 'LIKES', '{user}', '{now}', '{now}');
                 insert into experiment_arm values ('{arm}', '{brand}', '{experiment}', 0, 'Pictures'),
                   (gen_random_uuid(), '{brand}', '{experiment}', 1, 'Films');
                 insert into experiment_post values ('{brand}', '{experiment}', '{arm}', '{post}');
                 update post set campaign_id = '{active}' where id = '{post}'"
            ))
            .await?;
        Ok(CampaignsWritten { planned, active, target, task, experiment })
    }
}
