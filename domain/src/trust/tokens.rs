//! Access tokens: short-lived JWTs signed with Ed25519, whose public keys anyone can fetch (JWKS, RFC 7517 and 8037).

use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, Duration, Utc};
use diwan_entity::trust::signing_key;
use diwan_platform::crypto::{Keyring, Place, public_key_of};
use diwan_platform::db::Database;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait as _, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::context::Services;
use crate::error::Fault;

/// How long an access token lives. A revoked session ends sooner: each request looks.
const LIFETIME: Duration = Duration::minutes(10);

/// How long a key is published before it signs, so that whoever checks tokens has heard of it by then.
const PUBLISHED_BEFORE: Duration = Duration::minutes(15);

/// How much longer than its tokens a key stays.
const MARGIN: Duration = Duration::minutes(5);

/// How old a key may become.
pub const KEY_AGE: Duration = Duration::days(90);

/// How long the keys are used without reading them again; and with a token under a key that is not known.
const FRESH: Duration = Duration::minutes(1);
const IMPATIENT: Duration = Duration::seconds(10);

/// Why a token is not taken.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum TokenError {
    /// Its time is over; refresh.
    #[error("the access token has expired")]
    Expired,
    /// Not ours, damaged or forged.
    #[error("the access token is not valid")]
    Invalid,
    /// Signed under a key that is not known here.
    #[error("the access token is signed under an unknown key")]
    UnknownKey,
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

struct Key {
    kid: String,
    signs: EncodingKey,
    checks: DecodingKey,
    public: Vec<u8>,
    activates_at: DateTime<Utc>,
}

struct Keys {
    /// The newest first.
    all: Vec<Key>,
    read_at: DateTime<Utc>,
}

impl Keys {
    /// The key that signs now. A clock that runs behind finds none active yet: then the oldest.
    fn active(&self, now: DateTime<Utc>) -> Option<&Key> {
        self.all.iter().find(|key| key.activates_at <= now).or(self.all.last())
    }
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

/// Reads the keys that are published at a time, and makes the first one. Of two processes that start at once, one makes it
/// and both use it.
async fn read(db: &Database, keyring: &Keyring, now: DateTime<Utc>) -> Result<Keys, Fault> {
    let select = signing_key::Entity::find()
        .filter(signing_key::Column::RetiredAt.is_null().or(signing_key::Column::RetiredAt.gt(now)))
        .order_by_desc(signing_key::Column::ActivatesAt)
        .order_by_desc(signing_key::Column::Kid);
    let mut rows = select.clone().all(db.unscoped()).await?;
    if rows.is_empty() {
        let tx = db.write().await?;
        lock(&tx).await?;
        rows = select.clone().all(&tx).await?;
        if rows.is_empty() {
            signing_key::Entity::insert(new_key(keyring, now, now)?).exec_without_returning(&tx).await?;
            rows = select.all(&tx).await?;
        }
        tx.commit().await?;
    }
    let all = rows.into_iter().map(|row| {
        let seed = keyring.open(place(), &row.sealed_seed)?;
        Ok(Key {
            signs: EncodingKey::from_ed_der(&pkcs8(&seed)),
            checks: DecodingKey::from_ed_der(&row.public_key),
            kid: row.kid,
            public: row.public_key,
            activates_at: row.activates_at,
        })
    });
    Ok(Keys { all: all.collect::<Result<_, Fault>>()?, read_at: now })
}

async fn lock(tx: &DatabaseTransaction) -> Result<(), Fault> {
    tx.execute_unprepared("select pg_advisory_xact_lock(hashtext('diwan signing key'))").await?;
    Ok(())
}

/// Publishes a new key, which signs a while later, if the newest is older than `age`. The keys before stay until what they
/// signed has expired. Answers whether there is a new one.
pub async fn rotate_signing_key(services: &Services, age: Duration) -> Result<bool, Fault> {
    let now = services.now();
    let tx = services.db.write().await?;
    lock(&tx).await?;
    let newest = signing_key::Entity::find()
        .filter(signing_key::Column::RetiredAt.is_null())
        .order_by_desc(signing_key::Column::CreatedAt)
        .one(&tx)
        .await?;
    if newest.is_some_and(|newest| newest.created_at > now - age) {
        return Ok(false);
    }
    let activates_at = now + PUBLISHED_BEFORE;
    signing_key::Entity::update_many()
        .col_expr(signing_key::Column::RetiredAt, Expr::value(activates_at + LIFETIME + MARGIN))
        .filter(signing_key::Column::RetiredAt.is_null())
        .exec(&tx)
        .await?;
    let key = new_key(&services.keys, now, activates_at)?;
    signing_key::Entity::insert(key).exec_without_returning(&tx).await?;
    tx.commit().await?;
    Ok(true)
}

impl TokenIssuer {
    /// Reads the keys, and makes the first one.
    pub async fn load(db: &Database, keyring: &Keyring, issuer: &str, now: DateTime<Utc>) -> Result<Self, Fault> {
        let keys = read(db, keyring, now).await?;
        Ok(Self { issuer: issuer.to_owned(), keys: Arc::new(RwLock::new(keys)) })
    }

