//! How long a text is on each network, while it is being written.

use diwan_entity::publishing::social_account;
use diwan_networks::{Limits, TextCount, TextPart, TextRules, TextUnit, text_rules};

use super::content::MOST_TEXT;
use crate::context::Context;
use crate::error::{Code, Failure, Fault, UserError};

/// What the text comes to on these networks, in their order; on every one when none is named. Nothing of a brand is read: an
/// account's own limits are in `validate_post`.
pub fn count_text(
    context: &Context,
    text: &str,
    networks: Option<&[String]>,
) -> Result<Vec<(&'static TextRules, Vec<TextCount>)>, Failure> {
    context.signed_in()?;
    let length = text.chars().count();
    if length > MOST_TEXT {
        return Err(UserError::at(Code::TooLong, "text").number("limit", MOST_TEXT).number("actual", length).into());
    }
    let known = text_rules();
    let Some(networks) = networks else {
        return Ok(known.iter().map(|rules| (rules, rules.count(text))).collect());
    };
    if networks.len() > known.len() {
        let error = UserError::at(Code::TooMany, "networks");
        return Err(error.number("limit", known.len()).number("actual", networks.len()).into());
    }
    let find = |(index, key): (usize, &String)| {
        known.iter().find(|rules| rules.key == key).ok_or_else(|| {
            let shown: String = key.chars().take(64).collect();
            UserError::at(Code::UnknownNetwork, &format!("networks.{index}")).text("network", shown)
        })
    };
    let wanted: Vec<&TextRules> = networks.iter().enumerate().map(find).collect::<Result<_, UserError>>()?;
    Ok(wanted.into_iter().map(|rules| (rules, rules.count(text))).collect())
}

/// What the text comes to on an account, by what its own server allows it and in its network's own way of counting.
pub(crate) fn count_for(account: &social_account::Model, text: &str) -> Result<Vec<TextCount>, Fault> {
    let network = diwan_networks::network(&account.network)
        .ok_or_else(|| Fault::broken(format!("an account of the unknown network {}", account.network)))?;
    let limits: Limits = serde_json::from_value(account.limits.clone())
        .map_err(|error| Fault::broken(format!("the limits of account {}: {error}", account.id)))?;
    let count = |unit: TextUnit, limit| TextCount {
        part: TextPart::Text,
        unit,
        counted: unit.count(text, limits.url_length),
        limit,
    };
    let bytes = limits.max_text_bytes.map(|most| count(TextUnit::Bytes, most));
    Ok([count(network.capabilities().text.unit, limits.max_text)].into_iter().chain(bytes).collect())
}
