//! The code flow of OAuth 2.0 (RFC 6749, section 4.1), with PKCE (RFC 7636) where a network asks for it.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use maud::html;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::answer::Answer;
use crate::call::Call;
use crate::pages;
use crate::tokens::{Granted, TokenKind, TokenTrouble};
use crate::world::World;

/// The one application that every network knows.
pub const CLIENT_ID: &str = "emulator";

/// Its secret.
pub const CLIENT_SECRET: &str = "emulator-secret";

/// The query parameter by which nobody has to be asked.
const ACCOUNT: &str = "emulator_account";

/// How long a code lives at most by RFC 6749, section 4.1.2.
const CODE_LIFETIME: Duration = Duration::from_mins(10);

/// How a network's code flow goes.
#[derive(Debug, Clone, Copy)]
pub struct OAuth {
    /// The network's key.
    pub network: &'static str,
    /// The name of the parameter with the application's id: `client_id`, or `client_key`.
    pub client_id: &'static str,
    /// Whether a challenge by S256 is required.
    pub pkce: bool,
    /// What stands between scopes.
    pub scopes_by: char,
}

/// What an application asks for.
struct Asked {
    redirect: Url,
    state: String,
    detail: Value,
}

impl OAuth {
    /// The page on which a person names an account and agrees or refuses; with `emulator_account=NAME` in the query the
    /// browser is sent back at once, with a code that lives ten minutes. The detail of the code says `redirect_uri`,
    /// `scopes` (an array), `code_challenge`, and all `parameters` of the query.
    pub fn authorize(&self, call: &Call, world: &World) -> Answer {
        self.authorize_for(call, world, CODE_LIFETIME)
    }

    /// The same with codes that live for another time.
    pub fn authorize_for(&self, call: &Call, world: &World, lifetime: Duration) -> Answer {
        let asked = match self.asked(call) {
            Ok(asked) => asked,
            Err(wrong) => return pages::page(400, "Not possible", &html! { p.wrong { (wrong) } }, None),
        };
        match call.query(ACCOUNT).map(str::trim) {
            Some(account) if !account.is_empty() => {
                let code = world.issue(self.network, account, TokenKind::Code, Some(lifetime), asked.detail);
                // Noted, so that the account is known by its id from now on.
                world.account(self.network, account);
                back(&asked.redirect, &[("code", &code), ("state", &asked.state)])
            }
            _ => self.ask(call, &asked),
        }
    }

    /// Checks a request for tokens with a code: the application and its secret, the code, the redirect address, the
    /// verifier. The code is used up by that. The error begins with the code of RFC 6749, section 5.2, and a colon. An
    /// application that is named in the header `Authorization: Basic` is put into the form before: see [`Call::basic`].
    pub fn code(&self, form: &[(String, String)], world: &World) -> Result<Granted, String> {
        self.client(form)?;
        let needed = |name: &str| value(form, name).ok_or_else(|| format!("invalid_request: {name} is missing"));
        if needed("grant_type")? != "authorization_code" {
            return Err("unsupported_grant_type: grant_type must be authorization_code".to_owned());
        }
        let (code, redirect) = (needed("code")?, needed("redirect_uri")?);
        let granted = world.redeem(self.network, code, TokenKind::Code).map_err(|trouble| match trouble {
            TokenTrouble::Unknown => "invalid_grant: the code is unknown",
            TokenTrouble::Expired => "invalid_grant: the code has expired",
            TokenTrouble::Revoked => "invalid_grant: the code was used already",
        })?;
        if granted.detail["redirect_uri"] != redirect {
            return Err("invalid_grant: redirect_uri is not the one that was authorized".to_owned());
        }
        match (granted.detail["code_challenge"].as_str(), value(form, "code_verifier")) {
            (None, None) => Ok(granted),
            (None, Some(_)) => Err("invalid_grant: code_verifier without a challenge".to_owned()),
            (Some(_), None) => Err("invalid_grant: code_verifier is missing".to_owned()),
            (Some(challenge), Some(verifier)) if challenge == s256(verifier) => Ok(granted),
            (Some(_), Some(_)) => Err("invalid_grant: code_verifier does not fit the challenge".to_owned()),
        }
    }

