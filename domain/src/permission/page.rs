//! The table as a page for people: `docs/permissions.md`.

use std::fmt::Write as _;

use diwan_entity::tenancy::app_user::{Level, UserKind};
use sea_orm::ActiveEnum as _;

use super::{Extent, RULES, Reach, Rule};

const LEVELS: [Level; 5] = [Level::Junior, Level::Mid, Level::Senior, Level::Director, Level::Cmo];

/// The page, in Markdown.
pub fn page() -> String {
    let mut page = String::from(
        "# Permissions\n\n\
         Made from `domain/src/permission/rules.rs` by `diwan permissions`; a test fails when it is stale.\n\n\
         - **own**: what somebody wrote. **assigned**: that, and what is assigned to them or, for a client, was sent to them.\n\
         \x20 **any**: everything of the brand. Empty: nothing.\n\
         - Levels are held in a brand, or agency-wide for all of them. Freelancers and clients are JUNIOR whatever is written.\n\
         - An integration has what its own place gives, what its creator has now, and what its token's scopes name: the least\n\
         \x20 of the three.\n",
    );
    for (reach, title) in [(Reach::Agency, "Held agency-wide"), (Reach::Brand, "Held in the brand")] {
        let _ = write!(page, "\n## {title}\n\n| Action |");
        for level in LEVELS {
            let _ = write!(page, " {} |", level.to_value());
        }
        page.push_str(" Freelancer | Client | Integration | Why |\n|---|---|---|---|---|---|---|---|---|---|\n");
        for rule in RULES.iter().filter(|rule| rule.reach == reach) {
            row(&mut page, rule);
        }
    }
    page
}

fn row(page: &mut String, rule: &Rule) {
    let _ = write!(page, "| `{}` |", rule.action.name());
    for level in LEVELS {
        let _ = write!(page, " {} |", word(rule.extent(UserKind::Staff, Some(level), Some(level))));
    }
    for kind in [UserKind::Freelancer, UserKind::Client] {
        let _ = write!(page, " {} |", word(rule.extent(kind, Some(Level::Junior), None)));
    }
    let program = LEVELS.iter().find(|level| rule.allows(UserKind::Integration, Some(**level), None));
    let program = program.map_or_else(String::new, |level| format!("any, from {}", level.to_value()));
    let _ = writeln!(page, " {program} | {} |", rule.reason);
}

fn word(extent: Option<Extent>) -> &'static str {
    match extent {
        Some(Extent::Own) => "own",
        Some(Extent::Assigned) => "assigned",
        Some(Extent::Any) => "any",
        None => "",
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_committed_page_is_current() {
        let committed = include_str!("../../../docs/permissions.md");
        assert!(
            committed == super::page(),
            "docs/permissions.md is stale: run `cargo run -p diwan -- permissions > docs/permissions.md`"
        );
    }
}
