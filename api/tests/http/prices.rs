//! What operations cost, and what is refused before the library sees it.

use std::sync::{Arc, LazyLock};

use async_graphql::Request;
use chrono::{DateTime, Utc};
use diwan_api::Schema;
use diwan_gate::{Meter, RateLimiter};
use serde_json::Value;

static SCHEMA: LazyLock<Schema> = LazyLock::new(diwan_api::build_schema);

fn at_noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).expect("a time")
}

/// Asks the schema, with nothing behind it.
async fn ask(limiter: &Arc<RateLimiter>, query: &str) -> (Value, usize) {
    let meter = Arc::new(Meter::new(Arc::clone(limiter), "somebody".to_owned(), at_noon()));
    let answer = SCHEMA.execute(Request::new(query).data(Arc::clone(&meter))).await;
    (serde_json::to_value(answer).expect("JSON"), meter.left().remaining)
}

#[tokio::test]
async fn the_price_is_told_and_paid() {
    let limiter = Arc::default();
    let (answer, left) = ask(&limiter, "{ rateLimit { limit remaining } }").await;
    assert_eq!(answer["extensions"]["cost"]["requested"], 3);
    assert_eq!(answer["data"]["rateLimit"]["remaining"], 199_997);
    assert_eq!((answer["extensions"]["cost"]["remaining"].as_u64(), left), (Some(199_997), 199_997));
}

#[tokio::test]
async fn brands_side_by_side_cost_by_their_number() {
    let price = async |brands: usize| {
        let ids = vec!["\"brand_a\""; brands].join(", ");
        let query = format!(
            "{{ compareBrands(input: {{ brandIds: [{ids}], from: \"2026-07-01\", to: \"2026-07-31\" }}) {{ medians {{ value }} }} }}"
        );
        let (answer, _) = ask(&Arc::default(), &query).await;
        answer["extensions"]["cost"]["requested"].as_u64().unwrap()
    };
    // Two fields, each some twenty times, of each brand and of the medians.
    assert_eq!(price(1).await, 200 + 20 * 2 * 2);
    assert_eq!(price(20).await, 200 + 20 * 2 * 21);
    assert_eq!(price(100).await, price(20).await, "what is refused in any case");
}

#[tokio::test]
async fn signing_in_has_a_price_that_slows_guessing_down() {
    let limiter = Arc::default();
    let guess =
        "mutation { signIn(input: { email: \"a@b.example\", password: \"guess\" }) { session { accessToken } } }";
    let (mut tries, mut last) = (0, Value::Null);
    while last["errors"][0]["extensions"]["code"] != "RATE_LIMITED" {
        assert!(tries < 50, "{last}");
        // There is no operation here, so that it fails when it has been paid.
        (last, _) = ask(&limiter, guess).await;
        tries += 1;
    }
    assert_eq!(tries, 40);
    // Whoever goes on asking has nothing left at all.
    for _ in 0..5_000 {
        let (answer, left) = ask(&limiter, guess).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "RATE_LIMITED");
        if left == 0 {
            return;
        }
    }
    panic!("asking in vain is free");
}

#[tokio::test]
async fn a_document_that_is_not_valid_is_paid_too_and_answered_in_short() {
    let limiter = Arc::default();
    let unknown = (0..1_000).map(|n| format!("unknown{n} ")).collect::<Vec<_>>().concat();
    let (answer, left) = ask(&limiter, &format!("{{ {unknown} }}")).await;
    assert_eq!(answer["errors"].as_array().unwrap().len(), 20);
    assert_eq!(left, 200_000 - 1_000 - unknown.len() / 256);
}

#[tokio::test]
async fn what_the_library_counts_as_nothing_has_its_price() {
    let limiter = Arc::default();
    let (answer, left) = ask(&limiter, "{ __typename }").await;
    assert_eq!((answer["extensions"]["cost"]["requested"].as_u64(), left), (Some(1), 199_999));
    let (_, left) = ask(&limiter, &format!("{{ __typename #{} }}\n}}", " ".repeat(25_600))).await;
    assert_eq!(left, 199_999 - 101);
}

#[tokio::test]
async fn bombs_are_refused_before_the_library_sees_them() {
    let link = |n| format!("fragment F{n} on Query {{ ...F{0} ...F{0} }} ", n + 1);
    let chain = (0..30).map(link).collect::<Vec<_>>().concat();
    let bomb = format!("{{ ...F0 }} {chain} fragment F30 on Query {{ rateLimit {{ limit }} }}");
    let (answer, _) = ask(&Arc::default(), &bomb).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "TOO_COMPLEX");
    let (answer, _) = ask(&Arc::default(), &"{a".repeat(80_000)).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "TOO_DEEP");
}
