//! How many followed an account before it was connected: what each emulated network tells, and what it refuses.

use chrono::{DateTime, Days, TimeDelta, Utc};
use data_encoding::HEXLOWER;
use diwan_emulator::{Fault, FaultRule};
use diwan_networks::{Account, Connected, ErrorKind, FollowersThen, FollowersTold, Metric, registry};
use diwan_platform::crypto::hmac_sha256;
use diwan_platform::http::{Method, Response};

use crate::common::{Stage, kind, now};

/// The network with an account whose past it tells.
async fn start(key: &str) -> (Stage, Account) {
    let stage = Stage::start(key);
    let all = stage.connect_all("Amal").await;
    // A member's past LinkedIn does not tell.
    let place = usize::from(key == "linkedin");
    let account = all.into_iter().map(Connected::into_account).nth(place).expect("an account");
    (stage, account)
}

async fn told(stage: &Stage, account: &Account, from: i64, until: i64) -> Vec<FollowersThen> {
    let now = now();
    let between = (now - TimeDelta::days(from), now - TimeDelta::days(until));
    stage.network.account_history(stage.out(), account, between).await.expect("an answer")
}

/// How many followed at these moments, reckoned back from now.
async fn followers(stage: &Stage, account: &Account, told: &[FollowersThen]) -> Vec<i64> {
    let numbers = stage.network.account_metrics(stage.out(), account).await.expect("numbers").values;
    let mut left = numbers.into_iter().find(|(metric, _)| *metric == Metric::Followers).expect("followers").1;
    told.iter()
        .rev()
        .map(|then| {
            left = match then.told {
                FollowersTold::Total(total) => total,
                FollowersTold::GainedAfter(gained) => left - gained,
            };
            left
        })
        .collect()
}

#[tokio::test]
async fn each_day_is_told_once_as_far_as_the_network_goes_back() {
    for key in ["facebook", "linkedin", "youtube"] {
        let (stage, account) = start(key).await;
        let history = stage.network.capabilities().history.expect("a past");
        let (oldest, at_once) = (i64::from(history.days), i64::from(history.at_once));
        let told_after = i64::from(history.told_after);
        let (mut days, mut until) = (Vec::new(), told_after);
        while until < oldest {
            let from = (until + at_once).min(oldest);
            let mut range = told(&stage, &account, from, until).await;
            range.extend(days);
            (days, until) = (range, from);
        }
        days.dedup_by_key(|then| then.at);
        let gaps: Vec<_> = days.windows(2).filter(|two| two[1].at - two[0].at != TimeDelta::days(1)).collect();
        assert!(gaps.is_empty(), "{key}: {gaps:?}");
        let count = i64::try_from(days.len()).expect("a number");
        let all = oldest - told_after;
        assert!((all - 2..=all + 1).contains(&count), "{key}: {count} of {all}");
        let followers = followers(&stage, &account, &days).await;
        assert!(followers.iter().all(|number| *number >= 0), "{key}: {followers:?}");
        assert!(followers.first() > followers.last(), "{key}: {followers:?}");
    }
}

#[tokio::test]
async fn a_member_of_linkedin_and_other_networks_have_no_past() {
    let stage = Stage::start("linkedin");
    let member = stage.connect("Amal").await;
    assert_eq!(told(&stage, &member, 30, 0).await, []);
    for network in registry().iter().filter(|network| network.capabilities().history.is_none()) {
        let refused = network.account_history(stage.out(), &member, (now(), now())).await.expect_err("not offered");
        assert_eq!(refused.code, "not_offered");
    }
}

#[tokio::test]
async fn a_network_in_trouble_is_asked_later_and_a_token_that_ended_anew() {
    for key in ["facebook", "linkedin", "youtube"] {
        let (stage, account) = start(key).await;
        let between = (now() - TimeDelta::days(20), now());
        let busy = FaultRule::new(Fault::TooMany { retry_after: Some(60) }).network(key).times(1);
        stage.emulator.world().place(busy);
        let limited = stage.network.account_history(stage.out(), &account, between).await;
        assert_eq!(kind(&limited), Some(ErrorKind::RateLimited), "{key}: {limited:?}");
        let mut foreign = account.clone();
        foreign.credentials.0["access"] = "another".into();
        let refused = stage.network.account_history(stage.out(), &foreign, between).await;
        assert_eq!(kind(&refused), Some(ErrorKind::Reconnect), "{key}: {refused:?}");
    }
}

