//! Documents: they go out with their title, and alone.

use anyhow::{Context as _, Result, bail, ensure};
use chrono::TimeDelta;
use diwan_networks::registry;
use serde_json::{Value, json};

use super::{Studio, all_apps};
use crate::kit::{fingerprint, id};

/// The smallest file that is a document.
const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n";

#[tokio::test]
async fn a_document_goes_out_with_its_title_and_stands_alone() -> Result<()> {
    let studio = Studio::new(all_apps()).await?;
    let (picture, pages) = (studio.asset(false).await?, studio.upload(("guide.pdf", ""), PDF.to_vec()).await?);
    let mut known = registry().iter().map(|network| network.capabilities());
    let account = studio.connect(known.find(|known| known.key.as_str() == "linkedin").context("LinkedIn")?).await?;
    let query = "{ networks { key maxDocuments maxDocumentBytes maxDocumentPages } }";
    let networks = studio.app.client.gql(&studio.person.token, query, json!({})).await?.ok()?.get("networks").clone();
    for told in networks.as_array().into_iter().flatten() {
        assert_eq!(told["maxDocumentPages"].is_null(), told["key"] != "linkedin", "{told}");
    }

    let post = async |assets: Value, options: Value| -> Result<Value> {
        let variant = json!({ "socialAccountId": account, "text": "Our guide", "language": "en", "assetIds": assets,
            "options": options });
        let input = json!({ "calendarId": id("calendar", studio.calendar), "title": "Guide", "variants": [variant] });
        let made = studio.mutate("createPost", "post { id }", input).await?;
        let due = (studio.app.services.now() + TimeDelta::seconds(1)).to_rfc3339();
        Ok(json!({ "postId": made["post"]["id"], "dueAt": due }))
    };
    let titled = json!([{ "name": "document_title", "value": "A guide" }]);
    for (assets, options, code) in [
        (json!([pages, picture]), titled.clone(), "DOCUMENT_NOT_ALONE_ON_NETWORK"),
        (json!([pages]), json!([]), "OPTION_MISSING_FOR_NETWORK"),
    ] {
        let input = post(assets, options).await?;
        let before = fingerprint(&studio.app).await?;
        let refused = studio.app.client.try_mutate(&studio.person.token, "schedulePost", "post { id }", input).await?;
        assert_eq!(refused.user_codes("schedulePost"), [code]);
        assert_eq!(fingerprint(&studio.app).await?, before);
    }

    let input = post(json!([pages]), titled).await?;
    let scheduled = studio.mutate("schedulePost", "post { publications { id } }", input).await?;
    let publication = scheduled["post"]["publications"][0]["id"].as_str().context("a publication")?.to_owned();
    let ends = ["PUBLISHED", "FAILED", "NEEDS_ATTENTION", "MISSED"];
    let selection = "... on Publication { state trouble { kind detail } }";
    let there = studio.until(&publication, selection, ("state", &ends)).await?;
    ensure!(there["state"] == "PUBLISHED", "{there}");
    let effects = studio.emulator.world().effects();
    let [shown] = &effects[..] else { bail!("{effects:?}") };
    assert_eq!(shown.detail["content"]["media"]["title"], "A guide");
    let seen: Vec<_> = shown.media.iter().map(|seen| (seen.mime.as_str(), seen.size)).collect();
    assert_eq!(seen, [("application/pdf", PDF.len() as u64)]);
    Ok(())
}
