//! What all networks share: the clock, ids, accounts, tokens, the ledger, the faults.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use diwan_platform::clock::SharedClock;
use diwan_platform::http::HttpClient;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::faults::{Fault, FaultRule, Faults, PlacedFault, Target};
use crate::fetch::{self, Fetched};
use crate::journal::{Change, IssuedToken, Journal};
use crate::ledger::{Effect, Ledger};
use crate::limits::{Limits, ReadLimit, ReadLimitSeen};
use crate::requests::{Recorded, Requests};
use crate::tokens::{Granted, TokenKind, TokenTrouble, Tokens};
use crate::visitors;

/// The smallest id. Ids stay below 2^53, so that they survive JSON in every language.
const FIRST_ID: u64 = 1_000_000_000_000_000;

/// How many numbers ids of accounts are taken from.
const ACCOUNT_IDS: u64 = 8_000_000_000_000_000;

/// The id of an account: a number of 16 digits that is always the same for the same network and name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountId(pub u64);

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[derive(Debug, Default)]
struct State {
    last_id: u64,
    secrets: u64,
    /// Names by network and id, of the accounts that anybody asked for.
    accounts: HashMap<(String, u64), String>,
    tokens: Tokens,
    ledger: Ledger,
    journal: Journal,
    faults: Faults,
    requests: Requests,
    limits: Limits,
}

impl State {
    /// Makes a change and writes it down. Answers how many tokens it ended.
    fn change(&mut self, change: Change) -> u64 {
        self.journal.write(&change);
        self.apply(change)
    }

    fn apply(&mut self, change: Change) -> u64 {
        match change {
            Change::Account { network, id, name } => {
                self.accounts.insert((network, id), name);
            }
            Change::Issued(IssuedToken { token, network, kind, account, detail, expires_at }) => {
                self.tokens.issue(token, network, kind, Granted { account, detail, expires_at });
            }
            Change::Ended { network, token } => self.tokens.revoke_one(&network, &token),
            Change::Expired { network, account } => return self.tokens.expire(network.as_deref(), account.as_deref()),
            Change::Revoked { network, account } => return self.tokens.revoke(network.as_deref(), account.as_deref()),
            Change::Effect(effect) => self.ledger.record(*effect),
        }
        0
    }
}

/// What all networks share.
#[derive(Debug)]
pub struct World {
    url: Url,
    clock: SharedClock,
    http: HttpClient,
    /// Secrets are made of this.
    key: [u8; 32],
    state: Mutex<State>,
}

impl World {
    /// A world without any past. A `seed` makes its ids and secrets the same in every run.
    pub(crate) fn new(url: Url, clock: SharedClock, http: HttpClient, seed: Option<u64>) -> io::Result<Self> {
        let (key, last_id) = if let Some(seed) = seed {
            (Sha256::digest(seed.to_be_bytes()).into(), FIRST_ID)
        } else {
            let mut key = [0; 32];
            getrandom::fill(&mut key).map_err(io::Error::other)?;
            // Later than every id of an earlier run, which somebody may still have.
            (key, u64::try_from(clock.now().timestamp_micros()).unwrap_or_default().max(FIRST_ID))
        };
        Ok(Self { url, clock, http, key, state: Mutex::new(State { last_id, ..State::default() }) })
    }

    /// Takes up the past that is kept in this file, and keeps there what happens from now on.
    pub(crate) fn keep_in(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        let journal = Journal::open(path, |change| {
            state.apply(change);
        })?;
        state.journal = journal;
        Ok(())
    }

    /// Now.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Where the emulator is.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// An id that nothing else has: larger than all before, at least 10^15, below 2^53.
    pub fn new_id(&self) -> u64 {
        let mut state = self.state();
        state.last_id += 1;
        state.last_id
    }

    /// A secret that cannot be guessed: the prefix and 43 characters of URL-safe base64.
    pub fn secret(&self, prefix: &str) -> String {
        let mut state = self.state();
        state.secrets += 1;
        let digest = Sha256::new().chain_update(self.key).chain_update(state.secrets.to_be_bytes()).finalize();
        format!("{prefix}{}", URL_SAFE_NO_PAD.encode(digest))
    }

