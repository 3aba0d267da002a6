//! Requests on their way to a network and back, and what faults do to them.

use std::any::Any;
use std::net::{Shutdown, TcpStream};
use std::os::fd::AsFd as _;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Extensions, Server};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use futures::StreamExt as _;
use serde_json::json;
use tokio::sync::mpsc;

use crate::answer::Answer;
use crate::call::Call;
use crate::control;
use crate::faults::{Fault, Target};
use crate::requests::{Outcome, Recorded};
use crate::service::Service;
use crate::timeline;
use crate::world::{AccountId, World};

/// Threads that answer.
const WORKERS: usize = 2;

/// How many chunks of a body wait for their reader.
const WAITING_CHUNKS: usize = 8;

/// How long the rest of a body is awaited that nobody wants to read, so that its sender sees the answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// What every request needs.
#[derive(Clone)]
pub(crate) struct Core {
    pub(crate) world: Arc<World>,
    pub(crate) services: Arc<[Arc<dyn Service>]>,
}

/// The connection of a request, by a handle of its own: actix gives no way to end it.
struct Connection(TcpStream);

/// Serves on a listener.
pub(crate) fn serve(listener: std::net::TcpListener, core: Core) -> std::io::Result<Server> {
    let server = HttpServer::new(move || {
        App::new()
            .app_data(web::Data::new(core.clone()))
            .service(web::scope("/_emulator").configure(control::routes))
            .configure(timeline::routes)
            .default_service(web::to(dispatch))
    })
    .on_connect(keep_handle)
    .workers(WORKERS)
    // A client that leaves ends what waits for it.
    .h1_allow_half_closed(false)
    .disable_signals()
    .shutdown_timeout(1)
    .listen(listener)?;
    Ok(server.run())
}

fn keep_handle(connection: &dyn Any, extensions: &mut Extensions) {
    let stream = connection.downcast_ref::<actix_web::rt::net::TcpStream>();
    if let Some(Ok(handle)) = stream.map(|stream| stream.as_fd().try_clone_to_owned()) {
        extensions.insert(Connection(handle.into()));
    }
}

/// Ends the connection under the feet of the client. The answer goes nowhere.
fn cut(request: &HttpRequest) -> HttpResponse {
    if let Some(Connection(stream)) = request.conn_data()
        && let Err(error) = stream.shutdown(Shutdown::Both)
    {
        tracing::debug!(%error, "the client went away first");
    }
    HttpResponse::InternalServerError().force_close().finish()
}

/// Finds the network, lets a fault strike, answers.
async fn dispatch(request: HttpRequest, payload: web::Payload, core: web::Data<Core>) -> HttpResponse {
    let Some(call) = Call::of(&request) else {
        return unknown("no host: the path is /HOST/PATH").into_response();
    };
    let Some(service) = core.service(&call) else {
        let number = core.note("", &call, None);
        core.world.requests_mut(|requests| requests.close(number, Outcome::Unknown, Some(404)));
        return unknown(&format!("no network answers for {}", call.host)).into_response();
    };
    if let Some(answer) = timeline::of_link(&core.world, service.key(), &call) {
        return answer.into_response();
    }
    let account = account_of(&core.world, service.key(), &call);
    let number = core.note(service.key(), &call, account.as_deref());
    let host_and_path = format!("{}{}", call.host, call.path);
    let target = Target {
        network: service.key(),
        method: call.method.as_str(),
        host_and_path: &host_and_path,
        account: account.as_deref(),
    };
    let limited = core.world.limited(&target);
    // What is refused for that has no other trouble.
    let fault = limited.is_none().then(|| core.world.faults_mut(|faults| faults.strike(&target))).flatten();
    let exchange = Exchange { core: core.get_ref().clone(), service, number, delay: Duration::ZERO };
    if let Some(seconds) = limited {
        return exchange.refuse(429, payload).await.header("retry-after", seconds.to_string()).into_response();
    }
    match fault {
        Some(Fault::Latency { milliseconds }) => {
            let exchange = Exchange { delay: Duration::from_millis(milliseconds), ..exchange };
            exchange.run(call, payload, Outcome::Answered).await.into_response()
        }
        Some(Fault::ResetBefore) => {
            exchange.close(Outcome::Refused, None);
            cut(&request)
        }
        Some(Fault::LostAnswer) => {
            exchange.run(call, payload, Outcome::Lost).await;
            cut(&request)
        }
        Some(Fault::Blackhole { processed: true }) => {
            exchange.run(call, payload, Outcome::Lost).await;
            std::future::pending().await
        }
        Some(Fault::Blackhole { processed: false }) => {
            exchange.close(Outcome::Refused, None);
            pour_away(payload).await;
            std::future::pending().await
        }
        Some(Fault::TooMany { retry_after }) => {
            let answer = exchange.refuse(429, payload).await;
            match retry_after {
                Some(seconds) => answer.header("retry-after", seconds.to_string()).into_response(),
                None => answer.into_response(),
            }
        }
        Some(Fault::ServerError { status, processed: false }) => exchange.refuse(status, payload).await.into_response(),
        Some(Fault::ServerError { status, processed: true }) => {
            let trouble = exchange.trouble(status);
            exchange.run(call, payload, Outcome::Lost).await;
            trouble.into_response()
        }
        // The last three strike when they are placed, and no request.
        None | Some(Fault::ExpireTokens | Fault::RevokeTokens | Fault::SlowProcessing { .. }) => {
            exchange.run(call, payload, Outcome::Answered).await.into_response()
        }
    }
}

