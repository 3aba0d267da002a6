//! People and content, written straight into the database: tests begin in the middle of the story.

use anyhow::{Context as _, Result, ensure};
use chrono::{DateTime, Duration, Utc};
use diwan_domain::Context;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_networks::Limits;
use diwan_platform::crypto::{Place, sha256};
use diwan_platform::{db, ids, password};
use sea_orm::{ActiveEnum as _, ConnectionTrait as _, Value};
use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::alerts::AlertsWritten;
use crate::campaigns::CampaignsWritten;
use crate::contracts::ContractsWritten;
use crate::finance::FinanceWritten;
use crate::influencers::InfluencersWritten;
use crate::listening::ListeningWritten;
use crate::payments::PaymentsWritten;
use crate::pictures;
use crate::planning::PlanningWritten;
use crate::promotion::PromotionWritten;
use crate::proposals::ProposalsWritten;
use crate::report_delivery::DeliveriesWritten;
use crate::reports::ReportsWritten;
use crate::services::TestServices;
use crate::strategy::StrategyWritten;
use crate::tracking::TrackingWritten;

/// The password of everyone whom the builders make.
pub const PASSWORD: &str = "correct horse battery staple";

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub struct Person {
    /// Who.
    pub id: Uuid,
    /// Their session.
    pub session_id: Uuid,
    /// Their address, with [`PASSWORD`].
    pub email: String,
    /// A valid access token of the session.
    pub token: String,
}

/// A row of every table of a brand, as [`TestServices::fill_brand`] writes them.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "each is the id of the row that it names")]
pub struct Written {
    pub brand: Uuid,
    pub membership: Uuid,
    pub calendar: Uuid,
    pub account: Uuid,
    pub connection: Uuid,
    pub asset: Uuid,
    pub post: Uuid,
    pub variant: Uuid,
    pub publication: Uuid,
    pub attempt: Uuid,
    pub sample: Uuid,
    pub reading: Uuid,
    pub report: Uuid,
    pub job: Uuid,
    pub event: Uuid,
    pub assignment: Uuid,
    pub group: Uuid,
    pub chain: Uuid,
    pub request: Uuid,
    pub review_link: Uuid,
    pub comment: Uuid,
    pub author: Uuid,
    pub integration: Uuid,
    pub api_token: Uuid,
    pub special_day: Uuid,
    pub promise: Uuid,
    pub import: Uuid,
    pub export: Uuid,
    pub folder: Uuid,
    pub strategy: StrategyWritten,
    pub planning: PlanningWritten,
    pub campaigns: CampaignsWritten,
    pub finance: FinanceWritten,
    pub promotion: PromotionWritten,
    pub proposals: ProposalsWritten,
    pub deliveries: DeliveriesWritten,
    pub alerts: AlertsWritten,
    pub reports: ReportsWritten,
    pub tracking: TrackingWritten,
    pub conversation: Uuid,
    pub listening: ListeningWritten,
    pub influencers: InfluencersWritten,
    pub payments: PaymentsWritten,
    pub contracts: ContractsWritten,
}

impl TestServices {
    fn now(&self) -> DateTime<Utc> {
        self.services.now()
    }

    fn id(&self) -> Uuid {
        ids::new_id(self.now())
    }

    async fn insert<const N: usize>(&self, sql: &str, values: [Value; N]) -> Result<()> {
        let inserted =
            self.db.owner.execute_raw(db::statement(sql, values)).await.with_context(|| format!("in: {sql}"))?;
        ensure!(inserted.rows_affected() == 1, "nothing written by: {sql}");
        Ok(())
    }

    /// The agency, made if there is none.
    pub async fn agency(&self) -> Result<Uuid> {
        #[derive(sea_orm::FromQueryResult)]
        struct Row {
            id: Uuid,
        }
        if let Some(row) = db::one::<Row>(&self.db.owner, "select id from agency", []).await? {
            return Ok(row.id);
        }
        let id = self.id();
        let sql = "insert into agency (id, name, locale, time_zone, base_currency, created_at)
          values ($1, 'Nour Agency', 'en', 'Europe/Athens', 'EUR', $2)";
        self.insert(sql, [id.into(), self.now().into()]).await?;
        Ok(id)
    }

