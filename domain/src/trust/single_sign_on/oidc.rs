//! OpenID Connect itself, by the library `openidconnect` over our own outbound client: discovery, the address to send a
//! browser to, the exchange of the code, and the checks of the ID token (OpenID Connect Core 1.0, §3.1.3.7).

use bytes_of_http::{CallError, call};
use chrono::{DateTime, Duration, Utc};
use diwan_entity::trust::identity_provider;
use diwan_platform::http::HttpClient;
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreJsonWebKeySet, CoreJwsSigningAlgorithm,
    CoreProviderMetadata, CoreTokenResponse, CoreUserInfoClaims,
};
use openidconnect::{
    AccessTokenHash, AuthType, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken,
    DiscoveryError, EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl, Nonce, OAuth2TokenResponse as _,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, SignatureVerificationError,
    TokenResponse as _,
};
use serde_json::Value;
use url::Url;

use crate::error::Fault;

/// Signatures that are believed: asymmetric ones that today's providers use. Never `none`, and never a shared secret.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 4] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// What a provider says of a client that it does not take (RFC 6749, §5.2).
const INVALID_CLIENT: &str = "invalid_client";

/// How far the provider's clock may be from ours.
const SKEW: Duration = Duration::minutes(5);

type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// Why there is no result.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The provider could not be reached or had a fault; a later try may go well.
    Away(String),
    /// It is so, and stays so: a name of a reason, and words for the log.
    Final(&'static str, String),
}

impl Trouble {
    fn of_call(error: CallError) -> Self {
        match error {
            CallError::Forbidden(said) => Self::Final("ADDRESS", said),
            CallError::Away(said) => Self::Away(said),
        }
    }

    fn of_discovery(error: DiscoveryError<CallError>) -> Self {
        match error {
            DiscoveryError::Request(error) => Self::of_call(error),
            DiscoveryError::Validation(said) => Self::Final("ISSUER", said),
            other => Self::Final("NOT_OPENID", other.to_string()),
        }
    }
}

/// What a provider has said of itself.
pub(super) struct Known(CoreProviderMetadata);

impl Known {
    /// Asks the provider.
    pub async fn discover(http: &HttpClient, issuer: &str) -> Result<Self, Trouble> {
        let issuer = IssuerUrl::new(issuer.to_owned()).map_err(|error| Trouble::Final("ADDRESS", error.to_string()))?;
        let http = call(http);
        let found = CoreProviderMetadata::discover_async(issuer, &http).await.map_err(Trouble::of_discovery)?;
        if !found.id_token_signing_alg_values_supported().iter().any(|alg| ALGORITHMS.contains(alg)) {
            return Err(Trouble::Final("ALGORITHMS", "no signature that is believed".to_owned()));
        }
        if found.token_endpoint().is_none() {
            return Err(Trouble::Final("NOT_OPENID", "no token endpoint".to_owned()));
        }
        Ok(Self(found))
    }

    /// What was kept of it.
    pub fn read(metadata: &Value, keys: Option<&Value>) -> Result<Self, Fault> {
        let unreadable = |error: serde_json::Error| Fault::broken(format!("a provider's metadata: {error}"));
        let metadata: CoreProviderMetadata = serde_json::from_value(metadata.clone()).map_err(unreadable)?;
        let keys = keys.map(|keys| serde_json::from_value(keys.clone())).transpose().map_err(unreadable)?;
        Ok(Self(metadata.set_jwks(keys.unwrap_or_else(|| CoreJsonWebKeySet::new(Vec::new())))))
    }

    /// To be kept: metadata and keys.
    pub fn written(&self) -> Result<(Value, Value), Fault> {
        let unwritable = |error: serde_json::Error| Fault::broken(error.to_string());
        Ok((
            serde_json::to_value(&self.0).map_err(unwritable)?,
            serde_json::to_value(self.0.jwks()).map_err(unwritable)?,
        ))
    }

