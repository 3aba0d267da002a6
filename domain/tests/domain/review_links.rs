//! Review links: what they open, what is done by them, and how they end.

use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use chrono::Duration;
use diwan_domain::approvals::{
    Act, Answer, Answered, Decision, Ending, Look, NewChain, Opened, Review, Standing, StepRule, Verdict,
    answer_review, approve, create_review_link, open_review, review_picture, revoke_review_link, set_approval_chain,
    withdraw,
};
use diwan_domain::calendar::{NewComment, comment_on_post, submit_post};
use diwan_domain::{Code, Failure};
use diwan_entity::approvals::approval_request::ApprovalKind;
use diwan_entity::approvals::approval_step::{StepAudience, StepMode};
use diwan_entity::calendar::post_comment::Visibility;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::clock::{Clock as _, ManualClock, SystemClock};
use diwan_platform::crypto::sha256;
use diwan_platform::db;
use diwan_testkit::services::Settings;
use diwan_testkit::{Person, TestServices};
use uuid::Uuid;

/// A post that waits for the client.
struct Desk {
    test: TestServices,
    brand: Uuid,
    mid: Person,
    senior: Person,
    client: Person,
    post: Uuid,
    variant: Uuid,
    request: Uuid,
}

fn step(audience: StepAudience, mode: StepMode) -> StepRule {
    let level = (audience == StepAudience::Level).then_some(Level::Mid);
    StepRule { mode, audience, level, people: Vec::new(), due_hours: Some(24) }
}

impl Desk {
    async fn new() -> Result<Self> {
        Self::with(TestServices::new().await?, vec![step(StepAudience::Client, StepMode::Any)]).await
    }

    async fn with(test: TestServices, steps: Vec<StepRule>) -> Result<Self> {
        Self::asking(test, |_, _| steps).await
    }

    /// The steps are made of the client and the SENIOR.
    async fn asking(test: TestServices, steps: impl FnOnce(Uuid, Uuid) -> Vec<StepRule>) -> Result<Self> {
        let brand = test.brand("Alpha").await?;
        let writer = test.member(brand, Level::Junior, UserKind::Staff).await?;
        let mid = test.member(brand, Level::Mid, UserKind::Staff).await?;
        let senior = test.member(brand, Level::Senior, UserKind::Staff).await?;
        let client = test.member(brand, Level::Junior, UserKind::Client).await?;
        let account = test.account(brand, "mastodon", &senior).await?;
        let text = "Good morning @amal@social.example\n#Nowruz https://www.example.com/a";
        let (post, variant) = test.post(brand, account, text, &writer).await?;
        let context = test.act(&senior).await?;
        let steps = steps(client.id, senior.id);
        set_approval_chain(&context, NewChain { brand_id: brand, kind: ApprovalKind::Post, steps, version: None })
            .await?;
        context.commit().await?;
        let context = test.act(&writer).await?;
        let (_, request) = submit_post(&context, post).await?;
        context.commit().await?;
        Ok(Self { test, brand, mid, senior, client, post, variant, request: request.id })
    }

    /// A link of the client's, made by the team: its id and its secret.
    async fn link(&self) -> Result<(Uuid, String)> {
        self.link_for(&self.client).await
    }

    async fn link_for(&self, client: &Person) -> Result<(Uuid, String)> {
        let context = self.test.act(&self.mid).await?;
        let (link, url) = create_review_link(&context, self.request, client.id).await?;
        context.commit().await?;
        let secret = url.path_segments().and_then(|mut parts| parts.next_back()).context("a secret")?;
        Ok((link.id, secret.to_owned()))
    }

    async fn open(&self, secret: &str) -> Result<Review> {
        match open_review(&self.test.services, secret).await? {
            Opened::Review(review) => Ok(*review),
            Opened::Ended(ending, _) => bail!("it has ended: {ending:?}"),
        }
    }

    async fn ending(&self, secret: &str) -> Result<Ending> {
        match open_review(&self.test.services, secret).await? {
            Opened::Review(_) => bail!("it is open"),
            Opened::Ended(ending, _) => Ok(ending),
        }
    }