    /// A brand with a calendar.
    pub async fn brand(&self, name: &str) -> Result<Uuid> {
        let (id, agency) = (self.id(), self.agency().await?);
        let sql = "insert into brand (id, agency_id, name, time_zone, locale, created_at)
          values ($1, $2, $3, 'Europe/Athens', 'en', $4)";
        self.insert(sql, [id.into(), agency.into(), name.into(), self.now().into()]).await?;
        self.calendar(id, "Content").await?;
        Ok(id)
    }

    /// A calendar.
    pub async fn calendar(&self, brand: Uuid, name: &str) -> Result<Uuid> {
        let id = self.id();
        let sql = "insert into calendar (id, brand_id, name, created_at) values ($1, $2, $3, $4)";
        self.insert(sql, [id.into(), brand.into(), name.into(), self.now().into()]).await?;
        Ok(id)
    }

    /// Somebody who is signed in: with a level agency-wide or none, and no membership yet.
    pub async fn person(&self, kind: UserKind, agency_level: Option<Level>) -> Result<Person> {
        static HASH: OnceCell<String> = OnceCell::const_new();
        let hash = HASH.get_or_try_init(|| password::hash(PASSWORD.to_owned())).await?.clone();
        let (id, agency) = (self.id(), self.agency().await?);
        let email = format!("{}@nour.example", id.simple());
        let sql = "insert into app_user (id, agency_id, kind, email, name, password_hash, locale, agency_level, created_at, joined_at,
            created_by)
          values ($1, $2, $3, case when $3 <> 'INTEGRATION' then $4 end, 'Sami', $5, 'en', $6, $7, $7,
            case when $3 = 'INTEGRATION' then $1 end)";
        let level = agency_level.map(|level| level.to_value());
        let kind = kind.to_value();
        let values =
            [id.into(), agency.into(), kind.into(), email.clone().into(), hash.into(), level.into(), self.now().into()];
        self.insert(sql, values).await?;
        let session_id = self.id();
        let sql = "insert into session (id, user_id, created_at, last_used_at, expires_at) values ($1, $2, $3, $3, $4)";
        let end = self.now() + Duration::days(30);
        self.insert(sql, [session_id.into(), id.into(), self.now().into(), end.into()]).await?;
        let token = self.services.tokens.issue(id, session_id, self.now())?;
        Ok(Person { id, session_id, email, token })
    }

    /// Gives somebody a level in a brand.
    pub async fn join(&self, person: &Person, brand: Uuid, level: Level) -> Result<Uuid> {
        let id = self.id();
        let sql = "insert into membership (id, brand_id, user_id, user_kind, level, starts_at, created_at, expires_at)
          select $1, $2, id, kind, case when kind in ('FREELANCER', 'CLIENT') then 'JUNIOR' else $4 end, $5, $5,
            case when kind = 'FREELANCER' then $5 + interval '90 days' end
          from app_user where id = $3";
        let values = [id.into(), brand.into(), person.id.into(), level.to_value().into(), self.now().into()];
        self.insert(sql, values).await?;
        Ok(id)
    }

    /// Somebody of this kind with this level in a brand.
    pub async fn member(&self, brand: Uuid, level: Level, kind: UserKind) -> Result<Person> {
        let person = self.person(kind, None).await?;
        self.join(&person, brand, level).await?;
        Ok(person)
    }

    /// An API token of an integration with every scope, made by somebody. Answers its id and the secret. Its last use lies
    /// ahead, so that using it writes nothing that a test would have to overlook.
    pub async fn api_token(&self, integration: &Person, maker: &Person) -> Result<(Uuid, String)> {
        let (id, secret) = (self.id(), diwan_platform::crypto::token("dwt")?);
        let scopes: Vec<String> = diwan_domain::Action::ALL.iter().map(|action| action.name()).collect();
        let sql =
            "insert into api_token (id, user_id, name, token_hash, prefix, scopes, created_by, created_at, expires_at,
            last_used_at)
          values ($1, $2, 'Key', $3, left($4, 12), $5, $6, $7, $8, $8)";
        let end = self.now() + Duration::days(30);
        let hash = sha256(secret.as_bytes()).to_vec();
        let values = [
            id.into(),
            integration.id.into(),
            hash.into(),
            secret.clone().into(),
            scopes.into(),
            maker.id.into(),
            self.now().into(),
            end.into(),
        ];
        self.insert(sql, values).await?;
        Ok((id, secret))
    }

    /// Agency's head, who sees every brand.
    pub async fn chief(&self) -> Result<Person> {
        self.person(UserKind::Staff, Some(Level::Cmo)).await
    }

    /// An operation of somebody, to be committed.
    pub async fn act(&self, person: &Person) -> Result<Context> {
        let tx = self.services.db.write().await?;
        let context = Context::of_session(self.services.clone(), tx, person.session_id, person.id).await?;
        ensure!(context.actor().is_some(), "{} is not signed in", person.email);
        Ok(context)
    }

    /// A connected account with secrets that no server knows.
    pub async fn account(&self, brand: Uuid, network: &str, connected_by: &Person) -> Result<Uuid> {
        let id = self.id();
        let capabilities = diwan_networks::network(network).context("a network")?.capabilities();
        let limits = serde_json::to_value(Limits::defaults(capabilities))?;
        let place = Place { brand_id: brand, row_id: id, column: "social_account.credentials" };
        let secret = self.services.keys.seal(place, br#"{"token":"unknown to every server"}"#)?;
        let handle = format!("{}.{network}.example", id.simple());
        let sql = "insert into social_account (id, brand_id, network, base_url, remote_id, handle, display_name, state, limits,
            credentials, connected_by, connected_at)
          values ($1, $2, $3, 'https://network.example/', $4, $4, 'Nour', 'CONNECTED', $5, $6, $7, $8)";
        let values = [
            id.into(),
            brand.into(),
            network.into(),
            handle.into(),
            limits.into(),
            secret.into(),
            connected_by.id.into(),
            self.now().into(),
        ];
        self.insert(sql, values).await?;
        Ok(id)
    }

    /// An image in the media library, with its bytes in storage.
    pub async fn asset(&self, brand: Uuid, uploaded_by: &Person) -> Result<Uuid> {
        let (id, picture) = (self.id(), pictures::png(8, 8));
        let size = i64::try_from(picture.len())?;
        let hash = sha256(&picture).to_vec();
        // The same bytes are kept once.
        let sql = "insert into media_file (id, brand_id, sha256, byte_size, state, renditions_at, created_at)
          values ($1, $2, $3, $4, 'READY', $5, $5) on conflict (brand_id, sha256) do update set trouble = null";
        self.insert(sql, [id.into(), brand.into(), hash.clone().into(), size.into(), self.now().into()]).await?;
        let found = format!("select id from media_file where brand_id = '{brand}' and sha256 = sha256($1)");
        let file: Uuid = db::scalar(&self.db.owner, &found, [picture.clone().into()]).await?;
        self.services.storage.put(diwan_domain::media::file_key(brand, file), &picture).await?;
        let sql =
            "insert into asset (id, brand_id, file_name, alt_text, state, mime_type, byte_size, width, height, sha256,
            file_id, licence, uploaded_by, created_at, updated_at)
          values ($1, $2, 'logo.png', 'A square', 'READY', 'image/png', $3, 8, 8, $4, $5, 'OWNED', $6, $7, $7)";
        let values =
            [id.into(), brand.into(), size.into(), hash.into(), file.into(), uploaded_by.id.into(), self.now().into()];
        self.insert(sql, values).await?;
        Ok(id)
    }

    /// Has the forms of an asset's file made, as after it was uploaded.
    pub async fn make_forms(&self, asset: Uuid) -> Result<()> {
        let sql = "update media_file set renditions_at = null where id = (select file_id from asset where id = $1)";
        self.insert(sql, [asset.into()]).await?;
        let sql = "insert into job (id, brand_id, kind, subject_id, due_at, created_at)
          select $1, brand_id, 'make_renditions', file_id, $3, $3 from asset where id = $2";
        self.insert(sql, [self.id().into(), asset.into(), self.now().into()]).await?;
        self.run_jobs().await.map(drop)
    }

    /// A draft with one variant. Answers the post and the variant.
    pub async fn post(&self, brand: Uuid, account: Uuid, text: &str, by: &Person) -> Result<(Uuid, Uuid)> {
        let (post, variant) = (self.id(), self.id());
        let sql = "insert into post (id, brand_id, calendar_id, title, state, created_by, created_at, updated_at)
          select $1, $2, min(id::text)::uuid, 'A post', 'DRAFT', $3, $4, $4 from calendar where brand_id = $2";
        self.insert(sql, [post.into(), brand.into(), by.id.into(), self.now().into()]).await?;
        let sql =
            "insert into post_variant (id, brand_id, post_id, social_account_id, text) values ($1, $2, $3, $4, $5)";
        self.insert(sql, [variant.into(), brand.into(), post.into(), account.into(), text.into()]).await?;
        Ok((post, variant))
    }

    /// A publication of a variant, with its job, both waiting for `due_at`. Answers the publication and the job.
    pub async fn publication(&self, brand: Uuid, post: Uuid, due_at: DateTime<Utc>) -> Result<(Uuid, Uuid)> {
        let (publication, job) = (self.id(), self.id());
        let sql = "insert into publication (id, brand_id, post_id, variant_id, social_account_id, state, due_at, created_at, updated_at)
          select $1, $2, $3, min(id::text)::uuid, min(social_account_id::text)::uuid, 'SCHEDULED', $4, $5, $5
          from post_variant where post_id = $3";
        let values = [publication.into(), brand.into(), post.into(), due_at.into(), self.now().into()];
        self.insert(sql, values).await?;
        let sql = "update post set state = 'SCHEDULED', due_at = $2 where id = $1";
        self.insert(sql, [post.into(), due_at.into()]).await?;
        let sql = "insert into job (id, brand_id, kind, subject_id, due_at, created_at) values ($1, $2, 'publish', $3, $4, $5)";
        let values = [job.into(), brand.into(), publication.into(), due_at.into(), self.now().into()];
        self.insert(sql, values).await?;
        Ok((publication, job))
    }

    /// A brand with a row in every table that brands have, all of them quiet: nothing of it is due.
    #[expect(clippy::too_many_lines, reason = "one row after the other, each of another table")]
    pub async fn fill_brand(&self, name: &str) -> Result<Written> {
        let brand = self.brand(name).await?;
        let person = self.person(UserKind::Staff, None).await?;
        let membership = self.join(&person, brand, Level::Senior).await?;
        let deputy = self.person(UserKind::Staff, None).await?.id;
        let program = self.member(brand, Level::Junior, UserKind::Integration).await?;
        let (api_token, _) = self.api_token(&program, &person).await?;
        let account = self.account(brand, "mastodon", &person).await?;
        let asset = self.asset(brand, &person).await?;
        let (post, variant) = self.post(brand, account, "Good morning", &person).await?;
        let (publication, job) = self.publication(brand, post, self.now() + Duration::days(9)).await?;
        let calendar = self.db.value(&format!("select id from calendar where brand_id = '{brand}'")).await?;
        let [
            connection,
            attempt,
            sample,
            reading,
            report,
            event,
            assignment,
            group,
            chain,
            request,
            review_link,
            step,
            comment,
            special_day,
            promise,
            import,
            export,
            folder,
        ] = std::array::from_fn(|_| self.id());
        let client = self.person(UserKind::Client, None).await?.id;
        let (user, agency, now) = (person.id, self.agency().await?, self.now().to_rfc3339());
        self.db
            .run(&format!(
                "insert into variant_asset values ('{brand}', '{variant}', 0, '{asset}');
                 insert into post_contributor values ('{brand}', '{post}', '{user}');
                 insert into post_assignment (id, brand_id, post_id, user_id, created_at)
                   values ('{assignment}', '{brand}', '{post}', '{user}', '{now}');
                 insert into brand_group (id, agency_id, name, created_at) values ('{group}', '{agency}', '{group}', '{now}');
                 insert into brand_group_brand values ('{group}', '{brand}');
                 insert into approval_chain (id, brand_id, kind, steps, set_by, created_at, updated_at)
                   values ('{chain}', '{brand}', 'CONTRACT', '[{{\"mode\": \"ANY\", \"audience\": \"LEVEL\", \"level\": \"MID\", \"people\": [], \"due_hours\": null}}]',
                     '{user}', '{now}', '{now}');
                 insert into approval_limit (id, agency_id, level, kind, currency, amount_minor, updated_at)
                   values (gen_random_uuid(), '{agency}', 'MID', 'CONTRACT', 'EUR', 5, '{now}') on conflict do nothing;
                 insert into brand_approval_limit (id, brand_id, level, kind, currency, amount_minor, updated_at)
                   values (gen_random_uuid(), '{brand}', 'MID', 'CONTRACT', 'EUR', 5, '{now}');
                 insert into delegation (id, agency_id, kind, from_id, to_id, starts_at, ends_at, created_at, ended_at)
                   values (gen_random_uuid(), '{agency}', 'STAFF', '{user}', '{deputy}', '{now}', '{now}'::timestamptz + interval '1 day', '{now}', '{now}');
                 insert into approval_request (id, brand_id, kind, subject_id, subject_version, title, state, requested_by, authors,
                     client_step, created_at, decided_at)
                   values ('{request}', '{brand}', 'POST', '{post}', 1, 'A post', 'APPROVED', '{user}', array['{user}']::uuid[], false, '{now}', '{now}');
                 insert into approval_step (id, brand_id, request_id, position, state, mode, audience, level, opened_at, closed_at)
                   values ('{step}', '{brand}', '{request}', 1, 'APPROVED', 'ANY', 'LEVEL', 'MID', '{now}', '{now}');
                 insert into approval_entry (id, brand_id, request_id, step_id, kind, at, actor_id, actor_name, for_client)
                   values (gen_random_uuid(), '{brand}', '{request}', '{step}', 'APPROVED', '{now}', '{deputy}', 'Sami', false);
                 insert into review_link (id, brand_id, request_id, user_id, secret_hash, created_at, expires_at)
                   values ('{review_link}', '{brand}', '{request}', '{client}', sha256('{review_link}'), '{now}', '{now}'::timestamptz + interval '14 days');
                 insert into post_comment (id, brand_id, post_id, author_id, author_name, visibility, body, created_at)
                   values ('{comment}', '{brand}', '{post}', '{user}', 'Sami', 'INTERNAL', 'Between us', '{now}');
                 insert into comment_mention values ('{brand}', '{comment}', '{user}');
                 insert into post_version (id, brand_id, post_id, version, content, saved_by, saved_at)
                   values ('{post}', '{brand}', '{post}', 1, app.content_of_post('{brand}', '{post}'), '{user}', '{now}');
                 insert into account_connection (id, brand_id, network, base_url, state, requested_by, created_at, expires_at)
                   values ('{connection}', '{brand}', 'mastodon', 'https://network.example', 'REQUESTED', '{user}', '{now}', '{now}');
                 insert into publication_attempt (id, brand_id, publication_id, number, fence, started_at, finished_at, outcome)
                   values ('{attempt}', '{brand}', '{publication}', 1, 1, '{now}', '{now}', 'NOT_SENT');
                 insert into publication_change (id, brand_id, publication_id, kind, state, reason, trouble, requested_by, created_at, finished_at)
                   values ('{attempt}', '{brand}', '{publication}', 'TAKE_BACK', 'FAILED', 'Too early', 'CONTENT', '{user}', '{now}', '{now}');
                 insert into metric_sample values ('{sample}', '{brand}', '{account}', '{publication}', 'LIKES', 3, '{now}');
                 insert into metric_reading values ('{reading}', '{brand}', '{account}', '{publication}', '{{}}', '{now}');
                 insert into audience_reading (id, brand_id, social_account_id, dimension, day, read_at, audience, unit, keys, amounts)
                   values ('{reading}', '{brand}', '{account}', 'GENDER', '2026-07-01', '{now}', 'FOLLOWERS', 'PEOPLE', array['FEMALE'], array[3]);
                 insert into metric_gap (id, brand_id, social_account_id, publication_id, reason, began_at, ended_at)
                   values ('{reading}', '{brand}', '{account}', '{publication}', 'NETWORK', '{now}', '{now}');
                 insert into report_run (id, brand_id, kind, month, from_day, to_day, locale, state, requested_by, created_at, finished_at, error)
                   values ('{report}', '{brand}', 'MONTH', '2026-07-01', '2026-07-01', '2026-07-31', 'en', 'FAILED', '{user}', '{now}',
                     '{now}', 'GAVE_UP');
                 insert into report_summary (report_id, brand_id, asked_at, ended_at, note)
                   values ('{report}', '{brand}', '{now}', '{now}', 'NO_ANSWER');
                 insert into content_import (id, brand_id, file_name, state, format, byte_size, sha256, row_count, requested_by, created_at)
                   values ('{import}', '{brand}', 'plan.csv', 'RECEIVED', 'CSV', 6, sha256('{import}'), 0, '{user}', '{now}');
                 insert into content_import_row (id, brand_id, import_id, file_sha256, row_key, post_id)
                   values (gen_random_uuid(), '{brand}', '{import}', sha256('{import}'), '2', '{post}');
                 insert into content_export (id, brand_id, format, locale, state, requested_by, created_at, finished_at, error)
                   values ('{export}', '{brand}', 'CSV', 'en', 'FAILED', '{user}', '{now}', '{now}', 'GAVE_UP');
                 insert into audit_event (id, agency_id, brand_id, at, actor_id, action, subject_id)
                   values ('{event}', '{agency}', '{brand}', '{now}', '{user}', 'post.create', '{post}');
                 insert into special_day (id, agency_id, brand_id, name, system, month_code, day, created_by, created_at)
                   values ('{special_day}', '{agency}', '{brand}', 'Nowruz', 'JALALI', 'M01', 1, '{user}', '{now}');
                 insert into content_promise (id, brand_id, social_account_id, posts_per_week, starts_on, created_by, created_at)
                   values ('{promise}', '{brand}', '{account}', 3, '2026-01-01', '{user}', '{now}');
                 insert into asset_folder (id, brand_id, name, created_at) values ('{folder}', '{brand}', 'Summer', '{now}');
                 insert into media_rendition (id, brand_id, file_id, purpose, mime_type, byte_size, width, height, created_at)
                   select gen_random_uuid(), brand_id, file_id, 'THUMBNAIL', 'image/png', 9, 8, 8, '{now}' from asset where id = '{asset}';
                 insert into media_quota (brand_id, quota_bytes, set_by, updated_at) values ('{brand}', 1073741824, '{user}', '{now}');
                 insert into calendar_feed (id, user_id, name, secret_hash, created_at)
                   values ('{promise}', '{user}', 'Mine', sha256('{promise}'), '{now}');
                 insert into publishing_pause (id, agency_id, brand_id, post_id, reason, paused_by, paused_at, ended_by, ended_at)
                   values ('{event}', '{agency}', '{brand}', '{post}', 'A crisis', '{user}', '{now}', '{user}', '{now}');
                 insert into notice (id, agency_id, brand_id, recipient_id, kind, subject_id, params, in_app, mail, created_at, mailed_at)
                   values ('{event}', '{agency}', '{brand}', '{user}', 'PUBLICATION_FAILED', '{publication}', '{{}}', true, true, '{now}', '{now}');
                 insert into notice_setting values ('{user}', 'PUBLICATION_FAILED', true, true);
                 insert into webhook_endpoint (id, agency_id, brand_id, url, secret, kinds, created_by, created_at)
                   values ('{event}', '{agency}', '{brand}', 'https://hooks.example/in', 'x', array['PUBLICATION_FAILED'], '{user}', '{now}');
                 insert into webhook_delivery (id, brand_id, endpoint_id, event_id, kind, event_brand_id, data, state, created_at, finished_at)
                   values ('{event}', '{brand}', '{event}', '{event}', 'TEST', '{brand}', '{{}}', 'DELIVERED', '{now}', '{now}');
                 insert into audit_anchor (id, agency_id, seq, hash, at, kid, signature)
                   select '{event}', '{agency}', count(*) + 1, sha256(''), '{now}', (select min(kid) from signing_key), ''
                   from audit_anchor"
            ))
            .await?;
        let strategy = self.fill_strategy(brand, user, post).await?;
        let campaigns = self.fill_campaigns(brand, user, (post, account, strategy.persona)).await?;
        let finance = self.fill_finance(brand, user, (campaigns.active, asset)).await?;
        let contracts = self.fill_contracts(brand, user, finance.empty_line).await?;
        Ok(Written {
            brand,
            membership,
            calendar,
            account,
            connection,
            asset,
            post,
            variant,
            publication,
            attempt,
            sample,
            reading,
            report,
            job,
            event,
            assignment,
            group,
            chain,
            request,
            review_link,
            comment,
            author: user,
            integration: program.id,
            api_token,
            special_day,
            promise,
            import,
            export,
            folder,
            strategy,
            finance,
            promotion: self.fill_promotion(brand, user, (post, account), (campaigns.active, finance.line)).await?,
            contracts,
            payments: self.fill_payments(brand, user, finance.empty_line).await?,
            campaigns,
            proposals: self.fill_proposals(brand, user, campaigns.active).await?,
            deliveries: self.fill_report_delivery(brand, user, report).await?,
            alerts: self.fill_alerts(brand, user).await?,
            reports: self.fill_reports(brand, user, report).await?,
            planning: self.fill_planning(brand, user, post).await?,
            tracking: self.fill_tracking(brand, user, post).await?,
            conversation: self.fill_community((brand, account), publication).await?,
            listening: self.fill_listening(brand, user).await?,
            influencers: self.fill_influencers(brand, user, (publication, asset)).await?,
        })
    }
}
