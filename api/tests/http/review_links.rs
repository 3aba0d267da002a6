//! Approving by one link, over HTTP: what the team makes and ends, and what a client's browser sends.

use anyhow::{Context as _, Result};
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::http::{Method, Response};
use diwan_testkit::client::Answer;
use diwan_testkit::{Person, TestApp, films, pictures};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::kit::{fingerprint, id};

const LINK: &str = "reviewLink { id client { id } createdBy { id } byLetter createdAt expiresAt revokedAt } url";

/// A post with a picture that waits for the client.
pub struct Review {
    pub app: TestApp,
    pub brand: Uuid,
    pub writer: Person,
    pub mid: Person,
    pub client: Person,
    pub post: Uuid,
    pub variant: Uuid,
    pub picture: Uuid,
    pub request: String,
}

impl Review {
    pub async fn new(text: &str) -> Result<Self> {
        Self::asking(text, |_| json!({ "mode": "ANY", "client": true, "dueHours": 48 })).await
    }

    /// The chain's one step is made of the client's id.
    pub async fn asking(text: &str, step: impl FnOnce(String) -> Value) -> Result<Self> {
        let mut app = TestApp::new().await?;
        app.leave_jobs();
        let brand = app.brand("Alpha").await?;
        let writer = app.member(brand, Level::Junior, UserKind::Staff).await?;
        let mid = app.member(brand, Level::Mid, UserKind::Staff).await?;
        let senior = app.member(brand, Level::Senior, UserKind::Staff).await?;
        let client = app.member(brand, Level::Junior, UserKind::Client).await?;
        let account = app.account(brand, "mastodon", &senior).await?;
        let (post, variant) = app.post(brand, account, text, &writer).await?;
        let picture = app.asset(brand, &senior).await?;
        app.db.run(&format!("insert into variant_asset values ('{brand}', '{variant}', 0, '{picture}')")).await?;
        let step = step(id("user", client.id));
        let chain = json!({ "brandId": id("brand", brand), "kind": "POST", "steps": [step] });
        app.client.mutate(&senior.token, "setApprovalChain", "chain { id }", chain).await?;
        let input = json!({ "postId": id("post", post) });
        let answer = app.client.mutate(&writer.token, "submitPost", "request { id }", input).await?;
        let request = answer.text("submitPost.request.id")?;
        Ok(Self { app, brand, writer, mid, client, post, variant, picture, request })
    }

    fn input(&self, to: &Person) -> Value {
        json!({ "requestId": self.request, "userId": id("user", to.id) })
    }

    pub async fn create(&self) -> Result<Answer> {
        self.app.client.mutate(&self.mid.token, "createReviewLink", LINK, self.input(&self.client)).await
    }

    /// The path of a new link.
    pub async fn path(&self) -> Result<String> {
        let url = self.create().await?.text("createReviewLink.url")?;
        Ok(url::Url::parse(&url)?.path().to_owned())
    }

    async fn refused(&self, by: &Person, mutation: &str, input: Value, code: &str) -> Result<()> {
        let before = fingerprint(&self.app).await?;
        let answer = self.app.client.try_mutate(&by.token, mutation, "userErrors { message }", input).await?;
        assert_eq!(answer.user_codes(mutation), [code], "{mutation}: {}", answer.body);
        assert_eq!(fingerprint(&self.app).await?, before, "{mutation} was refused and left something");
        Ok(())
    }

    async fn open(&self, path: &str) -> Result<String> {
        let page = self.app.client.get(path).await?;
        assert_eq!(page.status, 200, "{}", text(&page));
        Ok(text(&page))
    }

    async fn send(&self, path: &str, form: &[(&str, &str)]) -> Result<Response> {
        Ok(self.app.client.request(Method::POST, path)?.form(form).send().await?)
    }

    /// Shows a film in the post beside what it shows already. Its poster is made with the next jobs.
    pub async fn show_film(&self, film: Vec<u8>) -> Result<Uuid> {
        self.show(("film.mp4", "VIDEO"), film).await
    }

