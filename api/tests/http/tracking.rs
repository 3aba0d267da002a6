//! Short links, conversions and leads over HTTP: from a reader's click to what it was worth.

use anyhow::{Context as _, Result};
use data_encoding::BASE64;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::crypto::hmac_sha256;
use diwan_platform::http::{Method, Response};
use diwan_platform::ids;
use diwan_testkit::Person;
use serde_json::{Value, json};

use crate::kit::{Desk, fingerprint, id, nobodys};

pub const DESKTOP: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0";
const PHONE: &str = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36";
const BOT: &str = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";
const LINK: &str = "trackedLink { id code shortUrl targetUrl destination version archivedAt utm { source medium campaign content term }
  campaign { name } post { title } }";
const LEAD: &str = "lead { id state version contact { name email phone } value { minor currency } handOver { to note } closedNote conversion { id } }";

impl Desk {
    pub async fn tracked(&self, link: Value) -> Result<Value> {
        let input = json!({ "brandId": id("brand", self.brand), "link": link });
        Ok(self.mutate("createTrackedLink", LINK, input).await?.get("createTrackedLink.trackedLink").clone())
    }

    pub async fn follow(&self, method: Method, url: &str, headers: &[(&str, &str)]) -> Result<Response> {
        let mut request = self.app.client.request(method, url)?;
        for (name, value) in headers {
            request = request.header(name, value);
        }
        Ok(request.send().await?)
    }

    pub async fn clicks(&self) -> Result<i64> {
        self.app.db.value("select coalesce(sum(clicks), 0)::bigint from link_click").await
    }

    async fn ask_as(&self, person: &Person, query: &str, variables: Value) -> Result<Value> {
        Ok(self.app.client.gql(&person.token, query, variables).await?.ok()?.body["data"].clone())
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[tokio::test]
async fn a_link_leads_on_and_counts_people_alone() -> Result<()> {
    let desk = Desk::new(Level::Senior).await?;
    let convention = json!({ "brandId": id("brand", desk.brand), "version": 0, "source": "{{ network }}", "medium": "social",
        "campaign": "{{ campaign }}", "content": "{{ post }}" });
    desk.mutate("setUtmConvention", "utmConvention { version }", convention).await?;
    let (post, _) = desk.app.post(desk.brand, desk.mastodon, "Come in", &desk.person).await?;
    let link = desk
        .tracked(json!({ "name": "Spring", "targetUrl": "https://shop.example/a?b=1&utm_source=old#top", "network": "mastodon",
            "postId": id("post", post), "utm": { "term": "coffee" } }))
        .await?;
    let leads_to =
        "https://shop.example/a?b=1&utm_source=mastodon&utm_medium=social&utm_content=a-post&utm_term=coffee#top";
    assert_eq!(link["destination"], leads_to);
    let utm =
        json!({ "source": "mastodon", "medium": "social", "campaign": null, "content": "a-post", "term": "coffee" });
    assert_eq!((&link["utm"], &link["post"]["title"]), (&utm, &json!("A post")));
    let short = text(&link["shortUrl"]).to_owned();
    assert!(short.ends_with(&format!("/l/{}", text(&link["code"]))), "{short}");

    let answer = desk
        .follow(Method::GET, &short, &[("user-agent", DESKTOP), ("referer", "https://www.news.example/x?y")])
        .await?;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (302, Some(leads_to)));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("set-cookie"), None);
    assert_eq!(desk.clicks().await?, 1);
    desk.follow(Method::GET, &short, &[("user-agent", PHONE)]).await?;
    assert_eq!(desk.clicks().await?, 2);
    // Asking for the headers, fetching ahead, and programs lead there as well and are not counted.
    for (method, headers) in [
        (Method::HEAD, vec![("user-agent", DESKTOP)]),
        (Method::GET, vec![("user-agent", DESKTOP), ("sec-purpose", "prefetch;prerender")]),
        (Method::GET, vec![("user-agent", DESKTOP), ("purpose", "prefetch")]),
        (Method::GET, vec![("user-agent", BOT)]),
        (Method::GET, vec![("user-agent", "curl/8.5.0")]),
    ] {
        let answer = desk.follow(method, &short, &headers).await?;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (302, Some(leads_to)), "{headers:?}");
        assert_eq!(desk.clicks().await?, 2, "{headers:?}");
    }
    let query = "query($id: ID!) { linkClicks(linkId: $id, from: \"2020-01-01\", to: \"2020-12-31\") { total } }";
    let none = desk.ask_as(&desk.person, query, json!({ "id": link["id"] })).await?;
    assert_eq!(none["linkClicks"]["total"], 0);
    let today = desk.app.services.now().date_naive();
    let query = format!(
        "query($id: ID!) {{ linkClicks(linkId: $id, from: \"{}\", to: \"{}\") {{ total days {{ clicks }} referrers {{ host clicks }}
          devices {{ device clicks }} }} }}",
        today - chrono::Days::new(1),
        today + chrono::Days::new(1)
    );
    let counted = desk.ask_as(&desk.person, &query, json!({ "id": link["id"] })).await?;
    assert_eq!(
        counted["linkClicks"],
        json!({ "total": 2, "days": counted["linkClicks"]["days"],
            "referrers": [{ "host": "", "clicks": 1 }, { "host": "news.example", "clicks": 1 }],
            "devices": [{ "device": "DESKTOP", "clicks": 1 }, { "device": "MOBILE", "clicks": 1 }] })
    );
    Ok(())
}

