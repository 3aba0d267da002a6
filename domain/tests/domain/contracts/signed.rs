//! What was signed does not change, whoever tries, and is proved to be what it was.

use anyhow::{Result, anyhow};
use diwan_domain::contracts::{
    CONTRACT_KIND, Signing, SigningAct, brand_of_contract, create_signing_link, sign_contract, update_contract,
    verify_contract,
};
use diwan_domain::public_links::{Answered, Caller};
use diwan_domain::{Code, Context};
use diwan_entity::contracts::contract::ContractState;
use diwan_entity::contracts::contract_signature::ContractSide;
use diwan_platform::db;
use diwan_platform::storage::Key;
use sea_orm::{ConnectionTrait as _, DatabaseTransaction};
use uuid::Uuid;

use crate::contracts::desk::Desk;

/// What a statement says that is refused; none where it was carried out.
async fn refused(tx: &DatabaseTransaction, sql: &str) -> Result<Option<String>> {
    tx.execute_unprepared("savepoint step").await?;
    let outcome = tx.execute_unprepared(sql).await;
    tx.execute_unprepared("rollback to savepoint step").await?;
    Ok(outcome.err().map(|error| error.to_string()))
}

#[tokio::test]
async fn a_signed_contract_cannot_be_changed_by_the_product_nor_by_its_role() -> Result<()> {
    let desk = Desk::new().await?;
    let row = desk.signed(30_000).await?;
    let (id, version) = (row.id, row.version);
    let changed =
        desk.act(&desk.mid, async |context| update_contract(context, (id, version), desk.terms(1), &[]).await).await?;
    assert_eq!(changed.err(), Some(Code::WrongState));
    let statements = [
        format!("update contract set fee_minor = 1 where id = '{id}'"),
        format!("update contract set clauses = '[]' where id = '{id}'"),
        format!("update contract set party_name = 'Another' where id = '{id}'"),
        format!("update contract set version = 7 where id = '{id}'"),
        format!("update contract set state = 'NEGOTIATING', signed_at = null where id = '{id}'"),
        format!("update contract set signed_at = now() where id = '{id}'"),
        format!("delete from contract where id = '{id}'"),
        format!("update contract_version set clauses = '[]' where contract_id = '{id}'"),
        format!("delete from contract_version where contract_id = '{id}'"),
        format!("update contract_signature set name = 'Another' where contract_id = '{id}'"),
        format!("delete from contract_signature where contract_id = '{id}'"),
        format!("update contract_document set sha256 = sha256('x') where contract_id = '{id}'"),
        format!("update contract_document set state = 'VOID', sha256 = null, byte_size = null where contract_id = '{id}'"),
        format!("delete from contract_document where contract_id = '{id}'"),
        format!(
            "insert into contract_signature (id, brand_id, contract_id, document_id, side, name, user_id, address, document_sha256, signed_at)
             select gen_random_uuid(), brand_id, contract_id, id, 'OURS', 'x', '{}', 'x', sha256, now() from contract_document
             where contract_id = '{id}' and part = 'SIGNED'",
            desk.mid.id
        ),
        format!(
            "insert into contract (id, brand_id, kind, title, state, party_name, locale, fee_minor, currency, starts_on, clauses, signer_id,
               created_by, created_at, updated_at, sent_at, signed_at)
             select gen_random_uuid(), brand_id, kind, title, 'SIGNED', party_name, locale, 0, currency, starts_on, clauses, signer_id,
               created_by, created_at, updated_at, sent_at, signed_at from contract where id = '{id}'"
        ),
    ];
    // The application's own role, in the scope of the brand, as every request and every job has it.
    let tx = desk.test.services.db.write().await?;
    assert!(db::scalar::<bool>(&tx, "select app.enter_brand($1)", [desk.brand.into()]).await?);
    assert_eq!(db::scalar::<String>(&tx, "select current_user::text", []).await?, "diwan_app");
    for before in ["select 1", "set local search_path = pg_catalog, public, pg_temp"] {
        tx.execute_unprepared(before).await?;
        for sql in &statements {
            assert!(refused(&tx, sql).await?.is_some(), "carried out after {before}: {sql}");
        }
    }
    tx.rollback().await?;
    // And the triggers hold the superuser, whom no grant holds.
    for sql in statements.iter().filter(|sql| !sql.starts_with("insert into contract (")) {
        assert!(desk.test.db.run(sql).await.is_err(), "carried out: {sql}");
    }
    assert_eq!(desk.read(id).await?, row);
    assert_eq!(desk.broken(id).await?, Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn a_file_that_was_exchanged_is_found() -> Result<()> {
    let desk = Desk::new().await?;
    let row = desk.signed(0).await?;
    assert_eq!(brand_of_contract(&desk.test.db.owner, row.id).await?, Some(desk.brand));
    assert_eq!(brand_of_contract(&desk.test.db.owner, Uuid::nil()).await?, None);
    let sql = format!("select id from contract_document where contract_id = '{}' and part = 'SIGNED'", row.id);
    let document: Uuid = desk.test.db.value(&sql).await?;
    let key = Key::new(CONTRACT_KIND, desk.brand, document);
    let file = desk.test.services.storage.get(key).await?;
    assert!(file.starts_with(b"%PDF-"), "a signed contract is a PDF file");
    desk.test.services.storage.put(key, b"%PDF-1.7 another").await?;
    let broken = desk.broken(row.id).await?;
    assert!(broken.len() == 1 && broken[0].starts_with("the file of the signed document"), "{broken:?}");
    desk.test.services.storage.put(key, &file).await?;
    assert_eq!(desk.broken(row.id).await?, Vec::<String>::new());
    let proofs = verify_contract(&desk.test.services, (desk.brand, row.id)).await?;
    assert_eq!(proofs.len(), 10, "the version, two files, two signatures, each twice, and both together: {proofs:?}");
    Ok(())
}

#[tokio::test]
async fn both_sides_sign_at_once_and_each_counts_once() -> Result<()> {
    let desk = Desk::new().await?;
    let row = desk.begin(10_000).await?;
    let row = desk.approved(&row).await?;
    let row = desk.sent(&row).await?;
    let digest = desk.digest(row.id).await?;
    let secrets = [desk.secret(row.id, ContractSide::Theirs).await?, desk.secret(row.id, ContractSide::Ours).await?];
    let stale = SigningAct::Sign { name: "Sara".to_owned() };
    let other = "00".repeat(32);
    let refused = desk.answer(&secrets[0], stale, &other).await?;
    assert!(
        matches!(&refused, Answered::Refused(_, errors) if errors[0].code == Code::ChangedMeanwhile),
        "{refused:?}"
    );
    assert_eq!(desk.test.db.count("contract_signature").await?, 0);
    let all = (0..20).map(|number| {
        let sign = SigningAct::Sign { name: format!("Somebody {number}") };
        desk.answer(&secrets[number % 2], sign, &digest)
    });
    for answered in futures::future::join_all(all).await {
        let answered = answered?;
        assert!(matches!(answered, Answered::Done), "sent again, it is done already: {answered:?}");
    }
    assert_eq!(desk.test.db.count("contract_signature").await?, 2);
    let signed: i64 = desk.test.db.value("select count(*) from audit_event where action = 'contract.signed'").await?;
    assert_eq!(signed, 1);
    desk.test.run_jobs().await?;
    let documents: String = desk
        .test
        .db
        .value("select string_agg(part || ' ' || state, ', ' order by part) from contract_document")
        .await?;
    assert_eq!(documents, "SIGNED READY, TO_SIGN READY");
    assert_eq!(desk.state(row.id).await?, ContractState::Active);
    Ok(())
}

#[tokio::test]
async fn we_sign_in_the_product_what_we_have_read() -> Result<()> {
    let desk = Desk::new().await?;
    let row = desk.begin(0).await?;
    let row = desk.approved(&row).await?;
    let row = desk.sent(&row).await?;
    let (id, digest) = (row.id, desk.digest(row.id).await?);
    let caller = Caller { address: "192.0.2.9".to_owned(), user_agent: String::new() };
    let signing = |document: &str| Signing {
        name: "Sami Senior".to_owned(),
        document: document.to_owned(),
        caller: caller.clone(),
    };
    let sign = async |context: &Context| sign_contract(context, id, signing(&digest)).await;
    assert_eq!(desk.act(&desk.mid, sign).await?.err(), Some(Code::Forbidden));
    let sign = async |context: &Context| sign_contract(context, id, signing("other")).await;
    assert_eq!(desk.act(&desk.senior, sign).await?.err(), Some(Code::ChangedMeanwhile));
    let sign = async |context: &Context| sign_contract(context, id, signing(&digest)).await;
    assert_eq!(desk.must(&desk.senior, sign).await?.state, ContractState::Sent, "the other side has not signed yet");
    let sign = async |context: &Context| sign_contract(context, id, signing(&digest)).await;
    assert_eq!(desk.act(&desk.chief, sign).await?.err(), Some(Code::AlreadyExists));
    desk.sign(id, ContractSide::Theirs, "سارا کریمی").await?;
    let (name, address): (String, String) = (
        desk.test.db.value("select name from contract_signature where side = 'THEIRS'").await?,
        desk.test.db.value("select address from contract_signature where side = 'OURS'").await?,
    );
    assert_eq!((name.as_str(), address.as_str()), ("سارا کریمی", "192.0.2.9"));
    desk.test.run_jobs().await?;
    assert_eq!(desk.broken(id).await?, Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn nobody_holds_both_ends() -> Result<()> {
    let desk = Desk::new().await?;
    let row = desk.begin(0).await?;
    let row = desk.approved(&row).await?;
    let row = desk.sent(&row).await?;
    let (id, digest) = (row.id, desk.digest(row.id).await?);
    let link = |side| async move |context: &Context| create_signing_link(context, id, side).await;
    let ours = desk.act(&desk.mid, link(ContractSide::Ours)).await?;
    assert_eq!(ours.err(), Some(Code::NotYourTurn), "whoever has the link signs as the SENIOR");
    let theirs = desk.act(&desk.senior, link(ContractSide::Theirs)).await?;
    assert_eq!(theirs.err(), Some(Code::ContractBothSides));
    desk.must(&desk.chief, link(ContractSide::Theirs)).await?;
    let caller = Caller { address: "192.0.2.9".to_owned(), user_agent: String::new() };
    let signing = Signing { name: "Chief".to_owned(), document: digest.clone(), caller };
    let sign = async |context: &Context| sign_contract(context, id, signing).await;
    assert_eq!(desk.act(&desk.chief, sign).await?.err(), Some(Code::ContractBothSides));
    // Whoever has lost the right signs by no link that they still have.
    let secret = desk.secret(id, ContractSide::Ours).await?;
    let place = format!("update membership set level = 'MID' where user_id = '{}'", desk.senior.id);
    desk.test.db.run(&place).await?;
    let late = desk.answer(&secret, SigningAct::Sign { name: "Sami".to_owned() }, &digest).await?;
    assert!(matches!(&late, Answered::Refused(_, errors) if errors[0].code == Code::Forbidden), "{late:?}");
    assert_eq!(desk.test.db.count("contract_signature").await?, 0);
    Ok(())
}

#[tokio::test]
async fn a_brand_that_is_deleted_takes_its_contracts_along() -> Result<()> {
    let desk = Desk::new().await?;
    let row = desk.signed(0).await?;
    let before = desk.test.stored_files()?;
    assert!(before.iter().any(|file| file.starts_with("contract/")), "{before:?}");
    desk.test
        .db
        .run(&format!("update brand set archived_at = now(), deletion_due_at = now() where id = '{}'", desk.brand))
        .await?;
    let gone: i64 = desk
        .test
        .db
        .value(&format!("select app.purge_brand('{}', null, now())", desk.brand))
        .await
        .map_err(|error| anyhow!("the brand is not purged: {error:#}"))?;
    assert!(gone > 0);
    assert_eq!(desk.test.db.count("contract").await?, 0, "{}", row.id);
    assert_eq!(desk.test.db.count("contract_signature").await?, 0);
    Ok(())
}
