//! What is published is what was meant.

use diwan_networks::{ErrorKind, ViolationCode};

use crate::rig::{MIXED, image, kind, text, with_every_network};

#[tokio::test]
async fn a_text_is_published_and_read_back() {
    with_every_network(async |bench| {
        let content = text(MIXED);
        assert_eq!(bench.problems(&content), []);
        let (attempt, recorder) = bench.publish(&content, None).await;
        let published = attempt.expect("published");
        assert_eq!((bench.rig.posts().await, recorder.commits()), (1, 1));
        assert!(published.url.is_some());
        let read = bench.network.read_post(bench.out(), &bench.account, &published.remote_id).await;
        let post = read.expect("an answer").expect("the post");
        assert_eq!((post.text.as_str(), post.media_count), (MIXED, 0));
        let age = post.created_at.expect("a time") - content.created_at;
        assert!(age.num_seconds().abs() < 30, "{age}");
    })
    .await;
}

#[tokio::test]
async fn an_image_is_published_with_its_description() {
    with_every_network(async |bench| {
        let content = image("صورة", "نقطة رمادية \"واحدة\" & a dot");
        assert_eq!(bench.problems(&content), []);
        let published = bench.publish(&content, None).await.0.expect("published");
        assert_eq!(bench.rig.alt_texts().await, ["نقطة رمادية \"واحدة\" & a dot"]);
        let read = bench.network.read_post(bench.out(), &bench.account, &published.remote_id).await;
        assert_eq!(read.expect("an answer").expect("the post").media_count, 1);
    })
    .await;
}

#[tokio::test]
async fn an_image_alone_is_a_post_and_nothing_at_all_is_none() {
    with_every_network(async |bench| {
        let content = image("", "");
        let alone = bench.network.capabilities().allows_empty_text_with_media;
        assert_eq!(bench.problems(&content).is_empty(), alone);
        if alone {
            bench.publish(&content, None).await.0.expect("published");
            assert_eq!(bench.rig.posts().await, 1);
        }
        let problems = bench.problems(&text(" \n"));
        assert_eq!(problems.iter().map(|problem| problem.code).collect::<Vec<_>>(), [ViolationCode::TextEmpty]);
    })
    .await;
}

#[tokio::test]
async fn what_does_not_fit_is_refused_before_it_is_sent() {
    with_every_network(async |bench| {
        let limits = &bench.account.limits;
        let longest = usize::try_from(limits.max_text).expect("small");
        assert_eq!(bench.problems(&text(&"ب".repeat(longest))), []);
        let problem = bench.problems(&text(&"ب".repeat(longest + 1))).remove(0);
        assert_eq!(problem.code, ViolationCode::TextTooLong);
        assert_eq!((problem.limit, problem.actual), (Some(limits.max_text), Some(limits.max_text + 1)));

        let mut content = image("", &"ب".repeat(usize::try_from(limits.max_alt_text).expect("small") + 1));
        content.media[0].mime = "image/tiff".to_owned();
        let codes: Vec<_> =
            bench.problems(&content).iter().map(|problem| (problem.code, problem.media_index)).collect();
        let expected = [(ViolationCode::ImageTypeUnsupported, Some(0)), (ViolationCode::AltTextTooLong, Some(0))];
        assert_eq!(codes, expected);

        let mut content = image("", "");
        content.media = vec![content.media[0].clone(); usize::try_from(limits.max_images).expect("small") + 1];
        assert_eq!(bench.problems(&content)[0].code, ViolationCode::TooManyImages);
        let large = usize::try_from(limits.max_image_bytes).expect("small") + 1;
        content.media.truncate(1);
        content.media[0].source = vec![0; large].into();
        assert_eq!(bench.problems(&content)[0].code, ViolationCode::ImageTooLarge);
    })
    .await;
}

#[tokio::test]
async fn a_post_is_deleted_where_the_server_can() {
    with_every_network(async |bench| {
        let published = bench.publish(&text("to be taken back"), None).await.0.expect("published");
        let delete = async || bench.network.delete_post(bench.out(), &bench.account, &published.remote_id).await;
        let deleted = delete().await;
        if bench.rig.deletes() {
            deleted.expect("deleted");
            delete().await.expect("no error when it is gone already");
            assert_eq!(bench.rig.posts().await, 0);
            let read = bench.network.read_post(bench.out(), &bench.account, &published.remote_id).await;
            assert!(read.expect("an answer").is_none());
        } else {
            assert_eq!(kind(&deleted), Some(ErrorKind::Ask), "{deleted:?}");
            assert_eq!(bench.rig.posts().await, 1);
        }
    })
    .await;
}

#[tokio::test]
async fn numbers_are_those_the_network_can_report() {
    with_every_network(async |bench| {
        let published = bench.publish(&text("counted"), None).await.0.expect("published");
        let ids = [published.remote_id];
        let posts = bench.network.post_metrics(bench.out(), &bench.account, &ids).await.expect("an answer");
        assert_eq!(posts.iter().map(|post| &post.remote_id).collect::<Vec<_>>(), [&ids[0]]);
        let account = bench.network.account_metrics(bench.out(), &bench.account).await.expect("an answer");
        assert!(!account.values.is_empty(), "every server knows some number of an account");
        assert!(account.handle.is_none_or(|handle| handle == bench.account.handle), "it is called as it was");
        let offered = bench.network.capabilities().metrics;
        for (metric, value) in posts[0].values.iter().chain(&account.values) {
            assert!(offered.contains(metric) && *value >= 0, "{metric:?} {value}");
        }
    })
    .await;
}
