//! Signed, expiring, single-purpose tokens for links: `base64url(id | expiry | code)`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::crypto::Keyring;

/// Why a link is refused.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum LinkError {
    /// Not made by this installation, for this purpose, or changed on the way.
    #[error("this link is not valid")]
    Invalid,
    /// Its time is over.
    #[error("this link has expired")]
    Expired,
}

/// What a link names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// The brand.
    pub brand_id: Uuid,
    /// The thing in it.
    pub id: Uuid,
    /// When the link ends.
    pub expires_at: DateTime<Utc>,
}

/// A token that names `link` and works for this purpose alone.
pub fn sign(keys: &Keyring, purpose: &str, link: Link) -> String {
    let message = message(link.brand_id, link.id, link.expires_at.timestamp());
    let code = keys.mac(purpose, &message);
    URL_SAFE_NO_PAD.encode([message.as_slice(), &code].concat())
}

/// What the token names, if it is ours, made for this purpose, and not over.
pub fn verify(keys: &Keyring, purpose: &str, token: &str, now: DateTime<Utc>) -> Result<Link, LinkError> {
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| LinkError::Invalid)?;
    if bytes.len() != 72 {
        return Err(LinkError::Invalid);
    }
    let (message, code) = bytes.split_at(40);
    if !keys.mac_fits(purpose, message, code) {
        return Err(LinkError::Invalid);
    }
    let uuid = |range: std::ops::Range<usize>| Uuid::from_slice(&message[range]).map_err(|_| LinkError::Invalid);
    let mut seconds = [0; 8];
    seconds.copy_from_slice(&message[32..40]);
    let expires_at = DateTime::from_timestamp(i64::from_be_bytes(seconds), 0).ok_or(LinkError::Invalid)?;
    if expires_at <= now {
        return Err(LinkError::Expired);
    }
    Ok(Link { brand_id: uuid(0..16)?, id: uuid(16..32)?, expires_at })
}

fn message(brand_id: Uuid, id: Uuid, seconds: i64) -> Vec<u8> {
    [brand_id.as_bytes().as_slice(), id.as_bytes(), &seconds.to_be_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{Duration, TimeZone as _};

    #[test]
    fn a_link_works_for_its_purpose_until_it_expires() -> Result<(), Box<dyn std::error::Error>> {
        let keys = Keyring::from_base64(&Keyring::generate()?, [])?;
        let now = Utc.timestamp_opt(1_800_000_000, 0).unwrap();
        let link =
            Link { brand_id: Uuid::from_u128(1), id: Uuid::from_u128(2), expires_at: now + Duration::minutes(5) };
        let token = sign(&keys, "download", link);
        assert_eq!(verify(&keys, "download", &token, now)?, link);
        assert_eq!(verify(&keys, "upload", &token, now), Err(LinkError::Invalid));
        assert_eq!(verify(&keys, "download", &token, now + Duration::minutes(5)), Err(LinkError::Expired));
        for at in 0..token.len() {
            let mut other: Vec<char> = token.chars().collect();
            other[at] = if other[at] == 'A' { 'B' } else { 'A' };
            let other: String = other.into_iter().collect();
            assert_eq!(verify(&keys, "download", &other, now), Err(LinkError::Invalid), "changed at {at}");
        }
        assert_eq!(verify(&keys, "download", "", now), Err(LinkError::Invalid));
        Ok(())
    }
}
