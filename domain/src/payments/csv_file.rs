//! A payment file as CSV, for whatever is not paid by SEPA.

use super::account::{BankAccount, bank_text};
use crate::error::Fault;
use crate::finance::written;

/// One line.
pub(super) struct Line {
    /// By which whoever is paid knows it.
    pub end_to_end: String,
    pub creditor: BankAccount,
    /// How much is transferred, in minor units.
    pub minor: i64,
    pub about: String,
}

const COLUMNS: [&str; 8] = ["Reference", "Name", "IBAN", "BIC", "Amount", "Currency", "Execution date", "Remittance"];

/// Writes the file: RFC 4180, in UTF-8, amounts in the currency's own unit with a point. No cell begins like a formula.
pub(super) fn csv_file(currency: &str, execute_on: &str, lines: &[Line]) -> Result<Vec<u8>, Fault> {
    let broken = |error: String| Fault::broken(format!("writing a payment file: {error}"));
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(COLUMNS).map_err(|error| broken(error.to_string()))?;
    for line in lines {
        let record = [
            line.end_to_end.as_str(),
            &line.creditor.name,
            &line.creditor.iban,
            line.creditor.bic.as_deref().unwrap_or_default(),
            &written(line.minor, currency),
            currency,
            execute_on,
            &bank_text(&line.about, 140),
        ];
        writer.write_record(record).map_err(|error| broken(error.to_string()))?;
    }
    writer.into_inner().map_err(|error| broken(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_the_decimals_of_their_currency_and_nothing_is_a_formula() {
        let creditor = BankAccount { name: "Lina".to_owned(), iban: "SA0380000000608010167519".to_owned(), bic: None };
        let line =
            Line { end_to_end: "P1".to_owned(), creditor, minor: 1_250, about: "=HYPERLINK(\"x\"), films".to_owned() };
        let text = String::from_utf8(csv_file("KWD", "2027-01-18", &[line]).unwrap()).unwrap();
        let expected = "Reference,Name,IBAN,BIC,Amount,Currency,Execution date,Remittance\r\n\
          P1,Lina,SA0380000000608010167519,,1.250,KWD,2027-01-18,\"HYPERLINK( x ), films\"\r\n";
        assert_eq!(text, expected);
    }
}
