//! What of a node is shown: the fields that were asked for.
//! <https://developers.facebook.com/docs/graph-api/guides/field-expansion>

use serde_json::{Map, Value, json};

use super::invalid;
use super::parameters::Parameters;
use crate::answer::Answer;

/// The names of the fields that `fields` names, without what it says about them (`comments.limit(0)`,
/// `attachments{…}`).
fn named(fields: &str) -> Vec<String> {
    let mut names = vec![String::new()];
    let mut depth = 0_u32;
    for c in fields.chars() {
        match c {
            '{' | '(' => depth += 1,
            '}' | ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => names.push(String::new()),
            _ if depth > 0 => {}
            _ => names.last_mut().into_iter().for_each(|name| name.push(c)),
        }
    }
    names.into_iter().map(|name| name.split('.').next().unwrap_or_default().trim().to_owned()).collect()
}

/// The fields of `node` that were asked for, and its id; without a wish, `usual`. A field that the node does not know
/// is refused; one that is null is not there.
pub(in crate::networks) fn chosen(node: &Value, parameters: &Parameters, usual: &[&str]) -> Result<Value, Answer> {
    let wished = parameters.text("fields").map(named);
    let wished = wished.unwrap_or_else(|| usual.iter().map(|name| (*name).to_owned()).collect());
    let mut shown = Map::new();
    shown.insert("id".to_owned(), node["id"].clone());
    for name in wished {
        match node.get(&name) {
            None => return Err(invalid(&format!("Tried accessing nonexisting field ({name})"))),
            Some(Value::Null) => {}
            Some(value) => {
                shown.insert(name, value.clone());
            }
        }
    }
    Ok(Value::Object(shown))
}

/// A part of a list, as `limit` and `after` ask for it.
pub(in crate::networks) fn paged(all: &[Value], parameters: &Parameters) -> Result<Value, Answer> {
    let number = |name: &str, usual: usize| match parameters.text(name) {
        Some(text) => text.parse().map_err(|_| invalid(&format!("({name}) must be a number"))),
        None => Ok(usual),
    };
    let (limit, from) = (number("limit", 25)?, number("after", 0)?);
    if !(1..=100).contains(&limit) {
        return Err(invalid("limit must be between 1 and 100"));
    }
    let part: Vec<_> = all.iter().skip(from).take(limit).cloned().collect();
    let after = from + part.len();
    let mut paging = json!({ "cursors": { "before": from.to_string(), "after": after.to_string() } });
    if after < all.len() {
        paging["next"] = json!(format!("https://graph.facebook.com/v25.0/next?after={after}"));
    }
    Ok(json!({ "data": part, "paging": paging }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_out_of_their_expansions() {
        let fields = "id,attachments{media_type,target{id}},comments.limit(0).summary(true),shares";
        assert_eq!(named(fields), ["id", "attachments", "comments", "shares"]);
    }
}
