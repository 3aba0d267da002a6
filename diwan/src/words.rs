//! Failures in words that say what to do.

use std::fmt::Write as _;

/// The error and its causes in one line, each cause once.
pub(crate) fn of(error: &anyhow::Error) -> String {
    let mut said = String::new();
    for cause in error.chain() {
        let cause = cause.to_string();
        if said.is_empty() {
            said = cause;
        } else if !said.contains(&cause) {
            let _always = write!(said, ": {cause}");
        }
    }
    said
}

/// What a failure to connect to PostgreSQL as the application means, where it is ours to know.
pub(crate) fn of_connecting(error: &sea_orm::DbErr) -> Option<&'static str> {
    let said = error.to_string();
    let has = |part: &str| said.contains(part);
    if has("permission denied to set role") {
        Some(
            "the login in DATABASE_URL may not act as diwan_app: run `diwan migrate` with DATABASE_OWNER_URL set, which grants it",
        )
    } else if has("role \"diwan_app\" does not exist") || has("invalid value for parameter \"role\"") {
        Some("the database is not set up: run `diwan migrate`")
    } else if has("role \"") && has("does not exist") {
        Some(
            "PostgreSQL does not know the login in DATABASE_URL: run `diwan migrate` with DATABASE_OWNER_URL set, which makes it",
        )
    } else if has("pool timed out") {
        Some("PostgreSQL does not answer at DATABASE_URL: start it, or mend the address")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    #[test]
    fn a_cause_is_said_once() {
        let error = anyhow!("no such file").context("cannot read x: no such file").context("starting");
        assert_eq!(super::of(&error), "starting: cannot read x: no such file");
    }
}
