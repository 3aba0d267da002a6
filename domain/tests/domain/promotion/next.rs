//! What to advertise next.

use anyhow::Result;
use chrono::Duration;
use diwan_domain::Code;
use diwan_domain::promotion::{BoostContent, Promoted, Reason, promotion_candidates};
use diwan_entity::promotion::ad_boost::BoostState;
use uuid::Uuid;

use crate::promotion::desk::{Desk, day};

#[tokio::test]
async fn what_to_advertise_next_is_what_did_better_by_itself() -> Result<()> {
    let desk = Desk::new().await?;
    let (brand, account) = (desk.brand, desk.account);
    let now = desk.test.services.now();
    let mut publications = Vec::new();
    for number in 0..12_i64 {
        let (post, _) = desk.test.post(brand, account, "Hello", &desk.mid).await?;
        let (publication, _) = desk.test.publication(brand, post, now + Duration::days(900)).await?;
        let (at, read) = (now - Duration::days(5), now - Duration::days(1));
        // Of the last one, nobody knows how many it reached; the one before did by far the best.
        let likes = if number == 10 { 500 } else { 10 + number };
        let reach = if number == 11 { 0 } else { 1000 };
        desk.test
            .db
            .run(&format!(
                "update post set state = 'PUBLISHED' where id = '{post}';
                 update publication set state = 'PUBLISHED', remote_id = id::text, published_at = '{at}' where id = '{publication}';
                 insert into metric_sample select gen_random_uuid(), '{brand}', '{account}', '{publication}', m.name, m.value, '{read}'
                   from (values ('LIKES', {likes}), ('REACH', {reach})) m (name, value) where m.value > 0"
            ))
            .await?;
        publications.push((post, publication));
    }
    let lonely = desk.test.account(brand, "bluesky", &desk.mid).await?;
    let (post, _) = desk.test.post(brand, lonely, "Hello", &desk.mid).await?;
    let (publication, _) = desk.test.publication(brand, post, now + Duration::days(900)).await?;
    desk.test
        .db
        .run(&format!(
            "update publication set state = 'PUBLISHED', remote_id = id::text, published_at = '{}' where id = '{publication}'",
            now - Duration::days(5)
        ))
        .await?;
    let told = async || desk.must(&desk.mid, async |context| promotion_candidates(context, brand, 50).await).await;
    let first = told().await?;
    let found: Vec<Uuid> = first.candidates.iter().map(|one| one.publication_id).collect();
    let of = |numbers: &[usize]| numbers.iter().map(|number| publications[*number].1).collect::<Vec<_>>();
    // Eleven have both numbers, and 15 of 1000 is the middle.
    assert_eq!(found, of(&[10, 9, 8, 7, 6]));
    assert_eq!(first.untold.iter().map(|one| (one.account_id, one.publications)).collect::<Vec<_>>(), [(lonely, 0)]);
    let best = &first.candidates[0];
    assert_eq!(best.reasons[1..], [Reason::Age(5), Reason::Samples(11)]);
    assert!(matches!(best.reasons[0], Reason::AboveMedian(times) if (times - 500.0 / 15.0).abs() < 1e-9));

    // What was advertised is behind what was not, and is measured by what it did before.
    let boosted = publications[10].0;
    let what = Promoted::Post { post_id: boosted, account_id: account };
    let plan = BoostContent { what, starts_on: day("2026-06-01"), ..desk.plan(100) };
    let row = desk.approved(plan).await?;
    desk.test.run_jobs().await?;
    assert_eq!(desk.boost(row.id).await?.state, BoostState::Running);
    let paid = format!(
        "insert into metric_sample values (gen_random_uuid(), '{brand}', '{account}', '{}', 'LIKES', 90000, '{}')",
        publications[10].1,
        now + Duration::hours(1)
    );
    desk.test.db.run(&paid).await?;
    let then = told().await?;
    let found: Vec<Uuid> = then.candidates.iter().map(|one| one.publication_id).collect();
    assert_eq!(found, of(&[9, 8, 7, 6, 10]));
    assert_eq!(then.candidates[4].reasons[3..], [Reason::Advertised(1)]);
    assert!((then.candidates[4].rate - 0.5).abs() < 1e-9);

    let refused = desk.act(&desk.mid, async |context| promotion_candidates(context, brand, 51).await).await?;
    assert_eq!(refused.err(), Some(Code::Invalid));
    Ok(())
}
