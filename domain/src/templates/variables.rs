//! The variables of a template: those that are declared, and those that its text uses.

use diwan_entity::calendar::content_template;
use serde::{Deserialize, Serialize};

use super::grammar::{BuiltIn, Mistake, Piece, Place, composed, is_name, parse, place};
use crate::error::{Code, Complaints, Failure, Fault, UserError};

/// The most variables of a template.
pub(super) const MOST_VARIABLES: usize = 50;
/// The longest value of a variable, in characters.
pub(super) const LONGEST_VALUE: usize = 5000;
/// The most characters of a wrong name that a message shows.
const SHOWN: usize = 60;

/// Something that is filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variable {
    /// How the text names it: 1 to 50 letters, digits and underscores of any script, a letter first; unlike what is built in.
    pub name: String,
    /// What people read, 1 to 200 characters.
    pub label: String,
    /// What stands where no value is given, up to 5000 characters; none: nothing.
    pub default: Option<String>,
    /// Whether there must be a value each time. Then there is no default, which would always be one.
    pub required: bool,
}

/// What a template's text may be filled in with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedVariables {
    /// What is declared, in its order, and whether the text uses it.
    pub declared: Vec<(Variable, bool)>,
    /// What is built in and used by the text.
    pub built_in: Vec<BuiltIn>,
}

/// The variables of a template, told from its text.
pub fn used_variables(row: &content_template::Model) -> Result<UsedVariables, Failure> {
    let (pieces, _) = parse(&row.text);
    let uses =
        |wanted: &str| pieces.iter().any(|piece| matches!(piece, Piece::Variable { name, .. } if name == wanted));
    let declared = declared(row)?.into_iter().map(|variable| {
        let used = uses(&variable.name);
        (variable, used)
    });
    let declared = declared.collect();
    Ok(UsedVariables { declared, built_in: BuiltIn::ALL.into_iter().filter(|one| uses(one.name())).collect() })
}

/// What is stored as declared.
pub(super) fn declared(row: &content_template::Model) -> Result<Vec<Variable>, Failure> {
    Ok(serde_json::from_value(row.variables.clone())
        .map_err(|error| Fault::broken(format!("the variables of template {}: {error}", row.id)))?)
}

/// A value or a default: it may be empty.
pub(super) fn check_value(wrong: &mut Complaints, path: &str, value: &str) {
    let length = value.chars().count();
    if value.contains('\0') {
        wrong.add(UserError::at(Code::Invalid, path));
    } else if length > LONGEST_VALUE {
        wrong.add(UserError::at(Code::TooLong, path).number("limit", LONGEST_VALUE).number("actual", length));
    }
}

/// The declared variables, each right in itself and none twice; `path` is where they stand in the input.
pub(super) fn check_declared(wrong: &mut Complaints, path: &str, variables: &[Variable]) -> Vec<Variable> {
    if variables.len() > MOST_VARIABLES {
        let error = UserError::at(Code::TooMany, path);
        wrong.add(error.number("limit", MOST_VARIABLES).number("actual", variables.len()));
        return Vec::new();
    }
    let mut read: Vec<Variable> = Vec::with_capacity(variables.len());
    for (index, variable) in variables.iter().enumerate() {
        let at = |field: &str| format!("{path}.{index}.{field}");
        let name = composed(variable.name.trim()).into_owned();
        if BuiltIn::of_name(&name).is_some() || read.iter().any(|other| other.name == name) {
            wrong.add(UserError::at(Code::AlreadyExists, &at("name")));
        } else if !is_name(&name) {
            wrong.add(UserError::at(Code::Invalid, &at("name")));
        }
        let label = wrong.text(&at("label"), &variable.label, 200).to_owned();
        if let Some(default) = &variable.default {
            check_value(wrong, &at("default"), default);
            if variable.required {
                wrong.add(UserError::at(Code::Invalid, &at("default")));
            }
        }
        read.push(Variable { name, label, default: variable.default.clone(), required: variable.required });
    }
    read
}

/// That the text is one of the grammar and uses nothing that is not declared. The place is told in words, and as the last step of
/// the way to the field: which character, counted from 0.
pub(super) fn check_text(wrong: &mut Complaints, path: &str, text: &str, declared: &[Variable]) {
    let (pieces, mistakes) = parse(text);
    let known = |name: &str| BuiltIn::of_name(name).is_some() || declared.iter().any(|one| one.name == name);
    let unknown = pieces.iter().filter_map(|piece| match piece {
        Piece::Variable { name, at, .. } if !known(name) => Some((Code::VariableNotDeclared, Some(&**name), *at)),
        _ => None,
    });
    let mistaken = mistakes.iter().map(|mistake| match *mistake {
        Mistake::NotClosed { at } => (Code::VariableNotClosed, None, at),
        Mistake::BadName { name, at } => (Code::VariableNameBad, Some(name), at),
    });
    let mut found: Vec<_> = mistaken.chain(unknown).collect();
    found.sort_by_key(|(_, _, at)| *at);
    for (code, name, at) in found.into_iter().take(super::grammar::MOST_MISTAKES) {
        let Place { index, line, column } = place(text, at);
        let error = UserError::at(code, &format!("{path}.{index}")).number("line", line).number("column", column);
        wrong.add(match name {
            Some(name) => error.text("name", name.chars().take(SHOWN).collect::<String>()),
            None => error,
        });
    }
}
