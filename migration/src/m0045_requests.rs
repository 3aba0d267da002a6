//! Requests for budget, expenses, and the exchange rates by which they are converted.
//!
//! Freelancers see their own expenses and nothing else of it; clients see nothing.

pub(crate) const UP: &str = r"
-- What a currency was worth in another on a day, and who says so. Rates stay as they were written: a better one is another row.
create table exchange_rate (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  base text not null check (base ~ '^[A-Z]{3}$'),
  quote text not null check (quote ~ '^[A-Z]{3}$'),
  -- How much of the quote one unit of the base is, in ten-billionths.
  rate_e10 bigint not null check (rate_e10 > 0),
  source text not null check (length(btrim(source)) between 1 and 100),
  day date not null,
  recorded_by uuid not null references app_user (id),
  recorded_at timestamptz not null,
  unique (brand_id, id),
  check (base <> quote)
);
create index exchange_rate_by_day on exchange_rate (brand_id, base, quote, day desc, id desc);
create index exchange_rate_by_brand on exchange_rate (brand_id, id desc);
select app.protect_brand_table('exchange_rate', 'select, insert');

-- More money for a line of a budget, in its currency.
create table financial_request (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  line_id uuid not null,
  title text not null check (length(btrim(title)) between 1 and 300),
  amount_minor bigint not null check (amount_minor between 1 and 1000000000000000),
  -- The written case: why, what it is to bring, and what else would do.
  why text not null check (length(btrim(why)) between 1 and 5000),
  expected_result text not null check (length(btrim(expected_result)) between 1 and 5000),
  alternatives text not null default '' check (length(alternatives) <= 5000),
  needed_by date,
  state text not null check (state in ('DRAFT', 'IN_APPROVAL', 'APPROVED', 'SENT_BACK', 'WITHDRAWN')),
  -- What was booked when it was approved.
  entry_id uuid,
  created_by uuid not null references app_user (id),
  -- Who made it or said it anew: none of them approves it.
  authors uuid[] not null check (cardinality(authors) > 0),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version integer not null default 1 check (version > 0),
  unique (brand_id, id),
  unique (brand_id, entry_id),
  foreign key (brand_id, line_id) references budget_line (brand_id, id),
  foreign key (brand_id, entry_id) references budget_entry (brand_id, id),
  check (created_by = any (authors)),
  check ((state = 'APPROVED') = (entry_id is not null))
);
create index financial_request_by_brand on financial_request (brand_id, id desc);
create index financial_request_by_line on financial_request (brand_id, line_id);
select app.protect_brand_table('financial_request', 'select, insert, update');

create table expense (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  -- The day of the receipt.
  spent_on date not null,
  category text not null check (category in ('ADS', 'INFLUENCERS', 'PRODUCTION', 'FREELANCERS', 'STAFF', 'TOOLS', 'OTHER')),
  vendor text not null check (length(btrim(vendor)) between 1 and 200),
  note text not null default '' check (length(note) <= 2000),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  amount_minor bigint not null check (amount_minor between 1 and 1000000000000000),
  -- The tax within the amount.
  tax_minor bigint check (tax_minor between 0 and amount_minor),
  receipt_asset_id uuid,
  -- Who paid it and gets it back; null: the company paid.
  reimburse_to uuid references app_user (id),
  line_id uuid,
  -- In the currency of the line, and the rate by which it was converted; null where both currencies are the same.
  booked_minor bigint check (booked_minor between 1 and 1000000000000000),
  rate_id uuid,
  state text not null check (state in ('DRAFT', 'IN_APPROVAL', 'APPROVED', 'PAID', 'SENT_BACK', 'WITHDRAWN')),
  created_by uuid not null references app_user (id),
  -- Who made it or said it anew: none of them approves it.
  authors uuid[] not null check (cardinality(authors) > 0),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  paid_at timestamptz,
  paid_by uuid references app_user (id),
  -- What the payment is known by at the bank.
  payment_reference text not null default '' check (length(payment_reference) <= 200),
  version integer not null default 1 check (version > 0),
  unique (brand_id, id),
  foreign key (brand_id, receipt_asset_id) references asset (brand_id, id),
  foreign key (brand_id, line_id) references budget_line (brand_id, id),
  foreign key (brand_id, rate_id) references exchange_rate (brand_id, id),
  check (created_by = any (authors)),
  check (state not in ('IN_APPROVAL', 'APPROVED', 'PAID') or receipt_asset_id is not null),
  check (state not in ('APPROVED', 'PAID') or booked_minor is not null),
  check (booked_minor is null or line_id is not null),
  check (rate_id is null or booked_minor is not null),
  check ((state = 'PAID') = (paid_at is not null) and (paid_at is null) = (paid_by is null))
);
create index expense_by_brand on expense (brand_id, id desc);
create index expense_by_person on expense (brand_id, created_by, id desc);
create index expense_by_receipt on expense (brand_id, receipt_asset_id) where receipt_asset_id is not null;
create index expense_by_line on expense (brand_id, line_id) where line_id is not null;
create index expense_by_rate on expense (brand_id, rate_id) where rate_id is not null;
select app.protect_brand_table('expense', 'select, insert, update',
  '(select app.limited()) = ''FREELANCER'' and created_by = (select app.user_id())');