#[tokio::test]
async fn a_link_that_is_put_away_leads_to_a_page_that_says_so() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let link = desk.tracked(json!({ "name": "Spring", "targetUrl": "https://shop.example/" })).await?;
    let short = text(&link["shortUrl"]).to_owned();
    let away = json!({ "linkId": link["id"], "version": 1 });
    let put = desk.mutate("archiveTrackedLink", LINK, away.clone()).await?;
    assert!(put.get("archiveTrackedLink.trackedLink.archivedAt").is_string());
    for url in [short.as_str(), "/l/1111111111", "/l/x", "/l/%00"] {
        let answer = desk.follow(Method::GET, url, &[("user-agent", DESKTOP), ("accept-language", "fa")]).await?;
        assert_eq!(answer.status.as_u16(), 404, "{url}");
        let page = std::str::from_utf8(&answer.body)?;
        assert!(page.contains("این پیوند به جایی نمی‌رسد") && page.contains("dir=\"rtl\""), "{page}");
    }
    assert_eq!(desk.clicks().await?, 0);
    let back = json!({ "linkId": link["id"], "version": 2 });
    desk.mutate("restoreTrackedLink", LINK, back.clone()).await?;
    assert_eq!(desk.follow(Method::GET, &short, &[]).await?.status.as_u16(), 302);
    // Its address stays when it leads elsewhere.
    let said = json!({ "name": "Summer", "targetUrl": "https://shop.example/summer" });
    let input = json!({ "linkId": link["id"], "version": 3, "link": said });
    desk.mutate("updateTrackedLink", LINK, input).await?;
    let answer = desk.follow(Method::GET, &short, &[]).await?;
    assert_eq!(answer.header("location"), Some("https://shop.example/summer"));

    let before = fingerprint(&desk.app).await?;
    for (name, input, codes) in [
        ("archiveTrackedLink", away, vec!["CHANGED_MEANWHILE"]),
        ("restoreTrackedLink", back, vec!["CHANGED_MEANWHILE", "WRONG_STATE"]),
        ("archiveTrackedLink", json!({ "linkId": nobodys("link"), "version": 1 }), vec!["NOT_FOUND"]),
    ] {
        let refused = desk.try_mutate(name, LINK, input).await?;
        assert_eq!(refused.user_codes(name), codes);
    }
    let brand = id("brand", desk.brand);
    for (said, field, code) in [
        (json!({ "name": "", "targetUrl": "https://shop.example/" }), "name", "INVALID"),
        (json!({ "name": "A", "targetUrl": "http://shop.example/" }), "targetUrl", "PAGE_ADDRESS_INVALID"),
        (
            json!({ "name": "A", "targetUrl": "https://shop.example/", "network": "nowhere" }),
            "network",
            "UNKNOWN_NETWORK",
        ),
        (
            json!({ "name": "A", "targetUrl": "https://shop.example/", "postId": nobodys("post") }),
            "postId",
            "NOT_FOUND",
        ),
        (
            json!({ "name": "A", "targetUrl": "https://shop.example/", "campaignId": nobodys("campaign") }),
            "campaignId",
            "NOT_FOUND",
        ),
    ] {
        let refused = desk.try_mutate("createTrackedLink", LINK, json!({ "brandId": brand, "link": said })).await?;
        assert_eq!(refused.user_codes("createTrackedLink"), [code], "{field}");
        assert_eq!(refused.get("createTrackedLink.userErrors.0.field"), &json!(["link", field]));
    }
    assert_eq!(fingerprint(&desk.app).await?, before);
    Ok(())
}

