//! Budgets and the ledger.

mod budget_mutations;
mod expense_mutations;
mod expenses;
mod ledger_mutations;
mod loading;
mod queries;
mod rates;
mod request_mutations;
mod requests;
mod types;

pub use budget_mutations::BudgetMutation;
pub use expense_mutations::ExpenseMutation;
pub use expenses::{Expense, ExpenseQuery};
pub use ledger_mutations::LedgerMutation;
pub use queries::BudgetQuery;
pub use rates::{ExchangeRateMutation, FinanceQuery};
pub use request_mutations::FinancialRequestMutation;
pub use requests::{FinancialRequest, FinancialRequestQuery};
pub use types::{Budget, BudgetCategory, BudgetEntry, BudgetLine};
