//! Payment files held against the official schema, whatever people write; and what SEPA does not carry.

use std::io::Write as _;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, anyhow};
use diwan_domain::Code;
use diwan_domain::payments::{
    BankAccount, PayeeContent, create_payment, open_payment_file, payment_file_link, set_payee, set_payer,
    submit_payment,
};
use diwan_entity::payments::payee::TaxForm;
use diwan_entity::payments::payment::PaymentState;
use diwan_entity::payments::payment_file::{self, PaymentFormat};
use diwan_platform::ids;
use uuid::Uuid;

use crate::payments::desk::{Desk, account, plan};

const SCHEMA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/schemas/pain.001.001.09.xsd");

/// What the official schema says against a file; nothing where it is valid.
fn complaints(xml: &[u8]) -> Result<Option<String>> {
    let mut checking = Command::new("xmllint")
        .args(["--noout", "--nonet", "--schema", SCHEMA, "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .context("there is no xmllint: script/bootstrap --tests installs it")?;
    checking.stdin.take().context("no way in")?.write_all(xml)?;
    let done = checking.wait_with_output()?;
    Ok(if done.status.success() { None } else { Some(String::from_utf8_lossy(&done.stderr).into_owned()) })
}

/// What stands between these two, each time.
fn between<'a>(text: &'a str, open: &str, close: &str) -> Vec<&'a str> {
    text.split(open).skip(1).filter_map(|rest| rest.split_once(close).map(|(inner, _)| inner)).collect()
}

fn cents(text: &str) -> Result<i64> {
    let (whole, part) = text.split_once('.').context("no point")?;
    assert_eq!(part.len(), 2, "{text}");
    Ok(whole.parse::<i64>()? * 100 + part.parse::<i64>()?)
}

async fn payee(desk: &Desk, contract: Uuid, account: BankAccount) -> Result<Result<(), Code>> {
    let content =
        PayeeContent { account, tax_form: TaxForm::NotNeeded, tax_form_note: String::new(), withholding_bp: 0 };
    desk.act(&desk.senior, async |context| set_payee(context, contract, None, content).await.map(drop)).await
}

/// A payment with this title, approved by the CMO at both steps.
async fn approved(desk: &Desk, contract: Uuid, title: &str, amount: i64) -> Result<Uuid> {
    let content = plan(title, amount, None)?;
    let row = desk.must(&desk.mid, async |context| create_payment(context, contract, content).await).await?;
    let (id, version) = (row.id, row.version);
    let (_, request) = desk.must(&desk.mid, async |context| submit_payment(context, id, version).await).await?;
    for step in [1, 2] {
        desk.approve(&desk.chief, &request, step).await?.map_err(|code| anyhow!("{code:?}"))?;
    }
    assert_eq!(desk.payment(id).await?.state, PaymentState::Approved);
    Ok(id)
}

async fn text_of(desk: &Desk, file: &payment_file::Model) -> Result<String> {
    let link = desk.must(&desk.senior, async |context| payment_file_link(context, file)).await?;
    let (url, _) = link.context("no link")?;
    let token = url.path().trim_start_matches("/payment-files/").to_owned();
    Ok(String::from_utf8(open_payment_file(&desk.test.services, &token).await?.bytes)?)
}

/// A contract that runs in this currency, with its whole fee committed on a line of its own.
async fn contract_in(desk: &Desk, currency: &str, fee: i64) -> Result<Uuid> {
    let now = desk.test.services.now();
    let [budget, line, allocated, committed, contract] = std::array::from_fn(|_| ids::new_id(now));
    let (brand, by, now) = (desk.brand, desk.chief.id, now.to_rfc3339());
    desk.test
        .db
        .run(&format!(
            "insert into budget (id, brand_id, name, starts_on, ends_on, currency, state, created_by, created_at, updated_at)
               values ('{budget}', '{brand}', 'Abroad {contract}', '2026-01-01', '2027-12-31', '{currency}', 'OPEN', '{by}', '{now}', '{now}');
             insert into budget_line (id, brand_id, budget_id, position, name, category, created_at)
               values ('{line}', '{brand}', '{budget}', 1, 'People', 'INFLUENCERS', '{now}');
             insert into contract (id, brand_id, kind, title, state, party_name, locale, fee_minor, currency, line_id, starts_on, clauses,
                 shared_version, signer_id, created_by, created_at, updated_at, sent_at, signed_at)
               values ('{contract}', '{brand}', 'VENDOR', 'Abroad', 'ACTIVE', 'Studio', 'en', {fee}, '{currency}', '{line}', '2026-01-01',
                 '[{{\"heading\": \"Work\", \"text\": \"Films\"}}]', 1, '{by}', '{by}', '{now}', '{now}', '{now}', '{now}');
             insert into budget_entry (id, brand_id, budget_id, line_id, kind, amount_minor, source_kind, source_id, actor_id, reason, booked_at)
               values ('{allocated}', '{brand}', '{budget}', '{line}', 'ALLOCATE', {fee}, 'MANUAL', '{allocated}', '{by}', 'Agreed', '{now}');
             insert into budget_entry (id, brand_id, budget_id, line_id, kind, amount_minor, source_kind, source_id, actor_id, reason, booked_at)
               values ('{committed}', '{brand}', '{budget}', '{line}', 'COMMIT', {fee}, 'CONTRACT', '{contract}', '{by}', 'Films', '{now}')"
        ))
        .await?;
    Ok(contract)
}