    /// What a page sends that was opened as `review`.
    fn form(review: &Review, act: Act, text: &str) -> Answer {
        let step = match review.standing {
            Standing::Asked { step, .. } => step,
            _ => 0,
        };
        Answer { act, text: text.to_owned(), step, digest: review.digest.clone(), once: review.once }
    }

    async fn send(&self, secret: &str, answer: Answer) -> Result<Answered> {
        Ok(answer_review(&self.test.services, secret, answer).await?)
    }

    /// Sends what is refused for this reason and leaves everything as it was. Answers what the page shows then.
    async fn refused(&self, secret: &str, answer: Answer, code: Code) -> Result<Review> {
        let before = self.fingerprint().await?;
        let Answered::Refused(review, errors) = self.send(secret, answer).await? else { bail!("not refused") };
        assert_eq!(errors[0].code, code, "{errors:?}");
        assert_eq!(self.fingerprint().await?, before, "refused and done");
        Ok(*review)
    }

    async fn fingerprint(&self) -> Result<String> {
        let sql = [
            "post",
            "approval_request",
            "approval_step",
            "approval_entry",
            "post_comment",
            "review_link",
            "job",
            "audit_event",
            "letter",
            "idempotency_record",
        ]
        .map(|table| {
            format!("(select count(*) || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from {table} t)")
        });
        self.test.db.value(&format!("select concat_ws(' ', {})", sql.join(", "))).await
    }

    async fn count(&self, sql: &str) -> Result<i64> {
        self.test.db.value(&format!("select count(*) from {sql}")).await
    }
}

fn invalid(opened: Result<Opened, Failure>) -> bool {
    matches!(opened, Err(Failure::Refused(errors)) if errors[0].code == Code::LinkInvalid)
}

#[tokio::test]
async fn a_client_decides_once_by_a_link_that_opening_does_not_spend() -> Result<()> {
    let desk = Desk::new().await?;
    let context = desk.test.act(&desk.mid).await?;
    for (visibility, body) in [(Visibility::Internal, "Between us"), (Visibility::Client, "For you")] {
        let new =
            NewComment { post_id: desk.post, visibility, body: body.to_owned(), reply_to: None, mentions: Vec::new() };
        comment_on_post(&context, new).await?;
    }
    context.commit().await?;
    let (link, secret) = desk.link().await?;
    let before = desk.fingerprint().await?;
    desk.open(&secret).await?;
    let page = desk.open(&secret).await?;
    assert_eq!(desk.fingerprint().await?, before, "opening is no act");
    assert!(matches!(page.standing, Standing::Asked { step: 1, until: Some(_) }), "{:?}", page.standing);
    assert_eq!(page.said.iter().map(|said| said.text.as_str()).collect::<Vec<_>>(), ["For you"]);
    let variants = page.variants.as_ref().context("the post")?;
    assert_eq!((variants.len(), variants[0].network.as_str()), (1, "Mastodon"));
    assert_eq!(variants[0].preview.card.as_deref(), Some("https://www.example.com/a"));

    // Said twice from one page is said once; other words are another thing.
    let comment = Desk::form(&page, Act::Comment, "Which\r\npicture?");
    for _ in 0..2 {
        assert!(matches!(desk.send(&secret, comment.clone()).await?, Answered::Done));
    }
    let other = Answer { text: "Another question".to_owned(), ..comment };
    assert!(matches!(desk.send(&secret, other).await?, Answered::Done));
    let said = desk.open(&secret).await?.said;
    assert_eq!(
        said.iter().map(|said| said.text.as_str()).collect::<Vec<_>>(),
        ["For you", "Which\npicture?", "Another question"]
    );
    assert_eq!((said[0].by.as_deref(), said[1].by.as_deref()), (Some("Sami"), None));

    desk.refused(&secret, Desk::form(&page, Act::RequestChanges, " \r\n"), Code::ReasonRequired).await?;
    desk.refused(&secret, Desk::form(&page, Act::Comment, ""), Code::Invalid).await?;
    desk.refused(&secret, Desk::form(&page, Act::Approve, &"x".repeat(5001)), Code::TooLong).await?;
    let stale = Answer { digest: "0".repeat(64), ..Desk::form(&page, Act::Approve, "") };
    desk.refused(&secret, stale, Code::ChangedMeanwhile).await?;
    let elsewhere = Answer { step: 2, ..Desk::form(&page, Act::Approve, "") };
    desk.refused(&secret, elsewhere, Code::ChangedMeanwhile).await?;

    let approval = Desk::form(&page, Act::Approve, "Lovely");
    assert!(matches!(desk.send(&secret, approval.clone()).await?, Answered::Done));
    let after = desk.fingerprint().await?;
    assert!(matches!(desk.send(&secret, approval.clone()).await?, Answered::Done), "the same again is done already");
    assert_eq!(desk.fingerprint().await?, after);
    let again = Answer { once: Uuid::from_u128(7), ..approval };
    let page = desk.refused(&secret, again, Code::WrongState).await?;
    assert!(matches!(page.standing, Standing::Decided(Verdict::Approved, _)), "{:?}", page.standing);
    let late = Answer { once: Uuid::from_u128(8), ..Desk::form(&page, Act::Comment, "Wait") };
    desk.refused(&secret, late, Code::WrongState).await?;
    let state: String = desk.test.db.value(&format!("select state from post where id = '{}'", desk.post)).await?;
    assert_eq!(state, "APPROVED");
    let by: Uuid = desk.test.db.value("select actor_id from approval_entry where kind = 'APPROVED'").await?;
    assert_eq!(by, desk.client.id);
    for action in ["approval.approve", "comment.write"] {
        let said =
            desk.count(&format!("audit_event where action = '{action}' and detail->>'review_link' = '{link}'")).await?;
        assert!(said > 0, "{action} does not say that it came by a link");
    }
    Ok(())
}

