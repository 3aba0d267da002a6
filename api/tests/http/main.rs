//! The API through HTTP, against real PostgreSQL: what clients may rely on, and what bad input of every kind gets.

mod audit;
mod connecting;
mod idempotency;
mod kit;
mod limits;
mod lists;
mod live;
mod permissions;
mod posts;
mod reports;
mod sessions;
mod settling;
mod sign_in;
mod strangers;
mod uploads;
