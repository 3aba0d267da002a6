//! Recurring times for posts: when they are, which are free, who has which, and when an account does best.
//!
//! A slot is a rule of RFC 5545 for the days and a local time in the time zone of its brand. Its day is taken by at most one post,
//! which the database holds (`slot_use`); a post that is moved, canceled or put away leaves it (a trigger, `m0024`).

mod best_times;
mod free;
mod place;
mod rule;
mod slot;

pub use best_times::{BestTime, BestTimes, LEAST_PER_TIME, LEAST_POSTS, best_times};
pub use free::{FreeSlot, FreeSlots, MOST_FREE, free_slots};
pub(crate) use free::{Taken, open_times};
pub use place::{PlacePost, place_in_slot};
pub use rule::{Recurrence, RuleDay, RuleInput, occurrences};
pub use slot::{NewSlot, SlotRule, create_slot, delete_slot, slots, slots_by_ids, update_slot};