#[tokio::test]
async fn a_page_that_is_old_decides_nothing() -> Result<()> {
    let desk = Desk::new().await?;
    let (_, secret) = desk.link().await?;
    let due = "update post set due_at = now() + interval '3 days'";
    let words = format!("update post_variant set text = 'Changed' where id = '{}'", desk.variant);
    for change in [due, words.as_str(), "update social_account set display_name = 'Other'"] {
        let page = desk.open(&secret).await?;
        desk.test.db.run(change).await?;
        let now = desk.refused(&secret, Desk::form(&page, Act::Approve, ""), Code::ChangedMeanwhile).await?;
        assert_ne!(now.digest, page.digest, "{change}");
    }
    // Somebody else decides meanwhile.
    let other = desk.test.member(desk.brand, Level::Junior, UserKind::Client).await?;
    let (_, of_other) = desk.link_for(&other).await?;
    let page = desk.open(&secret).await?;
    let theirs = desk.open(&of_other).await?;
    assert!(matches!(desk.send(&of_other, Desk::form(&theirs, Act::RequestChanges, "Shorter")).await?, Answered::Done));
    let now = desk.refused(&secret, Desk::form(&page, Act::Approve, ""), Code::WrongState).await?;
    assert!(
        matches!(&now.standing, Standing::DecidedBy(Verdict::ChangesRequested, name, _) if name == "Sami"),
        "{now:?}"
    );
    assert_eq!(now.said.last().map(|said| said.text.as_str()), Some("Shorter"));
    // What the team works on afterwards is theirs until they ask again.
    desk.test.db.run("update post set version = version + 1").await?;
    assert!(desk.open(&secret).await?.variants.is_none());
    Ok(())
}