/// Asks with a token of the account's.
async fn ask(stage: &Stage, account: &Account, address: &str) -> Response {
    let token = account.credentials.0["access"].as_str().expect("a token");
    let request = stage.http.request(Method::GET, address.parse().expect("an address")).bearer(token);
    let request = request.header("linkedin-version", "202608").header("x-restli-protocol-version", "2.0.0");
    request.send().await.expect("an answer")
}

#[tokio::test]
async fn the_emulated_networks_take_no_other_questions() {
    let at = |days: i64| (now() - TimeDelta::days(days)).timestamp();
    let (stage, account) = start("facebook").await;
    let page = account.remote_id.as_str();
    let token = account.credentials.0["access"].as_str().expect("a token");
    let proof = HEXLOWER.encode(&hmac_sha256(b"emulator-secret", token.as_bytes()));
    let insights =
        |query: &str| format!("https://graph.facebook.com/v25.0/{page}/insights?appsecret_proof={proof}&{query}");
    for (query, status) in [
        (format!("metric=page_follows&period=day&since={}&until={}", at(20), at(1)), 200),
        (format!("metric=page_fans&period=day&since={}&until={}", at(20), at(1)), 400),
        (format!("metric=page_follows&period=week&since={}&until={}", at(20), at(1)), 400),
        (format!("metric=page_follows&period=day&since={}&until={}", at(731), at(720)), 400),
        (format!("metric=page_follows&period=day&since={}&until={}", at(1), at(20)), 400),
        (format!("metric=page_follows&period=day&until={}", at(1)), 400),
        (format!("metric=page_follows&period=day&since={}&until={}&limit=1", at(20), at(1)), 400),
    ] {
        let answer = ask(&stage, &account, &insights(&query)).await;
        assert_eq!(answer.status.as_u16(), status, "{query}");
    }

    let (stage, account) = start("linkedin").await;
    let statistics =
        |query: &str| format!("https://api.linkedin.com/rest/organizationalEntityFollowerStatistics?{query}");
    let page = account.remote_id.replace(':', "%3A");
    let range = |from: i64, until: i64| {
        let (start, end) = (at(from) * 1000, at(until) * 1000);
        format!("timeIntervals=(timeRange:(start:{start},end:{end}),timeGranularityType:DAY)")
    };
    for (query, status) in [
        (format!("q=organizationalEntity&organizationalEntity={page}&{}", range(30, 10)), 200),
        (format!("q=organization&organizationalEntity={page}&{}", range(30, 10)), 400),
        // Without a time it is told who they are.
        (format!("q=organizationalEntity&organizationalEntity={page}"), 200),
        (format!("q=organizationalEntity&organizationalEntity={page}&timeIntervals=all"), 400),
        (format!("q=organizationalEntity&organizationalEntity={page}&{}", range(366, 340)), 400),
        (format!("q=organizationalEntity&organizationalEntity={page}&{}&count=2", range(30, 10)), 400),
        (format!("q=organizationalEntity&organizationalEntity=urn%3Ali%3Aorganization%3A1&{}", range(30, 10)), 403),
    ] {
        let answer = ask(&stage, &account, &statistics(&query)).await;
        assert_eq!(answer.status.as_u16(), status, "{query}");
    }

    let (stage, account) = start("youtube").await;
    let reports = |query: &str| format!("https://youtubeanalytics.googleapis.com/v2/reports?{query}");
    let today: DateTime<Utc> = now();
    let date = |days: u64| (today.date_naive() - Days::new(days)).to_string();
    let dates = format!("startDate={}&endDate={}", date(20), date(10));
    for (query, status) in [
        (format!("ids=channel%3D%3DMINE&{dates}&metrics=subscribersGained,subscribersLost&dimensions=day"), 200),
        (format!("ids=channel%3D%3DUC1&{dates}&metrics=subscribersGained&dimensions=day"), 403),
        (format!("ids=channel%3D%3DMINE&{dates}&metrics=subscribers&dimensions=day"), 400),
        (format!("ids=channel%3D%3DMINE&{dates}&metrics=subscribersGained&dimensions=month"), 400),
        (format!("ids=channel%3D%3DMINE&startDate={}&metrics=subscribersGained&dimensions=day", date(20)), 400),
        (format!("ids=channel%3D%3DMINE&{dates}&metrics=subscribersGained&dimensions=day&part=id"), 400),
    ] {
        let answer = ask(&stage, &account, &reports(&query)).await;
        assert_eq!(answer.status.as_u16(), status, "{query}");
    }
}
