//! Landing pages over HTTP: written, published, visited by strangers, filled in, and what bad input of every kind gets.

use anyhow::{Context as _, Result};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::http::{Method, Response};
use serde_json::{Value, json};

use crate::kit::{Desk, fingerprint, id, nobodys};
use crate::tracking::DESKTOP;

const PAGE: &str =
    "landingPage { id version state url slug locale title blocks { kind text } image { id } imageAlt action label
  link { id } form { fields { field required } consent thanks } leadValue { minor currency }
  figures { visits submissions conversionRate } campaign { id } }";

/// What a page says, in this language.
pub fn said(slug: &str, locale: &str) -> Value {
    json!({
        "slug": slug, "locale": locale, "title": "Spring <coffee>",
        "blocks": [
            { "kind": "HEADING", "text": "Why" },
            { "kind": "TEXT", "text": "<script>alert(1)</script> & more" },
            { "kind": "POINTS", "text": "Fresh\nNear" },
        ],
        "label": "Write to us",
        "call": { "form": {
            "fields": [
                { "field": "EMAIL", "required": true }, { "field": "NAME" }, { "field": "PHONE" }, { "field": "MESSAGE" },
            ],
            "consent": "Nour may write to me.", "thanks": "Thank you \"very\" much.",
        } },
    })
}

/// The hidden ticket of the form on a page.
pub fn ticket(page: &str) -> Result<String> {
    let (_, after) = page.split_once("name=\"ticket\" value=\"").context("a ticket")?;
    Ok(after.split_once('"').context("its end")?.0.to_owned())
}

fn body(answer: &Response) -> Result<String> {
    Ok(std::str::from_utf8(&answer.body)?.to_owned())
}

impl Desk {
    /// A page that is published; answers it.
    pub async fn landing(&self, page: Value) -> Result<Value> {
        let input = json!({ "brandId": id("brand", self.brand), "page": page });
        let draft = self.mutate("createLandingPage", PAGE, input).await?;
        let page = draft.text("createLandingPage.landingPage.id")?;
        let worth = json!({ "minor": 2500, "currency": "EUR" });
        let input = json!({ "pageId": page, "version": 1, "leadValue": worth });
        let published = self.mutate("publishLandingPage", PAGE, input).await?;
        Ok(published.get("publishLandingPage.landingPage").clone())
    }

    async fn opened(&self, url: &str) -> Result<Response> {
        let headers = [("user-agent", DESKTOP), ("accept-language", "en")];
        self.follow(Method::GET, url, &headers).await
    }

    async fn fill(&self, url: &str, form: &[(&str, &str)]) -> Result<Response> {
        Ok(self.app.client.request(Method::POST, url)?.form(form).send().await?)
    }

    async fn kept(&self) -> Result<i64> {
        self.app.db.value("select (select count(*) from landing_submission) + (select count(*) from lead)").await
    }
}

fn url_of(page: &Value) -> Result<String> {
    Ok(page["url"].as_str().context("an address")?.to_owned())
}

