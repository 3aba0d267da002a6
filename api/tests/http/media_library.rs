//! The media library through the API: what is said of files, folders, quotas; with bad input, too.

use anyhow::Result;
use chrono::Duration;
use diwan_entity::tenancy::app_user::{Level, UserKind};
use diwan_testkit::client::Answer;
use diwan_testkit::pictures;
use serde_json::{Value, json};

use crate::kit::{Desk, fingerprint, id, nobodys};

impl Desk {
    async fn denied(&self, name: &str, input: Value, code: &str, field: &[&str]) -> Result<Answer> {
        let before = fingerprint(&self.app).await?;
        let refused = self.try_mutate(name, "userErrors { code }", input.clone()).await?;
        assert_eq!(
            refused.user_codes(name).first().map(String::as_str),
            Some(code),
            "{name} {input}: {}",
            refused.body
        );
        if !field.is_empty() {
            assert_eq!(refused.get(&format!("{name}.userErrors.0.field")), &json!(field), "{name} {input}");
        }
        assert_eq!(fingerprint(&self.app).await?, before, "{name} was refused and left something");
        Ok(refused)
    }
}

#[tokio::test]
async fn what_is_said_of_a_file_is_changed_and_filtered() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let brand = id("brand", desk.brand);
    let asset = id("asset", desk.app.asset(desk.brand, &desk.person).await?);
    let made = desk
        .mutate("createAssetFolder", "folder { id name version }", json!({ "brandId": brand, "name": " Summer " }))
        .await?;
    let folder = made.text("createAssetFolder.folder.id")?;
    assert_eq!(made.get("createAssetFolder.folder.name"), "Summer");
    let until = desk.time_in(Duration::days(30));
    let input = json!({ "assetId": asset, "version": 1, "fileName": "plan.png", "altText": "A plan", "infographic": true,
        "tags": ["Coffee", "coffee"], "folderId": folder,
        "rights": { "owner": "Lina", "licence": "USER_GENERATED", "terms": "Once", "usableUntil": until } });
    let selection = "asset { fileName altText kind tags version folder { name } rights { owner licence terms usableFrom usableUntil } }";
    let changed = desk.mutate("updateAsset", selection, input).await?;
    let got = changed.get("updateAsset.asset");
    assert_eq!(got["kind"], "INFOGRAPHIC");
    assert_eq!((&got["tags"], &got["version"]), (&json!(["coffee"]), &json!(2)));
    assert_eq!(got["folder"]["name"], "Summer");
    assert_eq!(got["rights"]["licence"], "USER_GENERATED");
    assert!(got["rights"]["usableFrom"].is_null() && got["rights"]["usableUntil"].is_string());

    let query = "query($id: ID!, $filter: AssetFilterInput) { brand(id: $id) {
        assets(first: 5, filter: $filter) { nodes { id } }
        mediaLibrary { usage { usedBytes awaitedBytes quotaBytes } folders { name parentId } tags { tag assets } } } }";
    for (filter, found) in [
        (json!({ "text": "PLAN" }), 1),
        (json!({ "tags": ["coffee"], "kinds": ["INFOGRAPHIC"], "folderId": folder }), 1),
        (json!({ "folderId": null }), 0),
        (json!({ "archived": true }), 0),
        (json!({ "expiresBefore": desk.time_in(Duration::days(31)) }), 1),
        (json!({ "expiresBefore": desk.time_in(Duration::days(29)) }), 0),
        (json!({ "withoutRights": true }), 0),
    ] {
        let seen =
            desk.app.client.gql(&desk.person.token, query, json!({ "id": brand, "filter": filter })).await?.ok()?;
        assert_eq!(seen.get("brand.assets.nodes").as_array().map(Vec::len), Some(found), "{filter}");
        assert_eq!(seen.get("brand.mediaLibrary.folders"), &json!([{ "name": "Summer", "parentId": null }]));
        assert_eq!(seen.get("brand.mediaLibrary.tags"), &json!([{ "tag": "coffee", "assets": 1 }]));
    }
    let of = |change: Value| {
        let mut input = json!({ "assetId": asset, "version": 2 });
        input.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        input
    };
    desk.denied("updateAsset", json!({ "assetId": asset, "version": 1 }), "CHANGED_MEANWHILE", &["version"]).await?;
    desk.denied("updateAsset", json!({ "assetId": nobodys("asset"), "version": 1 }), "NOT_FOUND", &["assetId"]).await?;
    desk.denied("updateAsset", of(json!({ "fileName": "../x" })), "INVALID", &["fileName"]).await?;
    desk.denied("updateAsset", of(json!({ "altText": "x".repeat(5001) })), "TOO_LONG", &["altText"]).await?;
    desk.denied("updateAsset", of(json!({ "tags": [" "] })), "INVALID", &["tags", "0"]).await?;
    desk.denied("updateAsset", of(json!({ "tags": ["x".repeat(51)] })), "TOO_LONG", &["tags", "0"]).await?;
    desk.denied("updateAsset", of(json!({ "tags": vec!["x"; 51] })), "TOO_MANY", &["tags"]).await?;
    desk.denied("updateAsset", of(json!({ "folderId": nobodys("folder") })), "NOT_FOUND", &["folderId"]).await?;
    desk.denied("updateAsset", of(json!({ "folderId": brand })), "NOT_FOUND", &["folderId"]).await?;
    let backwards = json!({ "rights": { "usableFrom": until, "usableUntil": desk.time_in(Duration::days(1)) } });
    desk.denied("updateAsset", of(backwards), "INVALID", &["rights", "usableUntil"]).await?;

    desk.denied("deleteAssetFolder", json!({ "folderId": folder }), "FOLDER_NOT_EMPTY", &["folderId"]).await?;
    desk.mutate("updateAsset", "asset { folder { id } }", of(json!({ "folderId": null }))).await?;
    desk.mutate("deleteAssetFolder", "deletedId", json!({ "folderId": folder })).await?;
    desk.denied("deleteAssetFolder", json!({ "folderId": folder }), "NOT_FOUND", &["folderId"]).await?;
    Ok(())
}