fn unknown(why: &str) -> Answer {
    Answer::json(404, &json!({ "emulator": { "error": "unknown", "message": why } }))
}

impl Core {
    fn service(&self, call: &Call) -> Option<Arc<dyn Service>> {
        let answers =
            |service: &&Arc<dyn Service>| service.hosts().contains(&call.host.as_str()) && service.takes(call);
        self.services.iter().find(answers).cloned()
    }

    fn note(&self, network: &str, call: &Call, account: Option<&str>) -> u64 {
        let request = Recorded {
            network: network.to_owned(),
            method: call.method.to_string(),
            host: call.host.clone(),
            path: call.path.clone(),
            account: account.map(str::to_owned),
            outcome: Outcome::Open,
            status: None,
        };
        self.world.requests_mut(|requests| requests.note(request))
    }
}

/// The account of a request, as far as it can be seen without its body.
fn account_of(world: &World, network: &str, call: &Call) -> Option<String> {
    let in_header = ["bearer", "oauth"].into_iter().find_map(|scheme| call.authorization(scheme));
    let tokens = in_header.into_iter().chain(call.query("access_token"));
    let segments = call.segments();
    // The id of a bot, a colon, its secret.
    let in_path =
        segments.iter().filter_map(|segment| segment.strip_prefix("bot")?.split_once(':')).map(|(_, secret)| secret);
    let owner = tokens.chain(in_path).find_map(|token| world.token_owner(network, token));
    owner.or_else(|| {
        let ids = segments.iter().filter_map(|segment| segment.parse().ok());
        ids.map(AccountId).find_map(|id| world.account_named(network, id))
    })
}

/// A request that a network answers.
struct Exchange {
    core: Core,
    service: Arc<dyn Service>,
    number: u64,
    /// How long the network waits before it begins.
    delay: Duration,
}

impl Exchange {
    /// Lets the network process the request. What has begun goes to its end, also when the client leaves, as it does at
    /// a network.
    async fn run(self, call: Call, payload: web::Payload, outcome: Outcome) -> Answer {
        let (chunks, body) = mpsc::channel(WAITING_CHUNKS);
        let pump = actix_web::rt::spawn(pump(payload, chunks));
        let call = call.with_body(body);
        let work = actix_web::rt::spawn(async move {
            tokio::time::sleep(self.delay).await;
            let answer = self.service.answer(call, &self.core.world).await;
            self.close(outcome, Some(answer.status));
            answer
        });
        let answer = match work.await {
            Ok(answer) => answer,
            // A service that panics is a mistake in it, and says so.
            Err(error) => Answer::json(500, &json!({ "emulator": { "error": "panic", "message": error.to_string() } })),
        };
        if tokio::time::timeout(PATIENCE, pump).await.is_err() {
            tracing::debug!("a body that nobody reads does not end");
        }
        answer
    }

    /// Answers in the network's place.
    async fn refuse(&self, status: u16, payload: web::Payload) -> Answer {
        self.close(Outcome::Refused, Some(status));
        pour_away(payload).await;
        self.trouble(status)
    }

    fn trouble(&self, status: u16) -> Answer {
        Answer::json(status, &self.service.trouble(status))
    }

    fn close(&self, outcome: Outcome, status: Option<u16>) {
        self.core.world.requests_mut(|requests| requests.close(self.number, outcome, status));
    }
}

/// Hands a body on to whoever reads it, and reads on when nobody does any more.
async fn pump(mut payload: web::Payload, chunks: mpsc::Sender<Result<bytes::Bytes, String>>) {
    while let Some(chunk) = payload.next().await {
        let is_broken = chunk.is_err();
        // Fails when the reader has enough.
        let _enough = chunks.send(chunk.map_err(|error| error.to_string())).await;
        if is_broken {
            return;
        }
    }
}

/// Reads a body that nobody wants.
async fn pour_away(payload: web::Payload) {
    let (chunks, _) = mpsc::channel(1);
    if tokio::time::timeout(PATIENCE, pump(payload, chunks)).await.is_err() {
        tracing::debug!("a body that nobody reads does not end");
    }
}