    /// Shows a file of this name and kind in the post beside what it shows already.
    async fn show(&self, (name, kind): (&str, &str), bytes: Vec<u8>) -> Result<Uuid> {
        let input = json!({ "brandId": id("brand", self.brand), "fileName": name, "altText": "Two halves" });
        let place = self.app.client.mutate(&self.mid.token, "requestUpload", "uploadUrl", input).await?;
        let answer = self.app.client.put(&place.text("requestUpload.uploadUrl")?, bytes).await?;
        assert_eq!(answer.status, 200, "{}", text(&answer));
        let asset: Uuid = self.app.db.value(&format!("select id from asset where kind = '{kind}'")).await?;
        let (brand, variant) = (self.brand, self.variant);
        self.app.db.run(&format!("insert into variant_asset values ('{brand}', '{variant}', 1, '{asset}')")).await?;
        Ok(asset)
    }

    async fn state(&self) -> Result<String> {
        self.app.db.value(&format!("select state from post where id = '{}'", self.post)).await
    }
}

fn text(answer: &Response) -> String {
    String::from_utf8_lossy(&answer.body).into_owned()
}

/// A hidden field of the last form, which is the one for the decision.
fn hidden(page: &str, name: &str) -> Result<String> {
    let (_, rest) = page.rsplit_once(&format!("name=\"{name}\" value=\"")).with_context(|| format!("no {name}"))?;
    Ok(rest.split('"').next().unwrap_or_default().to_owned())
}

fn form<'a>(act: &'a str, text: &'a str, kept: &'a [String; 3]) -> [(&'a str, &'a str); 5] {
    [("act", act), ("text", text), ("once", &kept[0]), ("step", &kept[1]), ("digest", &kept[2])]
}

fn kept(page: &str) -> Result<[String; 3]> {
    Ok([hidden(page, "once")?, hidden(page, "step")?, hidden(page, "digest")?])
}

#[tokio::test]
async fn the_team_makes_links_sees_them_and_ends_them() -> Result<()> {
    let desk = Review::new("Good morning").await?;
    let stranger = desk.app.member(desk.brand, Level::Mid, UserKind::Staff).await?;
    let foreign = desk.app.person(UserKind::Client, None).await?;
    let made = desk.create().await?;
    let url = made.text("createReviewLink.url")?;
    assert!(url.contains("/review/dwv_"), "{url}");
    assert_eq!(made.get("createReviewLink.reviewLink.client.id"), &json!(id("user", desk.client.id)));
    assert_eq!(made.get("createReviewLink.reviewLink.byLetter"), false);
    desk.refused(&desk.writer, "createReviewLink", desk.input(&desk.client), "FORBIDDEN").await?;
    desk.refused(&desk.client, "createReviewLink", desk.input(&desk.client), "FORBIDDEN").await?;
    desk.refused(&foreign, "createReviewLink", desk.input(&desk.client), "NOT_FOUND").await?;
    desk.refused(&desk.mid, "createReviewLink", desk.input(&desk.writer), "KIND_MISMATCH").await?;
    desk.refused(&desk.mid, "createReviewLink", desk.input(&foreign), "NOT_A_MEMBER").await?;
    for (field, value) in [("requestId", "approval_nothing"), ("userId", desk.request.as_str())] {
        let mut input = desk.input(&desk.client);
        input[field] = json!(value);
        desk.refused(&desk.mid, "createReviewLink", input, "NOT_FOUND").await?;
    }
    // Nobody makes the client's way to what they wrote themselves.
    let request = format!("update approval_request set authors = authors || '{}'::uuid", desk.mid.id);
    desk.app.db.run(&request).await?;
    desk.refused(&desk.mid, "createReviewLink", desk.input(&desk.client), "FOUR_EYES").await?;

    let query = "query($id: ID!) { node(id: $id) { ... on ApprovalRequest { reviewLinks { id byLetter revokedAt createdBy { id } } } } }";
    let listed = async |by: &Person| -> Result<Vec<Value>> {
        let answer = desk.app.client.gql(&by.token, query, json!({ "id": desk.request })).await?.ok()?;
        Ok(answer.get("node.reviewLinks").as_array().cloned().unwrap_or_default())
    };
    let seen = listed(&desk.mid).await?;
    assert_eq!(seen.iter().map(|link| link["byLetter"].clone()).collect::<Vec<_>>(), [json!(false), json!(true)]);
    assert!(listed(&desk.writer).await?.is_empty() && listed(&desk.client).await?.is_empty());
    assert!(!Value::from(seen).to_string().contains("dwv_"), "a secret is shown once");
    let link = made.text("createReviewLink.reviewLink.id")?;
    let revoke = json!({ "reviewLinkId": link });
    desk.refused(&desk.writer, "revokeReviewLink", revoke.clone(), "FORBIDDEN").await?;
    desk.refused(&desk.client, "revokeReviewLink", revoke.clone(), "NOT_FOUND").await?;
    desk.app.client.mutate(&stranger.token, "revokeReviewLink", "reviewLink { revokedAt }", revoke.clone()).await?;
    desk.refused(&desk.mid, "revokeReviewLink", revoke, "WRONG_STATE").await?;
    let ended = desk.app.client.get(url::Url::parse(&url)?.path()).await?;
    assert_eq!(ended.status, 410);
    assert!(text(&ended).contains("The team has ended it"), "{}", text(&ended));
    Ok(())
}

