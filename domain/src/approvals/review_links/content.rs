//! What a review shows of a post: each variant as its network will show it.

use std::collections::{HashMap, HashSet};

use diwan_entity::calendar::asset::{self, AssetKind, AssetState};
use diwan_entity::calendar::post;
use diwan_entity::publishing::social_account;
use diwan_entity::tenancy::agency::Locale;
use diwan_networks::{OptionSpec, Options, Preview};
use diwan_platform::crypto::sha256;
use serde::Serialize;
use uuid::Uuid;

use crate::context::Context;
use crate::error::Failure;
use crate::{calendar, media, messages, publishing};

/// A variant as it will look.
#[derive(Debug, Clone)]
pub struct ShownVariant {
    /// The network's name, as people know it.
    pub network: String,
    /// The name that the account shows.
    pub name: String,
    /// The account's handle, without a leading `@`.
    pub handle: String,
    /// The language of the text, BCP 47.
    pub language: Option<String>,
    /// The text as the network shows it, and what it adds.
    pub preview: Preview,
    /// Its pictures and films, or its document, in order.
    pub pictures: Vec<Picture>,
    /// What follows as a thread, each part as the network shows it.
    pub thread: Vec<Preview>,
    /// What the account itself answers to it.
    pub first_comment: Option<Preview>,
    /// The page that is shown as a card.
    pub link: Option<String>,
    /// What is set that only this network knows, in the reader's language: what it is called, and what was chosen.
    pub options: Vec<(String, String)>,
}

/// A picture, film or document of a variant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Picture {
    /// The file.
    pub id: Uuid,
    /// What people hear who do not see it.
    pub alt_text: String,
    /// Width in pixels.
    pub width: i32,
    /// Height in pixels.
    pub height: i32,
    /// Whether it is a film.
    pub film: bool,
    /// Whether it is a film with a poster. What is decided upon does not change when it gets one.
    #[serde(skip)]
    pub poster: bool,
    /// What a document is called in the library; none of a picture or film. Whoever decides sees which file it is by its id.
    #[serde(skip)]
    pub document: Option<String>,
}

/// What is decided upon: its digest changes with anything that is shown of it.
#[derive(Serialize)]
struct Decided<'a> {
    title: &'a str,
    version: i32,
    due_at: Option<chrono::DateTime<chrono::Utc>>,
    variants: Vec<DecidedVariant<'a>>,
}

#[derive(Serialize)]
struct DecidedVariant<'a> {
    account: Uuid,
    handle: &'a str,
    name: &'a str,
    language: Option<&'a str>,
    text: &'a str,
    pictures: Vec<Picture>,
    thread: &'a [String],
    first_comment: Option<&'a str>,
    link: Option<&'a str>,
    options: Options,
}

/// The variants of a post, and the digest of what is shown of it. Four statements, however many there are,
/// and one more where there are films.
pub(super) async fn content_of(context: &Context, post: &post::Model) -> Result<(Vec<ShownVariant>, String), Failure> {
    let variants = calendar::variants_of_posts(context, &[post.id]).await?;
    let ids: Vec<Uuid> = variants.iter().map(|variant| variant.social_account_id).collect();
    let accounts = publishing::social_accounts_by_ids(context, &ids).await?;
    let accounts: HashMap<Uuid, social_account::Model> = accounts.into_iter().map(|row| (row.id, row)).collect();
    let ids: Vec<Uuid> = variants.iter().map(|variant| variant.id).collect();
    let places = calendar::variant_assets(context, &ids).await?;
    let ids: Vec<Uuid> = places.iter().map(|place| place.asset_id).collect();
    let assets = calendar::assets_by_ids(context, &ids).await?;
    let assets: HashMap<Uuid, asset::Model> =
        assets.into_iter().filter(|row| row.state == AssetState::Ready).map(|row| (row.id, row)).collect();
    let posters = posters_of(context, assets.values()).await?;

    let locale = context.signed_in()?.locale;
    let (mut shown, mut decided) = (Vec::with_capacity(variants.len()), Vec::with_capacity(variants.len()));
    for variant in &variants {
        let Some(account) = accounts.get(&variant.social_account_id) else { continue };
        let mine = places.iter().filter(|place| place.variant_id == variant.id);
        let pictures: Vec<Picture> =
            mine.filter_map(|place| assets.get(&place.asset_id)).map(|asset| picture(asset, &posters)).collect();
        let options = calendar::options_of(variant)?;
        let network = diwan_networks::network(&account.network);
        let preview = |text: &str, images| network.map(|network| network.preview(text, images)).unwrap_or_default();
        shown.push(ShownVariant {
            network: network.map_or(account.network.as_str(), |network| network.capabilities().name).to_owned(),
            name: account.display_name.clone(),
            handle: account.handle.clone(),
            language: variant.language.clone(),
            preview: preview(&variant.text, pictures.len()),
            pictures: pictures.clone(),
            thread: variant.thread.iter().map(|part| preview(part, 0)).collect(),
            first_comment: variant.first_comment.as_deref().map(|comment| preview(comment, 0)),
            link: variant.link.clone(),
            options: in_words(locale, network.map_or(&[], |network| network.capabilities().options), &options),
        });
        decided.push(DecidedVariant {
            account: account.id,
            handle: &account.handle,
            name: &account.display_name,
            language: variant.language.as_deref(),
            text: &variant.text,
            pictures,
            thread: &variant.thread,
            first_comment: variant.first_comment.as_deref(),
            link: variant.link.as_deref(),
            options,
        });
    }
    let decided = Decided { title: &post.title, version: post.version, due_at: post.due_at, variants: decided };
    let facts = serde_json::to_vec(&decided).map_err(|error| crate::Fault::broken(error.to_string()))?;
    Ok((shown, data_encoding::HEXLOWER.encode(&sha256(&facts))))
}

/// What is set, in the language of whoever reads it. What the network does not know stays as it was written.
fn in_words(locale: Locale, known: &[OptionSpec], options: &Options) -> Vec<(String, String)> {
    let said = |(name, value): (&String, &String)| match known.iter().find(|option| option.name == name) {
        Some(option) => (messages::option_label(locale, option), messages::option_value(locale, option, value)),
        None => (name.clone(), value.clone()),
    };
    options.iter().map(said).collect()
}

fn is_film(asset: &asset::Model) -> bool {
    asset.kind == Some(AssetKind::Video)
}

/// Of which files of films there are posters.
async fn posters_of(context: &Context, assets: impl Iterator<Item = &asset::Model>) -> Result<HashSet<Uuid>, Failure> {
    let films: Vec<Uuid> = assets.filter(|asset| is_film(asset)).filter_map(|asset| asset.file_id).collect();
    if films.is_empty() {
        return Ok(HashSet::new());
    }
    let forms = media::renditions_of_files(context, &films).await?;
    Ok(forms.into_iter().filter(|form| form.purpose == media::SCREEN).map(|form| form.file_id).collect())
}

fn picture(asset: &asset::Model, posters: &HashSet<Uuid>) -> Picture {
    Picture {
        id: asset.id,
        alt_text: asset.alt_text.clone(),
        width: asset.width.unwrap_or_default(),
        height: asset.height.unwrap_or_default(),
        film: is_film(asset),
        poster: asset.file_id.is_some_and(|file| posters.contains(&file)),
        document: (asset.kind == Some(AssetKind::Document)).then(|| asset.file_name.clone()),
    }
}
