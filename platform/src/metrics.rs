//! Figures of a running process, for whoever watches over it: in the text format of Prometheus.
//!
//! Everything here is about how the work goes and names nobody: no brand, no account.

use std::sync::Arc;
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// The media type of [`Metrics::text`].
pub const MIME: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Bounds of how late something is, in seconds: from a tenth of a second to an hour.
const LATENESS: [f64; 14] = [0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfNetwork {
    network: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfAttempt {
    network: String,
    outcome: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfRun {
    kind: String,
    outcome: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfJobs {
    kind: String,
    state: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfState {
    state: String,
}

type MakeHistogram = fn() -> Histogram;

/// How many jobs of a kind are in a state, or publications where there is no kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Depth {
    /// The kind of job; none for publications.
    pub kind: Option<String>,
    /// The state.
    pub state: String,
    /// How many.
    pub count: i64,
    /// How long the one that has waited longest is due.
    pub oldest: Option<Duration>,
}

/// The figures of one process. Clones share them.
#[derive(Debug, Clone)]
pub struct Metrics(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    registry: Registry,
    lateness: Family<OfNetwork, Histogram, MakeHistogram>,
    attempts: Family<OfAttempt, Counter>,
    runs: Family<OfRun, Counter>,
    jobs: Family<OfJobs, Gauge>,
    waiting: Family<OfJobs, Gauge>,
    publications: Family<OfState, Gauge>,
}

impl Default for Metrics {
    fn default() -> Self {
        let lateness = Family::new_with_constructor((|| Histogram::new(LATENESS)) as MakeHistogram);
        let mut registry = Registry::with_prefix("diwan");
        registry.register_with_unit(
            "publication_lateness",
            "How long after its time a publication was on its network",
            Unit::Seconds,
            lateness.clone(),
        );
        let attempts = Family::default();
        registry.register("publication_attempts", "Attempts to publish that ended, by how", Family::clone(&attempts));
        let runs = Family::default();
        registry.register("job_runs", "Runs of jobs that ended, by how", Family::clone(&runs));
        let jobs = Family::default();
        registry.register("jobs", "Jobs in the outbox", Family::clone(&jobs));
        let waiting = Family::default();
        let help = "How long the job is due that has waited longest";
        registry.register_with_unit("job_oldest_due", help, Unit::Seconds, Family::clone(&waiting));
        let publications = Family::default();
        registry.register("publications", "Publications that are not over", Family::clone(&publications));
        Self(Arc::new(Inner { registry, lateness, attempts, runs, jobs, waiting, publications }))
    }
}

impl Metrics {
    /// A publication is on its network, so long after its time.
    pub fn published(&self, network: &str, late: Duration) {
        self.0.lateness.get_or_create(&OfNetwork { network: network.to_owned() }).observe(late.as_secs_f64());
    }

    /// An attempt to publish ended.
    pub fn attempted(&self, network: &str, outcome: &str) {
        let labels = OfAttempt { network: network.to_owned(), outcome: outcome.to_owned() };
        self.0.attempts.get_or_create(&labels).inc();
    }

    /// A run of a job ended.
    pub fn ran(&self, kind: &str, outcome: &str) {
        let labels = OfRun { kind: kind.to_owned(), outcome: outcome.to_owned() };
        self.0.runs.get_or_create(&labels).inc();
    }

    /// All of it, with how much waits now.
    pub fn text(&self, depths: &[Depth]) -> Result<String, std::fmt::Error> {
        let Inner { registry, jobs, waiting, publications, .. } = &*self.0;
        // What has emptied since the last time is no more.
        jobs.clear();
        waiting.clear();
        publications.clear();
        for depth in depths {
            let state = depth.state.clone();
            match &depth.kind {
                None => {
                    publications.get_or_create(&OfState { state }).set(depth.count);
                }
                Some(kind) => {
                    let labels = OfJobs { kind: kind.clone(), state };
                    jobs.get_or_create(&labels).set(depth.count);
                    if let Some(oldest) = depth.oldest {
                        let seconds = i64::try_from(oldest.as_secs()).unwrap_or(i64::MAX);
                        waiting.get_or_create(&labels).set(seconds);
                    }
                }
            }
        }
        let mut text = String::new();
        text::encode(&mut text, registry)?;
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_told_in_the_format_of_prometheus() {
        let metrics = Metrics::default();
        metrics.published("mastodon", Duration::from_millis(300));
        metrics.attempted("mastodon", "PUBLISHED");
        metrics.ran("publish", "FINISHED");
        let depth = |kind: Option<&str>, count| Depth {
            kind: kind.map(str::to_owned),
            state: "PENDING".to_owned(),
            count,
            oldest: kind.map(|_| Duration::from_secs(90)),
        };
        let text = metrics.text(&[depth(Some("publish"), 3), depth(None, 5)]).unwrap();
        for line in [
            r#"diwan_publication_lateness_seconds_bucket{le="0.25",network="mastodon"} 0"#,
            r#"diwan_publication_lateness_seconds_bucket{le="0.5",network="mastodon"} 1"#,
            r#"diwan_publication_attempts_total{network="mastodon",outcome="PUBLISHED"} 1"#,
            r#"diwan_job_runs_total{kind="publish",outcome="FINISHED"} 1"#,
            r#"diwan_jobs{kind="publish",state="PENDING"} 3"#,
            r#"diwan_job_oldest_due_seconds{kind="publish",state="PENDING"} 90"#,
            r#"diwan_publications{state="PENDING"} 5"#,
        ] {
            assert!(text.lines().any(|there| there == line), "{line}\n{text}");
        }
        let empty = metrics.text(&[]).unwrap();
        assert!(!empty.contains("diwan_jobs{"), "{empty}");
    }
}
