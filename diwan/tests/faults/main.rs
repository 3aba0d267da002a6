//! The product as processes, on servers of its own, publishing to real network servers while something dies.

mod bench;
mod clients;
mod emulated;
mod network;
mod on_real_servers;
mod redis;
mod reports;
mod steps;
mod storm;
mod syncs;
mod table;
mod whole;
mod workers;
