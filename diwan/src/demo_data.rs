//! The agency of `diwan demo`, made by the product's own commands.

use std::io::Cursor;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use chrono::{Datelike as _, NaiveDate, TimeDelta};
use diwan_domain::calendar::{self, NewPost, PostContent};
use diwan_domain::insights::{self, NewReport};
use diwan_domain::media::{self, NewUpload, RequestedUpload};
use diwan_domain::paging::Page;
use diwan_domain::tenancy::{self, NewAgency, NewBrand};
use diwan_domain::{Context, Services};
use diwan_entity::tenancy::agency::Locale;
use image::{ImageFormat, Rgb, RgbImage};

/// A brand to look at.
struct Brand {
    name: &'static str,
    time_zone: &'static str,
    locale: Locale,
    /// Drafts in the calendar that the brand begins with.
    drafts: &'static [&'static str],
    /// A second calendar and its drafts.
    calendar: (&'static str, &'static [&'static str]),
    /// An image: its file name and what people hear who do not see it.
    image: (&'static str, &'static str),
    /// The image's colours, from the top to the bottom.
    colours: [[u8; 3]; 2],
}

/// In the order in which they are made, oldest first.
const BRANDS: &[Brand] = &[
    Brand {
        name: "Cafe Alef",
        time_zone: "Europe/Athens",
        locale: Locale::En,
        drafts: &["Opening day on the square", "Καλοκαίρι στην πλατεία", "קפה של בוקר ליד הים"],
        calendar: ("Campaigns", &["Two for one, all of July", "صباح الخير من أثينا"]),
        image: ("sunrise.png", "The sun rises over the sea"),
        colours: [[0x2a, 0x6f, 0x97], [0xf4, 0xa2, 0x61]],
    },
    Brand {
        name: "کتاب‌فروشی باران",
        time_zone: "Asia/Tehran",
        locale: Locale::Fa,
        drafts: &["معرفی کتاب هفته", "شب شعر در باغ", "كتاب الأسبوع"],
        calendar: ("رویدادها", &["نشست نقد رمان", "Meet the author"]),
        image: ("baran.png", "آفتاب پس از باران"),
        colours: [[0x26, 0x46, 0x53], [0x8a, 0xb1, 0x7d]],
    },
];

/// Sets the agency up with the one-time token. Everything counts or nothing does, but for the images' bytes, which come
/// last.
pub(crate) async fn make(services: &Arc<Services>, setup_token: String, email: &str, password: &str) -> Result<()> {
    let mut context = Context::stranger(Arc::clone(services), services.db.write().await?);
    let agency = NewAgency {
        setup_token,
        agency_name: "Nour Agency".to_owned(),
        time_zone: "Europe/Athens".to_owned(),
        base_currency: "EUR".to_owned(),
        locale: Locale::En,
        name: "Nour Haddad".to_owned(),
        email: email.to_owned(),
        password: password.to_owned(),
    };
    tenancy::set_up_agency(&context, agency, "diwan demo").await?;
    let mut uploads = Vec::new();
    for brand in BRANDS {
        uploads.push((make_brand(&mut context, brand).await?, brand));
    }
    context.commit().await?;
    for (requested, brand) in uploads {
        upload(services, &requested, brand).await?;
    }
    Ok(())
}

/// A moment passes. Lists are ordered by time, newest first.
fn tick(context: &mut Context) {
    context.now += TimeDelta::milliseconds(1);
}

async fn make_brand(context: &mut Context, brand: &Brand) -> Result<RequestedUpload> {
    tick(context);
    let new = NewBrand {
        name: brand.name.to_owned(),
        time_zone: Some(brand.time_zone.to_owned()),
        locale: Some(brand.locale),
    };
    let brand_id = tenancy::create_brand(context, new).await?.id;
    let page = Page { size: 1, after: None, before: None, from_end: false };
    let first = calendar::calendars(context, brand_id, false, page).await?.rows.pop();
    let first = first.context("a brand begins with a calendar")?;
    tick(context);
    let second = calendar::create_calendar(context, brand_id, brand.calendar.0, calendar::Look::default()).await?;
    for (calendar, titles) in [(first, brand.drafts), (second, brand.calendar.1)] {
        for title in titles {
            tick(context);
            let content = PostContent { title: (*title).to_owned(), ..PostContent::default() };
            calendar::create_post(context, NewPost { calendar_id: calendar.id, content }).await?;
        }
    }
    let month = month_of(context)?;
    insights::request_report(context, NewReport { brand_id, month, locale: None }).await?;
    let new = NewUpload {
        brand_id,
        file_name: brand.image.0.to_owned(),
        alt_text: brand.image.1.to_owned(),
        ..NewUpload::default()
    };
    Ok(media::request_upload(context, new).await?)
}

/// The first day of this month. No brand here is west of Greenwich, where the month may still be another.
fn month_of(context: &Context) -> Result<NaiveDate> {
    context.now.date_naive().with_day(1).context("a month without a first day")
}

/// Sends an image to the place that was made for it.
async fn upload(services: &Arc<Services>, requested: &RequestedUpload, brand: &Brand) -> Result<()> {
    let token = requested.url.path_segments().and_then(Iterator::last).context("an upload's address has a token")?;
    let mut receiver = media::receive_upload(Arc::clone(services), token).await?;
    receiver.write(&picture(brand.colours)?).await?;
    Ok(receiver.finish().await?)
}

const WIDTH: u32 = 960;
const HEIGHT: u32 = 640;

/// A sun in an evening sky, as PNG.
fn picture([top, bottom]: [[u8; 3]; 2]) -> Result<Vec<u8>> {
    let picture = RgbImage::from_fn(WIDTH, HEIGHT, |x, y| {
        let (across, down) = (x.abs_diff(WIDTH / 2), y.abs_diff(HEIGHT / 2));
        if across * across + down * down < (HEIGHT / 5).pow(2) {
            return Rgb([0xff, 0xe8, 0xb6]);
        }
        Rgb(std::array::from_fn(|channel| {
            let mixed = (u32::from(top[channel]) * (HEIGHT - y) + u32::from(bottom[channel]) * y) / HEIGHT;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        }))
    });
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, ImageFormat::Png)?;
    Ok(file.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;
    use diwan_testkit::TestServices;

    #[tokio::test]
    async fn everything_is_made_and_the_reports_are_rendered() -> Result<()> {
        let test = TestServices::new().await?;
        let token = tenancy::offer_setup(&test.services).await?.context("not set up yet")?;
        make(&test.services, token, "nour@example.com", "a long password").await?;
        // A report and the forms of a picture each.
        assert_eq!(test.run_jobs().await?, 2 * BRANDS.len());
        for (table, rows) in [("brand", 2), ("calendar", 4), ("post", 10), ("social_account", 0), ("publication", 0)] {
            assert_eq!(test.db.count(table).await?, rows, "{table}");
        }
        assert_eq!(test.db.value::<i64>("select count(*) from report_run where state = 'READY'").await?, 2);
        assert_eq!(test.db.value::<i64>("select count(*) from asset where state = 'READY'").await?, 2);
        let order: String = test.db.value("select string_agg(name, ', ' order by id) from brand").await?;
        assert_eq!(order, "Cafe Alef, کتاب‌فروشی باران");
        Ok(())
    }
}