    /// Reads the keys again when they were read longer than `age` ago. Where that fails, the ones known are used further.
    async fn reload(&self, db: &Database, keyring: &Keyring, now: DateTime<Utc>, age: Duration) {
        {
            let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
            if now - keys.read_at < age {
                return;
            }
            // Whoever comes meanwhile goes on with those known.
            keys.read_at = now;
        }
        match read(db, keyring, now).await {
            Ok(read) => *self.keys.write().unwrap_or_else(PoisonError::into_inner) = read,
            Err(error) => tracing::warn!(%error, "the keys that sign access tokens could not be read again"),
        }
    }

    /// Reads the keys again if that was a minute ago: another process may have made a new one.
    pub async fn keep_fresh(&self, services: &Services) {
        self.reload(&services.db, &services.keys, services.now(), FRESH).await;
    }

    /// What a token says. A key that is not known is looked for, now and then.
    pub async fn check_or_reload(&self, services: &Services, token: &str) -> Result<AccessClaims, TokenError> {
        self.keep_fresh(services).await;
        let now = services.now();
        match self.check(token, now) {
            Err(TokenError::UnknownKey) => {
                self.reload(&services.db, &services.keys, now, IMPATIENT).await;
                self.check(token, now)
            }
            checked => checked,
        }
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
        let key = keys.active(now).ok_or(TokenError::UnknownKey)?;
        header.kid = Some(key.kid.clone());
        jsonwebtoken::encode(&header, &claims, &key.signs).map_err(|_| TokenError::Invalid)
    }

    /// Signs a statement that is no access token, which its type tells. Answers the key's id, too.
    pub fn sign(
        &self,
        kind: &str,
        claims: &impl Serialize,
        now: DateTime<Utc>,
    ) -> Result<(String, String), TokenError> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let key = keys.active(now).ok_or(TokenError::UnknownKey)?;
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(key.kid.clone());
        header.typ = Some(kind.to_owned());
        let signed = jsonwebtoken::encode(&header, claims, &key.signs).map_err(|_| TokenError::Invalid)?;
        Ok((key.kid.clone(), signed))
    }

    /// What a token says, if it is ours and its time is not over.
    pub fn check(&self, token: &str, now: DateTime<Utc>) -> Result<AccessClaims, TokenError> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| TokenError::Invalid)?;
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let kid = header.kid.ok_or(TokenError::Invalid)?;
        let key = keys.all.iter().find(|key| key.kid == kid).ok_or(TokenError::UnknownKey)?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[&self.issuer]);
        // The time is checked here, by the clock that everything else goes by.
        validation.validate_exp = false;
        let claims: AccessClaims =
            jsonwebtoken::decode(token, &key.checks, &validation).map_err(|_| TokenError::Invalid)?.claims;
        if claims.exp <= now.timestamp() { Err(TokenError::Expired) } else { Ok(claims) }
    }

    /// The public keys as a JSON Web Key Set.
    pub fn jwks(&self) -> serde_json::Value {
        use base64::Engine as _;
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let mut set: Vec<_> = keys
            .all
            .iter()
            .map(|Key { kid, public, .. }| {
                let x = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(public);
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

fn new_key(
    keyring: &Keyring,
    now: DateTime<Utc>,
    activates_at: DateTime<Utc>,
) -> Result<signing_key::ActiveModel, Fault> {
    let seed = diwan_platform::crypto::random::<32>()?;
    let kid = data_encoding::HEXLOWER.encode(&diwan_platform::crypto::random::<8>()?);
    Ok(signing_key::ActiveModel {
        kid: Set(kid),
        public_key: Set(public_key_of(&seed).to_vec()),
        sealed_seed: Set(keyring.seal(place(), &seed)?),
        created_at: Set(now),
        retired_at: Set(None),
        activates_at: Set(activates_at),
    })
}

/// The PKCS #8 form of an Ed25519 seed (RFC 8410 §7): a fixed head and the seed.
fn pkcs8(seed: &[u8]) -> Vec<u8> {
    const HEAD: [u8; 16] =
        [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
    [&HEAD[..], seed].concat()
}