#[tokio::test]
async fn a_client_comments_and_approves_by_the_page() -> Result<()> {
    let desk = Review::new("Good <b>morning</b>\n#Nowruz").await?;
    let path = desk.path().await?;
    let before = fingerprint(&desk.app).await?;
    let answer = desk.app.client.get(&path).await?;
    let policy = answer.header("content-security-policy").unwrap_or_default();
    let allowed =
        ["default-src 'none'", "style-src 'self'", "img-src 'self'", "media-src 'self'", "form-action 'self'"];
    assert!(allowed.iter().all(|part| policy.split(';').any(|one| one.trim() == *part)), "{policy}");
    assert_eq!(
        (answer.header("cache-control"), answer.header("referrer-policy")),
        (Some("no-store"), Some("no-referrer"))
    );
    let page = text(&answer);
    assert!(page.contains("Good &lt;b&gt;morning") && page.contains("<bdi>#Nowruz</bdi>"), "{page}");
    assert!(!page.contains("<script") && !page.contains("review-"), "{page}");
    let picture = desk.app.client.get(&format!("{path}/pictures/{}", desk.picture)).await?;
    assert_eq!((picture.status.as_u16(), picture.header("content-type")), (200, Some("image/png")));
    for other in [format!("{path}/pictures/{}", desk.post), format!("{path}/pictures/x"), "/review/dwv_x".to_owned()] {
        assert_eq!(desk.app.client.get(&other).await?.status, 404, "{other}");
    }
    assert_eq!(fingerprint(&desk.app).await?, before, "looking is no act");

    let fields = kept(&page)?;
    for (act, words, status) in [("change", " ", 422), ("comment", "", 422), ("paint", "x", 400)] {
        let refused = desk.send(&path, &form(act, words, &fields)).await?;
        assert_eq!(refused.status, status, "{act}: {}", text(&refused));
        assert_eq!(fingerprint(&desk.app).await?, before, "{act} was refused and left something");
    }
    let long = "سلام ".repeat(1100);
    let refused = desk.send(&path, &form("change", &long, &fields)).await?;
    assert_eq!(refused.status, 422);
    assert!(text(&refused).contains(long.trim_end()) && text(&refused).contains("aria-invalid=\"true\""));
    assert_eq!(fingerprint(&desk.app).await?, before);

    for _ in 0..2 {
        let sent = desk.send(&path, &form("comment", "<i>Which</i> logo?", &fields)).await?;
        assert_eq!((sent.status.as_u16(), sent.header("location")), (303, Some(path.as_str())), "{}", text(&sent));
    }
    let said: i64 = desk.app.db.value("select count(*) from post_comment where visibility = 'CLIENT'").await?;
    assert_eq!(said, 1, "sent twice, said once");
    let page = desk.open(&path).await?;
    assert!(page.contains("&lt;i&gt;Which&lt;/i&gt; logo?"), "{page}");
    let fields = kept(&page)?;
    let approved = desk.send(&path, &form("approve", "", &fields)).await?;
    assert_eq!(approved.status, 303, "{}", text(&approved));
    assert_eq!(desk.state().await?, "APPROVED");
    let after = fingerprint(&desk.app).await?;
    assert_eq!(desk.send(&path, &form("approve", "", &fields)).await?.status, 303, "it is done already");
    let page = desk.open(&path).await?;
    assert!(page.contains("You approved this") && !page.contains("<form"), "{page}");
    let changed = desk.send(&path, &form("change", "No, wait", &fields)).await?;
    assert_eq!(changed.status, 409, "{}", text(&changed));
    assert_eq!(fingerprint(&desk.app).await?, after);
    Ok(())
}

