//! What can be said on the command line.
#![expect(clippy::doc_markdown, reason = "the help shows these texts as they are, on a terminal")]

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// Diwan: publishes a marketing agency's posts to its clients' social networks, each exactly once.
///
/// Settings come from environment variables; docs/OPERATING.md lists them. Without DATABASE_URL and REDIS_URL, `diwan up`
/// runs a private PostgreSQL and Redis of its own in DIWAN_DATA (./data).
#[derive(Debug, Parser)]
#[command(name = "diwan", version, arg_required_else_help = true)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Everything that can be run.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run everything in one process: the API and the worker, and PostgreSQL and Redis if none are named
    Up,
    /// Run everything on data of its own (DIWAN_DATA/demo), with an agency made up to look around in
    Demo,
    /// Run the networks that stand in for the real ones, to try things with: docs/EMULATOR.md
    Emulator {
        /// Where it listens, on this machine
        #[arg(long, default_value = "127.0.0.1:9090")]
        listen: SocketAddr,
    },
    /// Run the API alone, on the servers that DATABASE_URL and REDIS_URL name
    Api,
    /// Run the worker alone, on the servers that DATABASE_URL and REDIS_URL name
    Worker,
    /// Bring the database that DATABASE_URL names up to date, as its owner (DATABASE_OWNER_URL)
    Migrate,
    /// Print the GraphQL schema
    Schema,
    /// Print the table of who may do what, as docs/permissions.md
    Permissions,
    /// Say what is wrong with this installation and what to do about it
    Doctor,
    /// Ask the API at DIWAN_LISTEN whether it can serve; for containers
    Health,
    /// Look after the audit trail
    #[command(subcommand)]
    Audit(Audit),
    /// Prove that what is kept is what it was reckoned from
    #[command(subcommand)]
    Verify(Verify),
    /// Do what only the operator may
    #[command(subcommand)]
    Admin(Admin),
}

/// What only the operator may do.
#[derive(Debug, Subcommand)]
pub(crate) enum Admin {
    /// Print a new one-time token for setting up the agency; the last one is no longer valid
    SetupToken,
    /// Publish a new key that signs access tokens a quarter of an hour later; nobody has to sign in again
    RotateSigningKey,
}

/// What can be proved.
#[derive(Debug, Subcommand)]
pub(crate) enum Verify {
    /// Reckon the balance of every line of every budget from the ledger: exit code 1 when one is kept otherwise
    Budgets,
    /// Reckon every digest of a contract anew, from its files and rows to the audit trail: exit code 1 when one is another
    Contract {
        /// Which, as the API writes its id: contract_...
        id: String,
    },
    /// Reckon every digest of a proposal anew, from its files and what was accepted to the audit trail: exit code 1 when one is another
    Proposal {
        /// Which, as the API writes its id: proposal_...
        id: String,
    },
}

/// What can be done with the audit trail.
#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// Check an exported audit trail, without a database: exit code 1 when it is not what was written
    Verify {
        /// The exported file
        file: PathBuf,
        /// The installation's keys: a file, or the address DIWAN_PUBLIC_URL/.well-known/audit-jwks.json
        #[arg(long)]
        jwks: Option<String>,
        /// Anchors that were kept elsewhere, one a line; can be given several times
        #[arg(long)]
        anchor: Vec<PathBuf>,
    },
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_sound() {
        super::Cli::command().debug_assert();
    }
}
