//! Sealing of secrets at rest, digests of tokens, random tokens.
//!
//! A sealed secret is `1 | key id (4 bytes) | nonce (24 bytes) | XChaCha20-Poly1305 ciphertext`. Its associated data name the
//! place it belongs to (brand, row, column), so that a ciphertext moved to another row does not open.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use uuid::Uuid;

const VERSION: u8 = 1;
const HEADER: usize = 1 + 4 + 24;

/// What can be wrong with a key or a sealed secret. Says nothing of what was inside.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum CryptoError {
    /// The configured key is not base64 of 32 bytes.
    #[error("a secret key must be 32 bytes in base64; make one with: openssl rand -base64 32")]
    BadKey,
    /// Sealed under a key that is not configured.
    #[error("this secret was sealed under another key; add the old key to DIWAN_SECRET_KEYS_OLD")]
    UnknownKey,
    /// Damaged, or moved from another place.
    #[error("this secret does not open here")]
    DoesNotOpen,
    /// The system gave no randomness.
    #[error("the system gave no randomness")]
    NoRandomness,
}

/// Where a secret lives: part of what is authenticated.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// The brand, or the nil id for what belongs to the installation.
    pub brand_id: Uuid,
    /// The row.
    pub row_id: Uuid,
    /// `table.column`.
    pub column: &'static str,
}

impl Place {
    fn bytes(&self) -> Vec<u8> {
        [self.brand_id.as_bytes(), self.row_id.as_bytes(), self.column.as_bytes()].concat()
    }
}

struct Key {
    id: [u8; 4],
    bytes: [u8; 32],
}

/// The installation's keys: the first seals, all of them open, so that keys rotate without downtime.
pub struct Keyring(Vec<Key>);

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keyring({} keys)", self.0.len())
    }
}

impl Keyring {
    /// From base64 keys, the current one first.
    pub fn from_base64<'a>(current: &'a str, old: impl IntoIterator<Item = &'a str>) -> Result<Self, CryptoError> {
        std::iter::once(current)
            .chain(old)
            .map(|text| {
                let bytes: [u8; 32] = STANDARD
                    .decode(text.trim())
                    .ok()
                    .and_then(|bytes| bytes.try_into().ok())
                    .ok_or(CryptoError::BadKey)?;
                let digest = sha256(&[b"diwan key id", bytes.as_slice()].concat());
                Ok(Key { id: [digest[0], digest[1], digest[2], digest[3]], bytes })
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// A fresh key in base64.
    pub fn generate() -> Result<String, CryptoError> {
        Ok(STANDARD.encode(random::<32>()?))
    }

    /// Seals a secret for one place.
    pub fn seal(&self, place: Place, secret: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let key = &self.0[0];
        let nonce: [u8; 24] = random()?;
        let ciphertext = XChaCha20Poly1305::new(&key.bytes.into())
            .encrypt(&XNonce::from(nonce), Payload { msg: secret, aad: &place.bytes() })
            .map_err(|_| CryptoError::DoesNotOpen)?;
        Ok([&[VERSION][..], &key.id, &nonce, &ciphertext].concat())
    }

    /// Opens what was sealed for this place.
    pub fn open(&self, place: Place, sealed: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let (header, ciphertext) = sealed.split_at_checked(HEADER).ok_or(CryptoError::DoesNotOpen)?;
        if header[0] != VERSION {
            return Err(CryptoError::DoesNotOpen);
        }
        let key = self.0.iter().find(|key| key.id == header[1..5]).ok_or(CryptoError::UnknownKey)?;
        let mut nonce = [0_u8; 24];
        nonce.copy_from_slice(&header[5..]);
        XChaCha20Poly1305::new(&key.bytes.into())
            .decrypt(&XNonce::from(nonce), Payload { msg: ciphertext, aad: &place.bytes() })
            .map_err(|_| CryptoError::DoesNotOpen)
    }

    /// HMAC-SHA-256 under the current key, for one named purpose.
    pub fn mac(&self, purpose: &str, message: &[u8]) -> [u8; 32] {
        mac(&self.0[0].bytes, purpose, message)
    }

    /// Whether a code made by [`Keyring::mac`] under any of the keys fits, in constant time.
    pub fn mac_fits(&self, purpose: &str, message: &[u8], code: &[u8]) -> bool {
        self.0.iter().any(|key| keyed(&key.bytes, purpose).chain_update(message).verify_slice(code).is_ok())
    }
}

fn keyed(key: &[u8; 32], purpose: &str) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    <Hmac<Sha256> as KeyInit>::new_from_slice(key)
        .expect("HMAC takes any key")
        .chain_update(purpose.as_bytes())
        .chain_update([0])
}

fn mac(key: &[u8; 32], purpose: &str, message: &[u8]) -> [u8; 32] {
    keyed(key, purpose).chain_update(message).finalize().into_bytes().into()
}

/// Random bytes from the operating system.
pub fn random<const N: usize>() -> Result<[u8; N], CryptoError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| CryptoError::NoRandomness)?;
    Ok(bytes)
}

