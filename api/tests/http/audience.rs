//! Who follows a brand's accounts, through HTTP.

use anyhow::Result;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use serde_json::{Value, json};

use crate::kit::{Desk, id, nobodys};

const PROFILE: &str = "query($id: ID!, $at: NaiveDate, $accounts: [ID!]) { audienceProfile(brandId: $id, at: $at, accountIds: $accounts) {
  followers by { dimension knownPercent missingNetworks parts { key share people }
    accounts { account { id } followers of readOn knownPercent noAudience parts { key share people } } } } }";

#[tokio::test]
async fn an_audience_is_told_of_each_account_and_of_all() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let (brand, account, now) = (desk.brand, desk.mastodon, desk.app.services.now());
    let today = now.date_naive();
    let read = format!(
        "delete from job; update brand set time_zone = 'UTC' where id = '{brand}';
         insert into audience_reading (id, brand_id, social_account_id, dimension, day, read_at, audience, unit, keys, amounts)
           values (gen_random_uuid(), '{brand}', '{account}', 'GENDER', '{today}', '{now}', 'FOLLOWERS', 'PEOPLE', array['FEMALE', 'MALE'],
             array[30, 10]);
         insert into metric_sample values (gen_random_uuid(), '{brand}', '{account}', null, 'FOLLOWERS', 50, timestamptz '{now}' - interval '1 minute')"
    );
    desk.app.db.run(&read).await?;
    let ask = async |token: &str, brand: String, at: Value, accounts: Value| {
        desk.app.client.gql(token, PROFILE, json!({ "id": brand, "at": at, "accounts": accounts })).await
    };
    let own = id("account", account);
    let told = ask(&desk.person.token, id("brand", brand), Value::Null, json!([own])).await?.ok()?;
    let profile = told.get("audienceProfile");
    assert_eq!(profile["followers"], 50);
    let genders = profile["by"].as_array().into_iter().flatten().find(|by| by["dimension"] == "GENDER");
    let parts =
        json!([{ "key": "FEMALE", "share": "75", "people": 30 }, { "key": "MALE", "share": "25", "people": 10 }]);
    let account = json!({ "account": { "id": own }, "followers": 50, "of": "FOLLOWERS", "readOn": today, "knownPercent": "80",
        "noAudience": null, "parts": parts });
    let expected = json!({ "dimension": "GENDER", "knownPercent": "80", "missingNetworks": [], "parts": parts, "accounts": [account] });
    assert_eq!(genders, Some(&expected));

    let tomorrow = (now + chrono::Duration::days(2)).date_naive();
    for (at, accounts) in [
        (json!(tomorrow), Value::Null),
        (json!("1999-01-01"), Value::Null),
        (json!("yesterday"), Value::Null),
        (Value::Null, json!(["nothing"])),
        (Value::Null, json!([nobodys("account")])),
        (Value::Null, json!([id("brand", brand)])),
    ] {
        let wrong = ask(&desk.person.token, id("brand", brand), at.clone(), accounts.clone()).await?;
        assert!(wrong.body["errors"].is_array(), "{at} {accounts}: {}", wrong.body);
    }

    // Whoever is not of the brand hears what nobody's brand says; clients and juniors read no numbers.
    let beta = desk.app.brand("Beta").await?;
    let stranger = desk.app.member(beta, Level::Senior, UserKind::Staff).await?;
    let refused = ask(&stranger.token, id("brand", brand), Value::Null, Value::Null).await?;
    let nobody = ask(&stranger.token, nobodys("brand"), Value::Null, Value::Null).await?;
    assert_eq!(refused.body["errors"][0]["message"], nobody.body["errors"][0]["message"]);
    for kind in [UserKind::Client, UserKind::Staff] {
        let who = desk.app.member(brand, Level::Junior, kind).await?;
        let refused = ask(&who.token, id("brand", brand), Value::Null, Value::Null).await?;
        assert!(refused.body["errors"].is_array() && !refused.body.to_string().contains("FEMALE"), "{kind:?}");
    }
    Ok(())
}
