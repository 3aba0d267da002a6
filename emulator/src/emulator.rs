//! Starting and stopping.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

use actix_web::dev::ServerHandle;
use diwan_platform::clock::{SharedClock, SystemClock};
use url::Url;

use crate::fetch;
use crate::networks;
use crate::server::{self, Core};
use crate::service::Service;
use crate::world::World;

/// How an emulator is started.
pub struct EmulatorOptions {
    /// Where it listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Makes ids and secrets the same in every run.
    pub seed: Option<u64>,
    /// The file in which accounts, tokens and the ledger outlive it; none forgets them. Its folder must exist.
    pub keep_in: Option<PathBuf>,
    /// Its clock.
    pub clock: SharedClock,
    /// The networks that it emulates.
    pub services: Vec<Arc<dyn Service>>,
}

impl Default for EmulatorOptions {
    /// All networks, on a free port of this machine, at the machine's time.
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            seed: None,
            keep_in: None,
            clock: Arc::new(SystemClock),
            services: networks::services(),
        }
    }
}

impl std::fmt::Debug for EmulatorOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let networks: Vec<_> = self.services.iter().map(|service| service.key()).collect();
        f.debug_struct("EmulatorOptions")
            .field("listen", &self.listen)
            .field("networks", &networks)
            .finish_non_exhaustive()
    }
}

/// A running emulator. It stops when dropped.
pub struct Emulator {
    world: Arc<World>,
    hosts: Vec<String>,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for Emulator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Emulator").field("url", self.url()).finish_non_exhaustive()
    }
}

impl Emulator {
    /// Starts one in a thread of its own; it answers when this returns. Fails when the port is taken.
    pub fn start(options: EmulatorOptions) -> io::Result<Self> {
        let listener = TcpListener::bind(options.listen)?;
        listener.set_nonblocking(true)?;
        let url = Url::parse(&format!("http://{}/", listener.local_addr()?)).map_err(io::Error::other)?;
        let http = fetch::client().map_err(io::Error::other)?;
        let world = World::new(url, options.clock, http, options.seed)?;
        if let Some(path) = &options.keep_in {
            world.keep_in(path)?;
        }
        let world = Arc::new(world);
        let hosts = options.services.iter().flat_map(|service| service.hosts()).map(|host| (*host).to_owned());
        let mut hosts: Vec<String> = hosts.collect();
        hosts.sort_unstable();
        hosts.dedup();
        let core = Core { world: Arc::clone(&world), services: options.services.into() };
        let (started, starting) = mpsc::channel();
        let thread = std::thread::Builder::new().name("emulator".to_owned()).spawn(move || {
            let ran = actix_web::rt::System::new().block_on(async move {
                let server = match server::serve(listener, core) {
                    Ok(server) => server,
                    Err(error) => return started.send(Err(error)).map_err(io::Error::other),
                };
                started.send(Ok(server.handle())).map_err(io::Error::other)?;
                server.await
            });
            if let Err(error) = ran {
                tracing::error!(%error, "the emulator ended badly");
            }
        })?;
        let handle = starting.recv().map_err(io::Error::other)??;
        Ok(Self { world, hosts, handle, thread: Some(thread) })
    }

    /// Where it is, such as `http://127.0.0.1:9090/`.
    pub fn url(&self) -> &Url {
        self.world.url()
    }

    /// The hosts that it stands in for.
    pub fn hosts(&self) -> &[String] {
        &self.hosts
    }

    /// What its networks share: the ledger, the faults.
    pub fn world(&self) -> &Arc<World> {
        &self.world
    }

    /// Stops it, as dropping does: what is open is cut.
    pub fn shut_down(self) {
        drop(self);
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // The command is given by the call; what it returns only tells when it was followed.
        drop(self.handle.stop(false));
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the emulator's thread panicked");
        }
    }
}
