//! A contract on paper: what the document says, from the version that it is of.

use diwan_entity::contracts::contract;
use diwan_entity::contracts::contract_signature::{self, ContractSide};
use diwan_entity::tenancy::agency::Locale;
use diwan_reports::{Clause as PaperClause, ContractPaper, Language, PaperSignature};
use sea_orm::ActiveEnum as _;

use super::content::clauses_of;
use super::words::{Names, between, kind_in_words, moment, terms};
use crate::error::{Arg, Failure};
use crate::messages::message;

/// A contract as a document. With signatures it has a page of them, which names the file that was signed.
pub(super) fn paper(
    names: &Names,
    row: &contract::Model,
    amends: Option<&contract::Model>,
    signatures: &[contract_signature::Model],
    made_at: chrono::DateTime<chrono::Utc>,
) -> Result<ContractPaper, Failure> {
    let locale = row.locale;
    let say = |key: &str| message(locale, key, &[]);
    let text = |value: &str| Arg::Text(value.to_owned().into());
    let zone = names.zone()?;
    let mut all = terms(locale, row);
    if let Some(amended) = amends {
        let when = amended.signed_at.map(|at| moment(locale, zone, at)).unwrap_or_default();
        let said = message(locale, "contract-amends", &[("title", text(&amended.title)), ("when", text(&when))]);
        all.insert(0, (say("contract-amendment"), said));
    }
    let signed = signatures.iter().map(|signature| {
        let side = if signature.side == ContractSide::Ours { &names.agency } else { &row.party_name };
        PaperSignature {
            side: side.clone(),
            name: signature.name.clone(),
            lines: vec![
                (say("contract-signed-at"), moment(locale, zone, signature.signed_at)),
                (say("contract-signed-at-utc"), signature.signed_at.format("%F %T UTC").to_string()),
                (say("contract-signed-from"), signature.address.clone()),
            ],
        }
    });
    let hash = signatures.first().map(|signature| data_encoding::HEXLOWER.encode(&signature.document_sha256));
    Ok(ContractPaper {
        language: Language::from_code(&locale.to_value().to_lowercase()).unwrap_or(Language::En),
        local_digits: matches!(locale, Locale::Fa | Locale::Ar),
        kind: kind_in_words(locale, row),
        title: row.title.clone(),
        between: between(locale, names, row),
        agency: names.agency.clone(),
        terms_heading: say("contract-terms"),
        terms: all,
        clauses: clauses_of(&row.clauses)?
            .into_iter()
            .map(|clause| PaperClause { heading: clause.heading, text: clause.text })
            .collect(),
        signatures_heading: say("contract-signatures"),
        signatures: signed.collect(),
        // The document that was put before both sides, so that anybody can hold the two against each other.
        document: hash.map(|hash| (say("contract-document-hash"), hash)),
        version: message(locale, "contract-version", &[("number", Arg::Number(row.version.into()))]),
        made_at,
    })
}
