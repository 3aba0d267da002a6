//! How long numbers are kept as they were read.

/// For how many months, counted back from now. What is older goes by whole months of the calendar, by UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptFor {
    /// Every reading of a number. Of those before, what figures are made of is kept without end.
    pub samples_months: u32,
    /// What networks answered, word for word.
    pub answers_months: u32,
}

impl KeptFor {
    /// The fewest months that an operator may keep readings for: the times at which an account does best, and alerts, look at those of a year.
    pub const LEAST_SAMPLES_MONTHS: u32 = 13;
    /// The fewest that they may keep answers for.
    pub const LEAST_ANSWERS_MONTHS: u32 = 1;
}

impl Default for KeptFor {
    fn default() -> Self {
        Self { samples_months: Self::LEAST_SAMPLES_MONTHS, answers_months: 3 }
    }
}
