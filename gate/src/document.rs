//! What a document asks for, measured before anything runs and before the library walks it: the library follows every
//! spread of a fragment each time it meets one, so that a short text can mean millions of steps.

use std::collections::HashMap;
use std::convert::Infallible;

use async_graphql::parser::types::{
    Directive, ExecutableDocument, Field, FragmentDefinition, OperationDefinition, OperationType, Selection,
    SelectionSet,
};
use async_graphql::{Error, Name, Positioned, Request, Value, Variables};

use crate::text::check_brackets;
use crate::{
    MAX_ALIASES, MAX_ARGUMENTS, MAX_DEPTH, MAX_DIRECTIVES, MAX_MUTATIONS, MAX_RECURSION, MAX_TYPENAMES, MAX_VARIABLES,
    MAX_WEIGHT, request_error,
};

type Result<T, E = Error> = std::result::Result<T, E>;

/// Mutations of strangers, most of which make somebody signed in. Each is the only field of its operation, which runs as
/// nobody's.
const SIGNING_IN: [&str; 11] = [
    "signIn",
    "completeSignIn",
    "beginSingleSignOn",
    "completeSingleSignOn",
    "refreshSession",
    "setUpAgency",
    "acceptInvitation",
    "requestPasswordReset",
    "resetPassword",
    "beginPasskeySignIn",
    "signInWithPasskey",
];
/// Bytes of a text that weigh as much as one field.
const BYTES_PER_POINT: usize = 256;

/// What a document is, as far as the transport must know before it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Document {
    /// Query, mutation or subscription.
    pub kind: OperationType,
    /// Whether it asks for the schema.
    pub introspects: bool,
    /// Whether it makes somebody signed in.
    pub signs_in: bool,
    /// How much there is to walk through, with every spread of a fragment written out. It is the least that it costs.
    pub weight: usize,
}

/// Parses and measures the document of a request. Nothing else may parse it before.
pub fn read_document(request: &mut Request) -> Result<Document> {
    check_brackets(&request.query)?;
    let (variables, operation) = (sizes(&request.variables), request.operation_name.clone());
    let document = request.parsed_query().map_err(|error| request_error("BAD_REQUEST", error.message))?;
    let mut document = check_document(document, operation.as_deref(), variables)?;
    document.weight += request.query.len() / BYTES_PER_POINT;
    Ok(document)
}

fn sizes(variables: &Variables) -> HashMap<String, usize> {
    variables.iter().map(|(name, value)| (name.to_string(), size_of_constant(value))).collect()
}

/// Looks at a parsed document: which operation it is, and whether it stays within the limits.
fn check_document(
    document: &ExecutableDocument,
    operation: Option<&str>,
    variables: HashMap<String, usize>,
) -> Result<Document> {
    let mut scale = Scale { fragments: &document.fragments, known: HashMap::new(), variables };
    for (_, definition) in document.operations.iter() {
        scale.add_defaults(&definition.node)?;
    }
    let (mut whole, mut found) = (Size::default(), None);
    for (name, definition) in document.operations.iter() {
        let size = scale.operation(&definition.node)?;
        whole = whole.and(Size { typenames: 0, ..size })?;
        if operation.is_none_or(|wanted| name.is_some_and(|name| name.as_str() == wanted)) {
            if found.is_some() {
                return Err(request_error("BAD_REQUEST", "Several operations were sent: name one in `operationName`."));
            }
            found = Some((definition.node.ty, size));
        }
    }
    // The library also walks each fragment for itself.
    for name in document.fragments.keys() {
        let size = scale.fragment(name, 0)?;
        whole = whole.and(Size { aliases: 0, typenames: 0, ..size })?;
    }
    if whole.aliases > MAX_ALIASES {
        return Err(too_complex(format!("One document holds at most {MAX_ALIASES} aliases.")));
    }
    let (kind, size) = found.ok_or_else(|| request_error("BAD_REQUEST", "There is no operation of this name."))?;
    let mutates = kind == OperationType::Mutation;
    if mutates && size.signing_in > 0 && size.roots > 1 {
        let names = SIGNING_IN.join(", ");
        let message = format!("{names}: each must be the only field of its operation. Send the others on their own.");
        return Err(request_error("BAD_REQUEST", message));
    }
    if mutates && size.roots > MAX_MUTATIONS {
        return Err(too_complex(format!("One operation holds at most {MAX_MUTATIONS} mutations.")));
    }
    let signs_in = mutates && size.signing_in > 0;
    Ok(Document { kind, introspects: whole.introspects, signs_in, weight: whole.weight })
}

