//! YouTube Analytics, version 2: reports of a channel.
//! <https://developers.google.com/youtube/analytics/reference/reports/query>
//!
//! It wants a scope of its own, which a channel that was connected before may lack: that is
//! [`ErrorKind::Reconnect`](crate::error::ErrorKind::Reconnect) with the code `scope_missing`.

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::Value;

use crate::call::Step;
use crate::error::NetworkError;
use crate::google::Api;

const REPORTS: &str = "https://youtubeanalytics.googleapis.com/v2/reports";

/// What a report is about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    /// The channel's id; that of whoever agreed.
    pub channel: &'a str,
    /// The first day and the last, both part of it, by the clocks of California.
    pub days: (NaiveDate, NaiveDate),
    /// What is counted, between commas.
    pub metrics: &'a str,
    /// By what it is divided, between commas.
    pub dimensions: &'a str,
    /// What else is asked for: `sort`, `filters`, `maxResults`.
    pub more: &'a [(&'a str, &'a str)],
}

/// A table. What nobody saw has no row, and what too few did is left out.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Report {
    column_headers: Vec<Column>,
    rows: Vec<Vec<Value>>,
}

#[derive(Debug, Deserialize)]
struct Column {
    name: String,
}

/// One row of a table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'a> {
    columns: &'a [Column],
    cells: &'a [Value],
}

impl Report {
    /// Its rows, in the order in which they came.
    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|cells| Row { columns: &self.column_headers, cells })
    }
}

impl<'a> Row<'a> {
    fn cell(self, column: &str) -> Option<&'a Value> {
        self.cells.get(self.columns.iter().position(|known| known.name == column)?)
    }

    /// What stands in a column of a dimension.
    pub(super) fn text(self, column: &str) -> Option<&'a str> {
        self.cell(column)?.as_str()
    }

    /// What stands in a column of a metric.
    pub(super) fn number(self, column: &str) -> Option<f64> {
        self.cell(column)?.as_f64()
    }

    /// What stands in a column of a metric that counts.
    pub(super) fn whole(self, column: &str) -> Option<i64> {
        self.cell(column)?.as_i64()
    }
}

/// Asks for a report.
pub(super) async fn report(api: &Api<'_>, asked: Asked<'_>) -> Result<Report, NetworkError> {
    let ids = format!("channel=={}", asked.channel);
    let (from, to) = (asked.days.0.to_string(), asked.days.1.to_string());
    let mut query = vec![
        ("ids", ids.as_str()),
        ("startDate", from.as_str()),
        ("endDate", to.as_str()),
        ("metrics", asked.metrics),
        ("dimensions", asked.dimensions),
    ];
    query.extend_from_slice(asked.more);
    api.read(api.get(REPORTS)?.query(&query), Step::Repeatable).await
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn columns_are_found_by_their_names() {
        let report: Report = serde_json::from_value(json!({
            "kind": "youtubeAnalytics#resultTable",
            "columnHeaders": [{ "name": "country", "columnType": "DIMENSION", "dataType": "STRING" },
                { "name": "views", "columnType": "METRIC", "dataType": "INTEGER" }],
            "rows": [["DE", 12]],
        }))
        .unwrap();
        let row = report.rows().next().unwrap();
        assert_eq!((row.text("country"), row.number("views")), (Some("DE"), Some(12.0)));
        assert_eq!((row.text("day"), row.number("country")), (None, None));
        let empty: Report = serde_json::from_value(json!({ "kind": "youtubeAnalytics#resultTable" })).unwrap();
        assert_eq!(empty.rows().count(), 0, "nobody saw anything");
    }
}
