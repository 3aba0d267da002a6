//! Who follows an account or sees its films: what each emulated network tells, of whom, and of how few it tells nothing.

use chrono::NaiveDate;
use diwan_emulator::{Fault, FaultRule};
use diwan_networks::{Account, AudienceMissing, AudienceSlice, Connected, ErrorKind, NetworkError, registry};
use diwan_platform::http::Method;

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
        "COUNTRY VIEWS: GR 60, DE 30, UNKNOWN 10",
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

/// The member of LinkedIn, and a page that they run.
async fn linkedin(person: &str) -> (Stage, Account, Account) {
    let stage = Stage::start("linkedin");
    let mut accounts = stage.connect_all(person).await.into_iter().map(Connected::into_account);
    let (member, page) = (accounts.next().expect("a member"), accounts.next().expect("a page"));
    (stage, member, page)
}

#[tokio::test]
async fn a_page_of_linkedin_tells_where_its_followers_are_and_what_they_work() {
    let (stage, _, page) = linkedin("Amal").await;
    let slices = read(&stage, &page).await.expect("an audience");
    let offer = stage.network.capabilities().audience.expect("an offer");
    let told: Vec<_> = slices.iter().map(|slice| slice.dimension).collect();
    assert_eq!(told, offer.dimensions);
    // A country and an industry that have no name are none. What LinkedIn says of advertisements is not added.
    let expected = [
        "COUNTRY PEOPLE: GR 192, DE 64",
        "CITY PEOPLE: Athens Metropolitan Area 128, Berlin Metropolitan Area 32",
        "INDUSTRY PEOPLE: Software Development 160",
        "SENIORITY PEOPLE: Entry 96, Owner 32",
        "JOB_FUNCTION PEOPLE: Engineering 128, Sales 64",
        "COMPANY_SIZE PEOPLE: 1 32, 2-10 64, 10001+ 96",
    ];
    assert_eq!(lines(slices), expected);
}

#[tokio::test]
async fn of_members_and_pages_of_others_linkedin_tells_nothing() {
    let (stage, member, page) = linkedin("Amal").await;
    let foreign = Account { remote_id: "urn:li:organization:1".to_owned(), ..page };
    for account in [&member, &foreign] {
        let slices = read(&stage, account).await.expect("an answer");
        assert_eq!(slices.len(), 6);
        assert!(slices.iter().all(|slice| slice.told == Err(AudienceMissing::NotServed)), "{slices:?}");
    }
    let (stage, _, page) = linkedin("few of us").await;
    let slices = read(&stage, &page).await.expect("an answer");
    assert!(slices.iter().all(|slice| slice.told == Err(AudienceMissing::TooFew)), "{slices:?}");
}

#[tokio::test]
async fn what_has_names_that_an_application_is_not_told_is_not_served() {
    let (stage, _, page) = linkedin("unnamed").await;
    let slices = read(&stage, &page).await.expect("an answer");
    let unknown = slices.iter().filter(|slice| slice.told == Err(AudienceMissing::NotServed));
    let unknown: Vec<_> = unknown.map(|slice| slice.dimension.as_str()).collect();
    assert_eq!(unknown, ["COUNTRY", "CITY", "INDUSTRY"]);
    let told: Vec<_> = slices.into_iter().filter(|slice| slice.told.is_ok()).collect();
    let expected = [
        "SENIORITY PEOPLE: Entry 96, Owner 32",
        "JOB_FUNCTION PEOPLE: Engineering 128, Sales 64",
        "COMPANY_SIZE PEOPLE: 1 32, 2-10 64, 10001+ 96",
    ];
    assert_eq!(lines(told), expected);
}

#[tokio::test]
async fn linkedin_is_asked_later_or_with_another_token() {
    let (stage, _, page) = linkedin("Amal").await;
    // At the first question, and while it is asked for names.
    for after in [0, 2] {
        let busy = FaultRule::new(Fault::TooMany { retry_after: Some(60) }).network("linkedin").after(after).times(1);
        stage.emulator.world().place(busy);
        assert_eq!(kind(&read(&stage, &page).await), Some(ErrorKind::RateLimited), "{after}");
    }
    let mut foreign = page;
    foreign.credentials.0["access"] = "another".into();
    assert_eq!(kind(&read(&stage, &foreign).await), Some(ErrorKind::Reconnect));
}

#[tokio::test]
async fn names_are_told_to_whoever_asks_as_it_is_written() {
    let (stage, _, page) = linkedin("Amal").await;
    let token = page.credentials.0["access"].as_str().expect("a token");
    for (question, status) in [
        ("geo?ids=List(104677530,7)", 200),
        ("geo?ids=104677530", 400),
        ("geo?ids=List()", 400),
        ("geo?ids=List(Greece)", 400),
        ("geo?ids=List(104677530)&start=1", 400),
        ("industryTaxonomyVersions/DEFAULT/industries?ids=List(4)", 200),
        ("industryTaxonomyVersions/V0/industries?ids=List(4)", 404),
        ("functions", 200),
        ("functions?start=20&count=100", 200),
        ("functions?count=all", 400),
        ("seniorities?ids=List(1)", 400),
    ] {
        let address = format!("https://api.linkedin.com/v2/{question}").parse().expect("an address");
        let request = stage.http.request(Method::GET, address).bearer(token);
        let answer = request.header("x-restli-protocol-version", "2.0.0").send().await.expect("an answer");
        assert_eq!(answer.status.as_u16(), status, "{question}");
    }
    let address = "https://api.linkedin.com/v2/geo?ids=List(7)".parse().expect("an address");
    let answer = stage.http.request(Method::GET, address).bearer(token).send().await.expect("an answer");
    assert_eq!(answer.status.as_u16(), 400, "the first version of the protocol has no lists");
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