#[tokio::test]
async fn an_old_page_says_so_and_a_changed_post_ends_its_links() -> Result<()> {
    let desk = Review::new("Good morning").await?;
    let path = desk.path().await?;
    let fields = kept(&desk.open(&path).await?)?;
    desk.app.db.run("update post set due_at = now() + interval '3 days'").await?;
    let before = fingerprint(&desk.app).await?;
    let stale = desk.send(&path, &form("approve", "", &fields)).await?;
    assert_eq!(stale.status, 409);
    assert!(text(&stale).contains("has changed since you opened the page"), "{}", text(&stale));
    assert_eq!(fingerprint(&desk.app).await?, before);
    let change = json!({ "postId": id("post", desk.post), "version": 1, "title": "Other" });
    desk.app.client.mutate(&desk.writer.token, "updatePost", "post { id }", change).await?;
    let before = fingerprint(&desk.app).await?;
    let gone = desk.send(&path, &form("approve", "", &fields)).await?;
    assert_eq!(gone.status, 410);
    assert!(text(&gone).contains("The post has changed"), "{}", text(&gone));
    assert_eq!(fingerprint(&desk.app).await?, before);
    Ok(())
}

#[tokio::test]
async fn guessing_links_is_slowed_down() -> Result<()> {
    let desk = Review::new("Good morning").await?;
    let mut busy = false;
    for guess in 0..60 {
        let answer = desk.app.client.get(&format!("/review/dwv_{guess}")).await?;
        busy = answer.status == 429;
        if busy {
            break;
        }
        assert_eq!(answer.status, 404);
    }
    assert!(busy, "nobody slows down who guesses");
    Ok(())
}

#[tokio::test]
async fn a_document_is_named_on_the_page_and_sent_to_be_saved() -> Result<()> {
    let desk = Review::new("Good morning").await?;
    let guide = desk.show(("<guide>.pdf", "DOCUMENT"), b"%PDF-1.7\n%%EOF\n".to_vec()).await?;
    let path = desk.path().await?;
    let there = format!("{path}/pictures/{guide}");
    let page = desk.open(&path).await?;
    assert!(page.contains(&format!("<a href=\"{there}\" download>")) && page.contains("&lt;guide&gt;.pdf"), "{page}");
    assert!(!page.contains(&format!("<img src=\"{there}\"")), "{page}");
    let file = desk.app.client.get(&there).await?;
    assert_eq!((file.status.as_u16(), file.header("content-type")), (200, Some("application/pdf")));
    assert!(file.header("content-disposition").is_some_and(|how| how.starts_with("attachment")));
    assert_eq!(&file.body[..], b"%PDF-1.7\n%%EOF\n");
    Ok(())
}

