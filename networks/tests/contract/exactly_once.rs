//! Whatever happens on the way, a publication is one post.

use std::time::Duration;

use diwan_networks::{ErrorKind, LookUp};
use diwan_testkit::servers::Fault;

use crate::rig::{Bench, MIXED, Recorder, image, kind, text, with_every_network};

async fn look_up(bench: &Bench, content: &diwan_networks::Content, recorder: &Recorder) -> LookUp {
    let checkpoint = recorder.last();
    let found = bench.network.look_up(bench.out(), &bench.account, content, checkpoint.as_ref()).await;
    found.expect("an answer")
}

#[tokio::test]
async fn publishing_again_from_the_checkpoint_makes_no_second_post() {
    with_every_network(async |bench| {
        let content = image(MIXED, "dot");
        let (first, recorder) = bench.publish(&content, None).await;
        let (second, _) = bench.publish(&content, recorder.last()).await;
        assert_eq!(first.expect("published"), second.expect("published"));
        assert_eq!(bench.rig.posts().await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_post_whose_answer_was_lost_is_found_and_not_made_again() {
    with_every_network(async |bench| {
        for (number, fault) in [Fault::ForwardThenHang, Fault::ForwardThenReset].into_iter().enumerate() {
            let content = if number == 0 { text(MIXED) } else { image(MIXED, "dot") };
            bench.rig.proxy().set(bench.rig.commit_path(), fault);
            let (attempt, recorder) = bench.publish(&content, None).await;
            assert_eq!(kind(&attempt), Some(ErrorKind::Unknown), "{attempt:?}");
            bench.rig.proxy().clear();
            assert_eq!(bench.rig.posts().await, number + 1, "the server made the post");

            let LookUp::Found(found) = look_up(bench, &content, &recorder).await else { panic!("not found") };
            let (again, _) = bench.publish(&content, recorder.last()).await;
            assert_eq!(again.expect("published").remote_id, found.remote_id);
            assert_eq!(bench.rig.posts().await, number + 1);
        }
    })
    .await;
}

#[tokio::test]
async fn a_request_that_never_arrived_is_not_found_and_made_once() {
    with_every_network(async |bench| {
        for (number, fault) in [Fault::ResetBeforeForward, Fault::Status(503)].into_iter().enumerate() {
            let content = text(&format!("{number}: {MIXED}"));
            bench.rig.proxy().set(bench.rig.commit_path(), fault);
            let (attempt, recorder) = bench.publish(&content, None).await;
            assert_eq!(kind(&attempt), Some(ErrorKind::Unknown), "nobody can know: {attempt:?}");
            bench.rig.proxy().clear();
            assert_eq!(look_up(bench, &content, &recorder).await, LookUp::NotThere);
            let (again, _) = bench.publish(&content, recorder.last()).await;
            again.expect("published");
            assert_eq!(bench.rig.posts().await, number + 1);
        }
    })
    .await;
}

#[tokio::test]
async fn a_post_that_appears_after_the_attempt_gave_up_is_found_then() {
    with_every_network(async |bench| {
        let content = text(MIXED);
        // Longer than this suite's client waits.
        bench.rig.proxy().set(bench.rig.commit_path(), Fault::Delay(Duration::from_secs(5)));
        let (attempt, recorder) = bench.publish(&content, None).await;
        assert_eq!(kind(&attempt), Some(ErrorKind::Unknown), "{attempt:?}");
        assert_eq!(look_up(bench, &content, &recorder).await, LookUp::NotThere, "on its way still");
        let arrived = bench.rig.proxy().wait_forwarded(bench.rig.commit_path(), 1, Duration::from_secs(20)).await;
        arrived.expect("the request arrives in the end");
        assert!(matches!(look_up(bench, &content, &recorder).await, LookUp::Found(_)));
        assert_eq!(bench.rig.posts().await, 1);
    })
    .await;
}

#[tokio::test]
async fn the_same_words_in_two_publications_are_two_posts() {
    with_every_network(async |bench| {
        bench.publish(&text("صباح الخير"), None).await.0.expect("published");
        let second = text("صباح الخير");
        bench.rig.proxy().set(bench.rig.commit_path(), Fault::ResetBeforeForward);
        let (_, recorder) = bench.publish(&second, None).await;
        bench.rig.proxy().clear();
        assert_eq!(look_up(bench, &second, &recorder).await, LookUp::NotThere, "the other one is not this one");
        bench.publish(&second, recorder.last()).await.0.expect("published");
        assert_eq!(bench.rig.posts().await, 2);
    })
    .await;
}

#[tokio::test]
async fn a_failed_upload_is_tried_again_and_leaves_no_doubt() {
    with_every_network(async |bench| {
        let content = image("with an image", "dot");
        for fault in [Fault::ForwardThenReset, Fault::Status(500), Fault::ResetBeforeForward] {
            bench.rig.proxy().set(bench.rig.upload_path(), fault);
            let (attempt, recorder) = bench.publish(&content, None).await;
            assert_eq!(kind(&attempt), Some(ErrorKind::Retry), "{attempt:?}");
            assert_eq!(recorder.commits(), 0);
            assert!(recorder.last().is_none_or(|last| !last.may_have_been_sent()));
            if let Some(checkpoint) = recorder.last() {
                let found = bench.network.look_up(bench.out(), &bench.account, &content, Some(&checkpoint)).await;
                assert_eq!(found.expect("an answer"), LookUp::NotThere);
            }
        }
        bench.rig.proxy().clear();
        bench.publish(&content, None).await.0.expect("published");
        assert_eq!(bench.rig.posts().await, 1);
    })
    .await;
}

#[tokio::test]
async fn an_upload_that_succeeded_is_not_repeated() {
    with_every_network(async |bench| {
        let content = image("with an image", "dot");
        bench.rig.proxy().set(bench.rig.commit_path(), Fault::Status(503));
        let (_, recorder) = bench.publish(&content, None).await;
        bench.rig.proxy().clear();
        bench.publish(&content, recorder.last()).await.0.expect("published");
        assert_eq!(bench.rig.proxy().count(bench.rig.upload_path()), 1);
        assert_eq!(bench.rig.posts().await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_lost_lease_ends_the_attempt_before_anything_is_visible() {
    with_every_network(async |bench| {
        let content = text("not mine any more");
        for (at_save, at_commit) in [(true, false), (false, true)] {
            let recorder = Recorder::losing_the_lease(at_save, at_commit);
            let attempt = bench.network.publish(bench.out(), &bench.account, &content, None, &recorder).await;
            assert_eq!(kind(&attempt), Some(ErrorKind::LeaseLost), "{attempt:?}");
            assert_eq!(bench.rig.proxy().count(bench.rig.commit_path()), 0);
        }
        assert_eq!(bench.rig.posts().await, 0);
    })
    .await;
}