    /// Reads its keys anew: it may have changed them.
    pub async fn with_new_keys(self, http: &HttpClient) -> Result<Self, Trouble> {
        let http = call(http);
        let keys = CoreJsonWebKeySet::fetch_async(self.0.jwks_uri(), &http).await.map_err(Trouble::of_discovery)?;
        Ok(Self(self.0.set_jwks(keys)))
    }

    /// In which ways the secret may be shown to it, the first one first. What is not said is `client_secret_basic` (OpenID Connect
    /// Discovery 1.0, §3).
    fn ways(&self) -> Vec<AuthType> {
        let offers = |method| {
            let offered = self.0.token_endpoint_auth_methods_supported();
            offered.is_some_and(|offered| offered.contains(&method))
        };
        match (offers(CoreClientAuthMethod::ClientSecretBasic), offers(CoreClientAuthMethod::ClientSecretPost)) {
            (true, true) => vec![AuthType::BasicAuth, AuthType::RequestBody],
            (false, true) => vec![AuthType::RequestBody],
            (_, false) => vec![AuthType::BasicAuth],
        }
    }

    fn client(&self, client_id: &str, secret: Option<String>, redirect: Url) -> Client {
        let (client_id, secret) = (ClientId::new(client_id.to_owned()), secret.map(ClientSecret::new));
        CoreClient::from_provider_metadata(self.0.clone(), client_id, secret)
            .set_redirect_uri(RedirectUrl::from_url(redirect))
    }

    /// Where a browser is sent: code flow, with PKCE (RFC 7636, S256).
    pub fn authorize(&self, client_id: &str, scopes: &[String], redirect: Url, secrets: &Secrets<'_>) -> Url {
        let verifier = PkceCodeVerifier::new(secrets.verifier.to_owned());
        let (state, nonce) = (secrets.state.to_owned(), secrets.nonce.to_owned());
        let client = self.client(client_id, None, redirect);
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        // `openid` is the library's own.
        let scopes = scopes.iter().filter(|scope| *scope != "openid").cloned().map(Scope::new);
        let request = client.authorize_url(flow, || CsrfToken::new(state), || Nonce::new(nonce)).add_scopes(scopes);
        request.set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier)).url().0
    }
}

/// What goes along with a browser, or stays behind to be compared.
pub(super) struct Secrets<'a> {
    pub state: &'a str,
    pub nonce: &'a str,
    pub verifier: &'a str,
}

/// Whom the provider means.
pub(super) struct Identity {
    /// Its own name for them.
    pub subject: String,
    /// Their address, in lower case, if the provider has verified it.
    pub email: Option<String>,
    /// Whether it named an address that it has not verified.
    pub unverified: bool,
    /// What they are called.
    pub name: Option<String>,
    /// Whether it says that they showed several factors.
    pub multi_factor: bool,
}

/// A code to exchange.
pub(super) struct Exchange<'a> {
    pub http: &'a HttpClient,
    pub provider: &'a identity_provider::Model,
    pub client_secret: String,
    pub redirect: Url,
    pub code: String,
    pub verifier: String,
    pub nonce: String,
    /// When the sign-in began: an ID token that is older was not made for it.
    pub begun_at: DateTime<Utc>,
    pub now: DateTime<Utc>,
}

/// Why an ID token was not taken.
enum Doubt {
    /// It is signed with a key that is not known.
    UnknownKey,
    Wrong(String),
}

