//! What the engine promises to accounts and brands, whatever the number of workers: one renewal at a time, one order, one budget, and
//! nobody kept waiting by others.

mod again;
mod bench;
mod clocks;
mod comments;
mod connections;
mod endings;
mod fairness;
mod history;
mod limits;
mod lines;
mod locks;
mod names;
mod numbers;
mod order;
mod pds;
mod quotas;
mod renewal;
mod statements;