#[tokio::test]
async fn a_file_is_valid_whatever_people_write() -> Result<()> {
    let desk = Desk::new().await?;
    let (brand, longest) = (desk.brand, "N".repeat(70));
    let whose = [
        ("Lina O'Neil, Müßig & Söhne", "DE89370400440532013000", None),
        ("Lina O'Neil, Müßig + Söhne", "DE89370400440532013000", Some("COBADEFFXXX")),
        (longest.as_str(), "GR1601101250000000012300695", None),
        ("Νίκος", "GR1601101250000000012300695", None),
    ];
    let mut contracts = Vec::new();
    for (name, iban, bic) in whose {
        let contract = desk.contract(50_000, true).await?;
        let to = BankAccount { name: name.to_owned(), iban: iban.to_owned(), bic: bic.map(str::to_owned) };
        match payee(&desk, contract, to).await? {
            Ok(()) => contracts.push(contract),
            // A name in what banks do not take is not guessed: whoever writes it down is asked.
            Err(code) => assert_eq!(code, Code::BankTextOnly, "{name}"),
        }
    }
    let [one, other] = contracts[..] else { return Err(anyhow!("{} were taken", contracts.len())) };
    desk.must(&desk.senior, async |context| set_payer(context, brand, None, account("NL91 ABNA 0417 1643 00")).await)
        .await?;

    let long = "Ä".repeat(200);
    let titles = [
        (one, "Film & <photos> für März: \"now\" > 'then'", 1),
        (other, "Ταινία για το καλοκαίρι", 12_345),
        (one, "סרטון, سه فیلم", 30_000),
        (other, long.as_str(), 10),
        (one, "// 日本 €½ ]]> <!-- &amp; --> =SUM(A1)", 999),
    ];
    let mut ids = Vec::new();
    for (contract, title, amount) in titles {
        ids.push(approved(&desk, contract, title, amount).await?);
    }
    let file = desk.export(PaymentFormat::Sepa, &ids).await?.map_err(|code| anyhow!("{code:?}"))?;
    let text = text_of(&desk, &file).await?;
    assert_eq!(complaints(text.as_bytes())?, None, "{text}");

    // The sums are those of the parts, to the cent.
    let parts = between(&text, r#"<InstdAmt Ccy="EUR">"#, "<").into_iter().map(cents).collect::<Result<Vec<_>>>()?;
    assert_eq!(parts, [1, 12_345, 30_000, 10, 999]);
    assert_eq!((file.payment_count, file.total_minor), (5, 43_355));
    assert_eq!(between(&text, "<CtrlSum>", "<"), ["433.55", "433.55"]);
    assert_eq!(between(&text, "<NbOfTxs>", "<"), ["5", "5"]);

    // What is written is what every bank takes, and nothing is longer than it may be.
    assert_eq!(between(&text, "<Cdtr><Nm>", "<").first().copied(), Some("Lina O&apos;Neil, Mussig + Sohne"));
    let told = between(&text, "<Ustrd>", "<");
    let name = |place: usize| ids[place].simple().to_string();
    assert_eq!(told[0], format!("{} Film photos fur Marz: now &apos;then&apos;", name(0)));
    assert_eq!(told[1], name(1), "no letter of it is one that banks take");
    assert_eq!(told[2], format!("{} ,", name(2)));
    assert_eq!(told[3].len(), 140);
    for line in told {
        let plain = line.replace("&apos;", "'");
        assert!(plain.chars().all(|c| c.is_ascii_alphanumeric() || " /-?:().,'+".contains(c)), "{line}");
    }

    // The check finds what is wrong.
    for (right, wrong) in [("<PmtMtd>TRF<", "<PmtMtd>XYZ<"), ("<ChrgBr>SLEV</ChrgBr>", "<ChrgBr/>"), ("433.55", "1e9")]
    {
        assert!(text.contains(right));
        assert!(complaints(text.replace(right, wrong).as_bytes())?.is_some(), "{wrong} passes");
    }
    Ok(())
}

#[tokio::test]
async fn what_sepa_does_not_carry_goes_into_no_file_of_it() -> Result<()> {
    let desk = Desk::new().await?;
    let brand = desk.brand;
    desk.must(&desk.senior, async |context| set_payer(context, brand, None, account("NL91 ABNA 0417 1643 00")).await)
        .await?;
    let german = || account("DE89 3704 0044 0532 0130 00");
    // A cent more than one transfer of SEPA carries; currencies without decimals and with three; an account outside of SEPA.
    let cases = [
        ("EUR", 100_000_000_000, german(), Code::NotTransferable, "1000000000.00"),
        ("JPY", 12_345, german(), Code::CurrencyNotSepa, "12345"),
        ("KWD", 12_345, german(), Code::CurrencyNotSepa, "12.345"),
        ("EUR", 12_345, account("SA03 8000 0000 6080 1016 7519"), Code::AccountNotSepa, "123.45"),
    ];
    for (currency, amount, to, code, written) in cases {
        let contract = contract_in(&desk, currency, amount).await?;
        payee(&desk, contract, to).await?.map_err(|code| anyhow!("{code:?}"))?;
        let id = approved(&desk, contract, "Abroad", amount).await?;
        let refused = desk.export(PaymentFormat::Sepa, &[id]).await?;
        assert_eq!(refused.err(), Some(code), "{currency} {amount}");
        let files: i64 = desk.test.db.value("select count(*) from payment_file where format = 'SEPA'").await?;
        assert_eq!((files, desk.payment(id).await?.state), (0, PaymentState::Approved));
        // The other form takes it, in the decimals of its currency.
        let file = desk.export(PaymentFormat::Csv, &[id]).await?.map_err(|code| anyhow!("{code:?}"))?;
        let text = text_of(&desk, &file).await?;
        assert!(text.contains(&format!(",{written},{currency},")), "{text}");
    }
    Ok(())
}
