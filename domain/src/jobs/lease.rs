//! Keeping a job's lease while it runs.

use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout_at};

use super::JobError;

/// Keeps a lease again and again, and returns when it is lost. While the database does not answer nobody can tell; then it returns
/// shortly before the lease is over, because whoever still reaches the database may take the job from then on, and what this worker has
/// on its way must have ended.
pub(super) async fn keep_on<F: Future<Output = Result<(), JobError>>>(lease: Duration, keep: impl Fn() -> F) {
    let sure = lease / 10 * 9;
    let mut until = Instant::now() + sure;
    loop {
        sleep_until((Instant::now() + lease / 3).min(until)).await;
        let asked = Instant::now();
        if asked >= until {
            return;
        }
        match timeout_at(until, keep()).await {
            Ok(Ok(())) => until = asked + sure,
            Ok(Err(JobError::LeaseLost)) | Err(_) => return,
            // The lease may last until the database is back.
            Ok(Err(JobError::Fault(fault))) => tracing::warn!(error = %fault, "a lease was not kept"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::error::Fault;

    const LEASE: Duration = Duration::from_millis(900);

    #[tokio::test]
    async fn a_lease_that_cannot_be_kept_is_given_up_before_it_ends() {
        let began = Instant::now();
        keep_on(LEASE, || async { Err(Fault::broken("the database is away").into()) }).await;
        let refused = began.elapsed();
        let began = Instant::now();
        keep_on(LEASE, std::future::pending).await;
        let silent = began.elapsed();
        for lasted in [refused, silent] {
            assert!(lasted >= LEASE / 2 && lasted < LEASE, "{lasted:?}");
        }
    }

    #[tokio::test]
    async fn a_lease_is_kept_on_until_it_is_lost() {
        let tries = AtomicUsize::new(0);
        let began = Instant::now();
        let keep = || async {
            match tries.fetch_add(1, Ordering::SeqCst) {
                // Away for a moment, back, lost.
                1 => Err(Fault::broken("away").into()),
                4 => Err(JobError::LeaseLost),
                _ => Ok(()),
            }
        };
        keep_on(LEASE, keep).await;
        assert_eq!(tries.into_inner(), 5);
        assert!(began.elapsed() >= LEASE, "it lasted longer than one lease: {:?}", began.elapsed());
    }
}
