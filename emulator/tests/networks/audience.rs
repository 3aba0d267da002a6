//! Who follows an account or sees its films: what each emulated network tells, of whom, and of how few it tells nothing.

use chrono::NaiveDate;
use diwan_networks::{Account, AudienceMissing, AudienceSlice, ErrorKind, NetworkError, registry};

use crate::common::{Stage, kind};

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 20).expect("a day")
}

async fn read(stage: &Stage, account: &Account) -> Result<Vec<AudienceSlice>, NetworkError> {
    stage.network.audience(stage.out(), account, today()).await
}

/// A line for each dimension.
fn lines(slices: Vec<AudienceSlice>) -> Vec<String> {
    let line = |slice: AudienceSlice| {
        let parts = slice.told.expect("parts").into_iter().map(|part| format!("{} {}", part.key, part.amount));
        let parts = parts.collect::<Vec<_>>().join(", ");
        format!("{} {}: {parts}", slice.dimension.as_str(), slice.unit.as_str())
    };
    slices.into_iter().map(line).collect()
}

#[tokio::test]
async fn each_network_tells_what_it_says_it_does() {
    let of_followers = |followers: i64| {
        let part = |percent: i64| followers * percent / 100;
        vec![
            format!("AGE PEOPLE: 18-24 {}, 25-34 {}, 65+ {}", part(30), part(50), part(10)),
            format!("GENDER PEOPLE: FEMALE {}, MALE {}, OTHER {}", part(50), part(30), part(20)),
            format!("COUNTRY PEOPLE: GR {}, DE {}", part(60), part(20)),
            format!("CITY PEOPLE: Athens, Attica {}, Berlin, Berlin {}", part(40), part(10)),
        ]
    };
    let of_viewers = [
        "AGE SHARE: 18-24 500000, 25-34 400000, 65+ 100000",
        "GENDER SHARE: FEMALE 255000, MALE 645000, OTHER 100000",
        "AGE_GENDER SHARE: 18-24 FEMALE 255000, 18-24 MALE 245000, 25-34 MALE 400000, 65+ OTHER 100000",
        "COUNTRY VIEWS: GR 60, DE 30",
    ];
    for (key, expected) in [
        ("instagram", of_followers(150)),
        ("threads", of_followers(200)),
        ("youtube", of_viewers.map(str::to_owned).to_vec()),
    ] {
        let stage = Stage::start(key);
        let account = stage.connect("cedar").await;
        let slices = read(&stage, &account).await.expect("an audience");
        let offer = stage.network.capabilities().audience.expect("an offer");
        let told: Vec<_> = slices.iter().map(|slice| slice.dimension).collect();
        assert_eq!(told, offer.dimensions, "{key}");
        assert_eq!(lines(slices), expected, "{key}");
    }
}

#[tokio::test]
async fn of_few_nothing_is_told() {
    let stage = Stage::start("instagram");
    let account = stage.connect("few of us").await;
    let slices = read(&stage, &account).await.expect("an answer");
    assert_eq!(slices.len(), 4);
    assert!(slices.iter().all(|slice| slice.told == Err(AudienceMissing::TooFew)), "{slices:?}");
}

#[tokio::test]
async fn a_token_that_is_not_taken_is_no_missing_right() {
    for key in ["instagram", "threads", "youtube"] {
        let stage = Stage::start(key);
        let mut account = stage.connect("cedar").await;
        account.credentials.0["access"] = "another".into();
        assert_eq!(kind(&read(&stage, &account).await), Some(ErrorKind::Reconnect), "{key}");
    }
}

#[tokio::test]
async fn networks_that_do_not_offer_it_say_so() {
    let silent = registry().iter().filter(|network| network.capabilities().audience.is_none());
    let mut asked = 0;
    for network in silent.filter(|network| network.capabilities().home.is_some()) {
        let stage = Stage::start(network.capabilities().key.as_str());
        if stage.network.capabilities().app.is_none() {
            continue;
        }
        let account = stage.connect("Amal").await;
        assert_eq!(read(&stage, &account).await.expect_err("not offered").code, "not_offered");
        asked += 1;
    }
    assert!(asked >= 3, "{asked}");
}
