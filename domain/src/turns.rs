//! Taking turns: how many jobs of one account a worker does at a time, so that one account's slow server leaves the
//! worker's other hands free for everyone else.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;

/// The most jobs of one account at a time, per worker.
const PER_ACCOUNT: usize = 2;

/// Who is at work, by account.
#[derive(Debug, Clone, Default)]
pub struct Turns(Arc<Mutex<HashMap<Uuid, usize>>>);

/// A turn; dropped, it is the next one's.
#[derive(Debug)]
pub struct Turn {
    turns: Turns,
    account_id: Uuid,
}

impl Turns {
    /// A turn for this account, unless enough are at it.
    pub fn take(&self, account_id: Uuid) -> Option<Turn> {
        let mut busy = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = busy.entry(account_id).or_default();
        if *count >= PER_ACCOUNT {
            return None;
        }
        *count += 1;
        Some(Turn { turns: self.clone(), account_id })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut busy = self.turns.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = busy.get_mut(&self.account_id) {
            *count -= 1;
            if *count == 0 {
                busy.remove(&self.account_id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_has_two_turns_and_others_have_theirs() {
        let turns = Turns::default();
        let (a, b) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let first = turns.take(a);
        let second = turns.take(a);
        assert!(first.is_some() && second.is_some() && turns.take(a).is_none());
        assert!(turns.take(b).is_some());
        drop(first);
        assert!(turns.take(a).is_some());
        drop(second);
        assert!(turns.0.lock().unwrap().is_empty());
    }
}