/// What a server sends, signed.
struct Sender<'a> {
    desk: &'a Desk,
    url: String,
    secret: Vec<u8>,
}

impl Sender<'_> {
    async fn send(&self, body: &Value, (seconds, secret): (i64, &[u8])) -> Result<(u16, Value)> {
        let body = body.to_string();
        let at = self.desk.app.services.now().timestamp() + seconds;
        let id = ids::encode("msg", ids::new_id(self.desk.app.services.now()));
        let code = BASE64.encode(&hmac_sha256(secret, format!("{id}.{at}.{body}").as_bytes()));
        let request = self.desk.app.client.request(Method::POST, &self.url)?;
        let request = request
            .header("webhook-id", &id)
            .header("webhook-timestamp", &at.to_string())
            .header("webhook-signature", &format!("v1,{code}"))
            .bytes("application/json", body.into());
        let answer = request.send().await?;
        Ok((answer.status.as_u16(), serde_json::from_slice(&answer.body).unwrap_or_default()))
    }

    async fn right(&self, body: &Value) -> Result<(u16, Value)> {
        self.send(body, (0, &self.secret)).await
    }
}

async fn sender(desk: &Desk) -> Result<Sender<'_>> {
    let input = json!({ "brandId": id("brand", desk.brand), "source": "Shop" });
    let made = desk.mutate("createConversionEndpoint", "conversionEndpoint { id url } secret", input).await?;
    let secret = made.text("createConversionEndpoint.secret")?;
    let secret = BASE64.decode(secret.strip_prefix("whsec_").context("a prefix")?.as_bytes())?;
    let url = made.text("createConversionEndpoint.conversionEndpoint.url")?;
    Ok(Sender { desk, url, secret })
}