impl Exchange<'_> {
    /// Exchanges the code and says whom the provider means. Keys that were read anew come along.
    pub async fn run(&self, known: Known) -> Result<(Identity, Option<Known>), Trouble> {
        let client = self.client(&known);
        let answer = self.redeem(&known).await?;
        let (known, renewed, client) = match self.check(&client, &answer) {
            Ok(identity) => return Ok((self.complete(&client, &answer, identity).await, None)),
            Err(Doubt::Wrong(said)) => return Err(Trouble::Final("TOKEN", said)),
            Err(Doubt::UnknownKey) => {
                let known = known.with_new_keys(self.http).await?;
                let client = self.client(&known);
                (known, true, client)
            }
        };
        match self.check(&client, &answer) {
            Ok(identity) => Ok((self.complete(&client, &answer, identity).await, renewed.then_some(known))),
            Err(Doubt::Wrong(said)) => Err(Trouble::Final("TOKEN", said)),
            Err(Doubt::UnknownKey) => Err(Trouble::Final("TOKEN", "signed with an unknown key".to_owned())),
        }
    }

    fn client(&self, known: &Known) -> Client {
        known.client(&self.provider.client_id, Some(self.client_secret.clone()), self.redirect.clone())
    }

    /// A provider that offers several ways takes that for which the client is registered, and its metadata does not say which: a
    /// refused client has spent no code, and tries the next one.
    async fn redeem(&self, known: &Known) -> Result<CoreTokenResponse, Trouble> {
        for way in known.ways() {
            match self.ask(&self.client(known).set_auth_type(way)).await {
                Err(Trouble::Final(_, said)) if said == INVALID_CLIENT => {}
                answer => return answer,
            }
        }
        Err(Trouble::Final("CODE", INVALID_CLIENT.to_owned()))
    }

    async fn ask(&self, client: &Client) -> Result<CoreTokenResponse, Trouble> {
        let wrong = |said: String| Trouble::Final("TOKEN", said);
        let request = client.exchange_code(AuthorizationCode::new(self.code.clone()));
        let request = request.map_err(|error| wrong(error.to_string()))?;
        let http = call(self.http);
        let answer = request.set_pkce_verifier(PkceCodeVerifier::new(self.verifier.clone())).request_async(&http).await;
        answer.map_err(|error| match error {
            RequestTokenError::Request(error) => Trouble::of_call(error),
            // Its text may repeat what was sent: the code of the error is enough.
            RequestTokenError::ServerResponse(error) => Trouble::Final("CODE", error.error().to_string()),
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => wrong("unreadable".to_owned()),
        })
    }

    fn check(&self, client: &Client, answer: &CoreTokenResponse) -> Result<Identity, Doubt> {
        let wrong = |said: &str| Doubt::Wrong(said.to_owned());
        let token = answer.id_token().ok_or_else(|| wrong("no ID token"))?;
        let (now, begun_at) = (self.now, self.begun_at);
        let fresh = move |at: DateTime<Utc>| {
            let in_time = at >= begun_at - SKEW && at <= now + SKEW;
            if in_time { Ok(()) } else { Err("it was not issued for this sign-in".to_owned()) }
        };
        let verifier = client
            .id_token_verifier()
            .set_allowed_algs(ALGORITHMS)
            .set_time_fn(move || now)
            .set_issue_time_verifier_fn(fresh);
        let claims = token.claims(&verifier, &Nonce::new(self.nonce.clone())).map_err(|error| match error {
            ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey) => {
                Doubt::UnknownKey
            }
            ClaimsVerificationError::SignatureVerification(error) => Doubt::Wrong(error.to_string()),
            other => Doubt::Wrong(other.to_string()),
        })?;
        // The library takes no audience besides us; whoever it was issued to must be us as well.
        if claims.authorized_party().is_some_and(|party| party.as_str() != self.provider.client_id) {
            return Err(wrong("issued to another client"));
        }
        if let Some(expected) = claims.access_token_hash() {
            let key = token.signing_key(&verifier).map_err(|error| Doubt::Wrong(error.to_string()))?;
            let algorithm = token.signing_alg().map_err(|error| Doubt::Wrong(error.to_string()))?;
            let actual = AccessTokenHash::from_token(answer.access_token(), algorithm, key);
            if actual.map_err(|error| Doubt::Wrong(error.to_string()))? != *expected {
                return Err(wrong("another access token"));
            }
        }
        let subject = claims.subject().to_string();
        if subject.is_empty() || subject.len() > 255 || subject.contains('\0') {
            return Err(wrong("no usable subject"));
        }
        let methods = claims.auth_method_refs();
        let mut identity = Identity {
            subject,
            email: None,
            unverified: false,
            name: claims.name().and_then(|name| name.get(None)).map(|name| name.to_string()),
            multi_factor: methods.is_some_and(|methods| methods.iter().any(|method| method.as_str() == "mfa")),
        };
        identity.take_address(claims.email().map(|email| email.as_str()), claims.email_verified());
        Ok(identity)
    }

    /// Asks for the address and the name where the ID token has none. An answer that does not come is none: the code is spent,
    /// and somebody who is known already needs neither.
    async fn complete(&self, client: &Client, answer: &CoreTokenResponse, mut identity: Identity) -> Identity {
        if identity.email.is_some() || identity.unverified {
            return identity;
        }
        let subject = openidconnect::SubjectIdentifier::new(identity.subject.clone());
        let Ok(request) = client.user_info(answer.access_token().clone(), Some(subject)) else {
            return identity;
        };
        let http = call(self.http);
        let said: Result<CoreUserInfoClaims, _> = request.request_async(&http).await;
        match said {
            Ok(claims) => {
                identity.take_address(claims.email().map(|email| email.as_str()), claims.email_verified());
                let name = claims.name().and_then(|name| name.get(None)).map(|name| name.to_string());
                identity.name = identity.name.or(name);
            }
            Err(error) => tracing::warn!(provider = %self.provider.id, %error, "no answer about a person"),
        }
        identity
    }
}