    /// The id of an account. Every name is an account that exists.
    pub fn account(&self, network: &str, name: &str) -> AccountId {
        let digest = Sha256::new().chain_update(network).chain_update([0]).chain_update(name).finalize();
        let number = digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte));
        let id = FIRST_ID + number % ACCOUNT_IDS;
        let mut state = self.state();
        if !state.accounts.contains_key(&(network.to_owned(), id)) {
            state.change(Change::Account { network: network.to_owned(), id, name: name.to_owned() });
        }
        AccountId(id)
    }

    /// The name of an account whose id was asked for before.
    pub fn account_named(&self, network: &str, id: AccountId) -> Option<String> {
        self.state().accounts.get(&(network.to_owned(), id.0)).cloned()
    }

    /// Where people see a post: on the emulator's timeline.
    pub fn permalink(&self, network: &str, account: &str, post_id: &str) -> String {
        let mut url = self.url.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.clear().extend(["timeline", network, account]);
        }
        url.set_fragment(Some(post_id));
        url.into()
    }

    /// Issues a token. Without a lifetime it never ends by itself.
    pub fn issue(
        &self,
        network: &str,
        account: &str,
        kind: TokenKind,
        lifetime: Option<Duration>,
        detail: Value,
    ) -> String {
        let token = self.secret("");
        self.state().change(Change::Issued(IssuedToken {
            token: token.clone(),
            network: network.to_owned(),
            kind,
            account: account.to_owned(),
            detail,
            expires_at: lifetime.map(|lifetime| self.now() + lifetime),
        }));
        token
    }

    /// Looks a token up.
    pub fn token(&self, network: &str, token: &str, kind: TokenKind) -> Result<Granted, TokenTrouble> {
        self.state().tokens.check(network, token, kind, self.now()).cloned()
    }

    /// Looks a token up and uses it up: from now on it is revoked.
    pub fn redeem(&self, network: &str, token: &str, kind: TokenKind) -> Result<Granted, TokenTrouble> {
        let mut state = self.state();
        let granted = state.tokens.check(network, token, kind, self.now())?.clone();
        state.change(Change::Ended { network: network.to_owned(), token: token.to_owned() });
        Ok(granted)
    }

    /// Takes one token back, of whatever kind.
    pub fn revoke_token(&self, network: &str, token: &str) {
        self.state().change(Change::Ended { network: network.to_owned(), token: token.to_owned() });
    }

    /// Takes all access and refresh tokens of an account back. Answers how many.
    pub fn revoke_account(&self, network: &str, account: &str) -> u64 {
        let (network, account) = (Some(network.to_owned()), Some(account.to_owned()));
        self.state().change(Change::Revoked { network, account })
    }

    /// Whose token it is, whatever became of it.
    pub(crate) fn token_owner(&self, network: &str, token: &str) -> Option<String> {
        self.state().tokens.owner(network, token).map(str::to_owned)
    }

    /// Writes a change into the ledger. A network that tells numbers of posts knows one that is written here.
    pub fn record(&self, effect: Effect) {
        self.state().change(Change::Effect(Box::new(effect)));
    }

    /// All changes, in order.
    pub fn effects(&self) -> Vec<Effect> {
        self.state().ledger.effects().to_vec()
    }

    /// The posts of an account that were not deleted, oldest first, with their edits applied.
    pub fn posts_of(&self, network: &str, account: &str) -> Vec<Effect> {
        self.state().ledger.posts_of(network, account)
    }

    /// What `pick` finds in the posts of an account, oldest first, as they were made, also in those that were deleted. Nothing is copied: the
    /// ledger is long where many thousands are published. `pick` asks the world for nothing.
    pub fn pick<T>(&self, network: &str, account: &str, pick: impl FnMut(&Effect) -> Option<T>) -> Vec<T> {
        self.state().ledger.pick(network, account, pick)
    }

    /// The post or comment with this id, unless it was deleted, with its edits applied.
    pub fn find(&self, network: &str, id: &str) -> Option<Effect> {
        self.state().ledger.find(network, id)
    }

    /// Fetches a medium as a network does that is given its address. The error says what is wrong with it.
    pub async fn fetch(&self, url: &str) -> Result<Fetched, String> {
        fetch::fetch(&self.http, url).await
    }

    /// Comments on a post or a comment as somebody who is no account of anybody's. Answers the comment's id; none where there is nothing to
    /// comment on, or the network shows no comments.
    pub fn comment(&self, network: &str, on: &str, (author, text): (&str, &str)) -> Option<String> {
        let said = visitors::comment(self, network, on, (author, text))?;
        let id = said.id.clone();
        self.record(said);
        Some(id)
    }

    /// How long this network takes now to process a medium.
    pub fn processing(&self, network: &str) -> Duration {
        self.state().faults.processing(network)
    }

    /// Places a fault, from now on. Answers its number.
    pub fn place(&self, rule: FaultRule) -> u64 {
        let mut state = self.state();
        let (network, account) = (rule.network.clone(), rule.account.clone());
        let struck = match rule.fault {
            Fault::ExpireTokens => state.change(Change::Expired { network, account }),
            Fault::RevokeTokens => state.change(Change::Revoked { network, account }),
            _ => 0,
        };
        state.faults.place(rule, struck)
    }

    /// The faults that were placed and not taken away, in order.
    pub fn faults(&self) -> Vec<PlacedFault> {
        self.state().faults.placed().to_vec()
    }

    /// Takes a fault away. Answers whether it was there.
    pub fn lift(&self, number: u64) -> bool {
        self.state().faults.lift(number)
    }

    /// Takes all faults away. Tokens that expired or were revoked stay so.
    pub fn lift_all(&self) {
        self.state().faults.lift_all();
    }

    /// Lets the networks keep to these limits from now on: what is too much is refused with 429.
    pub fn limit_reads(&self, limits: &[ReadLimit]) {
        self.state().limits.keep(limits);
    }

    /// What came of the limits since they are kept.
    pub fn read_limits(&self) -> Vec<ReadLimitSeen> {
        self.state().limits.seen().to_vec()
    }

    /// Counts a request; after how many seconds it may come again, if it is too much.
    pub(crate) fn limited(&self, request: &Target<'_>) -> Option<u64> {
        let now = self.now();
        self.state().limits.take(request, now)
    }

    /// The requests that came so far, oldest first; of very many, the latest.
    pub fn requests(&self) -> Vec<Recorded> {
        self.state().requests.all().cloned().collect()
    }

    /// How many of them have this text in host and path.
    pub fn count(&self, fragment: &str) -> usize {
        self.state().requests.all().filter(|request| request.target().contains(fragment)).count()
    }

    pub(crate) fn faults_mut<T>(&self, change: impl FnOnce(&mut Faults) -> T) -> T {
        change(&mut self.state().faults)
    }

    pub(crate) fn requests_mut<T>(&self, change: impl FnOnce(&mut Requests) -> T) -> T {
        change(&mut self.state().requests)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