fn too_complex(message: impl Into<String>) -> Error {
    request_error("TOO_COMPLEX", message)
}

fn too_deep() -> Error {
    request_error("TOO_DEEP", format!("Fields nest at most {MAX_DEPTH} deep, and with fragments {MAX_RECURSION}."))
}

/// The size of a selection with all its fragments written out.
#[derive(Debug, Clone, Copy, Default)]
struct Size {
    weight: usize,
    aliases: usize,
    /// Fields on the level of the selection itself.
    roots: usize,
    /// Those of the roots that make somebody signed in.
    signing_in: usize,
    /// Those of the roots that the library counts as nothing, though each is answered for every row.
    typenames: usize,
    /// Levels of fields.
    fields: usize,
    /// Levels of fields and fragments.
    levels: usize,
    introspects: bool,
}

impl Size {
    fn and(self, other: Self) -> Result<Self> {
        let whole = Self {
            weight: self.weight.saturating_add(other.weight),
            aliases: self.aliases.saturating_add(other.aliases),
            roots: self.roots.saturating_add(other.roots),
            signing_in: self.signing_in.saturating_add(other.signing_in),
            typenames: self.typenames.saturating_add(other.typenames),
            fields: self.fields.max(other.fields),
            levels: self.levels.max(other.levels),
            introspects: self.introspects || other.introspects,
        };
        if whole.weight > MAX_WEIGHT {
            let message = "The document is too large, with its fragments written out and its variables put in.";
            return Err(too_complex(message));
        }
        if whole.typenames > MAX_TYPENAMES {
            return Err(too_complex(format!("One selection holds __typename at most {MAX_TYPENAMES} times.")));
        }
        Ok(whole)
    }

    fn of_weight(weight: usize) -> Self {
        Self { weight, ..Self::default() }
    }
}

struct Scale<'d> {
    fragments: &'d HashMap<Name, Positioned<FragmentDefinition>>,
    /// Fragments that were met; none while one is being measured.
    known: HashMap<&'d str, Option<Size>>,
    /// How large each variable is wherever it is put in.
    variables: HashMap<String, usize>,
}

impl<'d> Scale<'d> {
    fn add_defaults(&mut self, operation: &OperationDefinition) -> Result<()> {
        if operation.variable_definitions.len() > MAX_VARIABLES {
            return Err(too_complex(format!("One operation declares at most {MAX_VARIABLES} variables.")));
        }
        for variable in &operation.variable_definitions {
            if let Some(value) = &variable.node.default_value {
                let size = self.variables.entry(variable.node.name.node.to_string()).or_default();
                *size = (*size).max(size_of_constant(&value.node));
            }
        }
        Ok(())
    }

    fn operation(&mut self, operation: &'d OperationDefinition) -> Result<Size> {
        let mut size = self.directives(&operation.directives)?;
        for variable in &operation.variable_definitions {
            let default = variable.node.default_value.as_ref().map_or(0, |value| size_of_constant(&value.node));
            size = size.and(Size::of_weight(default.saturating_add(1)))?;
            size = size.and(self.directives(&variable.node.directives)?)?;
        }
        size.and(self.set(&operation.selection_set.node, 0)?)
    }

    /// A selection, `level` levels below its operation. It goes no deeper than the limit, whatever the document does.
    fn set(&mut self, set: &'d SelectionSet, level: usize) -> Result<Size> {
        if level > MAX_RECURSION {
            return Err(too_deep());
        }
        let mut whole = Size::default();
        for item in &set.items {
            let size = match &item.node {
                Selection::Field(field) => self.field(&field.node, level)?,
                Selection::InlineFragment(fragment) => {
                    let inside = self.set(&fragment.node.selection_set.node, level + 1)?;
                    inside.and(self.directives(&fragment.node.directives)?)?
                }
                Selection::FragmentSpread(spread) => {
                    let inside = self.fragment(&spread.node.fragment_name.node, level + 1)?;
                    inside.and(self.directives(&spread.node.directives)?)?
                }
            };
            let below = usize::from(!matches!(item.node, Selection::Field(_)));
            whole = whole.and(Size { levels: size.levels + below, ..size })?.and(Size::of_weight(1))?;
        }
        Ok(whole)
    }

