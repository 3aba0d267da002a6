//! The product as processes, on servers of its own, publishing to real network servers while something dies.

mod bench;
mod emulated;
mod on_real_servers;
mod storm;
