//! The media library.

use diwan_domain::Action;
use diwan_testkit::TestApp;
use serde_json::json;

use super::{About, At, Operation, list, mutation};
use crate::kit::id;

/// What everybody may, and why.
pub(super) const PERSONAL: &[(&str, &str)] = &[];

pub(super) fn operations(_app: &TestApp, at: &At) -> Vec<Operation> {
    let (brand, asset, folder) =
        (id("brand", at.written.brand), id("asset", at.written.asset), id("folder", at.written.folder));
    let one = json!({ "assetId": asset });
    vec![
        list(Action::ContentRead, "mediaLibrary { tags { tag } folders { id } }", at).variant("library"),
        list(Action::ContentRead, "mediaLibrary { usage { usedBytes } }", at).variant("usage").wholly(),
        mutation("completeUpload", Action::AssetUpload, "asset { id }", one.clone())
            .about(About::File)
            .may_say(&["NO_DIRECT_UPLOAD"]),
        mutation(
            "updateAsset",
            Action::AssetManage,
            "asset { id }",
            json!({ "assetId": asset, "version": 1, "fileName": "other.png" }),
        )
        .about(About::File),
        mutation("archiveAsset", Action::AssetManage, "asset { id }", one.clone())
            .about(About::File)
            .may_say(&["ASSET_IN_USE"]),
        mutation("restoreAsset", Action::AssetManage, "asset { id }", one.clone())
            .about(About::File)
            .may_say(&["WRONG_STATE"]),
        mutation("deleteAsset", Action::AssetManage, "deletedId", one).about(About::File).may_say(&["ASSET_IN_USE"]),
        mutation(
            "createAssetFolder",
            Action::AssetManage,
            "folder { id }",
            json!({ "brandId": brand, "name": "Winter" }),
        )
        .wholly(),
        mutation(
            "updateAssetFolder",
            Action::AssetManage,
            "folder { id }",
            json!({ "folderId": folder, "version": 1, "name": "Spring" }),
        )
        .hidden()
        .wholly(),
        mutation("deleteAssetFolder", Action::AssetManage, "deletedId", json!({ "folderId": folder }))
            .hidden()
            .wholly(),
        mutation(
            "setMediaQuota",
            Action::MediaQuotaSet,
            "library { usage { quotaBytes } }",
            json!({ "brandId": brand, "bytes": 5_000_000 }),
        ),
    ]
}
