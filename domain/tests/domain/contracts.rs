//! Contracts: negotiated, approved by their amount, signed by both sides over one document, and ended.

mod desk;
mod life;
mod negotiation;
mod people;
mod signed;
