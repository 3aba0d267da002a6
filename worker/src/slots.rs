//! The worker's hands: how many jobs it does at a time, and who gets the next that is free.
//!
//! A publication that comes anew goes before everything else that waits, but for one hand in eight: the first of an account that begins takes the
//! account's line for this worker, and lines are worked off when all of them are taken. So does what comes past Redis. What is next in lines and all
//! other work take turns, so that many lines do not keep what was fetched from Redis, and with it what lies behind it there.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// How many that come anew get a hand one after the other while others wait.
const IN_A_ROW: usize = 7;

/// Who asks for a hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// A publication that comes anew, and whatever comes past Redis: that is late already, or the relay waits until it begins.
    Anew,
    /// What is next in a line.
    InLine,
    /// All other work that comes through Redis.
    AsItComes,
}

/// The hands of a worker.
#[derive(Debug)]
pub(crate) struct Slots(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    free: usize,
    anew: VecDeque<oneshot::Sender<Slot>>,
    in_line: VecDeque<oneshot::Sender<Slot>>,
    others: VecDeque<oneshot::Sender<Slot>>,
    /// How many that came anew got the last hands.
    in_a_row: usize,
    /// Whether the last of those that did not come anew was the next in a line.
    line_was_last: bool,
    closed: bool,
}

/// The right to run one job; dropped, it is the next one's.
#[derive(Debug)]
pub(crate) struct Slot(Option<Arc<Slots>>);

impl Slots {
    /// So many hands.
    pub(crate) fn new(count: usize) -> Arc<Self> {
        Arc::new(Self(Mutex::new(State { free: count, ..State::default() })))
    }

    /// Waits for a hand. None when no job begins any more.
    pub(crate) async fn take(self: &Arc<Self>, turn: Turn) -> Option<Slot> {
        let given = {
            let mut state = self.state();
            if state.closed {
                return None;
            }
            if state.free > 0 {
                state.free -= 1;
                return Some(Slot(Some(Arc::clone(self))));
            }
            let (give, given) = oneshot::channel();
            match turn {
                Turn::Anew => state.anew.push_back(give),
                Turn::InLine => state.in_line.push_back(give),
                Turn::AsItComes => state.others.push_back(give),
            }
            given
        };
        given.await.ok()
    }

    /// How many hands are free.
    pub(crate) fn free(&self) -> usize {
        self.state().free
    }

    /// From now on nobody gets a hand.
    pub(crate) fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        state.anew.clear();
        state.in_line.clear();
        state.others.clear();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives a hand that became free to whoever is next.
    fn give_back(self: &Arc<Self>) {
        loop {
            let next = {
                let mut state = self.state();
                let next = state.next();
                if next.is_none() {
                    state.free += 1;
                }
                next
            };
            let Some(next) = next else { return };
            // Whoever has gone away meanwhile lets it go to the one after.
            match next.send(Slot(Some(Arc::clone(self)))) {
                Ok(()) => return,
                Err(mut slot) => slot.0 = None,
            }
        }
    }
}

impl State {
    fn next(&mut self) -> Option<oneshot::Sender<Slot>> {
        let nobody_else = self.in_line.is_empty() && self.others.is_empty();
        if (self.in_a_row < IN_A_ROW || nobody_else)
            && let Some(next) = self.anew.pop_front()
        {
            self.in_a_row += 1;
            return Some(next);
        }
        self.in_a_row = 0;
        self.line_was_last = !self.in_line.is_empty() && (self.others.is_empty() || !self.line_was_last);
        if self.line_was_last { self.in_line.pop_front() } else { self.others.pop_front() }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        if let Some(slots) = self.0.take() {
            slots.give_back();
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn what_comes_anew_goes_first_and_lines_and_everything_else_take_turns() {
        let slots = Slots::new(1);
        let mut held = slots.take(Turn::AsItComes).await;
        assert!(held.is_some() && slots.free() == 0);
        let mut waiting = Vec::new();
        let others = [Turn::InLine, Turn::InLine, Turn::InLine, Turn::AsItComes, Turn::AsItComes];
        for turn in others.into_iter().chain([Turn::Anew; IN_A_ROW + 2]) {
            let mut taken = Box::pin(slots.take(turn));
            assert!(taken.as_mut().now_or_never().is_none(), "no hand is free");
            waiting.push((turn, taken));
        }
        let mut order = Vec::new();
        while held.take().is_some() {
            let next = waiting.iter_mut().position(|(_, taken)| {
                taken.as_mut().now_or_never().is_some_and(|slot| {
                    held = slot;
                    true
                })
            });
            order.extend(next.map(|place| waiting.remove(place).0));
        }
        let (anew, line, other) = (Turn::Anew, Turn::InLine, Turn::AsItComes);
        assert_eq!(order[..IN_A_ROW], [anew; IN_A_ROW]);
        assert_eq!(order[IN_A_ROW..], [line, anew, anew, other, line, other, line]);
        assert_eq!(slots.free(), 1);
    }

    #[tokio::test]
    async fn a_hand_is_not_lost_with_whoever_waited_for_it() {
        let slots = Slots::new(1);
        let held = slots.take(Turn::Anew).await;
        for turn in [Turn::Anew, Turn::InLine, Turn::AsItComes] {
            let mut gone = Box::pin(slots.take(turn));
            assert!(gone.as_mut().now_or_never().is_none());
        }
        // It is given one, and goes away without taking it.
        let mut gone = Box::pin(slots.take(Turn::AsItComes));
        assert!(gone.as_mut().now_or_never().is_none());
        drop(held);
        assert_eq!(slots.free(), 0);
        drop(gone);
        assert_eq!(slots.free(), 1);
    }

    #[tokio::test]
    async fn nobody_gets_a_hand_of_a_worker_that_stops() {
        let slots = Slots::new(1);
        let held = slots.take(Turn::Anew).await;
        let mut waiting = Box::pin(slots.take(Turn::AsItComes));
        assert!(waiting.as_mut().now_or_never().is_none());
        slots.close();
        assert!(waiting.await.is_none());
        drop(held);
        assert!(slots.take(Turn::Anew).await.is_none());
    }
}
