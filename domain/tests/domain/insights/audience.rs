//! The audience of a brand's accounts: what was read, each by itself and taken together, and how it is read each week.

use anyhow::{Context as _, Result};
use chrono::{DateTime, Duration, NaiveDate, Utc};
use diwan_domain::Code;
use diwan_domain::insights::{AskedAudience, AudienceBy, AudienceProfile, NoProfile, audience_profile};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_networks::AudienceDimension;
use uuid::Uuid;

use super::{Bench, code, day};

/// What a reading says: its account, dimension, day and unit, and its parts.
type Read<'a> = (Uuid, &'a str, &'a str, &'a str, &'a [(&'a str, i64)]);

impl Bench {
    async fn reads(&self, readings: &[Read<'_>]) -> Result<()> {
        for (account, dimension, on, unit, parts) in readings {
            let list = |of: Vec<String>, kind: &str| format!("array[{}]::{kind}[]", of.join(", "));
            let keys = list(parts.iter().map(|(key, _)| format!("'{key}'")).collect(), "text");
            let amounts = list(parts.iter().map(|(_, amount)| amount.to_string()).collect(), "bigint");
            let missing = if parts.is_empty() { "'TOO_FEW'" } else { "null" };
            let audience = if *unit == "PEOPLE" { "FOLLOWERS" } else { "VIEWERS" };
            let sql = format!(
                "insert into audience_reading (id, brand_id, social_account_id, dimension, day, read_at, audience, unit, keys, amounts, missing)
                 values (gen_random_uuid(), '{}', '{account}', '{dimension}', '{on}', '{on}T09:00:00Z', '{audience}', '{unit}', {keys}, {amounts}, {missing})",
                self.brand
            );
            self.test.db.run(&sql).await?;
        }
        Ok(())
    }

    async fn audience(&self, at: Option<NaiveDate>, account_ids: &[Uuid]) -> Result<AudienceProfile> {
        let context = self.test.act(&self.person).await?;
        let asked = AskedAudience { brand_id: self.brand, at, account_ids: account_ids.to_vec() };
        Ok(audience_profile(&context, asked).await?)
    }

    async fn due(&self, account: Uuid) -> Result<DateTime<Utc>> {
        let sql = format!(
            "select due_at from job where kind = 'read_audience' and subject_id = '{account}' and state = 'PENDING'"
        );
        self.test.db.value(&sql).await
    }
}

fn by(profile: &AudienceProfile, dimension: AudienceDimension) -> Result<&AudienceBy> {
    profile.by.iter().find(|by| by.dimension == dimension).context("a dimension")
}

fn line(by: &AudienceBy) -> String {
    let parts = by.combined.parts.iter().map(|part| {
        format!(
            "{} {} {}",
            part.key,
            part.share,
            part.people.map_or_else(|| "-".to_owned(), |people| people.to_string())
        )
    });
    let known = by.combined.known_percent.as_deref().unwrap_or("-");
    format!("{} | {known} | {}", parts.collect::<Vec<_>>().join(", "), by.missing_networks.join(" "))
}

/// Why nothing is known of accounts, by their networks.
fn why(by: &AudienceBy) -> Vec<(&str, NoProfile)> {
    let unknown = by.accounts.iter().filter_map(|one| Some((one.account.network.as_str(), *one.told.as_ref().err()?)));
    let mut unknown: Vec<_> = unknown.collect();
    unknown.sort_by_key(|(network, _)| *network);
    unknown
}

#[tokio::test]
async fn accounts_are_told_together_by_their_followers() -> Result<()> {
    let bench = Bench::new().await?;
    let instagram = bench.test.account(bench.brand, "instagram", &bench.person).await?;
    let youtube = bench.test.account(bench.brand, "youtube", &bench.person).await?;
    let nobody = bench.audience(None, &[]).await?;
    assert_eq!((nobody.at, nobody.followers), (day("2026-09-20")?, None));
    let genders = by(&nobody, AudienceDimension::Gender)?;
    assert_eq!(line(genders), " | - | instagram mastodon x youtube");
    let (not_offered, not_read, too_few) = (NoProfile::NotOffered, NoProfile::NotRead, NoProfile::TooFew);
    let silent = [("mastodon", not_offered), ("x", not_offered)];
    let [mastodon, x] = silent;
    assert_eq!(why(genders), [("instagram", not_read), mastodon, x, ("youtube", not_read)]);
    let cities = why(by(&nobody, AudienceDimension::City)?);
    assert_eq!(cities, [("instagram", not_read), mastodon, x, ("youtube", not_offered)]);

    bench
        .reads(&[
            // An older reading of the same is no part of it.
            (instagram, "GENDER", "2026-09-08", "PEOPLE", &[("FEMALE", 1), ("MALE", 900)]),
            (instagram, "GENDER", "2026-09-15", "PEOPLE", &[("FEMALE", 600), ("MALE", 300)]),
            // Nor is it one that the network could not tell for a while.
            (instagram, "GENDER", "2026-09-18", "PEOPLE", &[]),
            (instagram, "CITY", "2026-09-15", "PEOPLE", &[]),
            (instagram, "AGE", "2026-08-16", "PEOPLE", &[("18-24", 500)]),
            (youtube, "GENDER", "2026-09-16", "SHARE", &[("FEMALE", 250_000), ("MALE", 750_000)]),
            (youtube, "COUNTRY", "2026-09-16", "VIEWS", &[("GR", 30), ("DE", 10)]),
        ])
        .await?;
    for (account, followers) in [(instagram, 1000), (youtube, 200), (bench.mastodon, 800)] {
        bench.said(account, None, &[("FOLLOWERS", followers, "2026-09-19T09:00:00Z")]).await?;
    }
    let found = bench.audience(None, &[]).await?;
    assert_eq!(found.followers, Some(2000));
    let genders = by(&found, AudienceDimension::Gender)?;
    // 600 and a quarter of 200; 300 and three quarters: of 2000 followers, of 800 of which nobody tells, nor of 100 of Instagram.
    assert_eq!(line(genders), "FEMALE 59.0909 650, MALE 40.9091 450 | 55 | mastodon x");
    let one = genders.accounts.iter().find(|one| one.account.id == youtube).context("YouTube")?;
    assert_eq!((one.audience.as_deref(), one.read_on), (Some("VIEWERS"), Some(day("2026-09-16")?)));
    let one = genders.accounts.iter().find(|one| one.account.id == instagram).context("Instagram")?;
    assert_eq!(one.read_on, Some(day("2026-09-15")?));
    assert_eq!(line(by(&found, AudienceDimension::Country)?), "GR 75 150, DE 25 50 | 10 | instagram mastodon x");
    let cities = by(&found, AudienceDimension::City)?;
    assert_eq!(line(cities), " | 0 | instagram mastodon x youtube");
    assert_eq!(why(cities), [("instagram", too_few), mastodon, x, ("youtube", not_offered)]);
    let ages = why(by(&found, AudienceDimension::Age)?);
    assert_eq!(ages.first(), Some(&("instagram", not_read)), "what is five weeks old says nothing");

    // Of one account alone, and of a day before the newest reading.
    let alone = bench.audience(None, &[youtube]).await?;
    assert_eq!(line(by(&alone, AudienceDimension::Gender)?), "FEMALE 25 50, MALE 75 150 | 100 | ");
    let then = bench.audience(Some(day("2026-09-14")?), &[instagram]).await?;
    let genders = by(&then, AudienceDimension::Gender)?;
    assert_eq!(line(genders), " | - | instagram", "how many followed then nobody knows");
    let parts = genders.accounts.first().and_then(|one| one.told.as_ref().ok()).context("parts")?;
    assert_eq!(parts.parts.iter().map(|part| part.share.as_str()).collect::<Vec<_>>(), ["0.111", "99.889"]);
    assert!(parts.parts.iter().all(|part| part.people.is_none()) && parts.known_percent.is_none());

    // An account that was disconnected stays while what was read of it stands.
    let away = format!("update social_account set state = 'DISCONNECTED' where id in ('{instagram}', '{}')", bench.x);
    bench.test.db.run(&away).await?;
    let found = bench.audience(None, &[]).await?;
    assert_eq!(line(by(&found, AudienceDimension::Gender)?), "FEMALE 59.0909 650, MALE 40.9091 450 | 55 | mastodon");
    Ok(())
}

#[tokio::test]
async fn what_followers_work_is_told_where_a_network_knows_it() -> Result<()> {
    let bench = Bench::new().await?;
    let linkedin = bench.test.account(bench.brand, "linkedin", &bench.person).await?;
    let instagram = bench.test.account(bench.brand, "instagram", &bench.person).await?;
    bench
        .reads(&[
            (linkedin, "COUNTRY", "2026-09-15", "PEOPLE", &[("GR", 100)]),
            (instagram, "COUNTRY", "2026-09-15", "PEOPLE", &[("GR", 200), ("DE", 100)]),
            (linkedin, "INDUSTRY", "2026-09-15", "PEOPLE", &[("Banking", 20), ("Software Development", 60)]),
            (linkedin, "SENIORITY", "2026-09-15", "PEOPLE", &[("Owner", 10), ("Entry", 30)]),
            (linkedin, "JOB_FUNCTION", "2026-09-15", "PEOPLE", &[("Sales", 25), ("Engineering", 75)]),
            (linkedin, "COMPANY_SIZE", "2026-09-15", "PEOPLE", &[("10001+", 30), ("2-10", 10), ("11-50", 60)]),
        ])
        .await?;
    for (account, followers) in [(linkedin, 100), (instagram, 300)] {
        bench.said(account, None, &[("FOLLOWERS", followers, "2026-09-19T09:00:00Z")]).await?;
    }
    let found = bench.audience(None, &[linkedin, instagram]).await?;
    for (dimension, expected) in [
        (AudienceDimension::Country, "GR 75 300, DE 25 100 | 100 | "),
        (AudienceDimension::Industry, "Software Development 75 60, Banking 25 20 | 20 | instagram"),
        (AudienceDimension::Seniority, "Entry 75 30, Owner 25 10 | 10 | instagram"),
        (AudienceDimension::JobFunction, "Engineering 75 75, Sales 25 25 | 25 | instagram"),
        (AudienceDimension::CompanySize, "2-10 10 10, 11-50 60 60, 10001+ 30 30 | 25 | instagram"),
    ] {
        assert_eq!(line(by(&found, dimension)?), expected);
    }
    assert_eq!(why(by(&found, AudienceDimension::Industry)?), [("instagram", NoProfile::NotOffered)]);
    let ages = [("instagram", NoProfile::NotRead), ("linkedin", NoProfile::NotOffered)];
    assert_eq!(why(by(&found, AudienceDimension::Age)?), ages);
    // Of nothing else anybody tells.
    let wrong = bench.reads(&[(linkedin, "SHOE_SIZE", "2026-09-15", "PEOPLE", &[("43", 1)])]).await;
    assert!(wrong.is_err());
    Ok(())
}

#[tokio::test]
async fn an_upgrade_begins_to_read_pages_of_linkedin() -> Result<()> {
    let bench = Bench::new().await?;
    let db = &bench.test.db;
    let linkedin = bench.test.account(bench.brand, "linkedin", &bench.person).await?;
    bench.test.account(bench.brand, "instagram", &bench.person).await?;
    // There already, as where the new program ran before.
    for before in ["delete from job", "select 1"] {
        db.migrate_again("m0080_audience_at_work", before).await?;
        let sql = format!("select string_agg(kind || ' ' || (subject_id = '{linkedin}'), ', ') from job");
        assert_eq!(db.value::<String>(&sql).await?, "read_audience true");
    }
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused_and_others_see_nothing() -> Result<()> {
    let bench = Bench::new().await?;
    let other = bench.test.brand("Beta").await?;
    let theirs = bench.test.account(other, "instagram", &bench.person).await?;
    let context = bench.test.act(&bench.person).await?;
    let asked = |brand_id, at: Option<NaiveDate>, account_ids: Vec<Uuid>| AskedAudience { brand_id, at, account_ids };
    for (asked, expected) in [
        (asked(bench.brand, Some(day("2026-09-21")?), Vec::new()), Code::Invalid),
        (asked(bench.brand, Some(day("1999-12-31")?), Vec::new()), Code::Invalid),
        (asked(bench.brand, None, vec![theirs]), Code::NotFound),
        (asked(bench.brand, None, vec![bench.x; 101]), Code::TooMany),
        (asked(other, None, Vec::new()), Code::NotFound),
    ] {
        let what = format!("{asked:?}");
        assert_eq!(code(audience_profile(&context, asked).await)?, Some(expected), "{what}");
    }
    for (level, kind) in [(Level::Junior, UserKind::Staff), (Level::Junior, UserKind::Client)] {
        let who = bench.test.member(bench.brand, level, kind).await?;
        let context = bench.test.act(&who).await?;
        let found = audience_profile(&context, asked(bench.brand, None, Vec::new())).await;
        assert_eq!(code(found)?, Some(Code::Forbidden), "{kind:?}");
    }
    Ok(())
}

#[tokio::test]
async fn as_many_statements_for_many_accounts_as_for_one() -> Result<()> {
    let bench = Bench::new().await?;
    let taken = async || -> Result<usize> {
        let context = bench.test.act(&bench.person).await?;
        let before = bench.test.db.statements();
        let asked = AskedAudience { brand_id: bench.brand, at: None, account_ids: Vec::new() };
        audience_profile(&context, asked).await?;
        Ok(bench.test.db.statements() - before)
    };
    let few = taken().await?;
    for _ in 0..5 {
        let account = bench.test.account(bench.brand, "instagram", &bench.person).await?;
        bench.reads(&[(account, "AGE", "2026-09-15", "PEOPLE", &[("18-24", 5)])]).await?;
    }
    assert_eq!(taken().await?, few);
    Ok(())
}

#[tokio::test]
async fn an_account_is_looked_at_each_week_while_it_is_there() -> Result<()> {
    let bench = Bench::new().await?;
    let (brand, now) = (bench.brand, bench.test.services.now());
    let instagram = bench.test.account(brand, "instagram", &bench.person).await?;
    bench
        .test
        .db
        .run(&format!(
            "update social_account set state = 'NEEDS_RECONNECT' where id = '{instagram}'; delete from job;
             insert into job (id, brand_id, kind, subject_id, due_at, created_at)
               select gen_random_uuid(), '{brand}', 'read_audience', id, '{now}', '{now}' from social_account
               where id in ('{instagram}', '{}')",
            bench.mastodon
        ))
        .await?;
    assert_eq!(bench.test.run_jobs().await?, 2);
    // Of a network that tells nothing of audiences, nothing is asked again.
    let done = format!("job where subject_id = '{}' and state = 'DONE'", bench.mastodon);
    assert_eq!(bench.test.db.count(&done).await?, 1);
    let (due, week) = (bench.due(instagram).await?, now + Duration::days(7));
    assert!((week - Duration::hours(1)..week + Duration::hours(1)).contains(&due), "{due}");
    assert_eq!(bench.test.db.count("audience_reading").await?, 0, "nothing was read, and nothing is made up");

    // The network wants to be left alone: not before.
    let closed = now + Duration::days(9);
    let sql = format!("update social_account set closed_until = '{closed}' where id = '{instagram}'");
    bench.test.db.run(&sql).await?;
    bench.clock.advance(Duration::days(8));
    assert_eq!(bench.test.run_jobs().await?, 1);
    assert_eq!(bench.due(instagram).await?, closed);
    let gone =
        format!("update social_account set state = 'DISCONNECTED', closed_until = null where id = '{instagram}'");
    bench.test.db.run(&gone).await?;
    bench.clock.advance(Duration::days(2));
    assert_eq!(bench.test.run_jobs().await?, 1);
    assert_eq!(bench.test.db.count("job where kind = 'read_audience' and state = 'PENDING'").await?, 0);
    Ok(())
}
