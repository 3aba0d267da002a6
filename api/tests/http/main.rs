//! The API through HTTP, against real PostgreSQL: what clients may rely on, and what bad input of every kind gets.

mod approvals;
mod audit;
mod brand_life;
mod cell_operations;
mod cells;
mod connecting;
mod idempotency;
mod integrations;
mod kit;
mod limits;
mod lists;
mod live;
mod pages;
mod passwords;
mod people;
mod permissions;
mod posts;
mod reports;
mod second_factors;
mod sessions;
mod settings;
mod settling;
mod sign_in;
mod strangers;
mod teamwork;
mod uploads;