#[tokio::test]
async fn a_server_sends_conversions_and_nobody_else_does() -> Result<()> {
    let desk = Desk::new(Level::Senior).await?;
    let link = desk.tracked(json!({ "name": "Spring", "targetUrl": "https://shop.example/" })).await?;
    let sender = sender(&desk).await?;
    let sale = json!({ "id": "order-1", "kind": "SALE", "occurredAt": "2024-01-02T10:00:00Z", "value": { "minor": 1990, "currency": "EUR" },
        "touches": [{ "code": link["code"], "at": "2024-01-01T10:00:00Z" }] });
    let body = json!({ "conversions": [sale] });
    assert_eq!(sender.right(&body).await?, (200, json!({ "recorded": 1, "known": 0 })));
    assert_eq!(sender.right(&body).await?, (200, json!({ "recorded": 0, "known": 1 })), "sent again");
    let list = "query($id: ID!) { conversions(brandId: $id, first: 5) { nodes { source externalId kind value { minor currency } recordedBy { id }
      touches { at link { name } } } } }";
    let read = desk.ask_as(&desk.person, list, json!({ "id": id("brand", desk.brand) })).await?;
    assert_eq!(
        read["conversions"]["nodes"],
        json!([{ "source": "Shop", "externalId": "order-1", "kind": "SALE", "value": { "minor": 1990, "currency": "EUR" },
            "recordedBy": null, "touches": [{ "at": "2024-01-01T10:00:00+00:00", "link": { "name": "Spring" } }] }])
    );
    let secret: Vec<u8> = desk.app.db.value("select secret from conversion_endpoint").await?;
    assert!(!secret.windows(8).any(|part| sender.secret.starts_with(part)), "kept sealed");

    let print = "select count(*) from conversion";
    let mut dearer = body.clone();
    dearer["conversions"][0]["value"]["minor"] = json!(2990);
    let (status, said) = sender.right(&dearer).await?;
    assert_eq!((status, &said["errors"][0]["code"]), (409, &json!("CONVERSION_DIFFERS")));
    assert_eq!(said["errors"][0]["field"], json!(["conversions", "0", "id"]));
    let mut two = json!({ "conversions": [{ "id": "order-2", "kind": "SALE", "occurredAt": "2024-01-02T10:00:00Z" }, body["conversions"][0]] });
    two["conversions"][1]["id"] = json!("order-3");
    two["conversions"][1]["touches"][0]["code"] = json!("1111111111");
    let (status, said) = sender.right(&two).await?;
    assert_eq!((status, &said["errors"][0]["code"]), (422, &json!("NOT_FOUND")), "all or nothing");
    assert_eq!(sender.right(&json!({ "sales": [] })).await?.0, 422);
    assert_eq!(sender.right(&json!({ "conversions": [] })).await?.0, 422);
    two["conversions"] = json!([{ "id": "order-4", "kind": "SALE", "occurredAt": "2024-01-02T10:00:00Z" }]);
    for (seconds, secret, code) in [
        (0, b"something else".as_slice(), "SIGNATURE_WRONG"),
        (-301, &sender.secret, "SIGNATURE_TOO_OLD"),
        (302, &sender.secret, "SIGNATURE_TOO_OLD"),
    ] {
        let (status, said) = sender.send(&two, (seconds, secret)).await?;
        assert_eq!((status, &said["error"]["code"]), (401, &json!(code)));
    }
    let long = json!({ "conversions": [], "padding": "x".repeat(1024 * 1024) });
    assert_eq!(sender.right(&long).await?.0, 413);
    assert_eq!(desk.app.db.value::<i64>(print).await?, 1, "nothing else was recorded");

    let strange = Sender {
        desk: &desk,
        url: format!("/hooks/conversions/{}", nobodys("endpoint")),
        secret: sender.secret.clone(),
    };
    assert_eq!(strange.right(&two).await?.0, 404);
    let ended = json!({ "endpointId": sender.url.rsplit_once('/').context("an id")?.1 });
    desk.mutate("deleteConversionEndpoint", "conversionEndpoint { id }", ended).await?;
    assert_eq!(sender.right(&two).await?.0, 404, "it has ended");
    assert_eq!(desk.app.db.value::<i64>(print).await?, 1);
    Ok(())
}

