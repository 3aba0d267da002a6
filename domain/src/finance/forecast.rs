//! Where a budget stands, and where it ends if money goes on being spent as until now.
//!
//! - left = allocated - committed - spent; below zero where more was allowed than was given.
//! - burn per day = spent / days that are gone, today among them.
//! - projected spend = spent x days of the period / days that are gone. After the period it is what was spent.
//!
//! Rounded half to even (`money.rs`). Before the first day there is neither. A budget without a period of its own has that of its campaign.

use std::collections::HashMap;

use chrono::NaiveDate;
use diwan_entity::finance::budget_line;
use sea_orm::FromQueryResult;
use uuid::Uuid;

use super::money::divide_half_even;
use super::queries::lines_of_budgets;
use crate::context::Context;
use crate::error::{Failure, Fault};

/// What was booked, in minor units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Position {
    /// What was given.
    pub allocated: i64,
    /// How much more is allowed.
    pub overdraft: i64,
    /// What is committed and not spent.
    pub committed: i64,
    /// What is spent.
    pub spent: i64,
}

impl Position {
    /// Of one line.
    pub fn of(line: &budget_line::Model) -> Self {
        let budget_line::Model { allocated, overdraft, committed, spent, .. } = *line;
        Self { allocated, overdraft, committed, spent }
    }

    /// Of lines in one currency.
    pub fn sum(lines: &[budget_line::Model]) -> Self {
        let sum = |of: fn(&budget_line::Model) -> i64| lines.iter().map(of).fold(0_i64, i64::saturating_add);
        Self {
            allocated: sum(|line| line.allocated),
            overdraft: sum(|line| line.overdraft),
            committed: sum(|line| line.committed),
            spent: sum(|line| line.spent),
        }
    }

    /// What is neither committed nor spent of what was given.
    pub fn left(&self) -> i64 {
        self.allocated - self.committed - self.spent
    }
}

/// How spending goes on, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outlook {
    /// What was spent on a day.
    pub burn_per_day: i64,
    /// What will have been spent at the end of the period.
    pub projected_spend: i64,
}

impl Outlook {
    fn of(spent: i64, days: i64, elapsed: i64) -> Option<Self> {
        let burn_per_day = divide_half_even(spent, 1, elapsed)?;
        Some(Self { burn_per_day, projected_spend: divide_half_even(spent, days, elapsed)? })
    }
}

/// Where a line stands.
#[derive(Debug, Clone)]
pub struct LineForecast {
    /// The line.
    pub line: budget_line::Model,
    /// How spending goes on; none before the first day.
    pub outlook: Option<Outlook>,
}

/// Where a budget stands.
#[derive(Debug, Clone)]
pub struct BudgetForecast {
    /// Which budget.
    pub budget_id: Uuid,
    /// Of all amounts.
    pub currency: String,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// How many days the period has.
    pub days: i64,
    /// How many of them are gone, today among them.
    pub elapsed_days: i64,
    /// All lines together.
    pub position: Position,
    /// How spending goes on; none before the first day.
    pub outlook: Option<Outlook>,
    /// Line by line, in their order.
    pub lines: Vec<LineForecast>,
}

#[derive(FromQueryResult)]
struct Period {
    id: Uuid,
    currency: String,
    first_day: NaiveDate,
    last_day: NaiveDate,
    time_zone: String,
}

/// How many days a period has, and how many of them are gone.
fn days_of((from, to): (NaiveDate, NaiveDate), today: NaiveDate) -> (i64, i64) {
    let days = (to - from).num_days() + 1;
    (days, ((today - from).num_days() + 1).clamp(0, days))
}

/// Where budgets stand. Two statements.
pub async fn forecasts_of_budgets(context: &Context, budget_ids: &[Uuid]) -> Result<Vec<BudgetForecast>, Failure> {
    let sql = "select b.id, b.currency, coalesce(b.starts_on, c.starts_on) as first_day, coalesce(b.ends_on, c.ends_on) as last_day,
        r.time_zone
      from budget b join brand r on r.id = b.brand_id left join campaign c on c.brand_id = b.brand_id and c.id = b.campaign_id
      where b.id = any ($1)";
    let periods: Vec<Period> = context.rows(sql, [budget_ids.to_vec().into()]).await?;
    let mut lines: HashMap<Uuid, Vec<budget_line::Model>> = HashMap::new();
    for line in lines_of_budgets(context, budget_ids).await? {
        lines.entry(line.budget_id).or_default().push(line);
    }
    periods.into_iter().map(|period| forecast(context, &mut lines, period)).collect()
}

fn forecast(
    context: &Context,
    lines: &mut HashMap<Uuid, Vec<budget_line::Model>>,
    period: Period,
) -> Result<BudgetForecast, Failure> {
    let zone: chrono_tz::Tz = period.time_zone.parse().map_err(|_| Fault::broken("a brand's time zone is unknown"))?;
    let today = context.now.with_timezone(&zone).date_naive();
    let (days, elapsed_days) = days_of((period.first_day, period.last_day), today);
    let lines = lines.remove(&period.id).unwrap_or_default();
    let position = Position::sum(&lines);
    let of_line =
        |line: budget_line::Model| LineForecast { outlook: Outlook::of(line.spent, days, elapsed_days), line };
    Ok(BudgetForecast {
        budget_id: period.id,
        currency: period.currency,
        from: period.first_day,
        to: period.last_day,
        days,
        elapsed_days,
        position,
        outlook: Outlook::of(position.spent, days, elapsed_days),
        lines: lines.into_iter().map(of_line).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_count_today_and_end_with_the_period() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let period = (day("2026-03-01"), day("2026-03-31"));
        for (today, elapsed) in [("2026-02-28", 0), ("2026-03-01", 1), ("2026-03-10", 10), ("2026-05-01", 31)] {
            assert_eq!(days_of(period, day(today)), (31, elapsed), "{today}");
        }
    }

    #[test]
    fn spending_goes_on_as_until_now() {
        assert_eq!(Outlook::of(1_000, 30, 0), None);
        assert_eq!(Outlook::of(1_000, 30, 10), Some(Outlook { burn_per_day: 100, projected_spend: 3_000 }));
        // 5 / 2 = 2.5 goes to 2; 5 x 31 / 2 = 77.5 goes to 78.
        assert_eq!(Outlook::of(5, 31, 2), Some(Outlook { burn_per_day: 2, projected_spend: 78 }));
        assert_eq!(Outlook::of(7, 31, 31), Some(Outlook { burn_per_day: 0, projected_spend: 7 }));
    }
}
