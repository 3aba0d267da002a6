//! Access tokens: short-lived JWTs signed with Ed25519, whose public keys anyone can fetch (JWKS, RFC 7517 and 8037).

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, Duration, Utc};
use diwan_entity::trust::signing_key;
use diwan_platform::crypto::{Keyring, Place, public_key_of};
use diwan_platform::db::Database;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait as _, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::Fault;

/// How long an access token lives. A revoked session ends sooner: each request looks.
const LIFETIME: Duration = Duration::minutes(10);

/// Why a token is not taken.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum TokenError {
    /// Its time is over; refresh.
    #[error("the access token has expired")]
    Expired,
    /// Not ours, damaged or forged.
    #[error("the access token is not valid")]
    Invalid,
}

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessClaims {
    /// The installation's address.
    pub iss: String,
    /// The person.
    pub sub: Uuid,
    /// The session.
    pub sid: Uuid,
    /// Issued at, seconds since 1970.
    pub iat: i64,
    /// Expires at, seconds since 1970.
    pub exp: i64,
}

struct Keys {
    current: (String, EncodingKey),
    public: HashMap<String, (DecodingKey, Vec<u8>)>,
}

/// Issues and checks access tokens.
#[derive(Clone)]
pub struct TokenIssuer {
    issuer: String,
    keys: Arc<RwLock<Keys>>,
}

impl std::fmt::Debug for TokenIssuer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TokenIssuer({})", self.issuer)
    }
}

impl TokenIssuer {
    /// Reads the keys, and makes the first one. Of two processes that start at once, one makes it and both use it.
    pub async fn load(db: &Database, keyring: &Keyring, issuer: &str, now: DateTime<Utc>) -> Result<Self, Fault> {
        let tx = db.write().await?;
        tx.execute_unprepared("select pg_advisory_xact_lock(hashtext('diwan signing key'))").await?;
        let select = signing_key::Entity::find()
            .filter(signing_key::Column::RetiredAt.is_null())
            .order_by_desc(signing_key::Column::CreatedAt);
        let mut rows = select.clone().all(&tx).await?;
        if rows.is_empty() {
            signing_key::Entity::insert(new_key(keyring, now)?).exec_without_returning(&tx).await?;
            rows = select.all(&tx).await?;
        }
        tx.commit().await?;
        let newest = rows.first().ok_or_else(|| Fault::broken("no signing key"))?;
        let seed = keyring.open(place(), &newest.sealed_seed)?;
        let current = (newest.kid.clone(), EncodingKey::from_ed_der(&pkcs8(&seed)));
        let public = rows
            .iter()
            .map(|row| (row.kid.clone(), (DecodingKey::from_ed_der(&row.public_key), row.public_key.clone())))
            .collect();
        Ok(Self { issuer: issuer.to_owned(), keys: Arc::new(RwLock::new(Keys { current, public })) })
    }

    /// How long a token lives.
    pub fn lifetime(&self) -> Duration {
        LIFETIME
    }

    /// A token for one session.
    pub fn issue(&self, user_id: Uuid, session_id: Uuid, now: DateTime<Utc>) -> Result<String, TokenError> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let claims = AccessClaims {
            iss: self.issuer.clone(),
            sub: user_id,
            sid: session_id,
            iat: now.timestamp(),
            exp: (now + LIFETIME).timestamp(),
        };
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(keys.current.0.clone());
        jsonwebtoken::encode(&header, &claims, &keys.current.1).map_err(|_| TokenError::Invalid)
    }

    /// Signs a statement that is no access token, which its type tells. Answers the key's id, too.
    pub fn sign(&self, kind: &str, claims: &impl Serialize) -> Result<(String, String), TokenError> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let (kid, key) = &keys.current;
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(kid.clone());
        header.typ = Some(kind.to_owned());
        let signed = jsonwebtoken::encode(&header, claims, key).map_err(|_| TokenError::Invalid)?;
        Ok((kid.clone(), signed))
    }

    /// What a token says, if it is ours and its time is not over.
    pub fn check(&self, token: &str, now: DateTime<Utc>) -> Result<AccessClaims, TokenError> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| TokenError::Invalid)?;
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let key = header.kid.and_then(|kid| keys.public.get(&kid)).ok_or(TokenError::Invalid)?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[&self.issuer]);
        // The time is checked here, by the clock that everything else goes by.
        validation.validate_exp = false;
        let claims: AccessClaims =
            jsonwebtoken::decode(token, &key.0, &validation).map_err(|_| TokenError::Invalid)?.claims;
        if claims.exp <= now.timestamp() { Err(TokenError::Expired) } else { Ok(claims) }
    }

    /// The public keys as a JSON Web Key Set.
    pub fn jwks(&self) -> serde_json::Value {
        use base64::Engine as _;
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let mut set: Vec<_> = keys
            .public
            .iter()
            .map(|(kid, (_, bytes))| {
                let x = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes);
                serde_json::json!({ "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": kid, "x": x })
            })
            .collect();
        set.sort_by_key(|key| key["kid"].to_string());
        serde_json::json!({ "keys": set })
    }
}

fn place() -> Place {
    Place { brand_id: Uuid::nil(), row_id: Uuid::nil(), column: "signing_key.sealed_seed" }
}

fn new_key(keyring: &Keyring, now: DateTime<Utc>) -> Result<signing_key::ActiveModel, Fault> {
    let seed = diwan_platform::crypto::random::<32>()?;
    let kid = data_encoding::HEXLOWER.encode(&diwan_platform::crypto::random::<8>()?);
    Ok(signing_key::ActiveModel {
        kid: Set(kid),
        public_key: Set(public_key_of(&seed).to_vec()),
        sealed_seed: Set(keyring.seal(place(), &seed)?),
        created_at: Set(now),
        retired_at: Set(None),
    })
}

/// The PKCS #8 form of an Ed25519 seed (RFC 8410 §7): a fixed head and the seed.
fn pkcs8(seed: &[u8]) -> Vec<u8> {
    const HEAD: [u8; 16] =
        [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
    [&HEAD[..], seed].concat()
}
