//! Reminding people of places that are about to end: whoever has the place, and whoever gave it.

use chrono::{DateTime, Duration, Utc};
use diwan_entity::tenancy::agency::Locale;
use diwan_platform::db;
use sea_orm::{ActiveEnum as _, FromQueryResult};

use crate::context::Services;
use crate::error::{Arg, Failure};
use crate::trust::{Letter, queue_letter};

/// How long before the end.
const AHEAD: Duration = Duration::days(7);

/// How many in one transaction.
const BATCH: i32 = 100;

#[derive(FromQueryResult)]
struct Ending {
    ends_at: DateTime<Utc>,
    brand_name: String,
    time_zone: String,
    name: String,
    email: String,
    locale: String,
    adder_email: Option<String>,
    adder_locale: Option<String>,
}

/// Queues the letters about places that end within a week, once for each end. Answers how many places it were.
pub async fn remind_of_endings(services: &Services) -> Result<usize, Failure> {
    let mut reminded = 0;
    loop {
        let now = services.now();
        let tx = services.db.write().await?;
        let values = [now.into(), (now + AHEAD).into(), BATCH.into()];
        let endings: Vec<Ending> = db::all(&tx, "select * from app.take_ending_places($1, $2, $3)", values).await?;
        for ending in &endings {
            let letter = |template, to: &str, locale: &str| {
                Ok::<_, Failure>(Letter {
                    to: to.to_owned(),
                    locale: Locale::try_from_value(&locale.to_owned())?,
                    template,
                    args: ending.args(),
                    link: None,
                })
            };
            queue_letter(&tx, services, letter("place-ending", &ending.email, &ending.locale)?).await?;
            if let (Some(to), Some(locale)) = (&ending.adder_email, &ending.adder_locale) {
                queue_letter(&tx, services, letter("place-ending-team", to, locale)?).await?;
            }
        }
        tx.commit().await?;
        reminded += endings.len();
        if endings.is_empty() {
            return Ok(reminded);
        }
    }
}

impl Ending {
    fn args(&self) -> Vec<(&'static str, Arg)> {
        let zone: chrono_tz::Tz = self.time_zone.parse().unwrap_or(chrono_tz::UTC);
        let end = self.ends_at.with_timezone(&zone).format("%F %H:%M").to_string();
        vec![
            ("name", Arg::Text(self.name.clone().into())),
            ("brand", Arg::Text(self.brand_name.clone().into())),
            ("end", Arg::Text(end.into())),
            ("zone", Arg::Text(self.time_zone.clone().into())),
        ]
    }
}
