//! Who sees a channel's films: viewers of the last 90 days by age and gender, in hundredths of those who are logged in, and views by country.
//! Ages and genders of few are left out. YouTube tells neither of subscribers.
//! <https://developers.google.com/youtube/analytics/channel_reports#demographics-reports>

use chrono::{Days, NaiveDate};

use super::analytics::{Asked, Report, report};
use crate::audience::{
    AudienceDimension, AudienceMissing, AudienceSlice, AudienceUnit, UNKNOWN_PART, age, country, gender,
};
use crate::error::NetworkError;
use crate::google::Api;

/// By what viewers are divided.
pub(super) const DIMENSIONS: [AudienceDimension; 4] =
    [AudienceDimension::Age, AudienceDimension::Gender, AudienceDimension::AgeGender, AudienceDimension::Country];

/// How many days are looked at, up to yesterday.
const DAYS: u64 = 90;

/// Reads viewers by each dimension, in two requests.
pub(super) async fn viewers(
    api: &Api<'_>,
    channel: &str,
    today: NaiveDate,
) -> Result<Vec<AudienceSlice>, NetworkError> {
    let back = |days| today.checked_sub_days(Days::new(days)).unwrap_or(today);
    let days = (back(DAYS), back(1));
    let people = Asked { channel, days, metrics: "viewerPercentage", dimensions: "ageGroup,gender", more: &[] };
    let mut slices = match report(api, people).await {
        Ok(told) => by_people(&told),
        Err(error) => refused(&DIMENSIONS[..3], AudienceUnit::Share, error)?,
    };
    let places = Asked { metrics: "views", dimensions: "country", more: &[("sort", "-views")], ..people };
    slices.extend(match report(api, places).await {
        Ok(told) => by_country(&told),
        Err(error) => refused(&DIMENSIONS[3..], AudienceUnit::Views, error)?,
    });
    Ok(slices)
}

/// What a refusal says of these dimensions, where it is about them alone.
fn refused(
    dimensions: &[AudienceDimension],
    unit: AudienceUnit,
    error: NetworkError,
) -> Result<Vec<AudienceSlice>, NetworkError> {
    let Some(why) = AudienceMissing::of(&error) else { return Err(error) };
    Ok(dimensions.iter().map(|dimension| AudienceSlice::missing((*dimension, unit), why)).collect())
}

/// Hundredths of at most three digits behind the point, as millionths of the whole.
fn millionths(percent: f64) -> Option<i64> {
    // Written out and read again, exactly: it is told as a decimal.
    let text = format!("{percent:.4}");
    let (whole, part) = text.split_once('.')?;
    format!("{whole}{part}").parse().ok().filter(|millionths| (0..=1_000_000).contains(millionths))
}

fn by_people(told: &Report) -> Vec<AudienceSlice> {
    let rows = told.rows().filter_map(|row| {
        Some((age(row.text("ageGroup")?)?, gender(row.text("gender")?), millionths(row.number("viewerPercentage")?)?))
    });
    let rows: Vec<(String, &'static str, i64)> = rows.collect();
    let slice = |dimension, key: fn(&(String, &'static str, i64)) -> String| {
        AudienceSlice::of((dimension, AudienceUnit::Share), rows.iter().map(|row| (key(row), row.2)))
    };
    vec![
        slice(AudienceDimension::Age, |(age, ..)| age.clone()),
        slice(AudienceDimension::Gender, |(_, gender, _)| (*gender).to_owned()),
        slice(AudienceDimension::AgeGender, |(age, gender, _)| format!("{age} {gender}")),
    ]
}

/// Views of which YouTube does not know the country (`ZZ`) are of the whole.
fn by_country(told: &Report) -> Vec<AudienceSlice> {
    let views = |number: f64| format!("{number:.0}").parse::<i64>().ok();
    let place = |said: &str| country(said).unwrap_or_else(|| UNKNOWN_PART.to_owned());
    let rows = told.rows().filter_map(|row| Some((place(row.text("country")?), views(row.number("views")?)?)));
    vec![AudienceSlice::of((AudienceDimension::Country, AudienceUnit::Views), rows)]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::audience::AudiencePart;

    fn report_of(columns: &[&str], rows: &serde_json::Value) -> Report {
        let headers: Vec<_> = columns.iter().map(|name| json!({ "name": name })).collect();
        serde_json::from_value(json!({ "columnHeaders": headers, "rows": rows })).unwrap()
    }

    #[test]
    fn shares_are_added_up_by_age_and_by_gender() {
        let rows = json!([
            ["age18-24", "female", 12.3],
            ["age18-24", "male", 20.05],
            ["age65-", "male", 1],
            ["age25-34", "user_specified", 0.1]
        ]);
        let slices = by_people(&report_of(&["ageGroup", "gender", "viewerPercentage"], &rows));
        let part = |key: &str, amount| AudiencePart { key: key.to_owned(), amount };
        let ages = vec![part("18-24", 323_500), part("65+", 10_000), part("25-34", 1_000)];
        assert_eq!(slices[0].told, Ok(ages));
        assert_eq!(slices[1].told, Ok(vec![part("FEMALE", 123_000), part("MALE", 210_500), part("OTHER", 1_000)]));
        assert_eq!(slices[2].told.as_ref().unwrap()[2], part("65+ MALE", 10_000));
    }

    #[test]
    fn a_country_nobody_knows_is_none_and_its_views_are_of_the_whole() {
        let rows = json!([["GR", 120], ["ZZ", 7], ["DE", 3.0]]);
        let slices = by_country(&report_of(&["country", "views"], &rows));
        let part = |key: &str, amount| AudiencePart { key: key.to_owned(), amount };
        assert_eq!(slices[0].told, Ok(vec![part("GR", 120), part(UNKNOWN_PART, 7), part("DE", 3)]));
        assert_eq!((millionths(100.0), millionths(100.1), millionths(-1.0)), (Some(1_000_000), None, None));
    }
}