#[tokio::test]
async fn conversions_are_credited_by_the_model_that_is_named() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let brand = id("brand", desk.brand);
    let one = desk
        .tracked(json!({ "name": "One", "targetUrl": "https://shop.example/", "utm": { "source": "mail" } }))
        .await?;
    let two = desk
        .tracked(json!({ "name": "Two", "targetUrl": "https://shop.example/", "utm": { "source": "web" } }))
        .await?;
    let touch = |link: &Value, hour: u8| json!({ "code": link["code"], "at": format!("2024-02-01T{hour:02}:00:00Z") });
    let sale = |id: &str, minor: i64, currency: &str, touches: Value| {
        json!({ "id": id, "kind": "SALE", "occurredAt": "2024-02-02T10:00:00Z", "value": { "minor": minor, "currency": currency },
            "touches": touches })
    };
    let conversions = json!([
        sale("1", 1000, "EUR", json!([touch(&two, 5), touch(&one, 3), touch(&one, 4)])),
        sale("2", 7, "JPY", json!([touch(&one, 1), touch(&two, 2)])),
        sale("3", 500, "EUR", json!([])),
        json!({ "id": "4", "kind": "CUSTOM", "name": "Tasting", "occurredAt": "2024-02-02T10:00:00Z" }),
    ]);
    let input = json!({ "brandId": brand, "source": "Till", "conversions": conversions });
    let done = desk.mutate("recordConversions", "results { index outcome conversion { name } }", input.clone()).await?;
    assert_eq!(
        done.get("recordConversions.results.3"),
        &json!({ "index": 3, "outcome": "RECORDED", "conversion": { "name": "Tasting" } })
    );
    let again = desk.mutate("recordConversions", "results { outcome }", input).await?;
    assert_eq!(again.get("recordConversions.results.0.outcome"), "KNOWN");

    let query = "query($input: AttributionInput!) { attribution(input: $input) { model by
      shares { link { name } source conversions credit values { minor currency } }
      unattributed { conversions credit values { minor currency } } total { conversions credit values { minor currency } } } }";
    let eur = |minor: i64| json!({ "minor": minor, "currency": "EUR" });
    let jpy = |minor: i64| json!({ "minor": minor, "currency": "JPY" });
    for (model, shares) in [
        ("FIRST_TOUCH", json!([["One", "mail", 2, "2", [eur(1000), jpy(7)]]])),
        ("LAST_TOUCH", json!([["Two", "web", 2, "2", [eur(1000), jpy(7)]]])),
        (
            "LINEAR",
            json!([
                ["One", "mail", 2, "1.166667", [eur(667), jpy(4)]],
                ["Two", "web", 2, "0.833333", [eur(333), jpy(3)]]
            ]),
        ),
    ] {
        for by in ["LINK", "SOURCE"] {
            let input = json!({ "brandId": brand, "from": "2024-02-02", "to": "2024-02-02", "model": model, "by": by });
            let read = desk.ask_as(&desk.person, query, json!({ "input": input })).await?;
            let read = &read["attribution"];
            assert_eq!((&read["model"], &read["by"]), (&json!(model), &json!(by)));
            let found: Vec<Value> = read["shares"]
                .as_array()
                .context("shares")?
                .iter()
                .map(|share| {
                    let (link, source) = (&share["link"]["name"], &share["source"]);
                    let key = if by == "LINK" { link } else { source };
                    json!([key, share["conversions"], share["credit"], share["values"]])
                })
                .collect();
            let at = usize::from(by == "SOURCE");
            let expected = shares.as_array().context("shares")?.iter();
            let expected: Vec<Value> = expected.map(|share| json!([share[at], share[2], share[3], share[4]])).collect();
            assert_eq!(found, expected, "{model} by {by}");
            assert_eq!(read["unattributed"], json!({ "conversions": 2, "credit": "2", "values": [eur(500)] }));
            assert_eq!(read["total"], json!({ "conversions": 4, "credit": "4", "values": [eur(1500), jpy(7)] }));
        }
    }
    let before = json!({ "brandId": brand, "from": "2024-02-03", "to": "2024-02-02", "model": "LINEAR", "by": "LINK" });
    let refused = desk.app.client.gql(&desk.person.token, query, json!({ "input": before })).await?;
    assert_eq!(refused.code(), "INVALID");
    Ok(())
}

