//! The deliverables, payments and hours of a brand, written straight into the database.

use anyhow::Result;
use diwan_platform::ids;
use uuid::Uuid;

use crate::services::TestServices;

/// A row of every table of deliverables, payments and hours, all of it quiet.
#[derive(Debug, Clone, Copy)]
pub struct PaymentsWritten {
    /// Runs, and costs 10.00 EUR that are not committed.
    pub contract: Uuid,
    /// Is to be handed in.
    pub deliverable: Uuid,
    /// Was handed in as an address, and found published.
    pub submitted: Uuid,
    /// Blocked: for `deliverable`, 1.00 EUR.
    pub payment: Uuid,
    /// In `file`, 2.00 EUR.
    pub exported: Uuid,
    /// For the bank.
    pub file: Uuid,
    /// What an hour of whoever wrote everything costs.
    pub rate: Uuid,
    /// Hours of theirs that were handed in.
    pub hours: Uuid,
}

/// A contract that both sides have signed.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'a> {
    /// The line of a budget on which its fee is booked.
    pub line: Uuid,
    /// What it costs, in cents.
    pub fee: i64,
    /// Whether that is committed.
    pub committed: bool,
    /// Of a freelancer's contract, who they are.
    pub person: Option<Uuid>,
    /// What each post must hold; empty: nothing.
    pub disclosure: &'a str,
}

impl TestServices {
    /// A line of an open budget in EUR that has been given so many cents.
    pub async fn budget_line(&self, brand: Uuid, by: Uuid, minor: i64) -> Result<Uuid> {
        let now = self.services.now();
        let [budget, line, entry] = std::array::from_fn(|_| ids::new_id(now));
        let now = now.to_rfc3339();
        self.db
            .run(&format!(
                "insert into budget (id, brand_id, name, starts_on, ends_on, currency, state, created_by, created_at, updated_at)
                   values ('{budget}', '{brand}', 'Year', '2026-01-01', '2027-12-31', 'EUR', 'OPEN', '{by}', '{now}', '{now}');
                 insert into budget_line (id, brand_id, budget_id, position, name, category, created_at)
                   values ('{line}', '{brand}', '{budget}', 1, 'People', 'INFLUENCERS', '{now}');
                 insert into budget_entry (id, brand_id, budget_id, line_id, kind, amount_minor, source_kind, source_id, actor_id, reason,
                     booked_at)
                   values ('{entry}', '{brand}', '{budget}', '{line}', 'ALLOCATE', {minor}, 'MANUAL', '{entry}', '{by}', 'Agreed', '{now}')"
            ))
            .await?;
        Ok(line)
    }

    /// A contract in EUR that runs, signed by `by` for us. Nobody knows where mail reaches the other side.
    pub async fn signed_contract(&self, brand: Uuid, by: Uuid, new: Signed<'_>) -> Result<Uuid> {
        self.signed_contract_with(brand, by, new, ("en", "")).await
    }

