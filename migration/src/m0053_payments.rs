//! Deliverables of contracts, the payments for them, the files by which they are paid, and hours.
//!
//! A payment leaves `BLOCKED` only when nothing holds it back any more (`app.payment_blocks`, the one place that says what does), and the
//! payments of a contract are never more than its fee, however many plan at once: both are asked under the contract's row lock, whoever
//! writes. Account numbers are sealed. Clients see nothing of it; freelancers see what is theirs, and no account.

pub(crate) const UP: &str = r"
create table deliverable (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  contract_id uuid not null,
  title text not null check (length(btrim(title)) between 1 and 200),
  brief text not null default '' check (length(brief) <= 5000),
  kind text not null check (kind in ('POST', 'STORY', 'VIDEO', 'ARTICLE', 'DESIGN', 'EVENT', 'OTHER')),
  -- The last day on which it is in time, in the brand's time zone.
  due_on date not null,
  -- Where it is published, if that is agreed: on a network, on an account of the brand.
  network text check (network ~ '^[a-z0-9_]{1,40}$'),
  social_account_id uuid,
  -- Who of us, or which freelancer, hands it in; null: the other side, by its page.
  assignee_id uuid references app_user (id),
  -- How long it must be there, in days from when it was handed in; null: that is not looked at.
  alive_days integer check (alive_days between 1 and 365),
  state text not null check (state in ('DUE', 'SUBMITTED', 'ACCEPTED', 'SENT_BACK', 'WITHDRAWN')),
  -- Counts how often it was handed in; what was checked belongs to one of these.
  submission integer not null default 0 check (submission >= 0),
  -- What was handed in: one of the three.
  post_id uuid,
  asset_id uuid,
  link text check (length(link) between 1 and 2000),
  note text not null default '' check (length(note) <= 2000),
  submitted_at timestamptz,
  -- Who handed it in, or by which link it came from outside.
  submitted_by uuid references app_user (id),
  submitted_link_id uuid,
  decided_at timestamptz,
  decided_by uuid references app_user (id),
  -- Why it was sent back or withdrawn.
  reason text not null default '' check (length(reason) <= 2000),
  created_by uuid not null references app_user (id),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version integer not null default 1 check (version > 0),
  unique (brand_id, id),
  unique (brand_id, contract_id, id),
  foreign key (brand_id, contract_id) references contract (brand_id, id),
  foreign key (brand_id, social_account_id) references social_account (brand_id, id),
  foreign key (brand_id, post_id) references post (brand_id, id),
  foreign key (brand_id, asset_id) references asset (brand_id, id),
  foreign key (brand_id, submitted_link_id) references public_link (brand_id, id),
  check ((submission = 0) = (submitted_at is null)),
  check ((submission > 0)::integer = num_nonnulls(post_id, asset_id, link)),
  check ((submission > 0)::integer = num_nonnulls(submitted_by, submitted_link_id)),
  check (state in ('DUE', 'WITHDRAWN') or submission > 0),
  check (state <> 'DUE' or submission = 0),
  check (state not in ('ACCEPTED', 'SENT_BACK') or (decided_at is not null and decided_by is not null)),
  check (state <> 'SENT_BACK' or btrim(reason) <> '')
);
create index deliverable_by_brand on deliverable (brand_id, id desc);
create index deliverable_by_contract on deliverable (brand_id, contract_id, id);
create index deliverable_by_assignee on deliverable (brand_id, assignee_id) where assignee_id is not null;
create index deliverable_by_account on deliverable (brand_id, social_account_id) where social_account_id is not null;
create index deliverable_by_post on deliverable (brand_id, post_id) where post_id is not null;
create index deliverable_by_asset on deliverable (brand_id, asset_id) where asset_id is not null;
create index deliverable_by_link on deliverable (brand_id, submitted_link_id) where submitted_link_id is not null;
select app.protect_brand_table('deliverable', 'select, insert, update',
  '(select app.limited()) = ''FREELANCER'' and assignee_id = (select app.user_id())');

