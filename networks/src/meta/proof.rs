//! The proof that whoever uses a token knows the application's secret.

use std::fmt::Write as _;

use diwan_platform::crypto::hmac_sha256;

/// `appsecret_proof`: HMAC-SHA256 of the token, keyed by the application's secret, in hexadecimal digits.
/// <https://developers.facebook.com/docs/graph-api/guides/secure-requests>
pub(crate) fn proof(app_secret: &str, token: &str) -> String {
    hmac_sha256(app_secret.as_bytes(), token.as_bytes()).iter().fold(String::new(), |mut text, byte| {
        // Writing to a text does not fail.
        let _written = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proof_is_that_of_the_standard() {
        // RFC 4231, case 2.
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(proof("Jefe", "what do ya want for nothing?"), expected);
    }
}