#[tokio::test]
async fn a_link_ends_with_what_it_is_for() -> Result<()> {
    let clock = Arc::new(ManualClock::new(SystemClock.now()));
    let test = TestServices::with(Settings { clock: Some(clock.clone()), ..Settings::default() }).await?;
    let desk = Desk::with(test, vec![step(StepAudience::Client, StepMode::Any)]).await?;
    let (id, revoked) = desk.link().await?;
    let (_, secret) = desk.link().await?;
    let page = desk.open(&secret).await?;
    let context = desk.test.act(&desk.senior).await?;
    revoke_review_link(&context, id).await?;
    context.commit().await?;
    assert_eq!(desk.ending(&revoked).await?, Ending::Revoked);
    assert_eq!(desk.open(&secret).await?.title, "A post", "the other is as it was");
    assert!(invalid(open_review(&desk.test.services, "dwv_unknown").await));

    let place = format!("membership set {{}} where user_id = '{}'", desk.client.id);
    for (over, back) in [("ended_at = now()", "ended_at = null"), ("suspended_at = now()", "suspended_at = null")] {
        desk.test.db.run(&format!("update {}", place.replace("{}", over))).await?;
        assert!(invalid(open_review(&desk.test.services, &secret).await), "{over}");
        let answered = answer_review(&desk.test.services, &secret, Desk::form(&page, Act::Approve, "")).await;
        assert!(matches!(answered, Err(Failure::Refused(_))), "{over}");
        desk.test.db.run(&format!("update {}", place.replace("{}", back))).await?;
    }
    desk.test.db.run(&format!("update app_user set deactivated_at = now() where id = '{}'", desk.client.id)).await?;
    assert!(invalid(open_review(&desk.test.services, &secret).await));
    desk.test.db.run("update app_user set deactivated_at = null").await?;

    clock.advance(Duration::days(14) - Duration::seconds(1));
    desk.open(&secret).await?;
    clock.advance(Duration::seconds(1));
    assert_eq!(desk.ending(&secret).await?, Ending::Expired);
    let (_, secret) = desk.link().await?;
    let page = desk.open(&secret).await?;
    let context = desk.test.act(&desk.mid).await?;
    withdraw(&context, desk.request).await?;
    context.commit().await?;
    assert_eq!(desk.ending(&secret).await?, Ending::Withdrawn);
    desk.test.db.run("update approval_request set state = 'VOIDED'").await?;
    let before = desk.fingerprint().await?;
    let answered = desk.send(&secret, Desk::form(&page, Act::Approve, "")).await?;
    assert!(matches!(answered, Answered::Ended(Ending::Voided, _)), "{answered:?}");
    assert_eq!(desk.fingerprint().await?, before);
    Ok(())
}

#[tokio::test]
async fn a_link_opens_one_brand_and_the_pictures_of_one_post() -> Result<()> {
    let desk = Desk::new().await?;
    let other = desk.test.brand("Beta").await?;
    desk.test.join(&desk.client, other, Level::Junior).await?;
    let shown = desk.test.asset(desk.brand, &desk.senior).await?;
    let hidden = desk.test.asset(desk.brand, &desk.senior).await?;
    let place = format!("insert into variant_asset values ('{}', '{}', 0, '{shown}')", desk.brand, desk.variant);
    desk.test.db.run(&place).await?;
    let (_, secret) = desk.link().await?;
    let tx = desk.test.services.db.read().await?;
    let hash = sha256(secret.as_bytes()).to_vec();
    let now = desk.test.services.now();
    db::scalar::<Uuid>(&tx, "select link_id from app.enter_review($1, $2)", [hash.into(), now.into()]).await?;
    let brands: Vec<Uuid> = db::scalar(&tx, "select coalesce(array_agg(id), '{}') from brand", []).await?;
    assert_eq!(brands, [desk.brand]);
    let links: i64 = db::scalar(&tx, "select count(*) from review_link", []).await?;
    assert_eq!(links, 0, "clients see no links");
    tx.rollback().await?;

    let page = desk.open(&secret).await?;
    let pictures = &page.variants.as_ref().context("the post")?[0].pictures;
    assert_eq!(pictures.iter().map(|picture| picture.id).collect::<Vec<_>>(), [shown]);
    assert!(review_picture(&desk.test.services, &secret, shown, Look::Itself).await.is_ok());
    let no_film = review_picture(&desk.test.services, &secret, shown, Look::Poster).await;
    assert!(matches!(no_film, Err(Failure::Refused(_))), "a picture has no poster");
    for id in [hidden, desk.post] {
        for look in [Look::Itself, Look::Poster] {
            let refused = review_picture(&desk.test.services, &secret, id, look).await;
            assert!(matches!(refused, Err(Failure::Refused(_))), "{id} {look:?}");
        }
    }
    desk.test.db.run("update review_link set revoked_at = now()").await?;
    let over = review_picture(&desk.test.services, &secret, shown, Look::Itself).await;
    assert!(matches!(over, Err(Failure::Refused(_))));
    Ok(())
}

