//! `diwan up`: everything in one process.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use diwan_api::ApiOptions;
use diwan_domain::{Services, tenancy};
use diwan_platform::config::Config;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::commands::{api, worker};
use crate::figures;
use crate::installation;
use crate::servers::Servers;
use crate::signals::stop_token;

/// Runs until told to stop.
pub(crate) async fn run() -> Result<()> {
    let config = installation::configure()?;
    everything(&config, async |services| Ok(next_step(tenancy::offer_setup(services).await?.as_deref()))).await
}

/// Runs everything as configured, until told to stop. `prepare` is called before anything is served; what it answers is
/// printed when everything runs.
pub(super) async fn everything(
    config: &Config,
    prepare: impl AsyncFnOnce(&Arc<Services>) -> Result<String>,
) -> Result<()> {
    api::check_port(config.listen)?;
    let stop = stop_token()?;
    let mut servers = tokio::select! {
        servers = Servers::named_or_started(config) => servers?,
        // What has been started stops with it.
        () = stop.cancelled() => return Ok(()),
    };
    let ran = serve(config, &mut servers, &stop, prepare).await;
    let stopped = servers.stop().await;
    ran?;
    Ok(stopped?)
}

/// Runs the API and the worker. When one of them ends, so does the other.
async fn serve(
    config: &Config,
    servers: &mut Servers,
    stop: &CancellationToken,
    prepare: impl AsyncFnOnce(&Arc<Services>) -> Result<String>,
) -> Result<()> {
    installation::migrate(&servers.owner_url).await?;
    let services = installation::services(config, &servers.database_url).await?;
    figures::serve(config, &services, stop.clone()).await?;
    let next = prepare(&services).await?;
    // A trial on one's own machine is there to be looked around in.
    let development = config.development || (servers.are_embedded() && config.listen.ip().is_loopback());
    let options = ApiOptions { listen: config.listen, development, trusted_proxies: config.trusted_proxies.clone() };

    let stop_parts = stop.child_token();
    let of_worker = stop_parts.clone();
    let work = diwan_worker::run(services.clone(), worker::options(config, servers), of_worker.clone());
    let work = tokio::spawn(async move {
        let _others = of_worker.drop_guard();
        work.await
    });
    let of_api = stop_parts.clone();
    let said = stop_parts.clone();
    let serving = async {
        let _others = of_api.drop_guard_ref();
        api::serve(services, options, of_api.clone(), |address| {
            print!("{}", welcome(&config.public_url, address, development, &next));
        })
        .await
    };
    let watching = async {
        tokio::select! {
            () = said.cancelled() => Ok(()),
            ended = servers.ended() => {
                said.cancel();
                Err(anyhow::Error::from(ended))
            }
        }
    };
    let (served, watched) = tokio::join!(serving, watching);
    let worked = work.await.context("the worker ended badly");
    watched?;
    served?;
    Ok(worked??)
}

/// What is printed when everything runs.
fn welcome(public_url: &Url, address: SocketAddr, development: bool, next: &str) -> String {
    let base = public_url.as_str().trim_end_matches('/');
    let graphiql = if development { format!("  GraphiQL  {base}/graphiql/\n") } else { String::new() };
    format!(
        "\nDiwan is ready at {base} (listening on {address}).\n{graphiql}  GraphQL   {base}/graphql\n\n{next}\nStop with Ctrl-C.\n"
    )
}

/// What to do first: set the agency up with this token, or sign in when there is none.
fn next_step(setup_token: Option<&str>) -> String {
    match setup_token {
        None => "The agency is set up: sign in with the mutation `signIn`.\n".to_owned(),
        Some(token) => format!(
            "There is no agency yet. Set it up with this mutation; the token works once and changes at every start:\n\n{}",
            set_up_mutation(token)
        ),
    }
}

fn set_up_mutation(token: &str) -> String {
    format!(
        r#"mutation {{
  setUpAgency(input: {{
    setupToken: "{token}"
    agencyName: "Nour Agency"
    timeZone: "Europe/Athens"
    baseCurrency: "EUR"
    locale: EN
    name: "Nour Haddad"
    email: "nour@example.com"
    password: "choose a long password"
  }}) {{
    agency {{ name }}
    session {{ accessToken }}
    userErrors {{ code message }}
  }}
}}
"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_start_is_told_what_to_do() -> Result<()> {
        let (url, address) = (Url::parse("http://localhost:8080/")?, SocketAddr::from(([127, 0, 0, 1], 8080)));
        let first = welcome(&url, address, true, &next_step(Some("setup_x")));
        assert!(first.contains("setupToken: \"setup_x\"") && first.contains("http://localhost:8080/graphiql/"));
        let later = welcome(&url, address, false, &next_step(None));
        assert!(later.contains("signIn") && !later.contains("graphiql") && !later.contains("setUpAgency"));
        Ok(())
    }
}
