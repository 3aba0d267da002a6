//! Which days are compared with which.

use chrono::{Datelike as _, Days, Months, NaiveDate};

/// Days by the brand's clock, both ends part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub from: NaiveDate,
    /// The last day, not before the first.
    pub to: NaiveDate,
}

/// With what a period is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Against {
    /// As many months right before whole months, as many days right before any others.
    PeriodBefore,
    /// The same days a year before.
    YearBefore,
}

impl Period {
    /// How many days it has.
    pub fn days(self) -> i64 {
        (self.to - self.from).num_days() + 1
    }

    /// The days that it is compared with. Of a period that is not over, only as many of them as have begun of it by `today`. None
    /// beyond the calendar.
    pub fn compared(self, against: Against, today: NaiveDate) -> Option<Self> {
        let whole = match against {
            Against::PeriodBefore => self.before()?,
            Against::YearBefore => self.months_back(12)?,
        };
        let begun = (today - self.from).num_days().max(0);
        if self.to < today || begun >= whole.days() {
            return Some(whole);
        }
        let to = whole.from.checked_add_days(Days::new(u64::try_from(begun).ok()?))?;
        Some(Self { from: whole.from, to })
    }

    /// How many whole months of the calendar it is.
    fn whole_months(self) -> Option<u32> {
        let after = self.to.succ_opt()?;
        let months = (after.year() - self.from.year()) * 12 + i32::try_from(after.month0()).ok()?
            - i32::try_from(self.from.month0()).ok()?;
        u32::try_from(months).ok().filter(|months| *months > 0 && self.from.day() == 1 && after.day() == 1)
    }

    fn months_back(self, months: u32) -> Option<Self> {
        let back = Months::new(months);
        let from = self.from.checked_sub_months(back)?;
        // The day after the last, so that the last day of February answers the last day of February.
        let to = self.to.succ_opt()?.checked_sub_months(back)?.pred_opt()?;
        Some(Self { from, to: to.max(from) })
    }

    fn before(self) -> Option<Self> {
        if let Some(months) = self.whole_months() {
            return self.months_back(months);
        }
        let days = Days::new(u64::try_from(self.days()).ok()?);
        Some(Self { from: self.from.checked_sub_days(days)?, to: self.from.pred_opt()? })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn period(from: &str, to: &str) -> Period {
        Period { from: from.parse().unwrap(), to: to.parse().unwrap() }
    }

    fn compared(from: &str, to: &str, against: Against) -> Period {
        period(from, to).compared(against, "2030-01-01".parse().unwrap()).unwrap()
    }

    #[test]
    fn months_are_compared_with_months() {
        let before = |from, to| compared(from, to, Against::PeriodBefore);
        assert_eq!(before("2026-03-01", "2026-03-31"), period("2026-02-01", "2026-02-28"));
        assert_eq!(before("2026-01-01", "2026-03-31"), period("2025-10-01", "2025-12-31"));
        assert_eq!(before("2026-03-02", "2026-03-08"), period("2026-02-23", "2026-03-01"));
        let year = |from, to| compared(from, to, Against::YearBefore);
        assert_eq!(year("2024-02-01", "2024-02-29"), period("2023-02-01", "2023-02-28"));
        assert_eq!(year("2024-02-29", "2024-02-29"), period("2023-02-28", "2023-02-28"));
    }

    #[test]
    fn what_is_not_over_is_compared_with_as_many_days() {
        let month = period("2026-03-01", "2026-03-31");
        let on = |today: &str| month.compared(Against::PeriodBefore, today.parse().unwrap()).unwrap();
        assert_eq!(on("2026-03-10"), period("2026-02-01", "2026-02-10"));
        assert_eq!(on("2026-03-31"), period("2026-02-01", "2026-02-28"));
        assert_eq!(on("2026-04-01"), period("2026-02-01", "2026-02-28"));
    }

    proptest! {
        #[test]
        fn the_period_before_ends_right_before(start in 0..20_000_i32, length in 0..1_000_u64) {
            let from = NaiveDate::from_num_days_from_ce_opt(720_000 + start).unwrap();
            let this = Period { from, to: from + Days::new(length) };
            let before = this.compared(Against::PeriodBefore, this.to + Days::new(1)).unwrap();
            prop_assert_eq!(before.to.succ_opt(), Some(this.from));
            prop_assert!(before.from <= before.to);
            prop_assert!(this.whole_months().is_some() || before.days() == this.days());
            let year = this.compared(Against::YearBefore, this.to + Days::new(1)).unwrap();
            prop_assert!(year.from <= year.to && (this.from - year.from).num_days() >= 365);
        }
    }
}