#[tokio::test]
async fn folders_stand_in_each_other() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let brand = id("brand", desk.brand);
    let make = async |name: &str, parent: Option<&str>| -> Result<String> {
        let input = json!({ "brandId": brand, "name": name, "parentId": parent });
        desk.mutate("createAssetFolder", "folder { id }", input).await?.text("createAssetFolder.folder.id")
    };
    let top = make("Summer", None).await?;
    let inner = make("Beach", Some(&top)).await?;
    let input = |name: &str, parent: Value| json!({ "brandId": brand, "name": name, "parentId": parent });
    desk.denied("createAssetFolder", input("BEACH", json!(top)), "ALREADY_EXISTS", &["name"]).await?;
    desk.denied("createAssetFolder", input("", json!(top)), "INVALID", &["name"]).await?;
    desk.denied("createAssetFolder", input("x", json!(nobodys("folder"))), "NOT_FOUND", &["parentId"]).await?;
    let change = json!({ "folderId": top, "version": 1, "parentId": inner });
    desk.denied("updateAssetFolder", change, "FOLDER_IN_ITSELF", &["parentId"]).await?;
    let change = json!({ "folderId": inner, "version": 1, "parentId": null, "name": "Sea" });
    let moved = desk.mutate("updateAssetFolder", "folder { name parentId version }", change.clone()).await?;
    assert_eq!(moved.get("updateAssetFolder.folder"), &json!({ "name": "Sea", "parentId": null, "version": 2 }));
    desk.denied("updateAssetFolder", change, "CHANGED_MEANWHILE", &["version"]).await?;
    Ok(())
}

