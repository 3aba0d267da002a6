//! What the tests on disk share.

use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use chrono::{DateTime, TimeZone as _, Utc};
use diwan_domain::calendar::{ProblemSeverity, validate_post};
use diwan_domain::media::{self, NewUpload, receive_upload};
use diwan_domain::{Code, Failure};
use diwan_entity::calendar::asset;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_platform::clock::ManualClock;
use diwan_testkit::{Person, Settings, TestServices};
use uuid::Uuid;

/// A brand with a director, at a fixed time, and files in a folder.
pub struct Bench {
    pub test: TestServices,
    pub clock: Arc<ManualClock>,
    pub brand: Uuid,
    pub person: Person,
}

impl Bench {
    pub async fn new() -> Result<Self> {
        Self::with(Settings::default()).await
    }

    pub async fn with(settings: Settings) -> Result<Self> {
        let clock = Arc::new(ManualClock::new(Utc.with_ymd_and_hms(2026, 8, 3, 9, 30, 0).single().context("a time")?));
        let test = TestServices::with(Settings { clock: Some(Arc::clone(&clock)), ..settings }).await?;
        let brand = test.brand("Alpha").await?;
        let person = test.member(brand, Level::Director, UserKind::Staff).await?;
        Ok(Self { test, clock, brand, person })
    }

    pub fn new_upload(&self) -> NewUpload {
        NewUpload { brand_id: self.brand, file_name: "cup.png".to_owned(), ..NewUpload::default() }
    }

    /// Asks for a place as somebody. Answers the asset and the token.
    pub async fn ask(&self, person: &Person, new: NewUpload) -> Result<(Uuid, String)> {
        let context = self.test.act(person).await?;
        let made = media::request_upload(&context, new).await?;
        context.commit().await?;
        let token = made.url.path_segments().and_then(|mut parts| parts.next_back()).context("a token")?.to_owned();
        Ok((made.asset.id, token))
    }

    pub async fn send(&self, token: &str, bytes: &[u8]) -> Result<(), Failure> {
        let mut receiver = receive_upload(Arc::clone(&self.test.services), token).await?;
        for part in bytes.chunks(50_000) {
            receiver.write(part).await?;
        }
        receiver.finish().await
    }

    /// Uploads a file as the person, and waits for its forms.
    pub async fn upload(&self, bytes: &[u8]) -> Result<asset::Model> {
        let (id, token) = self.ask(&self.person, self.new_upload()).await?;
        self.send(&token, bytes).await?;
        self.test.run_jobs().await?;
        self.asset(id).await
    }

    pub async fn asset(&self, id: Uuid) -> Result<asset::Model> {
        let context = self.test.act(&self.person).await?;
        let found = diwan_domain::calendar::assets_by_ids(&context, &[id]).await?.pop();
        context.roll_back().await?;
        found.context("an asset")
    }

    pub async fn forms(&self, asset: &asset::Model) -> Result<Vec<(String, String, i32)>> {
        let context = self.test.act(&self.person).await?;
        let file = asset.file_id.context("a file")?;
        let forms = media::renditions_of_files(&context, &[file]).await?;
        context.roll_back().await?;
        Ok(forms.into_iter().map(|form| (form.purpose, form.mime_type, form.width)).collect())
    }

    /// Does something as the person, for good.
    pub async fn done<T>(
        &self,
        work: impl AsyncFnOnce(&diwan_domain::Context) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let context =
            self.test.act(&self.person).await.map_err(|error| diwan_domain::Fault::broken(error.to_string()))?;
        let outcome = work(&context).await;
        match &outcome {
            Ok(_) => context.commit().await?,
            Err(_) => context.roll_back().await?,
        }
        outcome
    }

    pub async fn folder(&self, parent: Option<Uuid>, name: &str) -> Result<Uuid, Failure> {
        let brand = self.brand;
        Ok(self.done(async |context| media::create_folder(context, brand, parent, name).await).await?.id)
    }

    /// A post that shows an asset on an account of a network.
    pub async fn post(&self, network: &str, asset: Uuid) -> Result<Uuid> {
        let account = self.test.account(self.brand, network, &self.person).await?;
        let (post, variant) = self.test.post(self.brand, account, "Hello", &self.person).await?;
        self.test
            .db
            .run(&format!("insert into variant_asset values ('{}', '{variant}', 0, '{asset}')", self.brand))
            .await?;
        Ok(post)
    }

    pub async fn problems(&self, post: Uuid, due: Option<DateTime<Utc>>) -> Result<Vec<(Code, ProblemSeverity)>> {
        let context = self.test.act(&self.person).await?;
        let problems = validate_post(&context, post, due).await?;
        context.roll_back().await?;
        Ok(problems.into_iter().map(|problem| (problem.error.code, problem.severity)).collect())
    }
}

/// The reason of a refusal.
pub fn code<T: std::fmt::Debug>(outcome: Result<T, Failure>) -> Result<Code> {
    match outcome {
        Err(Failure::Refused(errors)) => Ok(errors.first().context("a reason")?.code),
        other => bail!("instead of a refusal: {other:?}"),
    }
}
