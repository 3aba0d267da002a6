//! Time-based one-time codes (RFC 6238): six digits, 30 seconds, HMAC-SHA-1, which is what every authenticator app knows.
//! Twenty lines over `hmac` and `sha1`: a crate for it would bring older versions of both.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;

/// Bytes of a secret (RFC 4226 §4 recommends 160 bits).
pub const SECRET_BYTES: usize = 20;

/// Seconds that a code stands for.
const PERIOD: i64 = 30;

/// The time step of an instant, given in seconds since 1970.
pub fn step_of(seconds: i64) -> i64 {
    seconds.div_euclid(PERIOD)
}

/// The code of a time step.
#[expect(clippy::missing_panics_doc, reason = "HMAC takes keys of any length")]
pub fn code(secret: &[u8], step: i64) -> String {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).expect("HMAC takes any key");
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let offset = usize::from(digest[19] & 0x0f);
    let number = u32::from_be_bytes([digest[offset], digest[offset + 1], digest[offset + 2], digest[offset + 3]]);
    format!("{:06}", (number & 0x7fff_ffff) % 1_000_000)
}

/// The step whose code this is: the one of now or a neighbour, and later than any that was taken before.
pub fn accepted_step(secret: &[u8], given: &str, seconds: i64, taken: i64) -> Option<i64> {
    let now = step_of(seconds);
    let fits = |step: &i64| {
        let wanted = code(secret, *step);
        // All six are compared, so that the time taken does not tell how many are right.
        given.len() == wanted.len() && given.bytes().zip(wanted.bytes()).fold(0, |wrong, (a, b)| wrong | (a ^ b)) == 0
    };
    (now - 1..=now + 1).filter(|step| *step > taken).find(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, the last six of its eight digits.
        for (seconds, expected) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code(b"12345678901234567890", step_of(seconds)), expected);
        }
    }

    #[test]
    fn a_code_is_taken_once_and_near_its_time() {
        let (secret, now) = (b"12345678901234567890", 1_111_111_111);
        let step = step_of(now);
        for near in [step - 1, step, step + 1] {
            assert_eq!(accepted_step(secret, &code(secret, near), now, 0), Some(near));
            assert_eq!(accepted_step(secret, &code(secret, near), now, near), None, "taken before");
        }
        for far in [step - 2, step + 2] {
            assert_eq!(accepted_step(secret, &code(secret, far), now, 0), None);
        }
        assert_eq!(accepted_step(secret, "", now, 0), None);
        assert_eq!(accepted_step(secret, "0504711", now, 0), None);
    }
}