#[tokio::test]
async fn a_page_is_written_published_visited_filled_in_and_put_away() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let asset = desk.app.asset(desk.brand, &desk.person).await?;
    desk.app.make_forms(asset).await?;
    let mut content = said("spring", "EN");
    content["image"] = json!({ "assetId": id("asset", asset), "alt": "A \"square\"" });
    let page = desk.landing(content).await?;
    assert_eq!((&page["state"], &page["locale"], &page["action"]), (&json!("PUBLISHED"), &json!("EN"), &json!("FORM")));
    assert_eq!(page["leadValue"], json!({ "minor": 2500, "currency": "EUR" }));
    assert_eq!(page["form"]["fields"][0], json!({ "field": "NAME", "required": false }), "in the order of the form");
    assert_eq!(page["figures"], json!({ "visits": 0, "submissions": 0, "conversionRate": null }));

    let url = url_of(&page)?;
    let answer = desk.opened(&format!("{url}?utm_source=mail%22%3E%3Cb%3E&utm_campaign=spring")).await?;
    assert_eq!(answer.status.as_u16(), 200);
    assert_eq!((answer.header("set-cookie"), answer.header("cache-control")), (None, Some("no-store")));
    let policy = answer.header("content-security-policy").unwrap_or_default();
    assert!(policy.starts_with("default-src 'none'") && policy.contains("img-src 'self'"), "{policy}");
    let html = body(&answer)?;
    for part in [
        "&lt;script&gt;alert(1)",
        "Spring &lt;coffee&gt;",
        "<li dir=\"auto\">Near</li>",
        "alt=\"A &quot;square&quot;\"",
    ] {
        assert!(html.contains(part), "{part} in {html}");
    }
    assert!(!html.contains("<script") && !html.contains("<b>"), "{html}");
    assert!(html.contains("value=\"mail&quot;&gt;&lt;b&gt;\""), "{html}");
    let picture = desk.opened(&format!("{url}/picture")).await?;
    assert_eq!((picture.status.as_u16(), picture.header("content-type")), (200, Some("image/jpeg")));

    let ticket = ticket(&html)?;
    let form = [
        ("ticket", ticket.as_str()),
        ("utm_source", "mail\"><b>"),
        ("email", "lina@home.example"),
        ("name", "Lina"),
        ("consent", "yes"),
        ("message", "Beans"),
        ("website", ""),
    ];
    for _ in 0..2 {
        let done = desk.fill(&url, &form).await?;
        assert_eq!(done.status.as_u16(), 303, "{}", body(&done)?);
        let thanks = desk.opened(done.header("location").context("a place")?).await?;
        assert!(body(&thanks)?.contains("Thank you &quot;very&quot; much."));
    }
    assert_eq!(desk.kept().await?, 2, "one submission, one lead");
    let query = "query($id: ID!) { leads(brandId: $id, first: 5) { nodes { state source note contact { name email } createdBy { id }
      value { minor } conversion { kind source recordedBy { id } submission { consent pageVersion utm { source } page { slug } } } } }
      landingPages(brandId: $id, filter: { states: [PUBLISHED] }, first: 5) {
        nodes { slug figures { visits submissions conversionRate } } } }";
    let read = desk.app.client.gql(&desk.person.token, query, json!({ "id": id("brand", desk.brand) })).await?.ok()?;
    assert_eq!(
        read.get("leads.nodes.0"),
        &json!({ "state": "NEW", "source": "landing:spring", "note": "Beans", "createdBy": null, "value": { "minor": 2500 },
            "contact": { "name": "Lina", "email": "lina@home.example" },
            "conversion": { "kind": "LEAD", "source": "landing:spring", "recordedBy": null,
                "submission": { "consent": "Nour may write to me.", "pageVersion": 2, "utm": { "source": "mail\"><b>" },
                    "page": { "slug": "spring" } } } })
    );
    assert_eq!(
        read.get("landingPages.nodes"),
        &json!([{ "slug": "spring", "figures": { "visits": 1, "submissions": 1, "conversionRate": 1.0 } }])
    );

    let away = json!({ "pageId": page["id"], "version": 2 });
    desk.mutate("archiveLandingPage", PAGE, away).await?;
    for gone in [url.clone(), format!("{url}/thanks"), format!("{url}/picture")] {
        assert_eq!(desk.opened(&gone).await?.status.as_u16(), 404, "{gone}");
    }
    assert_eq!(desk.fill(&url, &form).await?.status.as_u16(), 404);
    let back = json!({ "pageId": page["id"], "version": 3 });
    let back = desk.mutate("restoreLandingPage", PAGE, back).await?;
    assert_eq!(back.get("restoreLandingPage.landingPage.state"), "DRAFT");
    assert_eq!(desk.opened(&url).await?.status.as_u16(), 404, "a draft has no public address");
    Ok(())
}

