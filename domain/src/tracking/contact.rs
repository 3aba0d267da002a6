//! How to reach a lead. Sealed wherever it lies.

use diwan_entity::tracking::lead;
use diwan_platform::crypto::Place;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::context::Services;
use crate::error::{Code, Complaints, Failure, Fault, UserError};

/// How to reach somebody; what is not known is empty.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// A name, up to 200 characters.
    pub name: String,
    /// An address of mail, up to 254 characters.
    pub email: String,
    /// A telephone, up to 40 characters.
    pub phone: String,
}

/// Says nothing of anybody.
impl std::fmt::Debug for Contact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Contact(..)")
    }
}

fn place(brand_id: Uuid, id: Uuid) -> Place {
    Place { brand_id, row_id: id, column: "lead.contact" }
}

impl Contact {
    /// The same without the space around it; none where nothing is said.
    pub(super) fn check(self, wrong: &mut Complaints) -> Option<Self> {
        let mut one = |field: &str, text: &str, most: usize| {
            let path = format!("lead.contact.{field}");
            if text.trim().is_empty() {
                return String::new();
            }
            if text.chars().any(char::is_control) {
                wrong.add(UserError::at(Code::Invalid, &path));
            }
            wrong.text(&path, text, most).to_owned()
        };
        let checked = Self {
            name: one("name", &self.name, 200),
            email: one("email", &self.email, 254),
            phone: one("phone", &self.phone, 40),
        };
        if !checked.email.is_empty() && !checked.email.contains('@') {
            wrong.add(UserError::at(Code::Invalid, "lead.contact.email"));
        }
        (checked != Self::default()).then_some(checked)
    }

    pub(super) fn seal(&self, services: &Services, brand_id: Uuid, id: Uuid) -> Result<Vec<u8>, Failure> {
        let bytes = serde_json::to_vec(self).map_err(|error| Fault::broken(error.to_string()))?;
        Ok(services.keys.seal(place(brand_id, id), &bytes)?)
    }

    /// That of a lead; none where none is known.
    pub(super) fn open(services: &Services, row: &lead::Model) -> Result<Option<Self>, Failure> {
        let Some(sealed) = &row.contact else { return Ok(None) };
        let bytes = services.keys.open(place(row.brand_id, row.id), sealed)?;
        Ok(Some(serde_json::from_slice(&bytes).map_err(|error| Fault::broken(error.to_string()))?))
    }
}
