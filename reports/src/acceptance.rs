//! The page of a proposal's file that says how it was accepted.

use typst::foundations::{Array, Dict, IntoValue, dict};

use crate::text::{is_rtl, line};

/// The longest name or label that is shown whole, in characters.
const NAME: usize = 400;

/// How a proposal was accepted, in the words of its language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposalAcceptance {
    /// Above the page.
    pub heading: String,
    /// The name that was typed.
    pub name: String,
    /// What is known of it: what each is called, and what it is.
    pub lines: Vec<(String, String)>,
    /// What the digest of what was accepted is called, and the digest: 64 hexadecimal digits.
    pub document: (String, String),
    /// What stands below the sums, in place of what is said of options that nobody has taken yet.
    pub note: String,
}

/// The values that the template reads. `rtl`: whether the page runs from right to left.
pub(crate) fn inputs(acceptance: &ProposalAcceptance, rtl: bool) -> Dict {
    let said = |text: &str| {
        let text = line(text, NAME);
        let rtl = is_rtl(&text, rtl);
        dict! { "text" => text, "rtl" => rtl }
    };
    let pair =
        |(label, value): &(String, String)| dict! { "label" => line(label, NAME), "value" => said(value) }.into_value();
    let (label, hash) = &acceptance.document;
    dict! {
        "heading" => line(&acceptance.heading, NAME),
        "name" => said(&acceptance.name),
        "lines" => acceptance.lines.iter().map(pair).collect::<Array>(),
        "label" => line(label, NAME),
        "hash" => hash.clone(),
    }
}
