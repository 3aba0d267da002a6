//! Figures by dimensions: what posts brought by account, campaign, pillar, author, kind, hour and time; when they do best; and which did
//! best, and what these have in common.
//!
//! Decided here:
//! - A post counts as it does in a period's figures ([`super::insights`]), and a figure is made by the same formula, of the sums of its
//!   group. So a month of a series by months is what `insights` tells of that month.
//! - What people ask and what is answered belongs to the time at which was asked (`answers.rs`).
//! - Followers are an account's, at the end of each group's time. What is no account and no time does not divide them: it is refused.
//! - Where groups are by accounts and time alone, those in which nothing went out are told, too. Of anything else, there are the groups
//!   in which something did, or was asked where that is wanted.
//! - What is in common among the best is told only where there is enough of it, and more than chance gives (`chance.rs`).
//! - Everything is grouped, ordered and cut by the database, in one statement, however many posts there are.

mod answers;
mod ask;
mod chance;
mod dimension;
mod figure;
mod groups;
mod heat_map;
mod ranked;
mod shared;
mod statement;

pub use ask::{MOST_BRANDS, MOST_KEYS, MOST_TIMES};
pub use dimension::{Dimension, Filter, Key};
pub use figure::GroupFigure;
pub use groups::{AskedGroups, Explored, Group, GroupKey, MOST_DIMENSIONS, MOST_GROUPS, Order, explore};
pub use heat_map::{AskedHeatMap, HeatCell, HeatMap, heat_map};
pub use ranked::{AskedRanking, MOST_RANKED, RankedPost, Ranking, ranked_posts};
pub use shared::{ALPHA, LEAST_TOP, LEAST_WITH, Shared, Trait};