#[tokio::test]
async fn a_form_that_is_not_right_comes_back_in_the_language_of_the_page() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let page = desk.landing(said("bahar", "FA")).await?;
    let url = url_of(&page)?;
    let html = body(&desk.opened(&url).await?)?;
    assert!(html.contains("lang=\"fa\" dir=\"rtl\""), "{html}");
    let ticket = ticket(&html)?;
    let before = fingerprint(&desk.app).await?;
    let good = [("ticket", ticket.as_str()), ("email", "lina@home.example"), ("consent", "yes")];
    for (field, value, words) in [
        ("consent", "", "لطفاً این خانه را علامت بزنید"),
        ("email", "", "لطفاً این را پر کنید"),
        ("email", "<b>lina", "این نشانی رایانامه نیست"),
        ("ticket", "forged", "این فرم بیش از اندازه باز مانده بود"),
    ] {
        let form = good.map(|(name, kept)| (name, if name == field { value } else { kept }));
        let answer = desk.fill(&url, &form).await?;
        let html = body(&answer)?;
        assert_eq!(answer.status.as_u16(), 422, "{field}");
        assert!(html.contains(words) && !html.contains("<b>lina"), "{field}: {html}");
        assert_eq!(html.contains("lina@home.example"), field != "email", "what was typed is kept");
    }
    let long = "x".repeat(201);
    let answer = desk.fill(&url, &[good[0], good[1], good[2], ("name", long.as_str())]).await?;
    assert_eq!(answer.status.as_u16(), 422);
    // A program fills in what nobody sees, and hears what everybody hears.
    let caught = desk.fill(&url, &[good[0], good[1], good[2], ("website", "http://spam.example")]).await?;
    assert_eq!(caught.status.as_u16(), 303);
    // What is no form of ours, or longer than any.
    let huge = "x".repeat(70_000);
    let answer = desk.fill(&url, &[good[0], good[1], good[2], ("message", huge.as_str())]).await?;
    assert_eq!(answer.status.as_u16(), 413);
    let request = desk.app.client.request(Method::POST, &url)?.bytes("application/json", "{}".into());
    assert!(request.send().await?.status.is_client_error());
    for nowhere in ["/p/1111111111/spring", "/p/x/y", "/p/%00/%00", "/p/1111111111"] {
        let answer = desk.opened(nowhere).await?;
        assert_eq!(answer.status.as_u16(), 404, "{nowhere}");
        assert!(body(&answer)?.contains("There is no page here"));
    }
    assert_eq!(fingerprint(&desk.app).await?, before);
    // An address of before, or without its end, leads on with what it says.
    let short = url.trim_end_matches("/bahar").to_owned();
    for old in [short.clone(), format!("{short}/old")] {
        let answer = desk.opened(&format!("{old}?utm_source=mail")).await?;
        let to = answer.header("location").unwrap_or_default();
        assert_eq!((answer.status.as_u16(), to.ends_with("/bahar?utm_source=mail")), (302, true), "{to}");
    }
    Ok(())
}