#[tokio::test]
async fn letters_bring_a_link_for_each_client_who_is_asked() -> Result<()> {
    let clock = Arc::new(ManualClock::new(SystemClock.now()));
    let test = TestServices::with(Settings { clock: Some(clock.clone()), ..Settings::default() }).await?;
    let desk =
        Desk::with(test, vec![step(StepAudience::Level, StepMode::Any), step(StepAudience::Client, StepMode::All)])
            .await?;
    let second = desk.test.member(desk.brand, Level::Junior, UserKind::Client).await?;
    assert_eq!(desk.count("review_link").await?, 0, "it is the team's turn");
    let context = desk.test.act(&desk.mid).await?;
    let refused = create_review_link(&context, desk.request, desk.client.id).await;
    assert!(matches!(&refused, Err(Failure::Refused(errors)) if errors[0].code == Code::NotYourTurn), "{refused:?}");
    context.roll_back().await?;
    let context = desk.test.act(&desk.senior).await?;
    approve(&context, Decision { request_id: desk.request, step: None, comment: None }).await?;
    context.commit().await?;
    assert_eq!(desk.count("letter where template = 'review-requested'").await?, 2);
    assert_eq!(desk.count("review_link where created_by is null").await?, 2);
    // The clients of a step for all decide one after the other; what they decide opens what follows, unseen by them.
    for client in [&desk.client, &second] {
        let secret = letter_secret(&desk, "review-requested", client).await?;
        let page = desk.open(&secret).await?;
        assert!(matches!(page.standing, Standing::Asked { step: 2, .. }));
        if client.id == second.id {
            break;
        }
        assert!(matches!(desk.send(&secret, Desk::form(&page, Act::Approve, "")).await?, Answered::Done));
        let page = desk.open(&secret).await?;
        assert!(matches!(page.standing, Standing::Decided(Verdict::Approved, _)), "{:?}", page.standing);
    }
    clock.advance(Duration::hours(25));
    desk.test.run_jobs().await?;
    assert_eq!(
        desk.count("letter where template = 'review-reminder'").await?,
        1,
        "whoever has decided is not reminded"
    );
    assert_eq!(desk.count("review_link").await?, 3);
    Ok(())
}

fn named(mode: StepMode, people: &[Uuid]) -> StepRule {
    StepRule { people: people.to_vec(), ..step(StepAudience::People, mode) }
}

#[tokio::test]
async fn a_client_who_is_named_is_asked_as_at_a_step_for_the_client() -> Result<()> {
    let clock = Arc::new(ManualClock::new(SystemClock.now()));
    let test = TestServices::with(Settings { clock: Some(clock.clone()), ..Settings::default() }).await?;
    let team = step(StepAudience::Level, StepMode::Any);
    let desk = Desk::asking(test, |client, _| vec![team.clone(), named(StepMode::Any, &[client]), team]).await?;
    let other = desk.test.member(desk.brand, Level::Junior, UserKind::Client).await?;
    let sent = format!("post where id = '{}' and sent_to_client_at is not null", desk.post);
    assert_eq!((desk.count("review_link").await?, desk.count(&sent).await?), (0, 0), "it is the team's turn");
    let make = async |client: &Person| -> Result<Option<Code>> {
        let context = desk.test.act(&desk.mid).await?;
        let made = create_review_link(&context, desk.request, client.id).await;
        context.roll_back().await?;
        Ok(made.err().and_then(|failure| match failure {
            Failure::Refused(errors) => errors.first().map(|error| error.code),
            Failure::Fault(_) => None,
        }))
    };
    assert_eq!(make(&desk.client).await?, Some(Code::NotYourTurn));
    let team_approves = Decision { request_id: desk.request, step: None, comment: Some("Between us".to_owned()) };
    let context = desk.test.act(&desk.senior).await?;
    approve(&context, team_approves).await?;
    context.commit().await?;

    let asked =
        |template: &str, who: &Person| format!("letter where template = '{template}' and recipient = '{}'", who.email);
    assert_eq!(desk.count(&asked("review-requested", &desk.client)).await?, 1);
    for (template, who) in
        [("approval-requested", &desk.client), ("approval-requested", &other), ("review-requested", &other)]
    {
        assert_eq!(desk.count(&asked(template, who)).await?, 0, "{template}: nobody else, and nothing else");
    }
    assert_eq!((desk.count("review_link where created_by is null").await?, desk.count(&sent).await?), (1, 1));
    // Another client sees it and is not asked.
    assert_eq!((make(&desk.client).await?, make(&other).await?), (None, Some(Code::NotYourTurn)));
    let before = desk.fingerprint().await?;
    let context = desk.test.act(&other).await?;
    let refused = approve(&context, Decision { request_id: desk.request, step: None, comment: None }).await;
    assert!(matches!(&refused, Err(Failure::Refused(errors)) if errors[0].code == Code::NotYourTurn), "{refused:?}");
    context.commit().await?;
    assert_eq!(desk.fingerprint().await?, before);
    clock.advance(Duration::hours(25));
    desk.test.run_jobs().await?;
    assert_eq!(desk.count(&asked("review-reminder", &desk.client)).await?, 1);

    let (_, secret) = desk.link().await?;
    let page = desk.open(&secret).await?;
    assert!(matches!(page.standing, Standing::Asked { step: 2, until: Some(_) }), "{:?}", page.standing);
    assert!(page.said.is_empty(), "what the team says at its own step is the team's");
    assert!(matches!(desk.send(&secret, Desk::form(&page, Act::Approve, "Lovely")).await?, Answered::Done));
    let page = desk.open(&secret).await?;
    assert!(matches!(page.standing, Standing::Decided(Verdict::Approved, _)), "{:?}", page.standing);
    assert_eq!(desk.count("approval_step where state = 'OPEN' and position = 3").await?, 1, "it goes on");
    Ok(())
}

