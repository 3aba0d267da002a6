//! The file of a proposal: what the client reads, on paper.

use std::sync::OnceLock;

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};
use chrono_tz::Tz;
use typst::comemo;
use typst::diag::{SourceDiagnostic, Warned};
use typst::foundations::{Array, Datetime, Dict, IntoValue, Value, dict};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, Timestamp};

use crate::acceptance::{self, ProposalAcceptance};
use crate::language::{Digits, Language};
use crate::month::RenderError;
use crate::text::{Style, is_rtl, line};
use crate::words::words;
use crate::world::ReportWorld;

/// The longest line of a person's text that is shown whole.
const LINE: usize = 20_000;
/// The longest name that is shown whole.
const NAME: usize = 400;

/// Everything the file of a proposal shows. Numbers and amounts come as they are to be read.
#[derive(Clone, Debug)]
pub struct ProposalFile {
    /// Who offers.
    pub agency: String,
    /// For which brand.
    pub brand: String,
    /// What the proposal is called.
    pub title: String,
    /// To whom it is sent.
    pub client: String,
    /// The language of everything the file itself says, which also sets the direction of the page.
    pub language: Language,
    /// The digits of numbers and dates.
    pub digits: Digits,
    /// The brand's time zone.
    pub time_zone: Tz,
    /// Which version it is.
    pub version: i32,
    /// When it was sent; also the creation date inside the file.
    pub sent_at: DateTime<Utc>,
    /// The last day on which it can be accepted.
    pub valid_until: NaiveDate,
    /// Of all amounts, ISO 4217.
    pub currency: String,
    /// Its text.
    pub sections: Vec<ProposalPart>,
    /// What is to be done, each part with its number.
    pub scope: Vec<ProposalPart>,
    /// What is offered.
    pub lines: Vec<ProposalLine>,
    /// What the client may take or leave.
    pub options: Vec<ProposalLine>,
    /// What the lines come to without tax.
    pub net: String,
    /// The tax.
    pub tax: String,
    /// What is to be paid.
    pub gross: String,
    /// The terms.
    pub terms: String,
    /// How it was accepted: a page of its own at the end.
    pub acceptance: Option<ProposalAcceptance>,
}

/// A heading, and what stands below it.
#[derive(Clone, Debug)]
pub struct ProposalPart {
    /// The heading.
    pub heading: String,
    /// Plain text; its line ends are kept.
    pub body: String,
}

/// Something that is offered.
#[derive(Clone, Debug)]
pub struct ProposalLine {
    /// What.
    pub name: String,
    /// What belongs to it; its line ends are kept.
    pub detail: String,
    /// How much of it.
    pub quantity: String,
    /// Of what.
    pub unit: String,
    /// What one costs.
    pub unit_price: String,
    /// What is taken off, if anything.
    pub discount: Option<String>,
    /// The tax on it, in percent.
    pub tax_percent: String,
    /// What it comes to without tax.
    pub net: String,
}

/// The fixed words of the file in one language.
struct Words {
    proposal: &'static str,
    for_client: &'static str,
    /// Valid until `{when}`.
    valid_until: &'static str,
    version: &'static str,
    scope: &'static str,
    lines: &'static str,
    options: &'static str,
    quantity: &'static str,
    unit_price: &'static str,
    discount: &'static str,
    tax_column: &'static str,
    amount: &'static str,
    net: &'static str,
    tax: &'static str,
    gross: &'static str,
    terms: &'static str,
    /// Amounts are in `{currency}`; options are not in them.
    note: &'static str,
}

const fn own_words(language: Language) -> &'static Words {
    match language {
        Language::En => &EN,
        Language::Fa => &FA,
        Language::Ar => &AR,
        Language::El => &EL,
        Language::He => &HE,
    }
}

static EN: Words = Words {
    proposal: "Proposal",
    for_client: "For",
    valid_until: "Valid until {when}",
    version: "Version",
    scope: "What we will do",
    lines: "What it costs",
    options: "Options",
    quantity: "Quantity",
    unit_price: "Unit price",
    discount: "Discount",
    tax_column: "Tax %",
    amount: "Amount",
    net: "Without tax",
    tax: "Tax",
    gross: "To be paid",
    terms: "Terms",
    note: "All amounts are in {currency}. Options are not in the sums.",
};

