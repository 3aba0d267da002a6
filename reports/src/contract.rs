//! A contract as a document, and with the page of its signatures.

use chrono::{DateTime, Utc};
use typst::foundations::{Array, Dict, IntoValue, Value, dict};

use crate::RenderError;
use crate::language::{Digits, Language};
use crate::render;
use crate::text::{is_rtl, line};
use crate::words::words;

/// The longest name, heading or label that is shown whole, in characters.
const NAME: usize = 300;
/// The longest text of a term, likewise.
const TERM: usize = 2_000;

const TEMPLATE: (&str, &str) = ("contract.typ", include_str!("../templates/contract.typ"));

/// A clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// What it is about; empty where it has no heading.
    pub heading: String,
    /// What it says; lines stay as they are broken.
    pub text: String,
}

/// A signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaperSignature {
    /// For whom it was signed.
    pub side: String,
    /// The name that was typed.
    pub name: String,
    /// What is known of it: what each is called, and what it is.
    pub lines: Vec<(String, String)>,
}

/// Everything that a contract's document shows, in its language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractPaper {
    /// The language, which also sets the direction of the page.
    pub language: Language,
    /// Whether the numbers of pages and clauses have the language's own digits.
    pub local_digits: bool,
    /// What kind of contract it is.
    pub kind: String,
    /// What it is called.
    pub title: String,
    /// Between whom.
    pub between: String,
    /// Whose paper it is.
    pub agency: String,
    /// Above the terms.
    pub terms_heading: String,
    /// What each term is called, and what it is.
    pub terms: Vec<(String, String)>,
    /// Its clauses, which are numbered.
    pub clauses: Vec<Clause>,
    /// Above the signatures.
    pub signatures_heading: String,
    /// Who has signed; without any there is no page of signatures.
    pub signatures: Vec<PaperSignature>,
    /// What the digest of the document that was signed is called, and the digest.
    pub document: Option<(String, String)>,
    /// Which version it is, at the foot of each page.
    pub version: String,
    /// When it was made; also the creation date inside the file.
    pub made_at: DateTime<Utc>,
}

/// Renders a contract as a PDF file. The same contract gives the same bytes. The work is done on the calling thread: an asynchronous
/// caller hands it to a blocking thread.
pub fn contract_pdf(paper: &ContractPaper) -> Result<Vec<u8>, RenderError> {
    render::pdf(TEMPLATE, inputs(paper), paper.made_at)
}

/// A text with the direction it reads in, as lines.
fn said(paper: &ContractPaper, text: &str, most: usize) -> Dict {
    let lines: Vec<String> = text.split('\n').map(|one| line(one, most)).collect();
    let rtl = is_rtl(text, paper.language.is_rtl());
    dict! { "lines" => lines.into_iter().map(IntoValue::into_value).collect::<Array>(), "rtl" => rtl }
}

fn pairs(paper: &ContractPaper, pairs: &[(String, String)]) -> Array {
    let pair = |(label, value): &(String, String)| {
        dict! { "label" => line(label, NAME), "value" => said(paper, value, TERM) }.into_value()
    };
    pairs.iter().map(pair).collect()
}

/// The values the template reads.
fn inputs(paper: &ContractPaper) -> Dict {
    let language = paper.language;
    let digits = if paper.local_digits { Digits::Local } else { Digits::Latin };
    let clauses = paper.clauses.iter().map(|clause| {
        dict! { "heading" => said(paper, &clause.heading, NAME), "text" => said(paper, &clause.text, usize::MAX) }
            .into_value()
    });
    let signatures = paper.signatures.iter().map(|signature| {
        dict! {
            "side" => said(paper, &signature.side, NAME),
            "name" => said(paper, &signature.name, NAME),
            "lines" => pairs(paper, &signature.lines),
        }
        .into_value()
    });
    let document = paper.document.as_ref().map_or(Value::None, |(label, hash)| {
        dict! { "label" => line(label, NAME), "hash" => hash.clone() }.into_value()
    });
    dict! {
        "lang" => language.code(),
        "region" => language.region(),
        "rtl" => language.is_rtl(),
        "fonts" => language.families().into_iter().map(IntoValue::into_value).collect::<Array>(),
        "digits" => language.digits(digits).into_iter().map(IntoValue::into_value).collect::<Array>(),
        "page" => words(language).page,
        "kind" => line(&paper.kind, NAME),
        "title" => said(paper, &paper.title, NAME),
        "between" => said(paper, &paper.between, TERM),
        "agency" => said(paper, &paper.agency, NAME),
        "terms-heading" => line(&paper.terms_heading, NAME),
        "terms" => pairs(paper, &paper.terms),
        "clauses" => clauses.collect::<Array>(),
        "signatures-heading" => line(&paper.signatures_heading, NAME),
        "signatures" => signatures.collect::<Array>(),
        "document" => document,
        "version" => line(&paper.version, NAME),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paper(language: Language, signatures: usize) -> ContractPaper {
        let pair = |label: &str, value: &str| (label.to_owned(), value.to_owned());
        ContractPaper {
            language,
            local_digits: matches!(language, Language::Fa | Language::Ar),
            kind: "Contract with an influencer".to_owned(),
            title: "قرارداد بهار #strong[x]".to_owned(),
            between: "Nour Agency and سارا".to_owned(),
            agency: "Nour Agency".to_owned(),
            terms_heading: "Terms".to_owned(),
            terms: vec![pair("Fee", "1,000.00 EUR"), pair("Address", "Line one\nLine two")],
            clauses: (1..=40)
                .map(|number| Clause {
                    heading: if number % 2 == 0 { String::new() } else { format!("Clause {number}") },
                    text: "Two films.\n\nסרטון אחד, فیلم دیگر. $x$ *not bold* = no heading".repeat(4),
                })
                .collect(),
            signatures_heading: "Signatures".to_owned(),
            signatures: (0..signatures)
                .map(|_| PaperSignature {
                    side: "Nour".to_owned(),
                    name: "سارا کریمی".to_owned(),
                    lines: vec![pair("Signed", "1 March 2026 at 10:00"), pair("From", "2001:db8::1")],
                })
                .collect(),
            document: (signatures > 0).then(|| pair("SHA-256", &"0f".repeat(32))),
            version: "Version 3".to_owned(),
            made_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_contract_is_laid_out_without_warnings_in_every_language() {
        for language in Language::ALL {
            for signatures in [0, 2] {
                let laid = render::compile(TEMPLATE, inputs(&paper(language, signatures))).unwrap();
                assert!(laid.warnings.is_empty(), "{language:?}: {:?}", laid.warnings);
            }
        }
    }

    #[test]
    fn the_same_contract_is_the_same_file_and_a_signature_another() {
        let first = contract_pdf(&paper(Language::Fa, 0)).unwrap();
        assert!(first.starts_with(b"%PDF-1."));
        assert_eq!(first, contract_pdf(&paper(Language::Fa, 0)).unwrap());
        assert_ne!(first, contract_pdf(&paper(Language::Fa, 2)).unwrap());
    }
}
