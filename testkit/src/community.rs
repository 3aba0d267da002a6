//! What people say under posts, written straight into the database.

use anyhow::Result;
use diwan_platform::ids;
use uuid::Uuid;

use crate::services::TestServices;

impl TestServices {
    /// A comment under a publication, and its answer.
    pub(crate) async fn fill_community(&self, (brand, account): (Uuid, Uuid), publication: Uuid) -> Result<Uuid> {
        let now = self.services.now();
        let [conversation, asked, answer] = std::array::from_fn(|_| ids::new_id(now));
        let now = now.to_rfc3339();
        self.db
            .run(&format!(
                "insert into conversation (id, brand_id, social_account_id, publication_id, kind, remote_id, began_at, last_message_at,
                     asked_at, created_at)
                   values ('{conversation}', '{brand}', '{account}', '{publication}', 'COMMENT', '{asked}', '{now}', '{now}', '{now}', '{now}');
                 insert into conversation_message (id, brand_id, conversation_id, social_account_id, remote_id, in_reply_to, author_id,
                     author_name, is_own, text, sent_at, read_at, seen_at, asks, answered_at)
                   values ('{asked}', '{brand}', '{conversation}', '{account}', '{asked}', 'post', 'amal', 'Amal', false, 'How much?', '{now}',
                       '{now}', '{now}', true, '{now}'),
                     ('{answer}', '{brand}', '{conversation}', '{account}', '{answer}', '{asked}', 'own', 'Nour', true, 'Three.', '{now}',
                       '{now}', '{now}', false, null);
                 insert into comment_reading (brand_id, publication_id, social_account_id, read_at)
                   values ('{brand}', '{publication}', '{account}', '{now}')"
            ))
            .await?;
        Ok(conversation)
    }
}