#[tokio::test]
async fn a_file_is_recorded_row_by_row() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let link = desk.tracked(json!({ "name": "One", "targetUrl": "https://shop.example/" })).await?;
    let read = "query($id: ID!) { conversionImport(id: $id) { state recordedCount knownCount refusedCount
      refusedRows { line userErrors { code message field } } } }";
    let ask = async |policy: &str| -> Result<(String, String)> {
        let input = json!({ "brandId": id("brand", desk.brand), "source": "Fair", "errorPolicy": policy });
        let asked = desk.mutate("requestConversionImport", "conversionImport { id state } uploadUrl", input).await?;
        assert_eq!(asked.get("requestConversionImport.conversionImport.state"), "AWAITING_FILE");
        Ok((
            asked.text("requestConversionImport.conversionImport.id")?,
            asked.text("requestConversionImport.uploadUrl")?,
        ))
    };
    let code = text(&link["code"]);
    let file = format!(
        "id,kind,occurredAt,value,currency,touches\n1,LEAD,2024-01-02T10:00:00Z,12.50,EUR,{code}@2024-01-01T10:00:00Z\n\
         2,SALE,yesterday,5,EUR,\n3,SALE,2024-01-02T10:00:00Z,5,EUR,1111111111@2024-01-01T10:00:00Z\n"
    );
    let (first, url) = ask("REJECT_EVERYTHING").await?;
    let sent = desk.app.client.put(&url, "no,such,file\n").await?;
    assert_eq!(sent.status.as_u16(), 422, "the address can be used again");
    let sent = desk.app.client.put(&url, file.clone()).await?;
    assert_eq!(
        serde_json::from_slice::<Value>(&sent.body)?,
        json!({ "ok": false, "recorded": 0, "known": 0, "refused": 2 })
    );
    assert_eq!(desk.app.db.value::<i64>("select count(*) from conversion").await?, 0);
    let report = desk.ask_as(&desk.person, read, json!({ "id": first })).await?;
    let report = &report["conversionImport"];
    assert_eq!((&report["state"], &report["refusedCount"]), (&json!("REFUSED"), &json!(2)));
    assert_eq!(report["refusedRows"][0]["line"], 3);
    assert_eq!(report["refusedRows"][0]["userErrors"][0]["field"], json!(["occurredAt"]));
    assert_eq!(report["refusedRows"][1]["userErrors"][0]["code"], "NOT_FOUND");
    assert_eq!(desk.app.client.put(&url, file.clone()).await?.status.as_u16(), 404, "an address takes one file");

    let (second, url) = ask("REJECT_FAILED_ROWS").await?;
    let sent = desk.app.client.put(&url, file.clone()).await?;
    assert_eq!(
        serde_json::from_slice::<Value>(&sent.body)?,
        json!({ "ok": true, "recorded": 1, "known": 0, "refused": 2 })
    );
    let report = desk.ask_as(&desk.person, read, json!({ "id": second })).await?;
    assert_eq!(report["conversionImport"]["state"], "RECORDED");
    let (_, url) = ask("REJECT_FAILED_ROWS").await?;
    let sent = desk.app.client.put(&url, file.replace("12.50", "12.51")).await?;
    assert_eq!(serde_json::from_slice::<Value>(&sent.body)?["refused"], 3, "another value under a known id");
    let kept: i64 = desk.app.db.value("select min(value_minor) from conversion").await?;
    assert_eq!(kept, 1250);
    let large = vec![b'x'; 5 * 1024 * 1024 + 1];
    let (_, url) = ask("REJECT_FAILED_ROWS").await?;
    assert_eq!(desk.app.client.put(&url, large).await?.status.as_u16(), 413);
    Ok(())
}

