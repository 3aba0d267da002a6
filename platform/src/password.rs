//! Passwords: Argon2id, off the async threads.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

/// Hashing takes 19 MiB and a core: more at a time would only starve everything else.
static TURNS: tokio::sync::Semaphore = tokio::sync::Semaphore::const_new(2);

/// The hash could not be made or read.
#[derive(Debug, thiserror::Error)]
#[error("password hashing failed")]
pub struct PasswordError;

/// The PHC string of a password: Argon2id with the crate's defaults, which are those of OWASP's password storage cheat
/// sheet (19 MiB, 2 passes, 1 lane) or stronger.
pub async fn hash(password: String) -> Result<String, PasswordError> {
    let _turn = TURNS.acquire().await.map_err(|_| PasswordError)?;
    tokio::task::spawn_blocking(move || {
        Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string()).map_err(|_| PasswordError)
    })
    .await
    .map_err(|_| PasswordError)?
}

/// Whether the password fits. With no hash (no such account, or one without a password) it works as long and says no,
/// so that the time taken does not tell whether the account exists.
pub async fn verify(password: String, hash: Option<String>) -> bool {
    let Ok(_turn) = TURNS.acquire().await else {
        return false;
    };
    tokio::task::spawn_blocking(move || {
        if let Some(Ok(hash)) = hash.as_deref().map(PasswordHash::new) {
            return Argon2::default().verify_password(password.as_bytes(), &hash).is_ok();
        }
        let _same_work = Argon2::default().hash_password(password.as_bytes());
        false
    })
    .await
    .unwrap_or(false)
}

#[cfg(test)]
mod tests {
    #[tokio::test]
    async fn only_the_right_password_fits() -> Result<(), super::PasswordError> {
        let hash = super::hash("correct horse".to_owned()).await?;
        assert!(hash.starts_with("$argon2id$"));
        assert!(super::verify("correct horse".to_owned(), Some(hash.clone())).await);
        assert!(!super::verify("wrong horse".to_owned(), Some(hash)).await);
        assert!(!super::verify("correct horse".to_owned(), None).await);
        assert!(!super::verify("x".to_owned(), Some("not a hash".to_owned())).await);
        Ok(())
    }
}
