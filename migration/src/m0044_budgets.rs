//! Budgets: lines by category, and a ledger that is only written at its end.
//!
//! A line's balance follows its entries in the transaction that writes them (`app.book_budget_entry`); the application's role cannot
//! write one. What is committed and spent never exceeds what is allocated and allowed above that, however many book at once: the
//! constraint `budget_line_covered` says so, and each entry takes its line's row lock. Freelancers and clients see nothing of it.

pub(crate) const UP: &str = r"
create table budget (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  name text not null check (length(btrim(name)) between 1 and 200),
  -- Days in the brand's time zone, both of them part of it.
  starts_on date,
  ends_on date,
  campaign_id uuid,
  -- Of all its amounts. It never changes.
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  state text not null check (state in ('OPEN', 'CLOSED')),
  created_by uuid not null references app_user (id),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  closed_at timestamptz,
  -- Counts the changes of what is said of it, and its being closed; bookings leave it as it is.
  version integer not null default 1 check (version > 0),
  unique (brand_id, id),
  foreign key (brand_id, campaign_id) references campaign (brand_id, id),
  check ((starts_on is null) = (ends_on is null)),
  check (ends_on >= starts_on),
  check (ends_on - starts_on <= 3660),
  check (starts_on is not null or campaign_id is not null),
  check ((state = 'CLOSED') = (closed_at is not null))
);
create index budget_by_brand on budget (brand_id, id desc);
create index budget_by_campaign on budget (brand_id, campaign_id) where campaign_id is not null;
select app.protect_brand_table('budget', 'select, insert, update');

-- A part of a budget. Amounts are minor units of the budget's currency; the sums of 200 lines stay below what 64 bits hold.
create table budget_line (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  budget_id uuid not null,
  position integer not null check (position between 1 and 200),
  name text not null check (length(btrim(name)) between 1 and 200),
  category text not null check (category in ('ADS', 'INFLUENCERS', 'PRODUCTION', 'FREELANCERS', 'STAFF', 'TOOLS', 'OTHER')),
  allocated bigint not null default 0 check (allocated between 0 and 10000000000000000),
  -- How much may be committed and spent above what is allocated.
  overdraft bigint not null default 0 check (overdraft between 0 and 10000000000000000),
  committed bigint not null default 0 check (committed >= 0),
  spent bigint not null default 0 check (spent >= 0),
  -- Where its commitments went when its budget was closed: what is booked on it afterwards is booked there.
  carried_to uuid,
  created_at timestamptz not null,
  unique (brand_id, id),
  unique (brand_id, budget_id, id),
  foreign key (brand_id, budget_id) references budget (brand_id, id),
  foreign key (brand_id, carried_to) references budget_line (brand_id, id),
  check (carried_to <> id),
  constraint budget_line_covered check (committed + spent <= allocated + overdraft)
);
create unique index budget_line_name on budget_line (brand_id, budget_id, lower(name));
create unique index budget_line_position on budget_line (brand_id, budget_id, position);
-- Balances are asked for by the ids of budgets alone.
create index budget_line_by_budget on budget_line (budget_id);
select app.protect_brand_table('budget_line', 'select');
-- Balances are written by the ledger alone.
grant insert (id, brand_id, budget_id, position, name, category, created_at), update (name, category, carried_to)
  on budget_line to diwan_app;

-- The ledger. Nothing in it is changed or taken away.
create table budget_entry (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  budget_id uuid not null,
  line_id uuid not null,
  -- OVERDRAW allows more to be committed and spent than is allocated. ADJUST changes what is allocated.
  kind text not null check (kind in ('ALLOCATE', 'COMMIT', 'RELEASE', 'SPEND', 'REFUND', 'ADJUST', 'OVERDRAW')),
  amount_minor bigint not null check (abs(amount_minor) between 1 and 1000000000000000),
  -- How much of a SPEND was committed before.
  drawn_minor bigint not null default 0 check (drawn_minor >= 0 and drawn_minor <= greatest(amount_minor, 0)),
  -- What it is for: the same is never booked twice.
  source_kind text not null check (source_kind in ('MANUAL', 'TRANSFER', 'REQUEST', 'EXPENSE', 'CONTRACT', 'BOOST')),
  source_id uuid not null,
  reference text not null default '' check (length(reference) <= 200),
  -- Who booked it; null: the product itself.
  actor_id uuid references app_user (id),
  reason text not null check (length(btrim(reason)) between 1 and 1000),
  booked_at timestamptz not null,
  unique (brand_id, id),
  unique (brand_id, source_kind, source_id, kind, reference),
  foreign key (brand_id, budget_id, line_id) references budget_line (brand_id, budget_id, id),
  check (amount_minor > 0 or kind = 'ADJUST'),
  check (drawn_minor = 0 or kind = 'SPEND')
);
create index budget_entry_by_budget on budget_entry (brand_id, budget_id, id desc);
create index budget_entry_by_line on budget_entry (brand_id, line_id, id desc);
-- What somebody has given by themselves, which their limit bounds.
create index budget_entry_given on budget_entry (brand_id, budget_id, actor_id)
  where source_kind = 'MANUAL' and kind in ('ALLOCATE', 'ADJUST', 'OVERDRAW') and amount_minor > 0;
