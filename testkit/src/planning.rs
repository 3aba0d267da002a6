//! What a brand plans ahead, follows and thinks of, written straight into the database.

use anyhow::Result;
use diwan_platform::ids;
use uuid::Uuid;

use crate::services::TestServices;

/// A row of every table of what is planned ahead and followed, all of it quiet.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "each is the id of the row that it names")]
pub struct PlanningWritten {
    pub slot: Uuid,
    pub series: Uuid,
    pub queue: Uuid,
    pub item: Uuid,
    pub source: Uuid,
    pub source_item: Uuid,
    pub template: Uuid,
    pub hashtag_set: Uuid,
    pub checklist: Uuid,
    pub check_item: Uuid,
    pub idea: Uuid,
}

impl TestServices {
    /// A slot that a post has, a series that made it, a queue with it, a feed with an item, an idea; a template of
    /// checklists, and what the post has to be done to it.
    pub(crate) async fn fill_planning(&self, brand: Uuid, user: Uuid, post: Uuid) -> Result<PlanningWritten> {
        let now = self.services.now();
        let [slot, series, queue, item, source, source_item, template, hashtag_set, idea, checklist, check_item] =
            std::array::from_fn(|_| ids::new_id(now));
        let now = now.to_rfc3339();
        self.db
            .run(&format!(
                "insert into evergreen_queue (id, brand_id, name, mode, min_days, lead_days, paused_at, in_name_of, created_at)
                   values ('{queue}', '{brand}', 'Evergreen', 'DRAFT', 30, 14, '{now}', '{user}', '{now}');
                 insert into evergreen_item (id, brand_id, queue_id, post_id, added_by, added_at)
                   values ('{item}', '{brand}', '{queue}', '{post}', '{user}', '{now}');
                 insert into slot (id, brand_id, calendar_id, rule, at_time, starts_on, created_by, created_at)
                   select '{slot}', '{brand}', calendar_id, 'FREQ=WEEKLY;BYDAY=MO,TH', '09:00', '2026-01-01', '{user}', '{now}'
                   from post where id = '{post}';
                 insert into slot_use (brand_id, slot_id, on_date, post_id, due_at, taken_at)
                   select '{brand}', '{slot}', '2026-01-01', id, coalesce(due_at, '{now}'), '{now}' from post where id = '{post}';
                 insert into post_series (id, brand_id, post_id, rule, at_time, starts_on, mode, in_name_of, created_at)
                   values ('{series}', '{brand}', '{post}', 'FREQ=MONTHLY;BYMONTHDAY=1', '10:00', '2026-01-01', 'DRAFT', '{user}', '{now}');
                 insert into repeated_post (brand_id, post_id, series_id, on_date, due_at)
                   values ('{brand}', '{post}', '{series}', '2026-01-01', '{now}');
                 insert into source (id, brand_id, url, title, state, every_minutes, created_by, created_at)
                   values ('{source}', '{brand}', 'https://news.example/feed.xml', 'News', 'PAUSED', 60, '{user}', '{now}');
                 insert into source_item (id, brand_id, source_id, guid_hash, url, title, summary, author, found_at)
                   values ('{source_item}', '{brand}', '{source}', sha256('{source_item}'), 'https://news.example/1', 'Coffee', 'It is good', 'Lina', '{now}');
                 insert into curated_post values ('{brand}', '{post}', '{source_item}', 'News', 'https://news.example/1', 'Lina');
                 insert into content_template (id, brand_id, name, text, pillar_id, variables, created_by, created_at, updated_at)
                   values ('{template}', '{brand}', 'Greeting', 'Hello {{{{ who }}}}',
                     (select min(id::text)::uuid from content_pillar where brand_id = '{brand}'),
                     '[{{\"name\": \"who\", \"label\": \"Whom\", \"default\": \"all\", \"required\": false}}]', '{user}', '{now}', '{now}');
                 insert into hashtag_set (id, brand_id, name, hashtags, created_by, created_at, updated_at)
                   values ('{hashtag_set}', '{brand}', 'Coffee', array['coffee', 'قهوه'], '{user}', '{now}', '{now}');
                 insert into idea (id, brand_id, title, state, position, assignee_id, created_by, created_at, updated_at)
                   values ('{idea}', '{brand}', 'Show the roastery', 'NEW', 1, '{user}', '{user}', '{now}', '{now}');
                 insert into checklist_template (id, brand_id, name, created_by, created_at, updated_at)
                   values ('{checklist}', '{brand}', 'Before it goes out', '{user}', '{now}', '{now}');
                 insert into checklist_template_item values ('{brand}', '{checklist}', 1, 'Read it aloud', true);
                 insert into checklist_item (id, brand_id, post_id, position, text, required, assignee_id, created_at)
                   values ('{check_item}', '{brand}', '{post}', 1, 'Ask the printer', false, '{user}', '{now}')"
            ))
            .await?;
        Ok(PlanningWritten {
            slot,
            series,
            queue,
            item,
            source,
            source_item,
            template,
            hashtag_set,
            checklist,
            check_item,
            idea,
        })
    }
}
