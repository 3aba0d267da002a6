//! The strategy of a brand, written straight into the database.

use anyhow::Result;
use diwan_platform::ids;
use uuid::Uuid;

use crate::services::TestServices;

/// A row of every table of a strategy.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "each is the id of the row that it names")]
pub struct StrategyWritten {
    pub profile: Uuid,
    pub persona: Uuid,
    pub challenge: Uuid,
    pub vision: Uuid,
    pub goal: Uuid,
    pub kpi: Uuid,
    pub kpi_version: Uuid,
    pub pillar: Uuid,
    pub channel: Uuid,
    pub plan: Uuid,
}

impl TestServices {
    /// A strategy with one thing of each kind, and a post of its pillar.
    pub(crate) async fn fill_strategy(&self, brand: Uuid, user: Uuid, post: Uuid) -> Result<StrategyWritten> {
        let now = self.services.now();
        let [profile, persona, challenge, vision, goal, kpi, kpi_version, value, pillar, channel, plan] =
            std::array::from_fn(|_| ids::new_id(now));
        let now = now.to_rfc3339();
        self.db
            .run(&format!(
                "insert into brand_profile values ('{profile}', '{brand}', 1, 'A roastery', '', 'Warm', '{{}}', '{{}}', '[]', '{{}}', '{{}}',
                   '{user}', '{now}');
                 insert into persona (id, brand_id, name, description, demographics, interests, objections, created_at, updated_at)
                   values ('{persona}', '{brand}', 'Students', '', '', '{{}}', '{{}}', '{now}', '{now}');
                 insert into challenge (id, brand_id, kind, title, description, created_at, updated_at)
                   values ('{challenge}', '{brand}', 'NO_AWARENESS', 'Nobody knows us', '', '{now}', '{now}');
                 insert into objective (id, brand_id, kind, parent_id, title, description, created_at, updated_at)
                   values ('{vision}', '{brand}', 'VISION', null, 'Known by all', '', '{now}', '{now}'),
                     ('{goal}', '{brand}', 'GOAL', '{vision}', 'Known by students', '', '{now}', '{now}');
                 insert into kpi (id, brand_id, objective_id, name, created_at, updated_at)
                   values ('{kpi}', '{brand}', '{goal}', 'Reach', '{now}', '{now}');
                 insert into kpi_version (id, brand_id, kpi_id, number, definition, unit, direction, target_micro, period, written_by, created_at)
                   values ('{kpi_version}', '{brand}', '{kpi}', 1, 'People reached', 'people', 'AT_LEAST', 5000000000, 'MONTH', '{user}', '{now}');
                 insert into kpi_value (id, brand_id, kpi_version_id, period_start, value_micro, note, recorded_by, recorded_at)
                   values ('{value}', '{brand}', '{kpi_version}', '2026-07-01', 4200000000, '', '{user}', '{now}');
                 insert into channel_choice (id, brand_id, channel, chosen, reason, created_at, updated_at)
                   values ('{channel}', '{brand}', 'Bluesky', true, 'They are there', '{now}', '{now}');
                 insert into content_plan (id, brand_id, title, production, distribution, promotion, created_at, updated_at)
                   values ('{plan}', '{brand}', 'Autumn', 'Shoot', 'Three a week', 'Partners', '{now}', '{now}');
                 insert into content_pillar (id, brand_id, name, description, share_bp, created_at, updated_at)
                   values ('{pillar}', '{brand}', 'Craft', '', 10000, '{now}', '{now}');
                 update post set pillar_id = '{pillar}' where id = '{post}';
                 insert into content_checks (brand_id, banned_words, missing_pillar, off_mix, language, missing_alt_text, missing_disclosure,
                     mix_tolerance_bp, disclosure_words, updated_by, updated_at, version)
                   values ('{brand}', 'BLOCK', 'WARN', 'WARN', 'WARN', 'WARN', 'WARN', 1000, '{{ad}}', '{user}', '{now}', 1)"
            ))
            .await?;
        Ok(StrategyWritten { profile, persona, challenge, vision, goal, kpi, kpi_version, pillar, channel, plan })
    }
}