    /// The same with a party that reads this language and gets mail at this address.
    pub async fn signed_contract_with(
        &self,
        brand: Uuid,
        by: Uuid,
        new: Signed<'_>,
        (locale, email): (&str, &str),
    ) -> Result<Uuid> {
        let Signed { line, fee, committed, person, disclosure } = new;
        let now = self.services.now();
        let [id, entry] = std::array::from_fn(|_| ids::new_id(now));
        let now = now.to_rfc3339();
        let kind = if person.is_some() { "FREELANCER" } else { "VENDOR" };
        let person = person.map_or("null".to_owned(), |person| format!("'{person}'"));
        self.db
            .run(&format!(
                "insert into contract (id, brand_id, kind, title, state, person_id, party_name, party_email, locale, fee_minor, currency, line_id, starts_on,
                     clauses, disclosure, shared_version, signer_id, created_by, created_at, updated_at, sent_at, signed_at)
                   values ('{id}', '{brand}', '{kind}', 'Films', 'ACTIVE', {person}, 'Studio', '{email}', '{locale}', {fee}, 'EUR', '{line}', '2026-01-01',
                     '[{{\"heading\": \"Work\", \"text\": \"Films\"}}]', '{disclosure}', 1, '{by}', '{by}', '{now}', '{now}', '{now}', '{now}')"
            ))
            .await?;
        if committed {
            let commit = format!(
                "insert into budget_entry (id, brand_id, budget_id, line_id, kind, amount_minor, source_kind, source_id, actor_id, reason, booked_at)
                   select '{entry}', brand_id, budget_id, id, 'COMMIT', {fee}, 'CONTRACT', '{id}', '{by}', 'Films', '{now}'
                   from budget_line where id = '{line}'"
            );
            self.db.run(&commit).await?;
        }
        Ok(id)
    }

    /// A contract that is paid from this line, what hangs on it, and hours of the user.
    pub(crate) async fn fill_payments(&self, brand: Uuid, user: Uuid, line: Uuid) -> Result<PaymentsWritten> {
        let new = Signed { line, fee: 1_000, committed: false, person: None, disclosure: "" };
        let contract = self.signed_contract(brand, user, new).await?;
        let now = self.services.now();
        let [deliverable, submitted, check, payee, payment, exported, file, item, rate, hours] =
            std::array::from_fn(|_| ids::new_id(now));
        let now = now.to_rfc3339();
        self.db
            .run(&format!(
                "insert into deliverable (id, brand_id, contract_id, title, kind, due_on, state, created_by, created_at, updated_at)
                   values ('{deliverable}', '{brand}', '{contract}', 'A film', 'VIDEO', '2027-03-01', 'DUE', '{user}', '{now}', '{now}');
                 insert into deliverable (id, brand_id, contract_id, title, kind, due_on, state, submission, link, submitted_at, submitted_by,
                     created_by, created_at, updated_at)
                   values ('{submitted}', '{brand}', '{contract}', 'A post', 'POST', '2027-03-01', 'SUBMITTED', 1, 'https://example.com/1',
                     '{now}', '{user}', '{user}', '{now}', '{now}');
                 insert into deliverable_check (id, brand_id, deliverable_id, submission, kind, outcome, detail, checked_at)
                   values ('{check}', '{brand}', '{submitted}', 1, 'PUBLISHED', 'PASSED', 'ANSWERS', '{now}');
                 insert into payee (id, brand_id, contract_id, account, account_shown, tax_form, withholding_bp, set_by, set_at)
                   values ('{payee}', '{brand}', '{contract}', 'x', 'DE** **** 3000', 'RECEIVED', 0, '{user}', '{now}');
                 insert into payer (brand_id, account, account_shown, set_by, set_at)
                   values ('{brand}', 'x', 'NL** **** 4300', '{user}', '{now}');
                 insert into payment_file (id, brand_id, format, currency, state, execute_on, payment_count, total_minor, sha256, created_by,
                     created_at)
                   values ('{file}', '{brand}', 'CSV', 'EUR', 'EXPORTED', '2027-03-01', 1, 200, sha256('{file}'), '{user}', '{now}');
                 insert into payment (id, brand_id, contract_id, title, milestone, deliverable_id, due_on, amount_minor, withholding_bp,
                     withheld_minor, state, authors, file_id, created_by, created_at, updated_at)
                   values ('{payment}', '{brand}', '{contract}', 'The film', 'DELIVERABLE', '{deliverable}', null, 100, 0, 0, 'BLOCKED',
                       array['{user}']::uuid[], null, '{user}', '{now}', '{now}'),
                     ('{exported}', '{brand}', '{contract}', 'At the beginning', 'DATE', null, '2026-01-01', 200, 0, 0, 'EXPORTED',
                       array['{user}']::uuid[], '{file}', '{user}', '{now}', '{now}');
                 insert into payment_file_item (id, brand_id, file_id, payment_id, position, minor, account, account_shown)
                   values ('{item}', '{brand}', '{file}', '{exported}', 1, 200, 'x', 'DE** **** 3000');
                 insert into work_rate (id, brand_id, person_id, minor_per_hour, currency, starts_on, set_by, set_at)
                   values ('{rate}', '{brand}', '{user}', 5000, 'EUR', '2026-01-01', '{user}', '{now}');
                 insert into time_entry (id, brand_id, person_id, worked_on, minutes, note, state, created_by, said_by, created_at, updated_at)
                   values ('{hours}', '{brand}', '{user}', '2026-03-01', 90, 'Cutting', 'SUBMITTED', '{user}', '{user}', '{now}', '{now}')"
            ))
            .await?;
        Ok(PaymentsWritten { contract, deliverable, submitted, payment, exported, file, rate, hours })
    }
}