static FA: Words = Words {
    proposal: "پیشنهاد",
    for_client: "برای",
    valid_until: "معتبر تا {when}",
    version: "نسخه",
    scope: "آنچه انجام می‌دهیم",
    lines: "هزینه‌ها",
    options: "گزینه‌ها",
    quantity: "مقدار",
    unit_price: "قیمت واحد",
    discount: "تخفیف",
    tax_column: "مالیات ٪",
    amount: "مبلغ",
    net: "بدون مالیات",
    tax: "مالیات",
    gross: "قابل پرداخت",
    terms: "شرایط",
    note: "همهٔ مبلغ‌ها به {currency} است. گزینه‌ها در جمع‌ها نیامده‌اند.",
};

static AR: Words = Words {
    proposal: "عرض",
    for_client: "إلى",
    valid_until: "صالح حتى {when}",
    version: "النسخة",
    scope: "ما سننجزه",
    lines: "التكلفة",
    options: "خيارات",
    quantity: "الكمية",
    unit_price: "سعر الوحدة",
    discount: "الخصم",
    tax_column: "الضريبة ٪",
    amount: "المبلغ",
    net: "بدون الضريبة",
    tax: "الضريبة",
    gross: "المستحق",
    terms: "الشروط",
    note: "جميع المبالغ بعملة {currency}. لا تدخل الخيارات في المجاميع.",
};

static EL: Words = Words {
    proposal: "Προσφορά",
    for_client: "Προς",
    valid_until: "Ισχύει έως {when}",
    version: "Έκδοση",
    scope: "Τι θα κάνουμε",
    lines: "Τι κοστίζει",
    options: "Επιλογές",
    quantity: "Ποσότητα",
    unit_price: "Τιμή μονάδας",
    discount: "Έκπτωση",
    tax_column: "Φόρος %",
    amount: "Ποσό",
    net: "Χωρίς φόρο",
    tax: "Φόρος",
    gross: "Πληρωτέο",
    terms: "Όροι",
    note: "Όλα τα ποσά είναι σε {currency}. Οι επιλογές δεν περιλαμβάνονται στα σύνολα.",
};

static HE: Words = Words {
    proposal: "הצעה",
    for_client: "עבור",
    valid_until: "בתוקף עד {when}",
    version: "גרסה",
    scope: "מה נעשה",
    lines: "כמה זה עולה",
    options: "אפשרויות",
    quantity: "כמות",
    unit_price: "מחיר ליחידה",
    discount: "הנחה",
    tax_column: "מס %",
    amount: "סכום",
    net: "ללא מס",
    tax: "מס",
    gross: "לתשלום",
    terms: "תנאים",
    note: "כל הסכומים ב־{currency}. האפשרויות אינן כלולות בסכומים.",
};

/// The template, parsed once.
fn template() -> Result<Source, RenderError> {
    static SOURCE: OnceLock<Source> = OnceLock::new();
    if let Some(source) = SOURCE.get() {
        return Ok(source.clone());
    }
    let path = VirtualPath::new("proposal.typ").map_err(|_| RenderError::Template("its name".to_owned()))?;
    let id = FileId::new(RootedPath::new(VirtualRoot::Project, path));
    Ok(SOURCE.get_or_init(|| Source::new(id, include_str!("../templates/proposal.typ").to_owned())).clone())
}

/// Renders a proposal as a PDF file.
///
/// The same proposal gives the same bytes. The work is done on the calling thread: an asynchronous caller hands it to a blocking one.
pub fn proposal_pdf(file: &ProposalFile) -> Result<Vec<u8>, RenderError> {
    let warned = compile(file)?;
    let pdf = warned.output.and_then(|document| {
        let options = PdfOptions { timestamp: timestamp(file.sent_at), ..PdfOptions::default() };
        typst_pdf::pdf(&document, &options).map_err(|errors| template_error(&errors))
    });
    // Typst remembers every layout for the next compilation; the next file is another one.
    comemo::evict(0);
    pdf
}

/// Lays the file out. Warnings are faults of the template, which the tests look for.
fn compile(file: &ProposalFile) -> Result<Warned<Result<PagedDocument, RenderError>>, RenderError> {
    let world = ReportWorld::new(template()?, inputs(file));
    Ok(typst::compile::<PagedDocument>(&world).map(|output| output.map_err(|errors| template_error(&errors))))
}

