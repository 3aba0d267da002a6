//! The networks: one file or folder each, and one line in [`services`].

mod containers;
mod facebook;
mod google;
mod google_business;
mod instagram;
mod linkedin;
mod long_lived;
mod meta;
mod meta_audience;
mod meta_days;
mod pinterest;
mod telegram;
mod threads;
mod tiktok;
mod x;
mod youtube;

use std::sync::Arc;

use crate::service::Service;

pub(crate) use facebook::Facebook;
pub(crate) use google_business::GoogleBusiness;
pub(crate) use instagram::Instagram;
pub(crate) use linkedin::LinkedIn;
pub(crate) use pinterest::Pinterest;
pub(crate) use telegram::Telegram;
pub(crate) use threads::Threads;
pub(crate) use tiktok::TikTok;
pub(crate) use x::X;
pub(crate) use youtube::YouTube;

/// Every network that is emulated, each with a state of its own.
pub fn services() -> Vec<Arc<dyn Service>> {
    vec![
        Arc::new(Facebook::default()),
        Arc::new(Instagram::default()),
        Arc::new(Threads::default()),
        Arc::new(X::default()),
        Arc::new(LinkedIn::default()),
        Arc::new(TikTok::default()),
        Arc::new(YouTube::default()),
        Arc::new(Pinterest::default()),
        Arc::new(Telegram::default()),
        Arc::new(GoogleBusiness::default()),
    ]
}
