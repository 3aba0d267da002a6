//! The budgets of a brand, written straight into the database.

use anyhow::Result;
use diwan_platform::ids;
use uuid::Uuid;

use crate::services::TestServices;

/// A row of every table of budgets: one that is open, with two lines.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "each is the id of the row that it names")]
pub struct FinanceWritten {
    pub budget: Uuid,
    /// Has been given 1000.00, of which 200.00 are committed by hand and 100.00 are spent.
    pub line: Uuid,
    /// Has nothing.
    pub empty_line: Uuid,
    /// The allocation.
    pub entry: Uuid,
    /// A draft that asks for 500.00 for `empty_line`.
    pub request: Uuid,
    /// A draft over 25.00 on `line`, with a receipt.
    pub expense: Uuid,
    /// From USD to EUR.
    pub rate: Uuid,
}

impl TestServices {
    /// A budget in EUR for the campaign, with two lines and what was booked on one of them; a request, an expense with this file as its
    /// receipt, and a rate.
    pub(crate) async fn fill_finance(
        &self,
        brand: Uuid,
        user: Uuid,
        (campaign, receipt): (Uuid, Uuid),
    ) -> Result<FinanceWritten> {
        let now = self.services.now();
        let [budget, line, empty_line, entry, commit, spend, request, expense, rate] =
            std::array::from_fn(|_| ids::new_id(now));
        let now = now.to_rfc3339();
        self.db
            .run(&format!(
                "insert into budget (id, brand_id, name, starts_on, ends_on, campaign_id, currency, state, created_by, created_at, updated_at)
                   values ('{budget}', '{brand}', 'Autumn', '2026-01-01', '2027-12-31', '{campaign}', 'EUR', 'OPEN', '{user}', '{now}', '{now}');
                 insert into budget_line (id, brand_id, budget_id, position, name, category, created_at)
                   values ('{line}', '{brand}', '{budget}', 1, 'Boosts', 'ADS', '{now}'),
                     ('{empty_line}', '{brand}', '{budget}', 2, 'Films', 'PRODUCTION', '{now}');
                 insert into budget_entry (id, brand_id, budget_id, line_id, kind, amount_minor, source_kind, source_id, actor_id, reason,
                     booked_at)
                   values ('{entry}', '{brand}', '{budget}', '{line}', 'ALLOCATE', 100000, 'MANUAL', '{entry}', '{user}', 'Agreed', '{now}'),
                     ('{commit}', '{brand}', '{budget}', '{line}', 'COMMIT', 20000, 'MANUAL', '{commit}', '{user}', 'Ordered', '{now}'),
                     ('{spend}', '{brand}', '{budget}', '{line}', 'SPEND', 10000, 'MANUAL', '{spend}', '{user}', 'Paid', '{now}')"
            ))
            .await?;
        self.db
            .run(&format!(
                "insert into financial_request (id, brand_id, line_id, title, amount_minor, why, expected_result, state, created_by, authors,
                     created_at, updated_at)
                   values ('{request}', '{brand}', '{empty_line}', 'A film', 50000, 'The old one is old', 'More viewers', 'DRAFT', '{user}',
                     '{{{user}}}', '{now}', '{now}');
                 insert into expense (id, brand_id, spent_on, category, vendor, currency, amount_minor, receipt_asset_id, line_id, state,
                     created_by, authors, created_at, updated_at)
                   values ('{expense}', '{brand}', '2026-03-01', 'ADS', 'Printer', 'EUR', 2500, '{receipt}', '{line}', 'DRAFT', '{user}',
                     '{{{user}}}', '{now}', '{now}');
                 insert into exchange_rate (id, brand_id, base, quote, rate_e10, source, day, recorded_by, recorded_at)
                   values ('{rate}', '{brand}', 'USD', 'EUR', 9200000000, 'ECB', '2026-03-01', '{user}', '{now}')"
            ))
            .await?;
        Ok(FinanceWritten { budget, line, empty_line, entry, request, expense, rate })
    }
}