#[tokio::test]
async fn what_a_page_may_say_is_checked_and_whose_it_is() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let brand = id("brand", desk.brand);
    let page = desk.landing(said("spring", "EN")).await?;
    let other = desk.app.brand("Beta").await?;
    let stranger = desk.app.member(other, Level::Mid, UserKind::Staff).await?;
    let foreign = desk.app.asset(other, &stranger).await?;
    let before = fingerprint(&desk.app).await?;
    let with = |path: &str, value: Value| {
        let mut content = said("summer", "EN");
        if let Some(place) = content.pointer_mut(path) {
            *place = value;
        } else {
            content[path.trim_start_matches('/')] = value;
        }
        content
    };
    let image = |asset: String, alt: &str| json!({ "assetId": asset, "alt": alt });
    for (content, code, field) in [
        (with("/slug", json!("spring")), "ALREADY_EXISTS", json!(["page", "slug"])),
        (with("/slug", json!("Not so")), "INVALID", json!(["page", "slug"])),
        (with("/slug", json!("../up")), "INVALID", json!(["page", "slug"])),
        (with("/title", json!(" ")), "INVALID", json!(["page", "title"])),
        (with("/title", json!("x".repeat(201))), "TOO_LONG", json!(["page", "title"])),
        (with("/blocks", json!([])), "INVALID", json!(["page", "blocks"])),
        (with("/blocks/1/text", json!("x".repeat(5001))), "TOO_LONG", json!(["page", "blocks", "1", "text"])),
        (with("/image", image(id("asset", foreign), "A")), "NOT_FOUND", json!(["page", "image", "assetId"])),
        (with("/image", image("asset_x".to_owned(), "A")), "NOT_FOUND", json!(["page", "image", "assetId"])),
        (with("/call", json!({ "linkId": nobodys("link") })), "NOT_FOUND", json!(["page", "call", "linkId"])),
        (
            with("/call/form/fields", json!([{ "field": "NAME", "required": true }])),
            "INVALID",
            json!(["page", "call", "form", "fields"]),
        ),
        (with("/call/form/consent", json!("")), "INVALID", json!(["page", "call", "form", "consent"])),
        (with("/campaignId", json!(nobodys("campaign"))), "NOT_FOUND", json!(["page", "campaignId"])),
    ] {
        let input = json!({ "brandId": brand, "page": content });
        let refused = desk.try_mutate("createLandingPage", PAGE, input).await?;
        assert_eq!(refused.user_codes("createLandingPage"), [code], "{field}: {}", refused.body);
        assert_eq!(refused.get("createLandingPage.userErrors.0.field"), &field);
    }
    let on = |version: i32| json!({ "pageId": page["id"], "version": version });
    let mut update = on(1);
    update["page"] = said("spring", "EN");
    for (name, input, codes) in [
        ("updateLandingPage", update.clone(), vec!["CHANGED_MEANWHILE"]),
        ("publishLandingPage", on(2), vec!["WRONG_STATE"]),
        ("restoreLandingPage", on(2), vec!["WRONG_STATE"]),
        ("archiveLandingPage", json!({ "pageId": nobodys("landing"), "version": 1 }), vec!["NOT_FOUND"]),
    ] {
        assert_eq!(desk.try_mutate(name, PAGE, input).await?.user_codes(name), codes, "{name}");
    }
    update["version"] = json!(2);
    for name in ["updateLandingPage", "archiveLandingPage"] {
        let input = if name == "updateLandingPage" { update.clone() } else { on(2) };
        let refused = desk.app.client.try_mutate(&stranger.token, name, PAGE, input).await?;
        assert_eq!(refused.user_codes(name), ["NOT_FOUND"], "another brand's");
    }
    assert_eq!(fingerprint(&desk.app).await?, before);
    // A junior sees it, and neither what it brought nor what a lead is worth; and changes drafts alone.
    let junior = desk.app.member(desk.brand, Level::Junior, UserKind::Staff).await?;
    let before = fingerprint(&desk.app).await?;
    let query =
        "query($id: ID!) { node(id: $id) { ... on LandingPage { slug leadValue { minor } figures { visits } } } }";
    let seen = desk.app.client.gql(&junior.token, query, json!({ "id": page["id"] })).await?.ok()?;
    assert_eq!(seen.get("node"), &json!({ "slug": "spring", "leadValue": null, "figures": null }));
    let refused = desk.app.client.try_mutate(&junior.token, "updateLandingPage", PAGE, update).await?;
    assert_eq!(refused.user_codes("updateLandingPage"), ["FORBIDDEN"]);
    assert_eq!(fingerprint(&desk.app).await?, before);
    Ok(())
}

#[tokio::test]
async fn who_sends_too_many_forms_has_to_wait() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let page = desk.landing(said("spring", "EN")).await?;
    let url = url_of(&page)?;
    let mut status = 0;
    for _ in 0..60 {
        status = desk.fill(&url, &[("ticket", "x")]).await?.status.as_u16();
        if status != 422 {
            break;
        }
    }
    assert_eq!(status, 429);
    assert_eq!(desk.kept().await?, 0);
    Ok(())
}