-- What was accepted or withdrawn stays as it was handed in.
create function app.guard_deliverable() returns trigger language plpgsql as
$$
begin
  if not (old.state = new.state
      or (old.state in ('DUE', 'SENT_BACK') and new.state in ('SUBMITTED', 'WITHDRAWN'))
      or (old.state = 'SUBMITTED' and new.state in ('ACCEPTED', 'SENT_BACK', 'WITHDRAWN'))) then
    raise exception 'a deliverable does not go from % to %', old.state, new.state using errcode = 'check_violation';
  end if;
  if old.contract_id <> new.contract_id or old.created_by <> new.created_by or new.submission < old.submission
      or (old.state in ('ACCEPTED', 'WITHDRAWN') and (old.title, old.brief, old.kind, old.due_on, old.network, old.social_account_id,
          old.assignee_id, old.alive_days, old.submission, old.post_id, old.asset_id, old.link, old.note, old.submitted_at,
          old.submitted_by, old.submitted_link_id, old.decided_at, old.decided_by)
        is distinct from (new.title, new.brief, new.kind, new.due_on, new.network, new.social_account_id, new.assignee_id,
          new.alive_days, new.submission, new.post_id, new.asset_id, new.link, new.note, new.submitted_at, new.submitted_by,
          new.submitted_link_id, new.decided_at, new.decided_by)) then
    raise exception 'a deliverable that is over stays as it is' using errcode = 'check_violation';
  end if;
  return new;
end
$$;
create trigger guard_deliverable before update on deliverable for each row execute function app.guard_deliverable();