fn template_error(errors: &[SourceDiagnostic]) -> RenderError {
    RenderError::Template(errors.iter().map(|error| error.message.as_str()).collect::<Vec<_>>().join("; "))
}

fn timestamp(at: DateTime<Utc>) -> Option<Timestamp> {
    let part = |value: u32| u8::try_from(value).ok();
    let at = Datetime::from_ymd_hms(
        at.year(),
        part(at.month())?,
        part(at.day())?,
        part(at.hour())?,
        part(at.minute())?,
        part(at.second())?,
    );
    at.map(Timestamp::new_utc)
}

/// The values the template reads.
fn inputs(file: &ProposalFile) -> Dict {
    let language = file.language;
    let style = Style { language, digits: file.digits, time_zone: file.time_zone, words: words(language) };
    let own = own_words(language);
    let day = |date: NaiveDate| {
        let month = style.words.months_in_dates[date.month0() as usize];
        format!("{} {month} {}", style.local(&date.day().to_string()), style.local(&date.year().to_string()))
    };
    let sent = file.sent_at.with_timezone(&file.time_zone).date_naive();
    let accepted = file.acceptance.as_ref();
    let note = || own.note.replace("{currency}", &file.currency);
    dict! {
        "lang" => language.code(),
        "region" => language.region(),
        "rtl" => language.is_rtl(),
        "fonts" => language.families().into_iter().map(IntoValue::into_value).collect::<Array>(),
        "digits" => language.digits(file.digits).into_iter().map(IntoValue::into_value).collect::<Array>(),
        "document-title" => line(&file.title, NAME),
        "agency" => said(&style, &file.agency),
        "brand" => said(&style, &file.brand),
        "title" => said(&style, &file.title),
        "client" => said(&style, &file.client),
        "sent" => day(sent),
        "valid-until" => own.valid_until.replace("{when}", &day(file.valid_until)),
        "version" => format!("{} {}", own.version, style.local(&file.version.to_string())),
        "note" => accepted.map_or_else(note, |accepted| line(&accepted.note, NAME)),
        "currency" => file.currency.clone(),
        "net" => file.net.clone(),
        "tax" => file.tax.clone(),
        "gross" => file.gross.clone(),
        "sections" => parts(&style, &file.sections),
        "scope" => parts(&style, &file.scope),
        "lines" => lines(&style, &file.lines),
        "options" => lines(&style, &file.options),
        "terms" => paragraphs(&style, &file.terms),
        "acceptance" => accepted.map_or(Value::None, |accepted| {
            acceptance::inputs(accepted, language.is_rtl()).into_value()
        }),
        "words" => dict! {
            "proposal" => own.proposal,
            "for-client" => own.for_client,
            "scope" => own.scope,
            "lines" => own.lines,
            "options" => own.options,
            "quantity" => own.quantity,
            "unit-price" => own.unit_price,
            "discount" => own.discount,
            "tax-column" => own.tax_column,
            "amount" => own.amount,
            "net" => own.net,
            "tax" => own.tax,
            "gross" => own.gross,
            "terms" => own.terms,
            "page" => style.words.page,
        },
    }
}

/// A person's line with the direction it reads in.
fn said(style: &Style, text: &str) -> Dict {
    let text = line(text, NAME);
    let rtl = is_rtl(&text, style.language.is_rtl());
    dict! { "text" => text, "rtl" => rtl }
}

/// A person's text as its lines, each in the direction it reads in; an empty line stays one.
fn paragraphs(style: &Style, text: &str) -> Array {
    let one = |raw: &str| {
        let text = line(raw, LINE);
        let rtl = is_rtl(&text, style.language.is_rtl());
        dict! { "text" => text, "rtl" => rtl }.into_value()
    };
    if text.trim().is_empty() { Array::new() } else { text.lines().map(one).collect() }
}

fn parts(style: &Style, parts: &[ProposalPart]) -> Array {
    let part = |part: &ProposalPart| {
        dict! { "heading" => said(style, &part.heading), "body" => paragraphs(style, &part.body) }.into_value()
    };
    parts.iter().map(part).collect()
}