#[tokio::test]
async fn a_lead_goes_to_sales_and_its_contact_is_sealed() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let brand = id("brand", desk.brand);
    let lead = json!({ "id": "7", "kind": "LEAD", "occurredAt": "2024-02-02T10:00:00Z", "value": { "minor": 90000, "currency": "EUR" } });
    let input = json!({ "brandId": brand, "source": "Fair", "conversions": [lead] });
    let done = desk.mutate("recordConversions", "results { conversion { id } }", input).await?;
    let conversion = done.text("recordConversions.results.0.conversion.id")?;
    let contact = json!({ "name": "Lina Kos", "email": "lina@home.example", "phone": "+30 210 000" });
    let said = json!({ "source": "Fair", "contact": contact, "note": "Wants beans" });
    let new = json!({ "brandId": brand, "conversionId": conversion, "lead": said });
    let made = desk.mutate("createLead", LEAD, new.clone()).await?.get("createLead.lead").clone();
    assert_eq!((&made["state"], &made["contact"]), (&json!("NEW"), &contact));
    assert_eq!(made["value"], json!({ "minor": 90000, "currency": "EUR" }), "that of the conversion");
    let twice = desk.try_mutate("createLead", LEAD, new).await?;
    assert_eq!(twice.user_codes("createLead"), ["ALREADY_EXISTS"]);
    let sealed: Vec<u8> = desk.app.db.value("select contact from lead").await?;
    assert!(!String::from_utf8_lossy(&sealed).contains("Lina"));
    let told: String = desk.app.db.value("select coalesce(string_agg(detail::text, ' '), '') from audit_event").await?;
    assert!(!told.contains("Lina") && !told.contains("lina@"), "{told}");

    let on = |version: i32| json!({ "leadId": made["id"], "version": version });
    let mut won = on(1);
    won["outcome"] = json!("WON");
    let early = desk.try_mutate("closeLead", LEAD, won.clone()).await?;
    assert_eq!(early.user_codes("closeLead"), ["WRONG_STATE"], "only what was handed over is won");
    let mut over = on(1);
    over["to"] = json!("Sami of sales");
    assert_eq!(desk.try_mutate("handOverLead", LEAD, over.clone()).await?.user_codes("handOverLead"), ["WRONG_STATE"]);
    desk.mutate("qualifyLead", LEAD, on(1)).await?;
    over["version"] = json!(2);
    over["note"] = json!("Ring in the morning");
    let handed = desk.mutate("handOverLead", LEAD, over).await?;
    let hand_over = json!({ "to": "Sami of sales", "note": "Ring in the morning" });
    assert_eq!(handed.get("handOverLead.lead.handOver"), &hand_over);
    let mut lost = on(3);
    lost["outcome"] = json!("LOST");
    assert_eq!(desk.try_mutate("closeLead", LEAD, lost).await?.user_codes("closeLead"), ["REASON_REQUIRED"]);
    won["version"] = json!(3);
    let closed = desk.mutate("closeLead", LEAD, won).await?;
    assert_eq!(closed.get("closeLead.lead.state"), "WON");
    let erased = json!({ "leadId": made["id"], "version": 4, "lead": { "source": "Fair" } });
    let erased = desk.mutate("updateLead", LEAD, erased).await?;
    assert!(erased.get("updateLead.lead.contact").is_null());
    assert_eq!(desk.app.db.value::<i64>("select count(*) from lead where contact is not null").await?, 0);
    Ok(())
}

#[tokio::test]
async fn amounts_and_contacts_are_for_mid_and_above() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let at = desk.app.fill_brand("Beta").await?;
    let node = "query($id: ID!) { node(id: $id) { __typename } }";
    for (kind, level, links, amounts) in [
        (UserKind::Staff, Level::Mid, true, true),
        (UserKind::Staff, Level::Junior, true, false),
        (UserKind::Freelancer, Level::Junior, false, false),
        (UserKind::Client, Level::Junior, false, false),
    ] {
        let person = desk.app.member(at.brand, level, kind).await?;
        for (thing, seen) in [
            (id("link", at.tracking.link), links),
            (id("conversion", at.tracking.conversion), amounts),
            (id("lead", at.tracking.lead), amounts),
        ] {
            let read = desk.ask_as(&person, node, json!({ "id": thing })).await?;
            assert_eq!(read["node"].is_object(), seen, "{thing} by {kind:?} {level:?}");
        }
        let list = "query($id: ID!) { leads(brandId: $id, first: 5) { nodes { id } } }";
        let answer = desk.app.client.gql(&person.token, list, json!({ "id": id("brand", at.brand) })).await?;
        assert_eq!(answer.code().is_empty(), amounts, "{kind:?} {level:?}: {}", answer.body);
        if !amounts {
            let input = json!({ "brandId": id("brand", at.brand), "source": "Till",
                "conversions": [{ "id": "1", "kind": "SALE", "occurredAt": "2024-01-02T10:00:00Z" }] });
            let before = fingerprint(&desk.app).await?;
            let refused =
                desk.app.client.try_mutate(&person.token, "recordConversions", "results { outcome }", input).await?;
            assert_eq!(refused.user_codes("recordConversions"), ["FORBIDDEN"]);
            assert_eq!(fingerprint(&desk.app).await?, before);
        }
    }
    Ok(())
}