-- What was found when what was handed in was looked at, by the product or by somebody. It stays.
create table deliverable_check (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  deliverable_id uuid not null,
  submission integer not null check (submission > 0),
  kind text not null check (kind in ('PUBLISHED', 'DISCLOSED', 'ALIVE')),
  -- UNKNOWN: it could not be found out, and somebody has to look.
  outcome text not null check (outcome in ('PASSED', 'FAILED', 'UNKNOWN')),
  -- Why, in a word that is written out when it is read.
  detail text not null check (detail ~ '^[A-Z_]{1,40}$'),
  note text not null default '' check (length(note) <= 2000),
  -- Null: the product.
  checked_by uuid references app_user (id),
  checked_at timestamptz not null,
  unique (brand_id, id),
  foreign key (brand_id, deliverable_id) references deliverable (brand_id, id)
);
create index deliverable_check_by_deliverable on deliverable_check (brand_id, deliverable_id, id);
select app.protect_brand_table('deliverable_check', 'select, insert', '(select app.limited()) = ''FREELANCER''
  and exists (select from deliverable d where d.brand_id = deliverable_check.brand_id and d.id = deliverable_id)');

-- The account to which a contract is paid, sealed, and what is known for the tax office.
create table payee (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  contract_id uuid not null,
  account bytea not null,
  account_shown text not null check (length(account_shown) between 1 and 20),
  tax_form text not null check (tax_form in ('NOT_NEEDED', 'MISSING', 'REQUESTED', 'RECEIVED')),
  tax_form_note text not null default '' check (length(tax_form_note) <= 200),
  -- Which part of each payment is kept back for the tax office, in hundredths of a percent.
  withholding_bp integer not null check (withholding_bp between 0 and 10000),
  set_by uuid not null references app_user (id),
  set_at timestamptz not null,
  version integer not null default 1 check (version > 0),
  unique (brand_id, id),
  unique (brand_id, contract_id),
  foreign key (brand_id, contract_id) references contract (brand_id, id)
);
select app.protect_brand_table('payee', 'select, insert, update');

-- The account from which is paid for a brand, sealed.
create table payer (
  brand_id uuid primary key references brand (id),
  account bytea not null,
  account_shown text not null check (length(account_shown) between 1 and 20),
  set_by uuid not null references app_user (id),
  set_at timestamptz not null,
  version integer not null default 1 check (version > 0)
);
select app.protect_brand_table('payer', 'select, insert, update');

-- Payments that went to the bank together. The file is written from this whenever it is fetched, the same bytes each time.
create table payment_file (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  format text not null check (format in ('SEPA', 'CSV')),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  state text not null check (state in ('EXPORTED', 'CANCELED')),
  execute_on date not null,
  -- The account from which is paid, as it was, sealed.
  account bytea,
  payment_count integer not null check (payment_count between 1 and 500),
  -- What is transferred in all, in minor units.
  total_minor bigint not null check (total_minor > 0),
  sha256 bytea not null check (octet_length(sha256) = 32),
  created_by uuid not null references app_user (id),
  created_at timestamptz not null,
  canceled_by uuid references app_user (id),
  canceled_at timestamptz,
  cancel_reason text not null default '' check (length(cancel_reason) <= 1000),
  unique (brand_id, id),
  check (format <> 'SEPA' or (currency = 'EUR' and account is not null)),
  check ((state = 'CANCELED') = (canceled_at is not null) and (canceled_at is null) = (canceled_by is null)),
  check (state <> 'CANCELED' or btrim(cancel_reason) <> '')
);
create index payment_file_by_brand on payment_file (brand_id, id desc);
select app.protect_brand_table('payment_file', 'select, insert, update (state, canceled_by, canceled_at, cancel_reason)');

create table payment (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  contract_id uuid not null,
  title text not null check (length(btrim(title)) between 1 and 200),
  -- For what: a deliverable that is accepted, a day that has come, hours that were accepted.
  milestone text not null check (milestone in ('DELIVERABLE', 'DATE', 'HOURS')),
  deliverable_id uuid,
  due_on date,
  -- In minor units of the contract's currency; what is withheld is a part of it.
  amount_minor bigint not null check (amount_minor between 1 and 1000000000000000),
  withholding_bp integer not null check (withholding_bp between 0 and 10000),
  withheld_minor bigint not null check (withheld_minor between 0 and amount_minor),
  state text not null check (state in ('BLOCKED', 'DUE', 'IN_APPROVAL', 'APPROVED', 'EXPORTED', 'PAID', 'CANCELED')),
  -- Everybody who said something of it: none of them approves it.
  authors uuid[] not null check (cardinality(authors) > 0),
  file_id uuid,
  -- What was booked when it was paid.
  entry_id uuid,
  paid_at timestamptz,
  paid_by uuid references app_user (id),
  -- What it is known by at the bank.
  reference text not null default '' check (length(reference) <= 200),
  cancel_reason text not null default '' check (length(cancel_reason) <= 1000),
  created_by uuid not null references app_user (id),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version integer not null default 1 check (version > 0),
  unique (brand_id, id),
  unique (brand_id, contract_id, id),
  unique (brand_id, entry_id),
  foreign key (brand_id, contract_id) references contract (brand_id, id),
  foreign key (brand_id, contract_id, deliverable_id) references deliverable (brand_id, contract_id, id),
  foreign key (brand_id, file_id) references payment_file (brand_id, id),
  foreign key (brand_id, entry_id) references budget_entry (brand_id, id),
  check ((milestone = 'DELIVERABLE') = (deliverable_id is not null)),
  check (milestone <> 'DATE' or due_on is not null),
  -- Rounded half to even: no more than half a minor unit away.
  check (abs(withheld_minor::numeric * 10000 - amount_minor::numeric * withholding_bp) <= 5000),
  check ((state in ('EXPORTED', 'PAID')) = (file_id is not null)),
  check ((state = 'PAID') = (paid_at is not null) and (paid_at is null) = (paid_by is null) and (paid_at is null) = (entry_id is null)),
  check (state <> 'CANCELED' or btrim(cancel_reason) <> '')
);
create index payment_by_brand on payment (brand_id, id desc);
create index payment_by_contract on payment (brand_id, contract_id, id);
create index payment_by_deliverable on payment (brand_id, deliverable_id) where deliverable_id is not null;
create index payment_by_file on payment (brand_id, file_id) where file_id is not null;
select app.protect_brand_table('payment', 'select, insert, update', '(select app.limited()) = ''FREELANCER''
  and exists (select from contract c where c.brand_id = payment.brand_id and c.id = payment.contract_id)');

-- Which payments stand in a file, and to which account, as it was, sealed.
create table payment_file_item (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  file_id uuid not null,
  payment_id uuid not null,
  position integer not null check (position between 1 and 500),
  -- What is transferred: without what is withheld.
  minor bigint not null check (minor > 0),
  account bytea not null,
  account_shown text not null check (length(account_shown) between 1 and 20),
  -- Whether it is on its way, or was paid, by this file.
  live boolean not null default true,
  unique (brand_id, id),
  unique (brand_id, file_id, payment_id),
  unique (brand_id, file_id, position),
  foreign key (brand_id, file_id) references payment_file (brand_id, id),
  foreign key (brand_id, payment_id) references payment (brand_id, id)
);
-- Each payment goes to the bank once at a time.
create unique index payment_file_item_live on payment_file_item (brand_id, payment_id) where live;
create index payment_file_item_by_payment on payment_file_item (brand_id, payment_id);
select app.protect_brand_table('payment_file_item', 'select, insert, update (live)');

-- What holds these payments back on a day of their brand: no row for those that nothing holds. What is asked of those that are not
-- blocked any more is whether they could be.
create function app.payment_blocks(p_brand uuid, p_payments uuid[], p_on date) returns table (payment_id uuid, block text)
language sql stable as
$$
  select p.id, b.block
  from payment p
    join contract c on c.brand_id = p.brand_id and c.id = p.contract_id
    left join deliverable d on d.brand_id = p.brand_id and d.id = p.deliverable_id
    cross join lateral (
      select coalesce(sum(f.committed), 0) as committed
      from budget_entry e cross join lateral app.budget_effect(e.kind, e.amount_minor, e.drawn_minor) f
      where e.brand_id = p.brand_id and e.source_kind = 'CONTRACT' and e.source_id = c.id
    ) open
    cross join lateral (
      select coalesce(sum(o.amount_minor), 0) as planned,
        coalesce(sum(o.amount_minor) filter (where o.id <> p.id and o.state not in ('BLOCKED', 'PAID')), 0) as on_its_way
      from payment o where o.brand_id = p.brand_id and o.contract_id = p.contract_id and o.state <> 'CANCELED'
    ) of_all
    cross join lateral (values
      ('NOT_SIGNED', c.state not in ('SIGNED', 'ACTIVE')),
      ('NOT_ACCEPTED', d.state <> 'ACCEPTED'),
      ('NOT_YET', p.due_on > p_on),
      ('NOT_COMMITTED', open.committed < of_all.on_its_way + p.amount_minor),
      ('ABOVE_FEE', of_all.planned > c.fee_minor)
    ) b (block, holds)
  where p.brand_id = p_brand and p.id = any (p_payments) and b.holds
$$;
revoke execute on function app.payment_blocks(uuid, uuid[], date) from public;
grant execute on function app.payment_blocks(uuid, uuid[], date) to diwan_app;

-- What was asked for is not said otherwise while it is decided about, and not at all afterwards.
create function app.guard_payment() returns trigger language plpgsql as
$$
begin
  if not (old.state = new.state
      or (old.state = 'BLOCKED' and new.state in ('DUE', 'CANCELED'))
      or (old.state = 'DUE' and new.state in ('BLOCKED', 'IN_APPROVAL', 'CANCELED'))
      or (old.state = 'IN_APPROVAL' and new.state in ('APPROVED', 'DUE', 'CANCELED'))
      or (old.state = 'APPROVED' and new.state in ('EXPORTED', 'DUE', 'CANCELED'))
      or (old.state = 'EXPORTED' and new.state in ('APPROVED', 'PAID'))) then
    raise exception 'a payment does not go from % to %', old.state, new.state using errcode = 'check_violation';
  end if;
  if old.contract_id <> new.contract_id or old.milestone <> new.milestone or old.created_by <> new.created_by
      or not (old.authors <@ new.authors)
      or (old.state not in ('BLOCKED', 'DUE') and (old.title, old.deliverable_id, old.due_on, old.amount_minor, old.withholding_bp,
          old.withheld_minor) is distinct from (new.title, new.deliverable_id, new.due_on, new.amount_minor, new.withholding_bp,
          new.withheld_minor))
      or (old.state = 'PAID' and (old.entry_id, old.paid_at, old.paid_by, old.reference, old.file_id)
          is distinct from (new.entry_id, new.paid_at, new.paid_by, new.reference, new.file_id)) then
    raise exception 'a payment is not changed once somebody decides about it' using errcode = 'check_violation';
  end if;
  return new;
end
$$;
create trigger guard_payment before update on payment for each row execute function app.guard_payment();

-- The payments of a contract are no more than its fee, and none goes on that is held back. One at a time for each contract.
create function app.hold_payments() returns trigger language plpgsql as
$$
declare
  grown uuid[];
begin
  perform 1 from contract c where (c.brand_id, c.id) in (select n.brand_id, n.contract_id from changed n) order by c.id for update;
  if tg_op = 'INSERT' then
    select array_agg(distinct n.contract_id) into grown from changed n where n.state <> 'CANCELED';
  else
    select array_agg(distinct n.contract_id) into grown from changed n join before o on o.brand_id = n.brand_id and o.id = n.id
      where n.state <> 'CANCELED' and n.amount_minor > o.amount_minor;
    if exists (select from (
        select n.brand_id, array_agg(n.id) as ids from changed n join before o on o.brand_id = n.brand_id and o.id = n.id
        where o.state = 'BLOCKED' and n.state = 'DUE' group by n.brand_id
      ) freed cross join lateral app.payment_blocks(freed.brand_id, freed.ids, 'infinity') b) then
      raise exception 'a payment goes on that is held back' using errcode = 'check_violation', constraint = 'payment_held_back';
    end if;
  end if;
  if exists (select from contract c where (c.brand_id, c.id) in (select n.brand_id, n.contract_id from changed n) and c.id = any (grown)
      and c.fee_minor < (select sum(p.amount_minor) from payment p
        where p.brand_id = c.brand_id and p.contract_id = c.id and p.state <> 'CANCELED')) then
    raise exception 'the payments of a contract are no more than its fee'
      using errcode = 'check_violation', constraint = 'payment_within_fee';
  end if;
  return null;
end
$$;
create trigger hold_new_payments after insert on payment referencing new table as changed
  for each statement execute function app.hold_payments();
create trigger hold_payments after update on payment referencing old table as before new table as changed
  for each statement execute function app.hold_payments();

-- What an hour of somebody costs from a day on: of a freelancer by their contract, of the team without one. A better one is another row.
create table work_rate (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  person_id uuid not null references app_user (id),
  contract_id uuid,
  minor_per_hour bigint not null check (minor_per_hour between 1 and 1000000000000),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  starts_on date not null,
  set_by uuid not null references app_user (id),
  set_at timestamptz not null,
  unique (brand_id, id),
  foreign key (brand_id, contract_id) references contract (brand_id, id)
);
create index work_rate_by_person on work_rate (brand_id, person_id, starts_on desc, id desc);
create index work_rate_by_contract on work_rate (brand_id, contract_id) where contract_id is not null;
select app.protect_brand_table('work_rate', 'select, insert',
  '(select app.limited()) = ''FREELANCER'' and person_id = (select app.user_id())');

create table time_entry (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  person_id uuid not null references app_user (id),
  -- By which contract the hours are paid; null: by nobody, they are the team's.
  contract_id uuid,
  -- For which campaign the team's hours count; those of a contract count for its campaign.
  campaign_id uuid,
  worked_on date not null,
  minutes integer not null check (minutes between 1 and 1440),
  note text not null check (length(btrim(note)) between 1 and 2000),
  state text not null check (state in ('SUBMITTED', 'ACCEPTED', 'SENT_BACK', 'WITHDRAWN')),
  -- By which rate they were reckoned when they were accepted, and what they came to.
  rate_id uuid,
  fee_minor bigint check (fee_minor >= 0),
  currency text check (currency ~ '^[A-Z]{3}$'),
  payment_id uuid,
  decided_by uuid references app_user (id),
  decided_at timestamptz,
  reason text not null default '' check (length(reason) <= 2000),
  created_by uuid not null references app_user (id),
  -- Who has said them as they stand here.
  said_by uuid not null references app_user (id),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version integer not null default 1 check (version > 0),
  unique (brand_id, id),
  foreign key (brand_id, contract_id) references contract (brand_id, id),
  foreign key (brand_id, campaign_id) references campaign (brand_id, id),
  foreign key (brand_id, rate_id) references work_rate (brand_id, id),
  -- It is paid by its own contract.
  foreign key (brand_id, contract_id, payment_id) references payment (brand_id, contract_id, id),
  check (contract_id is null or campaign_id is null),
  check (payment_id is null or contract_id is not null),
  check ((state = 'ACCEPTED') = (rate_id is not null) and (rate_id is null) = (fee_minor is null) and (rate_id is null) = (currency is null)),
  check (payment_id is null or state = 'ACCEPTED'),
  check (state not in ('ACCEPTED', 'SENT_BACK') or (decided_by is not null and decided_at is not null)),
  check (state <> 'SENT_BACK' or btrim(reason) <> ''),
  -- Nobody accepts their own, nor what they wrote for somebody else.
  check (state <> 'ACCEPTED' or (decided_by <> person_id and decided_by <> said_by))
);
create index time_entry_by_brand on time_entry (brand_id, id desc);
create index time_entry_by_person on time_entry (brand_id, person_id, id desc);
create index time_entry_by_contract on time_entry (brand_id, contract_id) where contract_id is not null;
create index time_entry_by_campaign on time_entry (brand_id, campaign_id) where campaign_id is not null;
create index time_entry_by_rate on time_entry (brand_id, rate_id) where rate_id is not null;
create index time_entry_by_payment on time_entry (brand_id, payment_id) where payment_id is not null;
select app.protect_brand_table('time_entry', 'select, insert, update',
  '(select app.limited()) = ''FREELANCER'' and person_id = (select app.user_id())');

-- What was accepted is said no more otherwise: only whether it stands in a payment changes.
create function app.guard_time_entry() returns trigger language plpgsql as
$$
begin
  if not (old.state = new.state or (old.state = 'SUBMITTED' and new.state in ('ACCEPTED', 'SENT_BACK', 'WITHDRAWN'))
      or (old.state = 'SENT_BACK' and new.state in ('SUBMITTED', 'WITHDRAWN'))) then
    raise exception 'hours do not go from % to %', old.state, new.state using errcode = 'check_violation';
  end if;
  if old.person_id <> new.person_id or old.created_by <> new.created_by or (old.state in ('ACCEPTED', 'WITHDRAWN')
      and (old.contract_id, old.campaign_id, old.said_by, old.worked_on, old.minutes, old.note, old.rate_id, old.fee_minor, old.currency, old.decided_by,
          old.decided_at)
        is distinct from (new.contract_id, new.campaign_id, new.said_by, new.worked_on, new.minutes, new.note, new.rate_id, new.fee_minor,
          new.currency, new.decided_by, new.decided_at)) then
    raise exception 'hours that were accepted stay as they are' using errcode = 'check_violation';
  end if;
  return new;
end
$$;
create trigger guard_time_entry before update on time_entry for each row execute function app.guard_time_entry();

-- Payments are approved like everything else.
alter table approval_chain drop constraint approval_chain_kind_check, add constraint approval_chain_kind_check
  check (kind in ('POST', 'BUDGET', 'CONTRACT', 'EXPENSE', 'BOOST', 'PROPOSAL', 'CAMPAIGN', 'PAYMENT'));
alter table approval_limit drop constraint approval_limit_kind_check, add constraint approval_limit_kind_check
  check (kind in ('BUDGET', 'CONTRACT', 'EXPENSE', 'BOOST', 'PROPOSAL', 'CAMPAIGN', 'PAYMENT'));
alter table brand_approval_limit drop constraint brand_approval_limit_kind_check, add constraint brand_approval_limit_kind_check
  check (kind in ('BUDGET', 'CONTRACT', 'EXPENSE', 'BOOST', 'PROPOSAL', 'CAMPAIGN', 'PAYMENT'));
alter table approval_request drop constraint approval_request_kind_check, add constraint approval_request_kind_check
  check (kind in ('POST', 'BUDGET', 'CONTRACT', 'EXPENSE', 'BOOST', 'PROPOSAL', 'CAMPAIGN', 'PAYMENT'));
";
