//! The things that the operations are about.

use anyhow::Result;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::ids;
use diwan_testkit::{Person, TestApp, Written};
use uuid::Uuid;

/// The things that the operations are about.
pub struct At {
    pub written: Written,
    /// Sees everything; makes what others find.
    pub chief: Person,
    /// A colleague in the brand, at the lowest level.
    pub junior: Person,
    /// A draft, one that is fit to be submitted, and one that waits for approval.
    pub draft: Uuid,
    pub fresh: Uuid,
    /// Something to do to the draft.
    pub check_item: Uuid,
    /// What the last waits for.
    pub request: Uuid,
    pub junior_place: Uuid,
    /// Somebody who was invited and has not come yet.
    pub invited: Uuid,
    /// Another brand, and one that is archived.
    pub other: Uuid,
    pub archived: Uuid,
    pub agency_version: i32,
    /// An identity provider, the only one.
    pub provider: Uuid,
    /// What holds the account back.
    pub pause: Uuid,
    pub webhook: Uuid,
}

impl At {
    /// A brand with a thing of every kind, all of it somebody else's.
    pub async fn new(app: &TestApp) -> Result<Self> {
        let name = ids::encode("name", ids::new_id(app.services.now()));
        let written = app.fill_brand(&name).await?;
        let chief = app.chief().await?;
        let junior = app.member(written.brand, Level::Junior, UserKind::Staff).await?;
        let (draft, _) = app.post(written.brand, written.account, "Hello", &chief).await?;
        let (fresh, _) = app.post(written.brand, written.account, "Hello again", &chief).await?;
        let (reviewed, _) = app.post(written.brand, written.account, "Hello at last", &chief).await?;
        let (brand, by, now) = (written.brand, chief.id, app.services.now().to_rfc3339());
        let account = written.account;
        let other = app.brand(&format!("{name} 2")).await?;
        let archived = app.brand(&format!("{name} 3")).await?;
        // Somebody who could approve what others submit.
        app.member(brand, Level::Senior, UserKind::Staff).await?;
        let [request, invited, provider, host, check_item, pause] =
            std::array::from_fn(|_| ids::new_id(app.services.now()));
        app.db
            .run(&format!(
                "delete from identity_provider;
                 insert into identity_provider (id, agency_id, name, issuer, client_id, client_secret, scopes, created_by, created_at)
                   select '{provider}', id, 'Nour ID', 'https://id.nour.example', 'diwan', 'x', array['email'], '{by}', '{now}' from agency;
                 delete from report_host;
                 insert into report_host (id, agency_id, host, challenge, state, set_by, set_at)
                   select '{host}', id, 'reports.nour.example', 'dwh_{host}', 'PENDING', '{by}', '{now}' from agency;
                 update brand set archived_at = '{now}' where id = '{archived}';
                 insert into publishing_pause (id, agency_id, brand_id, social_account_id, reason, paused_by, paused_at)
                   select '{pause}', id, '{brand}', '{account}', 'A crisis', '{by}', '{now}' from agency;
                 insert into checklist_item (id, brand_id, post_id, position, text, required, created_at)
                   values ('{check_item}', '{brand}', '{draft}', 1, 'Ask the printer', false, '{now}');
                 update post set state = 'IN_REVIEW' where id = '{reviewed}';
                 insert into approval_request (id, brand_id, kind, subject_id, subject_version, title, state, requested_by, authors,
                     client_step, created_at)
                   values ('{request}', '{brand}', 'POST', '{reviewed}', 1, 'A post', 'PENDING', '{by}', array['{by}']::uuid[], true, '{now}');
                 insert into approval_step (id, brand_id, request_id, position, state, mode, audience, level, opened_at)
                   values (gen_random_uuid(), '{brand}', '{request}', 1, 'OPEN', 'ANY', 'LEVEL', 'MID', '{now}');
                 insert into app_user (id, agency_id, kind, email, name, locale, created_at)
                   select '{invited}', id, 'STAFF', '{invited}@nour.example', 'Lina', 'en', '{now}' from agency;
                 insert into membership (id, brand_id, user_id, user_kind, level, starts_at, created_at)
                   values (gen_random_uuid(), '{brand}', '{invited}', 'STAFF', 'JUNIOR', '{now}', '{now}');
                 insert into invitation (id, user_id, token_hash, invited_by, created_at, expires_at)
                   values (gen_random_uuid(), '{invited}', sha256('{invited}'), '{by}', '{now}', '{now}'::timestamptz + interval '7 days')"
            ))
            .await?;
        let place = format!("select id from membership where brand_id = '{brand}' and user_id = '{}'", junior.id);
        let junior_place = app.db.value(&place).await?;
        let hook = format!("select id from webhook_endpoint where brand_id = '{brand}'");
        let webhook = app.db.value(&hook).await?;
        let agency_version = app.db.value("select version from agency").await?;
        Ok(Self {
            written,
            chief,
            junior,
            draft,
            fresh,
            check_item,
            request,
            junior_place,
            invited,
            other,
            archived,
            agency_version,
            provider,
            pause,
            webhook,
        })
    }

    /// Makes the posts this person's own.
    pub async fn make_own(&self, app: &TestApp, person: &Person) -> Result<()> {
        let (brand, by) = (self.written.brand, person.id);
        app.db
            .run(&format!(
                "update post set created_by = '{by}' where brand_id = '{brand}';
                 update asset set uploaded_by = '{by}' where brand_id = '{brand}';
                 insert into post_contributor select brand_id, id, '{by}' from post where brand_id = '{brand}'"
            ))
            .await
    }

    /// Gives the posts to this person; a client has them sent.
    pub async fn assign(&self, app: &TestApp, person: &Person) -> Result<()> {
        let (brand, to, now) = (self.written.brand, person.id, app.services.now().to_rfc3339());
        app.db
            .run(&format!(
                "insert into post_assignment (id, brand_id, post_id, user_id, created_at)
                   select gen_random_uuid(), brand_id, id, '{to}', '{now}' from post where brand_id = '{brand}';
                 update post set sent_to_client_at = '{now}' where brand_id = '{brand}'
                   and exists (select from app_user where id = '{to}' and kind = 'CLIENT')"
            ))
            .await
    }
}
