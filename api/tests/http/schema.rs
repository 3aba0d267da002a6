//! The schema as such: what is committed of it, and what it says of itself.

#[test]
fn the_committed_schema_is_current() {
    let committed = include_str!("../../schema.graphql");
    assert!(
        committed.trim() == diwan_api::schema_sdl().trim(),
        "api/schema.graphql is stale: docs/EXTENDING.md says how to make it anew"
    );
}

#[tokio::test]
async fn everything_in_the_schema_is_described() {
    let all = "{ __schema { types { name description
        fields { name description args { name description } }
        inputFields { name description } enumValues { name description } } } }";
    let answer = diwan_api::build_schema().execute(all).await.into_result().unwrap().data.into_json().unwrap();
    let mut missing = Vec::new();
    let mut check = |path: &str, item: &serde_json::Value| {
        if item["description"].as_str().is_none_or(str::is_empty) {
            missing.push(path.to_owned());
        }
    };
    for kind in answer["__schema"]["types"].as_array().unwrap() {
        let name = kind["name"].as_str().unwrap();
        // The library's own: the introspection types, the connections, the plain scalars.
        let page = name != "AccountConnection" && (name.ends_with("Connection") || name.ends_with("Edge"));
        if page || name.starts_with("__") || ["ID", "Int", "String", "Boolean", "Float"].contains(&name) {
            continue;
        }
        check(name, kind);
        for part in ["fields", "inputFields", "enumValues"] {
            for item in kind[part].as_array().unwrap_or(&Vec::new()) {
                let path = format!("{name}.{}", item["name"].as_str().unwrap());
                check(&path, item);
                for argument in item["args"].as_array().unwrap_or(&Vec::new()) {
                    check(&format!("{path}({})", argument["name"].as_str().unwrap()), argument);
                }
            }
        }
    }
    assert!(missing.is_empty(), "without a description: {missing:#?}");
}