    /// Checks the application and its secret alone, for other grants.
    pub fn client(&self, form: &[(String, String)]) -> Result<(), String> {
        let is = |name: &str, right: &str| value(form, name) == Some(right);
        if is(self.client_id, CLIENT_ID) && is("client_secret", CLIENT_SECRET) {
            return Ok(());
        }
        Err(format!("invalid_client: {} or client_secret is wrong", self.client_id))
    }

    fn asked(&self, call: &Call) -> Result<Asked, String> {
        let needed = |name: &str| {
            let value = call.query(name).filter(|value| !value.is_empty());
            value.ok_or_else(|| format!("{name} is missing"))
        };
        if call.method != actix_web::http::Method::GET {
            return Err(format!("a browser comes by GET, not by {}", call.method));
        }
        if needed("response_type")? != "code" {
            return Err("response_type must be code".to_owned());
        }
        if needed(self.client_id)? != CLIENT_ID {
            return Err(format!("{} is unknown: it must be {CLIENT_ID}", self.client_id));
        }
        let redirect_uri = needed("redirect_uri")?;
        let redirect = Url::parse(redirect_uri).ok().filter(is_redirect);
        let redirect = redirect.ok_or("redirect_uri must be on https, or on this machine, and without a fragment")?;
        let scopes: Vec<_> = needed("scope")?.split(self.scopes_by).collect();
        let stray = |scope: &&&str| scope.is_empty() || scope.contains([' ', ',', '\n']);
        if let Some(scope) = scopes.iter().find(stray) {
            return Err(format!("{scope:?} is no scope: they are divided by {:?}", self.scopes_by));
        }
        let challenge = self.challenge(call)?;
        let parameters: Map<_, _> = call.queries().iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        let detail = json!({
            "redirect_uri": redirect_uri,
            "scopes": scopes,
            "code_challenge": challenge,
            "parameters": parameters,
        });
        Ok(Asked { redirect, state: needed("state")?.to_owned(), detail })
    }

    /// The challenge, which may be left away where it is not required.
    fn challenge<'a>(&self, call: &'a Call) -> Result<Option<&'a str>, String> {
        let Some(challenge) = call.query("code_challenge") else {
            return if self.pkce { Err("code_challenge is missing".to_owned()) } else { Ok(None) };
        };
        if call.query("code_challenge_method") != Some("S256") {
            return Err("code_challenge_method must be S256".to_owned());
        }
        if URL_SAFE_NO_PAD.decode(challenge).is_ok_and(|digest| digest.len() == 32) {
            return Ok(Some(challenge));
        }
        Err("code_challenge must be 43 characters of URL-safe base64".to_owned())
    }

    fn ask(&self, call: &Call, asked: &Asked) -> Answer {
        let refused = with(&asked.redirect, &[("error", "access_denied"), ("state", &asked.state)]);
        let scopes = asked.detail["scopes"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let body = html! {
            p { "An application asks to act for an account of " strong { (self.network) } ". It would get:" }
            ul { @for scope in scopes { li { code { (scope) } } } }
            form method="get" {
                @for (name, value) in call.queries() {
                    @if name != ACCOUNT { input type="hidden" name=(name) value=(value); }
                }
                label for="account" { "Account" }
                input #account name=(ACCOUNT) required maxlength="100" autocomplete="off" autofocus dir="auto"
                    aria-describedby="hint";
                p.hint #hint { "Any name is an account here, and a new one the first time." }
                button { "Agree" }
            }
            p { a href=(refused) { "Refuse" } }
        };
        pages::page(200, &format!("{} (emulated)", self.network), &body, Some(&asked.redirect))
    }
}

fn value<'a>(form: &'a [(String, String)], name: &str) -> Option<&'a str> {
    form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
}

fn is_redirect(url: &Url) -> bool {
    let here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    url.fragment().is_none() && (url.scheme() == "https" && url.has_host() || url.scheme() == "http" && here)
}

fn with(redirect: &Url, pairs: &[(&str, &str)]) -> String {
    let mut url = redirect.clone();
    url.query_pairs_mut().extend_pairs(pairs);
    url.into()
}

fn back(redirect: &Url, pairs: &[(&str, &str)]) -> Answer {
    Answer::empty(302).header("location", with(redirect, pairs)).header("cache-control", "no-store")
}

fn s256(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}
