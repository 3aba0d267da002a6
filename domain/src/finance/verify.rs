//! Proving that the balances are what the ledger says.

use diwan_platform::db;
use sea_orm::{DatabaseConnection, FromQueryResult};
use serde::Deserialize;
use uuid::Uuid;

use crate::error::Fault;

/// A line whose balance is not what its entries add up to. Each four are allocated, overdraft, committed and spent.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Astray {
    /// Whose.
    pub brand: Uuid,
    /// Of which budget.
    pub budget: Uuid,
    /// Which line.
    pub line: Uuid,
    /// What it is called.
    pub name: String,
    /// What is kept.
    pub kept: [i64; 4],
    /// What the ledger says.
    pub reckoned: [i64; 4],
}

#[derive(FromQueryResult)]
struct Row {
    lines: i64,
    astray: serde_json::Value,
}

/// Reckons the balance of every line of every brand from the ledger. Answers how many lines there are, and up to a hundred that are
/// kept otherwise. `owner` is a connection as the database's owner: nobody else sees all brands.
pub async fn verify_budgets(owner: &DatabaseConnection) -> Result<(i64, Vec<Astray>), Fault> {
    let row: Option<Row> = db::one(owner, "select lines, astray from app.verify_budgets()", []).await?;
    let row = row.ok_or_else(|| Fault::broken("a function without an answer"))?;
    let astray = serde_json::from_value(row.astray).map_err(|error| Fault::broken(error.to_string()))?;
    Ok((row.lines, astray))
}