#[tokio::test]
async fn a_file_goes_when_nothing_shows_it() -> Result<()> {
    let desk = Desk::new(Level::Mid).await?;
    let uuid = desk.app.asset(desk.brand, &desk.person).await?;
    let one = json!({ "assetId": id("asset", uuid) });
    let (_, variant) = desk.app.post(desk.brand, desk.mastodon, "Hello", &desk.person).await?;
    desk.app.db.run(&format!("insert into variant_asset values ('{}', '{variant}', 0, '{uuid}')", desk.brand)).await?;
    let refused = desk.denied("deleteAsset", one.clone(), "ASSET_IN_USE", &["assetId"]).await?;
    assert!(refused.text("deleteAsset.userErrors.0.message").is_ok_and(|message| message.contains('1')));
    let away = desk.mutate("archiveAsset", "asset { archivedAt }", one.clone()).await?;
    assert!(away.get("archiveAsset.asset.archivedAt").is_string());
    desk.denied("archiveAsset", one.clone(), "WRONG_STATE", &["assetId"]).await?;
    desk.mutate("restoreAsset", "asset { archivedAt }", one.clone()).await?;
    desk.denied("restoreAsset", one.clone(), "WRONG_STATE", &["assetId"]).await?;
    desk.denied("completeUpload", one.clone(), "NO_DIRECT_UPLOAD", &["assetId"]).await?;
    desk.app.db.run("delete from variant_asset").await?;
    let gone = desk.mutate("deleteAsset", "deletedId", one.clone()).await?;
    assert_eq!(gone.get("deleteAsset.deletedId"), &one["assetId"]);
    desk.denied("deleteAsset", one, "NOT_FOUND", &["assetId"]).await?;
    desk.app.run_jobs().await?;
    assert_eq!(desk.app.stored_files()?, Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn a_quota_is_set_by_directors_and_holds() -> Result<()> {
    let desk = Desk::new(Level::Director).await?;
    let brand = id("brand", desk.brand);
    let senior = desk.app.member(desk.brand, Level::Senior, UserKind::Staff).await?;
    let input = json!({ "brandId": brand, "bytes": 1000 });
    let before = fingerprint(&desk.app).await?;
    let refused =
        desk.app.client.try_mutate(&senior.token, "setMediaQuota", "userErrors { code }", input.clone()).await?;
    assert_eq!(refused.user_codes("setMediaQuota"), ["FORBIDDEN"]);
    assert_eq!(fingerprint(&desk.app).await?, before);
    let selection = "library { usage { usedBytes awaitedBytes quotaBytes } }";
    let set = desk.mutate("setMediaQuota", selection, input).await?;
    assert_eq!(
        set.get("setMediaQuota.library.usage"),
        &json!({ "usedBytes": 0, "awaitedBytes": 0, "quotaBytes": 1000 })
    );
    for wrong in [json!(0), json!(-1), json!(1_i64 << 51)] {
        desk.denied("setMediaQuota", json!({ "brandId": brand, "bytes": wrong }), "INVALID", &["bytes"]).await?;
    }
    let file = |size: Value| json!({ "brandId": brand, "fileName": "a.png", "byteSize": size });
    desk.denied("requestUpload", file(json!(1001)), "QUOTA_EXCEEDED", &[]).await?;
    desk.denied("requestUpload", file(json!(0)), "INVALID", &["byteSize"]).await?;
    desk.denied("requestUpload", file(json!(5_000_000_000_i64)), "FILE_TOO_LARGE", &["byteSize"]).await?;
    let mut direct = file(json!(10));
    direct["direct"] = json!(true);
    desk.denied("requestUpload", direct, "NO_DIRECT_UPLOAD", &["direct"]).await?;
    desk.mutate("requestUpload", "uploadUrl", file(json!(600))).await?;
    desk.denied("requestUpload", file(json!(600)), "QUOTA_EXCEEDED", &[]).await?;
    let unannounced =
        desk.mutate("requestUpload", "uploadUrl", file(Value::Null)).await?.text("requestUpload.uploadUrl")?;
    let refused = desk.app.client.put(&unannounced, pictures::png(60, 60)).await?;
    assert_eq!(refused.status, 413);
    assert_eq!(desk.app.stored_files()?, Vec::<String>::new());
    let set = desk.mutate("setMediaQuota", selection, json!({ "brandId": brand, "bytes": null })).await?;
    assert!(set.get("setMediaQuota.library.usage.quotaBytes").is_null());
    Ok(())
}
