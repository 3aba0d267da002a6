//! Scheduling many again.

use anyhow::Result;
use chrono::TimeDelta;
use diwan_domain::publishing::{Again, ErrorPolicy, MOST_AGAIN, Shift, schedule_again};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_testkit::TestServices;

/// The most statements that one post takes: everything that is checked on a post is checked anew.
const EACH: usize = 60;

#[tokio::test]
async fn each_post_takes_so_many_statements_and_a_hundred_are_the_most() -> Result<()> {
    let test = TestServices::new().await?;
    let brand = test.brand("Alpha").await?;
    let person = test.member(brand, Level::Senior, UserKind::Staff).await?;
    let account = test.account(brand, "mastodon", &person).await?;
    let again = Again::At(Shift { at: Some(test.services.now() + TimeDelta::days(1)), ..Shift::default() });
    let mut costs = Vec::new();
    for count in [2, 12] {
        let mut posts = Vec::new();
        for _ in 0..count {
            let (post, _) = test.post(brand, account, "Good morning", &person).await?;
            test.publication(brand, post, test.services.now() - TimeDelta::hours(1)).await?;
            posts.push(post);
        }
        let failed = "update publication set state = 'FAILED', trouble = 'GAVE_UP' where state = 'SCHEDULED';
            update post set state = 'FAILED' where state = 'SCHEDULED';
            update job set state = 'DONE', finished_at = now() where kind = 'publish'";
        test.db.run(failed).await?;
        let context = test.act(&person).await?;
        let before = test.db.statements();
        let rows = schedule_again(&context, &posts, &again, ErrorPolicy::RejectEverything).await?;
        costs.push(test.db.statements() - before);
        assert!(rows.iter().all(|row| row.post.is_some()), "{rows:?}");
        context.commit().await?;
    }
    let each = (costs[1] - costs[0]).div_ceil(10);
    assert!(each <= EACH, "{each} statements for each post: {costs:?}");
    assert_eq!(MOST_AGAIN, 100);
    Ok(())
}
