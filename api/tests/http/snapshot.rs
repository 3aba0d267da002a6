//! A copy of every row, to see what changed and to go back.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::Result;
use diwan_testkit::TestApp;

/// The rows of the whole database but for what every request leaves: kept answers.
pub struct Snapshot {
    /// Where the copies are: a table for each, under its name.
    schema: &'static str,
    /// The columns of each table that can be written.
    columns: BTreeMap<String, String>,
    /// A fingerprint of each table.
    prints: BTreeMap<String, String>,
    query: String,
}

impl Snapshot {
    /// Copies everything into a schema of this name, which must not be there yet.
    pub async fn take(app: &TestApp, schema: &'static str) -> Result<Self> {
        let columns: String = app
            .db
            .value(
                "select json_object_agg(relname, columns)::text from (
                   select relname, string_agg(quote_ident(attname), ', ' order by attnum) as columns
                   from pg_class join pg_attribute on attrelid = pg_class.oid
                   where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace and relname <> 'idempotency_record'
                     and attnum > 0 and not attisdropped and attgenerated = ''
                   group by relname) tables",
            )
            .await?;
        let columns: BTreeMap<String, String> = serde_json::from_str(&columns)?;
        let mut sql = format!("create schema {schema};");
        for (table, columns) in &columns {
            write!(sql, "create unlogged table {schema}.{table} as select {columns} from public.{table};")?;
        }
        app.db.run(&sql).await?;
        let each = columns.keys().map(|table| {
            format!(
                "select '{table}' as name, count(*) || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as print from {table} t"
            )
        });
        let each = each.collect::<Vec<_>>().join(" union all ");
        let query = format!("select json_object_agg(name, print)::text from ({each}) tables");
        let prints = look(app, &query).await?;
        Ok(Self { schema, columns, prints, query })
    }

    /// The tables that are not as they were.
    pub async fn changed(&self, app: &TestApp) -> Result<Vec<String>> {
        let now = look(app, &self.query).await?;
        Ok(now
            .into_iter()
            .filter(|(table, print)| self.prints.get(table) != Some(print))
            .map(|(table, _)| table)
            .collect())
    }

    /// Copies what is there now.
    pub async fn renew(&mut self, app: &TestApp) -> Result<()> {
        let mut sql = String::new();
        for table in self.changed(app).await? {
            let (schema, columns) = (self.schema, &self.columns[&table]);
            write!(sql, "delete from {schema}.{table}; insert into {schema}.{table} select {columns} from {table};")?;
        }
        app.db.run(&sql).await?;
        self.prints = look(app, &self.query).await?;
        Ok(())
    }

    /// Makes everything as it was, whatever triggers and keys say of the way there.
    pub async fn restore(&self, app: &TestApp) -> Result<()> {
        let mut sql = "begin; set local session_replication_role = replica;".to_owned();
        for table in self.changed(app).await? {
            let (schema, columns) = (self.schema, &self.columns[&table]);
            write!(
                sql,
                "delete from {table};
                 insert into {table} ({columns}) overriding system value select {columns} from {schema}.{table};"
            )?;
        }
        app.db.run(&(sql + "commit")).await
    }
}

async fn look(app: &TestApp, query: &str) -> Result<BTreeMap<String, String>> {
    Ok(serde_json::from_str(&app.db.value_of_many_tables::<String>(query).await?)?)
}
