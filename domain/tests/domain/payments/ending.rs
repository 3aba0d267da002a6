//! What the end of a contract takes along, however much it is.

use anyhow::Result;
use diwan_domain::contracts::terminate_contract;
use diwan_domain::payments::{create_payment, submit_payment};
use uuid::Uuid;

use crate::payments::desk::{Desk, plan};

/// How many statements it takes to end a contract with so many payments that are decided about, and as many that are approved.
async fn ended(many: i64) -> Result<usize> {
    let desk = Desk::new().await?;
    let contract = desk.contract(100_000, true).await?;
    desk.payee(contract).await?;
    let mut asked: Vec<Uuid> = Vec::new();
    for _ in 0..many {
        let content = plan("A part", 1_000, None)?;
        let row = desk.must(&desk.mid, async |context| create_payment(context, contract, content).await).await?;
        let (_, request) = desk.must(&desk.mid, async |context| submit_payment(context, row.id, 1).await).await?;
        asked.push(request.id);
        desk.approved(contract, 1_000).await?;
    }
    let before = desk.test.db.statements();
    desk.must(&desk.chief, async |context| terminate_contract(context, contract, "They want it").await.map(drop))
        .await?;
    let taken = desk.test.db.statements() - before;

    let count = async |of: &str| desk.test.db.value::<i64>(&format!("select count(*) from {of}")).await;
    assert_eq!(count("payment where state = 'CANCELED' and cancel_reason = 'CONTRACT_ENDED'").await?, 2 * many);
    assert_eq!(count("approval_request where kind = 'PAYMENT' and state <> 'VOIDED'").await?, 0);
    assert_eq!(count("approval_request where kind = 'PAYMENT' and decided_at is null").await?, 0);
    assert_eq!(count("approval_entry where kind = 'VOIDED' and actor_id is not null").await?, 2 * many);
    assert_eq!(count("approval_step where state in ('WAITING', 'OPEN')").await?, 0);
    assert_eq!(count("audit_event where action = 'approval.void'").await?, 2 * many);
    assert_eq!(count("job where kind = 'remind_approvers' and state in ('PENDING', 'HANDED')").await?, 0);
    // Whoever asked is told of each.
    let told = format!("letter where template = 'approval-decided' and recipient = '{}'", desk.mid.email);
    assert_eq!(count(&told).await?, 3 * many, "of an approval, and of both ends");
    for id in asked {
        let sql = format!("select version from approval_request where id = '{id}'");
        assert_eq!(desk.test.db.value::<i32>(&sql).await?, 2);
    }
    desk.verified().await?;
    Ok(taken)
}

#[tokio::test]
async fn an_end_takes_as_many_statements_for_many_payments_as_for_few() -> Result<()> {
    let (few, many) = (ended(1).await?, ended(9).await?);
    assert_eq!(few, many, "statements for two payments, and for eighteen");
    Ok(())
}
