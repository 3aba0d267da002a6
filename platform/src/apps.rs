//! The applications under which this installation is known to networks: whoever runs it registers them there.

use std::collections::BTreeMap;
use std::fmt;

/// What a network knows one application by.
#[derive(Clone, PartialEq, Eq)]
pub struct App {
    /// Its public name, as the network gave it.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

/// The variables that name an application and its secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AppVariables {
    /// The application's key. Networks of one company may share one.
    pub key: &'static str,
    /// The variable that holds its public name.
    pub client_id: &'static str,
    /// The variable that holds its secret.
    pub client_secret: &'static str,
}

macro_rules! app {
    ($key:literal, $name:literal) => {
        AppVariables {
            key: $key,
            client_id: concat!("DIWAN_", $name, "_CLIENT_ID"),
            client_secret: concat!("DIWAN_", $name, "_CLIENT_SECRET"),
        }
    };
}

/// Every application that can be set up.
pub const APPS: &[AppVariables] = &[
    app!("facebook", "FACEBOOK"),
    app!("google", "GOOGLE"),
    app!("instagram", "INSTAGRAM"),
    app!("linkedin", "LINKEDIN"),
    app!("pinterest", "PINTEREST"),
    app!("threads", "THREADS"),
    app!("tiktok", "TIKTOK"),
    app!("x", "X"),
    // Of the same application at X its API key with its secret, by which it asks in its own name.
    app!("x_api", "X_API"),
];

/// The applications that are set up, by their keys.
#[derive(Debug, Clone, Default)]
pub struct Apps(BTreeMap<&'static str, App>);

impl Apps {
    /// The application of this key.
    pub fn get(&self, key: &str) -> Option<&App> {
        self.0.get(key)
    }

    /// Sets one up.
    pub fn set(&mut self, key: &'static str, app: App) {
        self.0.insert(key, app);
    }

    /// Sets all of them up with the same names, as a server takes them that stands in for the networks.
    pub fn all(app: &App) -> Self {
        Self(APPS.iter().map(|known| (known.key, app.clone())).collect())
    }
}