-- What is committed by hand.
create index budget_entry_by_hand on budget_entry (brand_id, line_id)
  where source_kind = 'MANUAL' and kind in ('COMMIT', 'RELEASE', 'SPEND');
select app.protect_brand_table('budget_entry', 'select, insert');

-- What an entry does to its line: in allocated, overdraft, committed, spent. The one place that says it.
create function app.budget_effect(p_kind text, p_amount bigint, p_drawn bigint,
  out allocated bigint, out overdraft bigint, out committed bigint, out spent bigint)
language sql immutable as
$$
  select case when p_kind in ('ALLOCATE', 'ADJUST') then p_amount else 0 end,
    case p_kind when 'OVERDRAW' then p_amount else 0 end,
    case p_kind when 'COMMIT' then p_amount when 'RELEASE' then -p_amount when 'SPEND' then -p_drawn else 0 end,
    case p_kind when 'SPEND' then p_amount when 'REFUND' then -p_amount else 0 end
$$;

-- Brings a line's balance up to date with an entry. A closed budget books nothing any more.
create function app.book_budget_entry() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
declare
  kept text;
  e record;
begin
  select b.state into kept from budget b where b.brand_id = new.brand_id and b.id = new.budget_id for share;
  if kept is distinct from 'OPEN' then
    raise exception 'a closed budget books nothing' using errcode = 'check_violation', constraint = 'budget_open';
  end if;
  e := app.budget_effect(new.kind, new.amount_minor, new.drawn_minor);
  update budget_line l set allocated = l.allocated + e.allocated, overdraft = l.overdraft + e.overdraft,
      committed = l.committed + e.committed, spent = l.spent + e.spent
    where l.brand_id = new.brand_id and l.budget_id = new.budget_id and l.id = new.line_id;
  return null;
end
$$;
create trigger book_budget_entry after insert on budget_entry for each row execute function app.book_budget_entry();

-- A line begins in an open budget.
create function app.guard_budget_line() returns trigger language plpgsql as
$$
declare kept text;
begin
  select b.state into kept from budget b where b.brand_id = new.brand_id and b.id = new.budget_id for share;
  if kept is distinct from 'OPEN' then
    raise exception 'a closed budget has no new lines' using errcode = 'check_violation', constraint = 'budget_open';
  end if;
  return new;
end
$$;
create trigger guard_budget_line before insert on budget_line for each row execute function app.guard_budget_line();

-- What is closed stays as it is, nothing is closed with open commitments, and a currency never changes.
create function app.guard_budget() returns trigger language plpgsql as
$$
begin
  if old.state = 'CLOSED' then
    raise exception 'a closed budget does not change' using errcode = 'check_violation', constraint = 'budget_open';
  end if;
  if new.currency <> old.currency then
    raise exception 'the currency of a budget does not change' using errcode = 'check_violation';
  end if;
  if new.state = 'CLOSED' and exists (select from budget_line l
      where l.brand_id = new.brand_id and l.budget_id = new.id and l.committed > 0) then
    raise exception 'a budget is not closed with open commitments' using errcode = 'check_violation';
  end if;
  return new;
end
$$;
create trigger guard_budget before update on budget for each row execute function app.guard_budget();

-- Reckons the balance of every line of every brand from the ledger: how many lines there are, and up to a hundred that are kept
-- otherwise. For the operator (`diwan verify budgets`); the application's role does not run it.
create function app.verify_budgets(out lines bigint, out astray jsonb) returns record
language sql stable security definer set search_path = pg_catalog, public, pg_temp as
$$
  with booked as (
    select e.brand_id, e.line_id, sum(f.allocated) as allocated, sum(f.overdraft) as overdraft,
      sum(f.committed) as committed, sum(f.spent) as spent
    from budget_entry e cross join lateral app.budget_effect(e.kind, e.amount_minor, e.drawn_minor) f
    group by e.brand_id, e.line_id
  ), beside as (
    select l.id, l.brand_id, l.budget_id, l.name,
      array[l.allocated, l.overdraft, l.committed, l.spent]::numeric[] as kept,
      array[coalesce(b.allocated, 0), coalesce(b.overdraft, 0), coalesce(b.committed, 0), coalesce(b.spent, 0)]::numeric[] as reckoned
    from budget_line l left join booked b on b.brand_id = l.brand_id and b.line_id = l.id
  ), wrong as (
    select * from beside where kept <> reckoned order by id limit 100
  )
  select (select count(*) from beside),
    (select coalesce(jsonb_agg(jsonb_build_object('brand', brand_id, 'budget', budget_id, 'line', id, 'name', name, 'kept', kept,
      'reckoned', reckoned)), '[]') from wrong)
$$;
revoke execute on function app.book_budget_entry(), app.verify_budgets() from public;
";
