//! Proposals: written, reviewed up the ladder by the discount, sent, and accepted once with all that follows.

mod accepting;
mod desk;
mod life;
mod paper;
mod taken_over;
