//! A browser with an authenticator in software, which verifies its user with a finger that is always the right one.

use anyhow::{Result, anyhow};
use async_trait::async_trait;
use passkey::authenticator::{Authenticator, UiHint, UserCheck, UserValidationMethod};
use passkey::client::{Client, DefaultClientData};
use passkey::crypto::rust_crypto::RustCryptoBackend;
use passkey::types::Passkey;
use passkey::types::ctap2::{Aaguid, Ctap2Error};
use passkey::types::webauthn::{
    CredentialCreationOptions, CredentialRequestOptions, PublicKeyCredentialRequestOptions,
};
use serde_json::Value;
use url::Url;

/// A browser at an address, and the passkey in it. A clone is a copy of the passkey, with a counter of its own.
#[derive(Clone)]
pub struct Browser {
    /// Where the page is that asks.
    pub origin: Url,
    /// Whether the finger is looked at.
    pub verifies: bool,
    held: Option<Passkey>,
}

struct Finger(bool);

#[async_trait]
impl UserValidationMethod for Finger {
    type PasskeyItem = Passkey;

    async fn check_user<'a>(
        &self,
        _hint: UiHint<'a, Passkey>,
        presence: bool,
        _verification: bool,
    ) -> Result<UserCheck, Ctap2Error> {
        Ok(UserCheck { presence, verification: self.0 })
    }

    fn is_presence_enabled(&self) -> bool {
        true
    }

    fn is_verification_enabled(&self) -> Option<bool> {
        Some(true)
    }
}

impl Browser {
    /// One without a passkey.
    pub fn new(origin: &str) -> Result<Self> {
        Ok(Self { origin: Url::parse(origin)?, verifies: true, held: None })
    }

    /// Without the passkey that the browser may hold, as on another device.
    pub fn empty(&self) -> Self {
        Self { held: None, ..self.clone() }
    }

    fn authenticator(&self) -> Authenticator<Option<Passkey>, Finger, RustCryptoBackend> {
        let finger = Finger(self.verifies);
        let mut made = Authenticator::new(Aaguid::new_empty(), self.held.clone(), finger, RustCryptoBackend);
        made.set_make_credentials_with_signature_counter(true);
        made
    }

    /// `navigator.credentials.create()`.
    pub async fn create(&mut self, options: &Value) -> Result<Value> {
        let mut client = Client::new(self.authenticator());
        let request = CredentialCreationOptions { public_key: serde_json::from_value(options.clone())? };
        let made = client.register(&self.origin, request, DefaultClientData).await;
        let made = made.map_err(|error| anyhow!("create: {error:?}"))?;
        self.held.clone_from(client.authenticator().store());
        Ok(as_browsers_do(serde_json::to_value(made)?))
    }

    /// `navigator.credentials.get()`.
    pub async fn get(&mut self, options: &Value) -> Result<Value> {
        let mut client = Client::new(self.authenticator());
        let mut public_key: PublicKeyCredentialRequestOptions = serde_json::from_value(options.clone())?;
        // An empty list means whichever is found.
        public_key.allow_credentials = public_key.allow_credentials.filter(|allowed| !allowed.is_empty());
        let request = CredentialRequestOptions { public_key };
        let shown = client.authenticate(&self.origin, request, DefaultClientData).await;
        let shown = shown.map_err(|error| anyhow!("get: {error:?}"))?;
        self.held.clone_from(client.authenticator().store());
        Ok(as_browsers_do(serde_json::to_value(shown)?))
    }
}

/// Bytes as the `toJSON()` of a browser writes them, in base64url, where the library writes lists of numbers.
fn as_browsers_do(value: Value) -> Value {
    match value {
        Value::Array(list) if !list.is_empty() && list.iter().all(Value::is_u64) => {
            let bytes: Vec<u8> = list.iter().filter_map(Value::as_u64).filter_map(|n| u8::try_from(n).ok()).collect();
            data_encoding::BASE64URL_NOPAD.encode(&bytes).into()
        }
        Value::Array(list) => list.into_iter().map(as_browsers_do).collect(),
        Value::Object(map) => map.into_iter().map(|(key, value)| (key, as_browsers_do(value))).collect(),
        other => other,
    }
}