-- What was asked for is not said otherwise while it is decided about, and not at all once it is approved.
create function app.guard_expense() returns trigger language plpgsql as
$$
begin
  if not (old.state = new.state
      or (old.state in ('DRAFT', 'SENT_BACK') and new.state in ('IN_APPROVAL', 'WITHDRAWN'))
      or (old.state = 'IN_APPROVAL' and new.state in ('APPROVED', 'SENT_BACK', 'WITHDRAWN'))
      or (old.state = 'APPROVED' and new.state = 'PAID')) then
    raise exception 'an expense does not go from % to %', old.state, new.state using errcode = 'check_violation';
  end if;
  if old.created_by <> new.created_by or (old.state not in ('DRAFT', 'SENT_BACK')
      and (old.spent_on, old.category, old.vendor, old.currency, old.amount_minor, old.tax_minor, old.receipt_asset_id, old.reimburse_to)
        is distinct from (new.spent_on, new.category, new.vendor, new.currency, new.amount_minor, new.tax_minor, new.receipt_asset_id,
          new.reimburse_to)) then
    raise exception 'an expense is not changed while it is decided about' using errcode = 'check_violation';
  end if;
  if not new.authors @> old.authors then
    raise exception 'an author stays one' using errcode = 'check_violation';
  end if;
  if old.state in ('APPROVED', 'PAID') and (old.line_id, old.booked_minor, old.rate_id)
      is distinct from (new.line_id, new.booked_minor, new.rate_id) then
    raise exception 'what an approved expense was booked on stays' using errcode = 'check_violation';
  end if;
  return new;
end
$$;
create trigger guard_expense before update on expense for each row execute function app.guard_expense();

create function app.guard_financial_request() returns trigger language plpgsql as
$$
begin
  if not (old.state = new.state
      or (old.state in ('DRAFT', 'SENT_BACK') and new.state in ('IN_APPROVAL', 'WITHDRAWN'))
      or (old.state = 'IN_APPROVAL' and new.state in ('APPROVED', 'SENT_BACK', 'WITHDRAWN'))) then
    raise exception 'a financial request does not go from % to %', old.state, new.state using errcode = 'check_violation';
  end if;
  if old.created_by <> new.created_by or (old.state not in ('DRAFT', 'SENT_BACK')
      and (old.line_id, old.amount_minor, old.why, old.expected_result, old.alternatives, old.needed_by)
        is distinct from (new.line_id, new.amount_minor, new.why, new.expected_result, new.alternatives, new.needed_by)) then
    raise exception 'a financial request is not changed while it is decided about' using errcode = 'check_violation';
  end if;
  if not new.authors @> old.authors then
    raise exception 'an author stays one' using errcode = 'check_violation';
  end if;
  return new;
end
$$;
create trigger guard_financial_request before update on financial_request
  for each row execute function app.guard_financial_request();

-- Freelancers see what they asked for themselves, so that an expense of theirs can be decided.
alter policy limited on approval_request using ((select app.limited()) is null
  or (kind = 'POST' and subject_id in (select p.id from post p) and ((select app.limited()) = 'FREELANCER' or client_step))
  or (kind = 'EXPENSE' and (select app.limited()) = 'FREELANCER' and requested_by = (select app.user_id())));
";
