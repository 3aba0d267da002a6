//! `diwan verify budgets` as an operator runs it.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use diwan_testkit::TestServices;
use diwan_testkit::db::redis_url;
use diwan_testkit::process::{Diwan, data_folder};

/// Whether it succeeds, and what it prints.
async fn verify(test: &TestServices, folder: &Path) -> Result<(bool, String)> {
    let settings = [
        ("DIWAN_DATA", folder.join("data").display().to_string()),
        ("DATABASE_URL", test.db.url.to_string()),
        ("REDIS_URL", redis_url()?),
    ];
    let mut diwan = Diwan::start(Path::new(env!("CARGO_BIN_EXE_diwan")), "verify budgets", &settings, folder)?;
    let status = diwan.ended(Duration::from_mins(1)).await?;
    Ok((status.success(), diwan.output()?))
}

#[tokio::test]
async fn a_balance_that_is_not_what_the_ledger_says_is_named() -> Result<()> {
    let test = TestServices::new().await?;
    let at = test.fill_brand("Alpha").await?;
    let folder = data_folder()?;
    let lines = test.db.count("budget_line").await?;
    let (proved, said) = verify(&test, folder.path()).await?;
    assert!(proved && said.contains(&format!("✓ {lines} lines of budgets are what the ledger says")), "{said}");

    test.db.run(&format!("update budget_line set spent = spent + 1 where id = '{}'", at.finance.line)).await?;
    let (proved, said) = verify(&test, folder.path()).await?;
    assert!(!proved, "{said}");
    assert!(
        said.contains("“Boosts”: kept [100000, 0, 20000, 10001], by the ledger [100000, 0, 20000, 10000]"),
        "{said}"
    );
    assert!(said.contains(&format!("✗ 1 of {lines} lines are kept otherwise")), "{said}");
    Ok(())
}
