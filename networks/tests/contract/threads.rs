//! A thread with its first comment is one publication: each of its posts is there once, in its place, whatever happens on the
//! way.

use diwan_networks::{Checkpoint, Content, ErrorKind, LookUp};
use diwan_testkit::servers::Fault;

use crate::rig::{Bench, Recorder, image, kind, text, thread, with_every_network};

/// How many posts `thread` makes.
const PARTS: usize = 4;

/// The newest posts of the account are this thread: a chain, and a comment on its first post.
async fn is_there_once(bench: &Bench, name: &str, before: usize) {
    let expected = [("one", None), ("two", Some(0)), ("three", Some(1)), ("comment", Some(0))];
    let expected: Vec<_> = expected
        .into_iter()
        .map(|(part, answers)| (format!("{name} {part}"), answers.map(|index: usize| before + index)))
        .collect();
    assert_eq!(bench.rig.chain().await[before..], expected, "{name}");
}

async fn look_up(bench: &Bench, content: &Content, checkpoint: Option<&Checkpoint>) -> LookUp {
    bench.network.look_up(bench.out(), &bench.account, content, checkpoint).await.expect("an answer")
}

/// Publishes what is left of the thread. Answers the id of its first post.
async fn finish(bench: &Bench, content: &Content, from: Option<Checkpoint>) -> String {
    bench.publish(content, from).await.0.expect("published").remote_id
}

#[tokio::test]
async fn a_thread_is_a_chain_and_its_comment_answers_the_first_post() {
    with_every_network(async |bench| {
        let content = thread("plain");
        assert_eq!(bench.problems(&content), []);
        let (attempt, recorder) = bench.publish(&content, None).await;
        let published = attempt.expect("published");
        is_there_once(bench, "plain", 0).await;
        assert_eq!(recorder.commits(), PARTS);
        let read = bench.network.read_post(bench.out(), &bench.account, &published.remote_id).await;
        assert_eq!(read.expect("an answer").expect("the post").text, "plain one", "it is the first that is told");

        // From the last checkpoint, nothing is left to do.
        let LookUp::Found(found) = look_up(bench, &content, recorder.last().as_ref()).await else {
            panic!("not found")
        };
        assert_eq!(found, published);
        assert_eq!(finish(bench, &content, recorder.last()).await, published.remote_id);
        assert_eq!(bench.rig.posts().await, PARTS);
    })
    .await;
}

#[tokio::test]
async fn the_images_of_a_thread_are_on_its_first_post() {
    with_every_network(async |bench| {
        let content = Content { thread: vec!["two".to_owned()], ..image("one", "dot") };
        finish(bench, &content, None).await;
        assert_eq!(bench.rig.posts().await, 2);
        assert_eq!(bench.rig.proxy().count(bench.rig.upload_path()), 1);
        assert_eq!(bench.rig.chain().await, [("one".to_owned(), None), ("two".to_owned(), Some(0))]);
    })
    .await;
}

#[tokio::test]
async fn a_comment_alone_answers_the_post() {
    with_every_network(async |bench| {
        let content = Content { first_comment: Some("more".to_owned()), ..text("one") };
        finish(bench, &content, None).await;
        assert_eq!(bench.rig.chain().await, [("one".to_owned(), None), ("more".to_owned(), Some(0))]);
    })
    .await;
}

