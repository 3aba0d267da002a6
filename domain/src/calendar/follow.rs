//! Where a post is follows from where its publications are.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diwan_entity::InBrand as _;
use diwan_entity::calendar::post::{self, PostState};
use diwan_entity::publishing::publication::{self, PublicationState};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QuerySelect};
use uuid::Uuid;

/// The state of a post whose publications are in these states; none when there is no publication that counts.
pub fn post_state(publications: &[PublicationState]) -> Option<PostState> {
    use PublicationState as P;
    let live: Vec<P> = publications.iter().copied().filter(|state| *state != P::Canceled).collect();
    let any = |wanted: &[P]| live.iter().any(|state| wanted.contains(state));
    let all = |wanted: P| live.iter().all(|state| *state == wanted);
    if live.is_empty() {
        return None;
    }
    Some(if all(P::Published) {
        PostState::Published
    } else if all(P::Scheduled) {
        PostState::Scheduled
    } else if any(&[P::Queued, P::Sending, P::Retrying, P::Unconfirmed]) {
        PostState::Publishing
    } else if any(&[P::Scheduled]) {
        // Some went earlier than others: the rest is still to come.
        PostState::Publishing
    } else if any(&[P::Published]) {
        PostState::PartiallyPublished
    } else if any(&[P::Paused]) {
        PostState::Paused
    } else {
        PostState::Failed
    })
}

/// Locks a post. Whoever changes a post and its publications locks the post first, so that nobody waits in a circle.
pub async fn lock_post(tx: &impl ConnectionTrait, brand_id: Uuid, post_id: Uuid) -> Result<Option<post::Model>, DbErr> {
    post::Entity::one_in_brand(brand_id, post_id).lock_exclusive().one(tx).await
}

/// Writes the post's state after one of its publications has changed, in the same transaction. The post's row is locked
/// first, so that two publications of one post that end together are seen by each other.
pub async fn follow_publications(
    tx: &impl ConnectionTrait,
    brand_id: Uuid,
    post_id: Uuid,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let Some(post) = lock_post(tx, brand_id, post_id).await? else {
        return Ok(());
    };
    follow_posts(tx, brand_id, vec![LockedPost { id: post.id, state: post.state }], now).await
}

/// A post that the caller has locked, with the state that it is in.
#[derive(Debug, Clone, Copy, FromQueryResult)]
pub struct LockedPost {
    /// Which.
    pub id: Uuid,
    /// Where it is.
    pub state: PostState,
}

/// Writes the states of posts of a brand after their publications have changed, in the same transaction: a statement for each state
/// that comes of it, however many posts there are.
pub async fn follow_posts(
    tx: &impl ConnectionTrait,
    brand_id: Uuid,
    posts: Vec<LockedPost>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let of_posts = publication::Entity::in_brand(brand_id)
        .filter(publication::Column::PostId.is_in(posts.iter().map(|post| post.id)));
    let mut states: HashMap<Uuid, Vec<PublicationState>> = HashMap::new();
    for row in of_posts.all(tx).await? {
        states.entry(row.post_id).or_default().push(row.state);
    }
    let mut moved: HashMap<PostState, Vec<Uuid>> = HashMap::new();
    for post in posts {
        let state = states.get(&post.id).and_then(|states| post_state(states));
        if let Some(state) = state.filter(|state| *state != post.state) {
            moved.entry(state).or_default().push(post.id);
        }
    }
    for (state, post_ids) in moved {
        post::Entity::update_many()
            .col_expr(post::Column::State, Expr::value(state))
            .col_expr(post::Column::UpdatedAt, Expr::value(now))
            .filter(post::Column::BrandId.eq(brand_id))
            .filter(post::Column::Id.is_in(post_ids))
            .exec(tx)
            .await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sea_orm::Iterable as _;

    fn states() -> impl Strategy<Value = Vec<PublicationState>> {
        let all: Vec<_> = PublicationState::iter().collect();
        proptest::collection::vec(proptest::sample::select(all), 0..6)
    }

    proptest! {
        #[test]
        fn the_order_does_not_matter(mut publications in states()) {
            let before = post_state(&publications);
            publications.reverse();
            prop_assert_eq!(post_state(&publications), before);
        }

        #[test]
        fn published_means_all_of_it(publications in states()) {
            let live: Vec<_> = publications.iter().filter(|state| **state != PublicationState::Canceled).collect();
            let all = !live.is_empty() && live.iter().all(|state| **state == PublicationState::Published);
            prop_assert_eq!(post_state(&publications) == Some(PostState::Published), all);
        }

        #[test]
        fn nothing_on_its_way_is_called_over(publications in states()) {
            let moving = publications.iter().any(|state| matches!(state, PublicationState::Sending | PublicationState::Retrying
                | PublicationState::Queued | PublicationState::Unconfirmed | PublicationState::Scheduled));
            let over = matches!(post_state(&publications),
                Some(PostState::Published | PostState::PartiallyPublished | PostState::Failed));
            prop_assert!(!(moving && over));
        }
    }
}
