//! Figures of a group, made of its sums.

use std::collections::BTreeSet;

use sea_orm::FromQueryResult;

use crate::insights::figures::NoFigure;
use crate::insights::kpi::{Formula, Quantity, reckon};
use crate::strategy::text_of;

/// A figure of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupFigure {
    /// What it is and how it is made.
    pub formula: Formula,
    /// A decimal of at most four digits behind the point.
    pub value: Option<String>,
    /// Why there is none.
    pub no_figure: Option<NoFigure>,
    /// The networks that lack some of what it is made of, in alphabetical order.
    pub missing_networks: Vec<String>,
}

/// What [`super::statement::SUMS`] answers.
#[derive(Debug, FromQueryResult)]
pub(super) struct GroupSums {
    pub posts: i64,
    pub young: i64,
    interactions: Option<i64>,
    counted: Option<i64>,
    reach: Option<i64>,
    views: Option<i64>,
    interactions_of_reached: Option<i64>,
    reach_of_interacted: Option<i64>,
    negative_reactions: Option<i64>,
    reactions: Option<i64>,
    interactions_of_followed: Option<i64>,
    followers_of_posts: Option<i64>,
    followed: Option<i64>,
    followed_before: Option<i64>,
    followed_after: Option<i64>,
    seconds_to_answer: Option<i64>,
    answered_messages: Option<i64>,
    due_messages: Option<i64>,
    lacks_interactions: Option<Vec<String>>,
    lacks_reach: Option<Vec<String>>,
    lacks_views: Option<Vec<String>>,
    lacks_reached: Option<Vec<String>>,
    lacks_reactions: Option<Vec<String>>,
    lacks_followed: Option<Vec<String>>,
    lacks_followers: Option<Vec<String>>,
    lacks_growth: Option<Vec<String>>,
    lacks_answers: Option<Vec<String>>,
}

impl GroupSums {
    fn get(&self, quantity: Quantity) -> Option<i64> {
        match quantity {
            Quantity::PublishedPosts => Some(self.posts),
            Quantity::Interactions => self.interactions,
            Quantity::CountedPosts => self.counted,
            Quantity::Reach => self.reach,
            Quantity::Views => self.views,
            Quantity::InteractionsOfReached => self.interactions_of_reached,
            Quantity::ReachOfInteracted => self.reach_of_interacted,
            Quantity::NegativeReactions => self.negative_reactions,
            Quantity::Reactions => self.reactions,
            Quantity::InteractionsOfFollowed => self.interactions_of_followed,
            Quantity::FollowersOfPosts => self.followers_of_posts,
            Quantity::Followers => self.followed,
            Quantity::FollowersBefore => self.followed_before,
            Quantity::FollowersAfter => self.followed_after,
            Quantity::SecondsToAnswer => self.seconds_to_answer,
            Quantity::AnsweredMessages => self.answered_messages,
            Quantity::DueMessages => self.due_messages,
            _ => None,
        }
    }

    fn lacking(&self, quantity: Quantity) -> impl Iterator<Item = &String> {
        let list = match quantity {
            Quantity::Interactions | Quantity::CountedPosts => self.lacks_interactions.as_ref(),
            Quantity::Reach => self.lacks_reach.as_ref(),
            Quantity::Views => self.lacks_views.as_ref(),
            Quantity::InteractionsOfReached | Quantity::ReachOfInteracted => self.lacks_reached.as_ref(),
            Quantity::NegativeReactions | Quantity::Reactions => self.lacks_reactions.as_ref(),
            Quantity::InteractionsOfFollowed | Quantity::FollowersOfPosts => self.lacks_followed.as_ref(),
            Quantity::Followers => self.lacks_followers.as_ref(),
            Quantity::FollowersBefore | Quantity::FollowersAfter => self.lacks_growth.as_ref(),
            Quantity::SecondsToAnswer | Quantity::AnsweredMessages | Quantity::DueMessages => {
                self.lacks_answers.as_ref()
            }
            _ => None,
        };
        list.into_iter().flatten()
    }

    /// The figure by a formula.
    pub(super) fn figure(&self, formula: Formula) -> GroupFigure {
        let lacking: BTreeSet<&String> =
            formula.shape.needs().into_iter().flat_map(|need| self.lacking(need)).collect();
        let reckoned = reckon(formula, |quantity| self.get(quantity)).map_err(NoFigure::from);
        GroupFigure {
            formula,
            value: reckoned.ok().map(text_of),
            no_figure: reckoned.err(),
            missing_networks: lacking.into_iter().cloned().collect(),
        }
    }
}
