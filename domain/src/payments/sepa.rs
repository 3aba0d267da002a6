//! A payment file for banks: a customer credit transfer initiation, `pain.001.001.09` of ISO 20022, as the implementation guidelines of the
//! European Payments Council for SEPA credit transfers use it.

use std::io;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::account::{BankAccount, bank_text};
use crate::error::Fault;
use crate::finance::written;

/// The one currency of SEPA.
pub(super) const CURRENCY: &str = "EUR";
/// The most of one transfer, in cents: 999,999,999.99.
pub(super) const MOST_MINOR: i64 = 99_999_999_999;
const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09";
/// The longest text that goes to who is paid.
const MOST_REMITTANCE: usize = 140;

/// One transfer.
#[derive(Debug)]
pub(super) struct Transfer {
    /// By which whoever is paid knows it, up to 35 characters.
    pub end_to_end: String,
    /// How much, in cents.
    pub minor: i64,
    pub creditor: BankAccount,
    /// What it is for, in any characters.
    pub about: String,
}

/// What is ordered.
#[derive(Debug)]
pub(super) struct Order {
    /// By which the bank knows the file, up to 35 characters, never used twice.
    pub message_id: String,
    pub created_at: DateTime<Utc>,
    /// The day on which it is paid.
    pub execute_on: NaiveDate,
    pub debtor: BankAccount,
    pub transfers: Vec<Transfer>,
}

type Xml = Writer<Vec<u8>>;

/// Elements in each other, the innermost with this text, escaped.
fn text(xml: &mut Xml, path: &[&str], value: &str) -> io::Result<()> {
    match path {
        [] => Ok(()),
        [name] => xml.create_element(*name).write_text_content(BytesText::new(value)).map(|_| ()),
        [name, below @ ..] => xml.create_element(*name).write_inner_content(|xml| text(xml, below, value)).map(|_| ()),
    }
}

/// The bank of an account: by its BIC, or as the guidelines say that it follows from the IBAN.
fn agent(xml: &mut Xml, name: &str, account: &BankAccount) -> io::Result<()> {
    match &account.bic {
        Some(bic) => text(xml, &[name, "FinInstnId", "BICFI"], bic),
        None => text(xml, &[name, "FinInstnId", "Othr", "Id"], "NOTPROVIDED"),
    }
}

/// How many transfers there are, and their sum.
fn totals(xml: &mut Xml, order: &Order, sum: i64) -> io::Result<()> {
    text(xml, &["NbOfTxs"], &order.transfers.len().to_string())?;
    text(xml, &["CtrlSum"], &written(sum, CURRENCY))
}

fn transfer(xml: &mut Xml, transfer: &Transfer) -> io::Result<()> {
    text(xml, &["PmtId", "EndToEndId"], &transfer.end_to_end)?;
    xml.create_element("Amt").write_inner_content(|xml| {
        let amount = written(transfer.minor, CURRENCY);
        let element = xml.create_element("InstdAmt").with_attribute(("Ccy", CURRENCY));
        element.write_text_content(BytesText::new(&amount)).map(|_| ())
    })?;
    if transfer.creditor.bic.is_some() {
        agent(xml, "CdtrAgt", &transfer.creditor)?;
    }
    text(xml, &["Cdtr", "Nm"], &transfer.creditor.name)?;
    text(xml, &["CdtrAcct", "Id", "IBAN"], &transfer.creditor.iban)?;
    let about = bank_text(&format!("{} {}", transfer.end_to_end, transfer.about), MOST_REMITTANCE);
    text(xml, &["RmtInf", "Ustrd"], &about)
}

fn payment(xml: &mut Xml, order: &Order, sum: i64) -> io::Result<()> {
    text(xml, &["PmtInfId"], &order.message_id)?;
    text(xml, &["PmtMtd"], "TRF")?;
    totals(xml, order, sum)?;
    text(xml, &["PmtTpInf", "SvcLvl", "Cd"], "SEPA")?;
    text(xml, &["ReqdExctnDt", "Dt"], &order.execute_on.format("%F").to_string())?;
    text(xml, &["Dbtr", "Nm"], &order.debtor.name)?;
    text(xml, &["DbtrAcct", "Id", "IBAN"], &order.debtor.iban)?;
    agent(xml, "DbtrAgt", &order.debtor)?;
    text(xml, &["ChrgBr"], "SLEV")?;
    for each in &order.transfers {
        xml.create_element("CdtTrfTxInf").write_inner_content(|xml| transfer(xml, each))?;
    }
    Ok(())
}