#[tokio::test]
async fn clients_and_staff_decide_a_step_that_names_both() -> Result<()> {
    for client_first in [true, false] {
        let steps = |client, senior| vec![named(StepMode::All, &[client, senior])];
        let desk = Desk::asking(TestServices::new().await?, steps).await?;
        let letters = |template: &str, who: &Person| {
            format!("letter where template = '{template}' and recipient = '{}'", who.email)
        };
        assert_eq!(desk.count(&letters("review-requested", &desk.client)).await?, 1);
        assert_eq!(desk.count(&letters("approval-requested", &desk.senior)).await?, 1);
        assert_eq!(desk.count("review_link").await?, 1, "staff sign in");
        let secret = letter_secret(&desk, "review-requested", &desk.client).await?;
        let by_link = async || -> Result<()> {
            let page = desk.open(&secret).await?;
            let said: Vec<&str> = page.said.iter().map(|said| said.text.as_str()).collect();
            assert_eq!(said, if client_first { vec![] } else { vec!["Fine by me"] }, "the step is theirs, too");
            assert!(matches!(desk.send(&secret, Desk::form(&page, Act::Approve, "")).await?, Answered::Done));
            Ok(())
        };
        if client_first {
            by_link().await?;
        }
        let context = desk.test.act(&desk.senior).await?;
        let comment = Some("Fine by me".to_owned());
        approve(&context, Decision { request_id: desk.request, step: None, comment }).await?;
        context.commit().await?;
        if !client_first {
            let state: String = desk.test.db.value("select state from approval_request").await?;
            assert_eq!(state, "PENDING", "the client is waited for");
            by_link().await?;
        }
        let state: String = desk.test.db.value("select state from approval_request").await?;
        assert_eq!(state, "APPROVED", "client first: {client_first}");
    }
    Ok(())
}

/// The secret that a letter holds which has not been sent.
async fn letter_secret(desk: &Desk, template: &str, to: &Person) -> Result<String> {
    let letter = format!("from letter where template = '{template}' and recipient = '{}'", to.email);
    let id: Uuid = desk.test.db.value(&format!("select id {letter}")).await?;
    let sealed: Vec<u8> = desk.test.db.value(&format!("select content {letter}")).await?;
    let content = desk.test.services.keys.open(diwan_domain::trust::letter_place(id), &sealed)?;
    let content: serde_json::Value = serde_json::from_slice(&content)?;
    let link = content["link"].as_str().context("a link")?;
    assert!(link.contains("/review/dwv_"), "{link}");
    Ok(link.rsplit('/').next().context("a secret")?.to_owned())
}
