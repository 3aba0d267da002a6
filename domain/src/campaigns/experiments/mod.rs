//! Experiments between formats: which of two or more kinds of posts did better, and whether that can be told.
//!
//! Decided here:
//! - The first arm is what the others are compared with. A post is in one arm.
//! - What is compared is one number of the networks, or the part of one in another (clicks of views), of the publications of the
//!   arm's posts by their newest readings. A publication without the number does not count, and is counted as missing.
//! - More is better, but for dislikes: of these less is.
//! - A difference is told with its interval ([`statistics`]). Where it includes zero, or there is too little to say, the answer is that
//!   it is not enough, whatever the difference looks like.
//! - A conclusion is written once, with the figures on which it rests. Neither changes any more.
//! - Figures are for MID and above.

mod compare;
mod manage;
mod statistics;

pub use compare::{ArmFigures, Comparison, Outcome, Verdict, verdicts_of_experiments};
pub use manage::{
    ArmContent, ExperimentContent, arms_of_experiments, conclude_experiment, create_experiment, experiments,
    experiments_by_ids, posts_of_arms, update_experiment,
};
pub use statistics::Method;