    fn field(&mut self, field: &'d Field, level: usize) -> Result<Size> {
        let name = field.name.node.as_str();
        if field.arguments.len() > MAX_ARGUMENTS {
            return Err(too_complex(format!("One field has at most {MAX_ARGUMENTS} arguments.")));
        }
        let mut size = self.directives(&field.directives)?;
        for (_, value) in &field.arguments {
            let mut variables = 0;
            let Ok(value) = value.node.clone().into_const_with(self.weigh(&mut variables));
            size = size.and(Size::of_weight(size_of_constant(&value).saturating_add(variables)))?;
        }
        if !field.selection_set.node.items.is_empty() {
            let inside = self.set(&field.selection_set.node, level + 1)?;
            size = size.and(Size { levels: inside.levels + 1, typenames: 0, ..inside })?;
        }
        if size.fields + 1 > MAX_DEPTH {
            return Err(too_deep());
        }
        Ok(Size {
            aliases: size.aliases + usize::from(field.alias.is_some()),
            roots: 1,
            signing_in: usize::from(SIGNING_IN.contains(&name)),
            typenames: usize::from(name == "__typename"),
            fields: size.fields + 1,
            introspects: size.introspects || matches!(name, "__schema" | "__type"),
            ..size
        })
    }

    fn fragment(&mut self, name: &'d str, level: usize) -> Result<Size> {
        let size = match self.known.get(name) {
            Some(Some(size)) => *size,
            Some(None) => {
                return Err(request_error("TOO_DEEP", format!("The fragment {name} holds itself.")));
            }
            None => {
                // What no fragment has as its name is the library's to refuse.
                let Some(fragment) = self.fragments.get(name) else {
                    return Ok(Size::of_weight(1));
                };
                self.known.insert(name, None);
                let size = self.set(&fragment.node.selection_set.node, level)?;
                let size = size.and(self.directives(&fragment.node.directives)?)?;
                self.known.insert(name, Some(size));
                size
            }
        };
        if level + size.levels > MAX_RECURSION {
            return Err(too_deep());
        }
        Ok(size)
    }

    fn directives(&self, directives: &[Positioned<Directive>]) -> Result<Size> {
        if directives.len() > MAX_DIRECTIVES {
            return Err(too_complex(format!("At most {MAX_DIRECTIVES} directives may stand together.")));
        }
        let mut size = Size::of_weight(directives.len());
        for directive in directives {
            if directive.node.arguments.len() > MAX_ARGUMENTS {
                return Err(too_complex(format!("One directive has at most {MAX_ARGUMENTS} arguments.")));
            }
            for (_, value) in &directive.node.arguments {
                let mut variables = 0;
                let Ok(value) = value.node.clone().into_const_with(self.weigh(&mut variables));
                size = size.and(Size::of_weight(size_of_constant(&value).saturating_add(variables)))?;
            }
        }
        Ok(size)
    }

    /// Puts nothing in for each variable, but adds its size.
    fn weigh<'a>(&'a self, size: &'a mut usize) -> impl FnMut(Name) -> Result<Value, Infallible> + 'a {
        |name| {
            *size = size.saturating_add(self.variables.get(name.as_str()).copied().unwrap_or(1));
            Ok(Value::Null)
        }
    }
}

fn size_of_constant(value: &Value) -> usize {
    match value {
        Value::List(items) => sum(items.iter().map(size_of_constant)),
        Value::Object(fields) => sum(fields.values().map(size_of_constant)),
        Value::String(text) => 1 + text.len() / BYTES_PER_POINT,
        _ => 1,
    }
}

fn sum(sizes: impl Iterator<Item = usize>) -> usize {
    sizes.fold(1, usize::saturating_add)
}

#[cfg(test)]
#[path = "document_tests.rs"]
mod tests;