fn lines(style: &Style, lines: &[ProposalLine]) -> Array {
    let one = |row: &ProposalLine| {
        dict! {
            "name" => said(style, &row.name),
            "detail" => paragraphs(style, &row.detail),
            "quantity" => row.quantity.clone(),
            "unit" => said(style, &row.unit),
            "unit-price" => row.unit_price.clone(),
            "discount" => row.discount.clone().map_or(Value::None, IntoValue::into_value),
            "tax-percent" => row.tax_percent.clone(),
            "net" => row.net.clone(),
        }
        .into_value()
    };
    lines.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;

    use super::*;

    fn file(language: Language) -> ProposalFile {
        let line = |name: &str, discount: Option<&str>| ProposalLine {
            name: name.to_owned(),
            detail: "In two languages\n\nWith subtitles".to_owned(),
            quantity: "2.5".to_owned(),
            unit: "day".to_owned(),
            unit_price: "1,000.00".to_owned(),
            discount: discount.map(str::to_owned),
            tax_percent: "19".to_owned(),
            net: "2,500.00".to_owned(),
        };
        ProposalFile {
            agency: "Kiosk".to_owned(),
            brand: "دریا".to_owned(),
            title: "A spring with films #set text(red)".to_owned(),
            client: "Amal".to_owned(),
            language,
            digits: Digits::Local,
            time_zone: chrono_tz::Asia::Tehran,
            version: 3,
            sent_at: Utc.with_ymd_and_hms(2026, 3, 20, 21, 0, 0).unwrap(),
            valid_until: NaiveDate::from_ymd_opt(2026, 4, 20).unwrap(),
            currency: "EUR".to_owned(),
            sections: vec![ProposalPart { heading: "Why".to_owned(), body: "Because.\n\nسلام".to_owned() }],
            scope: vec![ProposalPart { heading: "1.1 Films".to_owned(), body: String::new() }],
            lines: vec![line("Films", Some("10.00")), line("שלום", None)],
            options: vec![line("Print", None)],
            net: "5,000.00".to_owned(),
            tax: "950.00".to_owned(),
            gross: "5,950.00".to_owned(),
            terms: "Thirty days.".to_owned(),
            acceptance: None,
        }
    }

    fn accepted(language: Language) -> ProposalFile {
        let acceptance = ProposalAcceptance {
            heading: "Acceptance".to_owned(),
            name: "أمل #strong[x]".to_owned(),
            lines: vec![("From the address".to_owned(), "2001:db8::1".to_owned())],
            document: ("SHA-256".to_owned(), "0f".repeat(32)),
            note: "Only what was taken is shown.".to_owned(),
        };
        ProposalFile { acceptance: Some(acceptance), options: Vec::new(), ..file(language) }
    }

    #[test]
    fn a_proposal_is_laid_out_in_every_language_without_warnings() {
        for language in Language::ALL {
            let warned = compile(&file(language)).unwrap();
            assert!(warned.warnings.is_empty(), "{language:?}: {:?}", warned.warnings);
            let pages = warned.output.unwrap().pages().len();
            assert!(pages <= 2, "{language:?}");
            let signed = compile(&accepted(language)).unwrap();
            assert!(signed.warnings.is_empty(), "{language:?}: {:?}", signed.warnings);
            assert!(signed.output.unwrap().pages().len() <= pages + 1, "{language:?}");
        }
    }

    #[test]
    fn the_same_proposal_is_the_same_file() {
        let proposal = file(Language::Fa);
        let first = proposal_pdf(&proposal).unwrap();
        assert!(first.starts_with(b"%PDF-1."));
        assert_eq!(first, proposal_pdf(&proposal).unwrap());
        assert_ne!(first, proposal_pdf(&accepted(Language::Fa)).unwrap());
        assert_ne!(first, proposal_pdf(&ProposalFile { version: 4, ..proposal }).unwrap());
    }

    #[test]
    fn an_empty_proposal_and_a_long_one_are_laid_out() {
        let mut proposal = file(Language::En);
        proposal.lines = Vec::new();
        proposal.options = Vec::new();
        proposal.scope = Vec::new();
        proposal.sections = Vec::new();
        proposal.terms = String::new();
        assert!(compile(&proposal).unwrap().output.is_ok());
        proposal.terms = "A long sentence that goes on and on. ".repeat(540);
        proposal.lines = vec![file(Language::En).lines.remove(0); 100];
        assert!(compile(&proposal).unwrap().output.unwrap().pages().len() > 3);
    }
}