#[tokio::test]
async fn the_page_shows_forms_and_posters_and_plays_films() -> Result<()> {
    let desk = Review::new("Good morning").await?;
    let film = films::real((640, 360), 1).await?;
    let moving = desk.show_film(film.clone()).await?;
    let path = desk.path().await?;
    let (of_picture, of_film) = (format!("{path}/pictures/{}", desk.picture), format!("{path}/pictures/{moving}"));
    let poster = format!("{path}/posters/{moving}");
    let sort = async |path: &str| -> Result<(u16, String)> {
        let answer = desk.app.client.get(path).await?;
        Ok((answer.status.as_u16(), answer.header("content-type").unwrap_or_default().to_owned()))
    };
    let is = |status: u16, sort: &str| (status, sort.to_owned());
    // Before there are forms, what came is shown, and the film shows its own beginning.
    let page = desk.open(&path).await?;
    assert!(page.contains(&format!("<video src=\"{of_film}\"")) && !page.contains("poster="), "{page}");
    assert!(page.contains("preload=\"metadata\""), "{page}");
    assert_eq!(sort(&of_picture).await?, is(200, "image/png"));
    assert_eq!(sort(&poster).await?.0, 404);
    let fields = kept(&page)?;

    desk.app
        .db
        .run(
            "update media_file set renditions_at = null;
             insert into job (id, brand_id, kind, subject_id, due_at, created_at)
               select gen_random_uuid(), brand_id, 'make_renditions', id, now(), now() from media_file on conflict do nothing",
        )
        .await?;
    desk.app.run_jobs().await?;
    let page = desk.open(&path).await?;
    assert!(
        page.contains(&format!("<video src=\"{of_film}\" poster=\"{poster}\" aria-label=\"Two halves\"")),
        "{page}"
    );
    assert!(page.contains("preload=\"none\""), "{page}");
    assert_eq!((sort(&of_picture).await?, sort(&poster).await?), (is(200, "image/jpeg"), is(200, "image/jpeg")));
    let shown = desk.app.client.get(&of_picture).await?;
    assert!(shown.body.as_ref() != pictures::png(8, 8), "that is the original");
    let part = desk.app.client.request(Method::GET, &of_film)?.header("range", "bytes=10-99").send().await?;
    assert_eq!((part.status.as_u16(), part.header("content-type")), (206, Some("video/mp4")));
    assert_eq!(part.body.as_ref(), &film[10..100]);
    for other in [desk.picture, desk.post] {
        assert_eq!(sort(&format!("{path}/posters/{other}")).await?.0, 404, "{other}");
    }
    // What is decided upon is the same with a poster as without.
    let approved = desk.send(&path, &form("approve", "", &fields)).await?;
    assert_eq!(approved.status, 303, "{}", text(&approved));
    assert_eq!(desk.state().await?, "APPROVED");
    Ok(())
}

#[tokio::test]
async fn a_client_who_is_named_approves_by_the_page() -> Result<()> {
    let desk = Review::asking("Good morning", |client| json!({ "mode": "ANY", "people": [client] })).await?;
    let by_letter: i64 = desk.app.db.value("select count(*) from review_link where created_by is null").await?;
    assert_eq!(by_letter, 1);
    let other = desk.app.member(desk.brand, Level::Junior, UserKind::Client).await?;
    desk.refused(&desk.mid, "createReviewLink", desk.input(&other), "NOT_YOUR_TURN").await?;
    desk.refused(&desk.client, "createReviewLink", desk.input(&desk.client), "FORBIDDEN").await?;
    desk.refused(&other, "approveRequest", json!({ "requestId": desk.request }), "NOT_YOUR_TURN").await?;
    let path = desk.path().await?;
    let fields = kept(&desk.open(&path).await?)?;
    let before = fingerprint(&desk.app).await?;
    let refused = desk.send(&path, &form("change", " ", &fields)).await?;
    assert_eq!(refused.status, 422, "{}", text(&refused));
    assert_eq!(fingerprint(&desk.app).await?, before);
    let sent = desk.send(&path, &form("change", "Another picture", &fields)).await?;
    assert_eq!(sent.status, 303, "{}", text(&sent));
    assert_eq!(desk.state().await?, "CHANGES_REQUESTED");
    Ok(())
}