/// A random token of 256 bits in URL-safe base64 (43 characters), with a prefix that says what it is.
pub fn token(prefix: &str) -> Result<String, CryptoError> {
    Ok(format!("{prefix}_{}", URL_SAFE_NO_PAD.encode(random::<32>()?)))
}

/// The public half of an Ed25519 seed.
pub fn public_key_of(seed: &[u8; 32]) -> [u8; 32] {
    ed25519_dalek::SigningKey::from_bytes(seed).verifying_key().to_bytes()
}

/// HMAC-SHA-256 under a key that is shared with somebody, such as who receives a webhook.
#[expect(clippy::expect_used, clippy::missing_panics_doc, reason = "HMAC takes a key of any length")]
pub fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).expect("HMAC takes any key");
    mac.chain_update(message).finalize().into_bytes().into()
}

/// Whether a code is that of [`hmac_sha256`], in constant time.
#[expect(clippy::expect_used, clippy::missing_panics_doc, reason = "HMAC takes a key of any length")]
pub fn hmac_sha256_fits(key: &[u8], message: &[u8], code: &[u8]) -> bool {
    let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).expect("HMAC takes any key");
    mac.chain_update(message).verify_slice(code).is_ok()
}

/// SHA-256. What is kept of a random token: it is long enough that no salt is needed.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(row: u128) -> Place {
        Place { brand_id: Uuid::from_u128(1), row_id: Uuid::from_u128(row), column: "social_account.credentials" }
    }

    fn ring(n: u8) -> String {
        STANDARD.encode([n; 32])
    }

    #[test]
    fn a_secret_opens_in_its_place_only() -> Result<(), CryptoError> {
        let keys = Keyring::from_base64(&ring(1), [])?;
        let sealed = keys.seal(place(7), b"token")?;
        assert_eq!(keys.open(place(7), &sealed)?, b"token");
        assert_eq!(keys.open(place(8), &sealed), Err(CryptoError::DoesNotOpen));
        let mut damaged = sealed.clone();
        damaged[HEADER] ^= 1;
        assert_eq!(keys.open(place(7), &damaged), Err(CryptoError::DoesNotOpen));
        assert_eq!(keys.open(place(7), &sealed[..10]), Err(CryptoError::DoesNotOpen));
        Ok(())
    }

    #[test]
    fn old_keys_open_and_unknown_ones_say_so() -> Result<(), CryptoError> {
        let sealed = Keyring::from_base64(&ring(1), [])?.seal(place(7), b"token")?;
        let code = Keyring::from_base64(&ring(1), [])?.mac("link", b"x");
        let rotated = Keyring::from_base64(&ring(2), [ring(1).as_str()])?;
        assert_eq!(rotated.open(place(7), &sealed)?, b"token");
        assert!(rotated.mac_fits("link", b"x", &code));
        assert!(!rotated.mac_fits("upload", b"x", &code));
        assert_eq!(Keyring::from_base64(&ring(2), [])?.open(place(7), &sealed), Err(CryptoError::UnknownKey));
        assert_eq!(Keyring::from_base64("short", []).err(), Some(CryptoError::BadKey));
        Ok(())
    }
}