impl Identity {
    fn take_address(&mut self, email: Option<&str>, verified: Option<bool>) {
        if verified == Some(true) {
            self.email = email.map(|email| email.trim().to_lowercase());
        } else {
            self.unverified = email.is_some();
        }
    }
}

/// The library's requests through our own client.
mod bytes_of_http {
    use std::future::Future;

    use diwan_platform::http::{HttpClient, HttpError};
    use openidconnect::{HttpRequest, HttpResponse};
    use url::Url;

    /// The longest answer of a provider.
    const MOST_BYTES: usize = 512 * 1024;

    /// Why there is no answer.
    #[derive(Debug, thiserror::Error)]
    pub enum CallError {
        /// The address is not called.
        #[error("{0}")]
        Forbidden(String),
        /// No answer, or a fault of the server.
        #[error("{0}")]
        Away(String),
    }

    impl From<HttpError> for CallError {
        fn from(error: HttpError) -> Self {
            match error {
                HttpError::Refused { .. } => Self::Forbidden(error.to_string()),
                other => Self::Away(other.to_string()),
            }
        }
    }

    /// The client that the library is given.
    pub fn call(
        http: &HttpClient,
    ) -> impl Fn(HttpRequest) -> std::pin::Pin<Box<dyn Future<Output = Result<HttpResponse, CallError>> + Send>> + Send + Sync
    {
        let http = http.clone();
        move |request| Box::pin(send(http.clone(), request))
    }

    async fn send(http: HttpClient, request: HttpRequest) -> Result<HttpResponse, CallError> {
        let (parts, body) = request.into_parts();
        let url = Url::parse(&parts.uri.to_string()).map_err(|error| CallError::Forbidden(error.to_string()))?;
        let mut ours = http.request(parts.method, url).max_response_bytes(MOST_BYTES);
        if !body.is_empty() {
            ours = ours.bytes("application/x-www-form-urlencoded", body.into());
        }
        for (name, value) in &parts.headers {
            let value = value.to_str().map_err(|error| CallError::Forbidden(error.to_string()))?;
            ours = ours.header(name.as_str(), value);
        }
        let answer = ours.send().await?;
        if answer.status.is_server_error() || answer.status.as_u16() == 429 {
            return Err(CallError::Away(format!("the provider answered {}", answer.status.as_u16())));
        }
        let mut response = HttpResponse::new(answer.body.to_vec());
        *response.status_mut() = answer.status;
        *response.headers_mut() = answer.headers;
        Ok(response)
    }
}