/// Writes the file. The same order is the same bytes.
pub(super) fn pain(order: &Order) -> Result<Vec<u8>, Fault> {
    let sum = order.transfers.iter().try_fold(0_i64, |sum, transfer| sum.checked_add(transfer.minor));
    let sum = sum.ok_or_else(|| Fault::broken("a payment file beyond all limits"))?;
    let mut xml = Writer::new(Vec::new());
    let write = |xml: &mut Xml| -> io::Result<()> {
        xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        xml.create_element("Document").with_attribute(("xmlns", NAMESPACE)).write_inner_content(|xml| {
            xml.create_element("CstmrCdtTrfInitn")
                .write_inner_content(|xml| {
                    xml.create_element("GrpHdr").write_inner_content(|xml| {
                        text(xml, &["MsgId"], &order.message_id)?;
                        text(xml, &["CreDtTm"], &order.created_at.to_rfc3339_opts(SecondsFormat::Secs, true))?;
                        totals(xml, order, sum)?;
                        text(xml, &["InitgPty", "Nm"], &order.debtor.name)
                    })?;
                    xml.create_element("PmtInf").write_inner_content(|xml| payment(xml, order, sum))?;
                    Ok(())
                })
                .map(|_| ())
        })?;
        Ok(())
    };
    write(&mut xml).map_err(|error| Fault::broken(format!("writing a payment file: {error}")))?;
    Ok(xml.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(name: &str, iban: &str, bic: Option<&str>) -> BankAccount {
        BankAccount { name: name.to_owned(), iban: iban.to_owned(), bic: bic.map(str::to_owned) }
    }

    fn order() -> Order {
        let lina = account("Lina O'Neil", "DE89370400440532013000", Some("COBADEFFXXX"));
        let sami = account("Sami", "GR1601101250000000012300695", None);
        let transfer = |end: &str, minor, creditor, about: &str| Transfer {
            end_to_end: end.to_owned(),
            minor,
            creditor,
            about: about.to_owned(),
        };
        Order {
            message_id: "M1".to_owned(),
            created_at: DateTime::from_timestamp(1_800_000_000, 0).unwrap(),
            execute_on: NaiveDate::from_ymd_opt(2027, 1, 18).unwrap(),
            debtor: account("Nour Agency", "NL91ABNA0417164300", Some("ABNANL2A")),
            transfers: vec![
                transfer("P1", 100_005, lina, "Film & <photos> für März"),
                transfer("P2", 7, sami, "سه فیلم"),
            ],
        }
    }

    /// Every text of the file with the way to it.
    fn read(xml: &str) -> Vec<(String, String)> {
        let (mut path, mut found) = (Vec::new(), Vec::new());
        for part in xml.split('<').skip(1) {
            let (tag, text) = part.split_once('>').unwrap();
            if tag.starts_with('/') {
                path.pop();
            } else if !tag.starts_with('?') {
                path.push(tag.split(' ').next().unwrap());
                if !text.is_empty() {
                    found.push((path.join("/"), text.to_owned()));
                }
            }
        }
        found
    }

    #[test]
    fn the_file_has_what_the_standard_asks_for_in_its_order() {
        let text = String::from_utf8(pain(&order()).unwrap()).unwrap();
        let all = read(&text);
        let head = "Document/CstmrCdtTrfInitn/GrpHdr";
        let pay = "Document/CstmrCdtTrfInitn/PmtInf";
        let expected = [
            (format!("{head}/MsgId"), "M1"),
            (format!("{head}/CreDtTm"), "2027-01-15T08:00:00Z"),
            (format!("{head}/NbOfTxs"), "2"),
            (format!("{head}/CtrlSum"), "1000.12"),
            (format!("{head}/InitgPty/Nm"), "Nour Agency"),
            (format!("{pay}/PmtInfId"), "M1"),
            (format!("{pay}/PmtMtd"), "TRF"),
            (format!("{pay}/NbOfTxs"), "2"),
            (format!("{pay}/CtrlSum"), "1000.12"),
            (format!("{pay}/PmtTpInf/SvcLvl/Cd"), "SEPA"),
            (format!("{pay}/ReqdExctnDt/Dt"), "2027-01-18"),
            (format!("{pay}/Dbtr/Nm"), "Nour Agency"),
            (format!("{pay}/DbtrAcct/Id/IBAN"), "NL91ABNA0417164300"),
            (format!("{pay}/DbtrAgt/FinInstnId/BICFI"), "ABNANL2A"),
            (format!("{pay}/ChrgBr"), "SLEV"),
            (format!("{pay}/CdtTrfTxInf/PmtId/EndToEndId"), "P1"),
            (format!("{pay}/CdtTrfTxInf/Amt/InstdAmt"), "1000.05"),
            (format!("{pay}/CdtTrfTxInf/CdtrAgt/FinInstnId/BICFI"), "COBADEFFXXX"),
        ];
        let shown: Vec<(String, &str)> = all.iter().map(|(path, text)| (path.clone(), text.as_str())).collect();
        assert_eq!(shown[..expected.len()], expected);
        assert!(text.contains("<Ustrd>P1 Film photos fur Marz</Ustrd>"), "{text}");
        // What has no letters that banks take is told by its reference alone.
        assert!(text.contains("<Ustrd>P2</Ustrd>"), "{text}");
        assert!(text.contains(r#"<InstdAmt Ccy="EUR">0.07</InstdAmt></Amt><Cdtr>"#), "no BIC, no agent: {text}");
        assert!(text.contains("Lina O&apos;Neil"), "{text}");
        assert!(text.starts_with(
            r#"<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09">"#
        ));
    }

    #[test]
    fn the_same_order_is_the_same_file() {
        assert_eq!(pain(&order()).unwrap(), pain(&order()).unwrap());
    }
}
