//! What the emulated networks of Meta have in common: how they word errors, and the proof of a token's application.
//! <https://developers.facebook.com/docs/graph-api/guides/error-handling>

use data_encoding::HEXLOWER;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::answer::Answer;
use crate::oauth::CLIENT_SECRET;
use crate::tokens::TokenTrouble;

/// How much SHA-256 takes in at a time, in bytes.
const BLOCK: usize = 64;

/// An error as the Graph API words it.
pub(crate) fn error(status: u16, code: u32, subcode: Option<u32>, message: &str) -> Answer {
    Answer::json(status, &body(code, subcode, message))
}

/// Its body.
pub(crate) fn body(code: u32, subcode: Option<u32>, message: &str) -> Value {
    let kind = if matches!(code, 1 | 2 | 4 | 10 | 17 | 32 | 102 | 190 | 200 | 613) {
        "OAuthException"
    } else {
        "GraphMethodException"
    };
    let is_transient = matches!(code, 1 | 2 | 4 | 17);
    let mut error = json!({
        "message": format!("(#{code}) {message}"),
        "type": kind,
        "code": code,
        "is_transient": is_transient,
        "fbtrace_id": "AEmulatedTraceOfMeta",
    });
    if let Some(subcode) = subcode {
        error["error_subcode"] = json!(subcode);
    }
    json!({ "error": error })
}

/// What is said of a token that is not taken.
pub(crate) fn bad_token(trouble: TokenTrouble) -> Answer {
    match trouble {
        TokenTrouble::Unknown => error(401, 190, None, "Invalid OAuth access token - Cannot parse access token"),
        TokenTrouble::Expired => error(401, 190, Some(463), "Error validating access token: Session has expired"),
        TokenTrouble::Revoked => {
            error(401, 190, Some(458), "Error validating access token: The user has not authorized application")
        }
    }
}

/// The body of an answer that a fault makes.
pub(crate) fn trouble(status: u16) -> Value {
    match status {
        429 => body(4, None, "Application request limit reached"),
        _ => body(2, None, "Service temporarily unavailable"),
    }
}

/// Whether a proof is that of this token and the one application there is: HMAC-SHA256 (RFC 2104) of the token, keyed by
/// the secret. <https://developers.facebook.com/docs/graph-api/guides/secure-requests>
pub(crate) fn proves(proof: &str, token: &str) -> bool {
    let mut key = [0_u8; BLOCK];
    key[..CLIENT_SECRET.len()].copy_from_slice(CLIENT_SECRET.as_bytes());
    let digest = |pad: u8, message: &[u8]| {
        Sha256::new().chain_update(key.map(|byte| byte ^ pad)).chain_update(message).finalize()
    };
    HEXLOWER.encode(&digest(0x5c, &digest(0x36, token.as_bytes()))) == proof
}