#[tokio::test]
async fn wherever_an_answer_is_lost_the_thread_goes_on_behind_it() {
    with_every_network(async |bench| {
        for lost in 0..PARTS {
            let name = format!("lost {lost}");
            let (content, before) = (thread(&name), lost * PARTS);
            let fault = if lost == 1 { Fault::ForwardThenHang } else { Fault::ForwardThenReset };
            bench.rig.proxy().set_after(bench.rig.commit_path(), lost, fault);
            let (attempt, recorder) = bench.publish(&content, None).await;
            assert_eq!(kind(&attempt), Some(ErrorKind::Unknown), "{attempt:?}");
            bench.rig.proxy().clear();
            assert_eq!(bench.rig.posts().await, before + lost + 1, "the server made the post");
            let last = recorder.last().expect("a checkpoint");
            assert!(last.may_have_been_sent());
            assert_eq!(last.parts_there(), lost);

            let first = match look_up(bench, &content, Some(&last)).await {
                LookUp::Found(found) if lost == PARTS - 1 => found.remote_id,
                LookUp::Partly(checkpoint) if lost < PARTS - 1 => {
                    assert!(!checkpoint.may_have_been_sent());
                    assert_eq!(checkpoint.parts_there(), lost + 1);
                    // One goes on from what the look-up found, the other looks itself.
                    let from = if lost % 2 == 0 { checkpoint } else { last.clone() };
                    finish(bench, &content, Some(from)).await
                }
                other => panic!("{other:?}"),
            };
            is_there_once(bench, &name, before).await;
            if lost == PARTS - 1 {
                assert_eq!(finish(bench, &content, Some(last)).await, first);
                is_there_once(bench, &name, before).await;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_part_that_never_arrived_is_not_found_and_made_once() {
    with_every_network(async |bench| {
        for (number, fault) in [Fault::ResetBeforeForward, Fault::Status(503)].into_iter().enumerate() {
            let name = format!("away {number}");
            let (content, before) = (thread(&name), number * PARTS);
            bench.rig.proxy().set_after(bench.rig.commit_path(), 2, fault);
            let (attempt, recorder) = bench.publish(&content, None).await;
            assert_eq!(kind(&attempt), Some(ErrorKind::Unknown), "nobody can know: {attempt:?}");
            bench.rig.proxy().clear();
            assert_eq!(bench.rig.posts().await, before + 2);
            assert_eq!(look_up(bench, &content, recorder.last().as_ref()).await, LookUp::NotThere);
            finish(bench, &content, recorder.last()).await;
            is_there_once(bench, &name, before).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_part_that_is_refused_leaves_the_rest_for_later() {
    with_every_network(async |bench| {
        for (number, (status, expected)) in
            [(422, ErrorKind::Content), (401, ErrorKind::Reconnect), (429, ErrorKind::RateLimited)]
                .into_iter()
                .enumerate()
        {
            let name = format!("refused {number}");
            let (content, before) = (thread(&name), number * PARTS);
            bench.rig.proxy().set_after(bench.rig.commit_path(), 1, Fault::Status(status));
            let (attempt, recorder) = bench.publish(&content, None).await;
            assert_eq!(kind(&attempt), Some(expected), "{attempt:?}");
            bench.rig.proxy().clear();
            assert_eq!(bench.rig.posts().await, before + 1);
            let last = recorder.last().expect("a checkpoint");
            assert!(!last.may_have_been_sent(), "the answer was no");
            assert_eq!(last.parts_there(), 1);
            assert!(matches!(look_up(bench, &content, Some(&last)).await, LookUp::Partly(same) if same == last));
            finish(bench, &content, last.to_go_on_from(PARTS)).await;
            is_there_once(bench, &name, before).await;
        }
    })
    .await;
}

#[tokio::test]
async fn wherever_the_lease_is_lost_the_next_worker_goes_on_from_there() {
    with_every_network(async |bench| {
        for steps in 0.. {
            let name = format!("lease {steps}");
            let (content, before) = (thread(&name), steps * PARTS);
            let recorder = Recorder::losing_the_lease_after(steps);
            let attempt = bench.network.publish(bench.out(), &bench.account, &content, None, &recorder).await;
            let there = bench.rig.posts().await - before;
            if attempt.is_ok() {
                // A checkpoint and the question before each post, and a checkpoint after each but the last, at least.
                assert!(steps >= 3 * PARTS - 1, "{steps} steps");
                is_there_once(bench, &name, before).await;
                break;
            }
            assert_eq!(kind(&attempt), Some(ErrorKind::LeaseLost), "{attempt:?}");
            assert_eq!(there, recorder.commits(), "nothing became visible after the lease");
            finish(bench, &content, recorder.last()).await;
            is_there_once(bench, &name, before).await;
        }
    })
    .await;
}

#[tokio::test]
async fn parts_of_the_same_words_are_not_taken_for_each_other() {
    with_every_network(async |bench| {
        let same = || "نعم".to_owned();
        let content = Content { thread: vec![same(), same()], ..text("نعم") };
        bench.rig.proxy().set_after(bench.rig.commit_path(), 1, Fault::ResetBeforeForward);
        let (_, recorder) = bench.publish(&content, None).await;
        bench.rig.proxy().clear();
        assert_eq!(
            look_up(bench, &content, recorder.last().as_ref()).await,
            LookUp::NotThere,
            "the first is not the second"
        );
        bench.rig.proxy().set_after(bench.rig.commit_path(), 1, Fault::ForwardThenReset);
        let (attempt, recorder) = bench.publish(&content, recorder.last()).await;
        assert_eq!(kind(&attempt), Some(ErrorKind::Unknown), "{attempt:?}");
        bench.rig.proxy().clear();
        finish(bench, &content, recorder.last()).await;
        assert_eq!(bench.rig.chain().await, [(same(), None), (same(), Some(0)), (same(), Some(1))]);
    })
    .await;
}

#[tokio::test]
async fn deleting_takes_the_first_post_back_and_leaves_the_rest() {
    with_every_network(async |bench| {
        if !bench.rig.deletes() {
            return;
        }
        let first = finish(bench, &thread("gone"), None).await;
        bench.network.delete_post(bench.out(), &bench.account, &first).await.expect("deleted");
        assert_eq!(bench.rig.posts().await, PARTS - 1);
    })
    .await;
}
