//! Proposals to clients, and the projects that they open.
//!
//! A version of a proposal and its lines are written once and never change: the application's role may not. An acceptance is there once
//! for a proposal and holds the document that was accepted, word for word, with its SHA-256. Clients see what was sent to their brand;
//! freelancers see nothing of it. What guards a row looks at it after the policies have: they say whose it is.

pub(crate) const UP: &str = r"
-- A proposal from which others are made, whole.
create table proposal_template (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  name text not null check (length(btrim(name)) between 1 and 200),
  content jsonb not null check (jsonb_typeof(content) = 'object'),
  created_by uuid not null references app_user (id),
  created_at timestamptz not null,
  archived_at timestamptz,
  unique (brand_id, id)
);
create unique index proposal_template_name on proposal_template (brand_id, lower(name)) where archived_at is null;
create index proposal_template_by_brand on proposal_template (brand_id, id desc);
select app.protect_brand_table('proposal_template', 'select, insert, update (archived_at)');

create table proposal (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  -- As in the newest version.
  title text not null check (length(btrim(title)) between 1 and 200),
  locale text not null check (locale in ('en', 'fa', 'ar', 'el', 'he')),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  -- The last day on which it can be accepted, in the brand's time zone.
  valid_until date not null,
  state text not null check (state in ('DRAFT', 'IN_REVIEW', 'SENT', 'VIEWED', 'ACCEPTED', 'DECLINED', 'EXPIRED', 'WITHDRAWN')),
  -- The newest version: what is reviewed, sent and accepted.
  version integer not null default 1 check (version > 0),
  template_id uuid,
  created_by uuid not null references app_user (id),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  -- When the newest version was approved.
  reviewed_at timestamptz,
  sent_by uuid references app_user (id),
  sent_at timestamptz,
  -- Who it was sent to.
  client_name text check (length(btrim(client_name)) between 1 and 200),
  -- Null: the link was handed over in another way.
  client_email text check (length(client_email) between 3 and 254),
  -- From this moment on it cannot be accepted any more.
  expires_at timestamptz,
  viewed_at timestamptz,
  ended_at timestamptz,
  -- Why the client said no.
  decline_reason text check (length(btrim(decline_reason)) between 1 and 5000),
  unique (brand_id, id),
  foreign key (brand_id, template_id) references proposal_template (brand_id, id),
  check ((sent_at is null) = (sent_by is null)),
  check ((sent_at is null) = (expires_at is null)),
  check ((sent_at is null) = (client_name is null) and (sent_at is not null or client_email is null)),
  check (sent_at is null or reviewed_at is not null),
  check (state not in ('SENT', 'VIEWED', 'ACCEPTED', 'DECLINED', 'EXPIRED') or sent_at is not null),
  check (state not in ('VIEWED', 'ACCEPTED', 'DECLINED') or viewed_at is not null),
  check (state <> 'DRAFT' or (reviewed_at is null and sent_at is null and viewed_at is null)),
  check ((state in ('ACCEPTED', 'DECLINED', 'EXPIRED', 'WITHDRAWN')) = (ended_at is not null)),
  check ((state = 'DECLINED') = (decline_reason is not null)),
  check (expires_at > sent_at)
);
create index proposal_by_brand on proposal (brand_id, id desc);
create index proposal_by_template on proposal (brand_id, template_id) where template_id is not null;
select app.protect_brand_table('proposal', 'select, insert, update',
  '(select app.limited()) = ''CLIENT'' and state in (''SENT'', ''VIEWED'', ''ACCEPTED'', ''DECLINED'', ''EXPIRED'')');

-- From which state to which. The same as `STEPS` in the domain, which a test compares.
create function app.proposal_step(p_from text, p_to text) returns boolean language sql immutable as
$$
  select (p_from, p_to) in (
    ('DRAFT', 'IN_REVIEW'), ('DRAFT', 'WITHDRAWN'), ('IN_REVIEW', 'DRAFT'), ('IN_REVIEW', 'SENT'), ('IN_REVIEW', 'WITHDRAWN'),
    ('SENT', 'VIEWED'), ('SENT', 'EXPIRED'), ('SENT', 'WITHDRAWN'),
    ('VIEWED', 'ACCEPTED'), ('VIEWED', 'DECLINED'), ('VIEWED', 'EXPIRED'), ('VIEWED', 'WITHDRAWN'),
    ('DECLINED', 'DRAFT'), ('EXPIRED', 'DRAFT'), ('WITHDRAWN', 'DRAFT'))
$$;

-- What was accepted stays, and what was sent is not said otherwise.
create function app.guard_proposal() returns trigger language plpgsql as
$$
begin
  if old.state = 'ACCEPTED' then
    raise exception 'an accepted proposal does not change' using errcode = 'check_violation';
  end if;
  if old.state <> new.state and not app.proposal_step(old.state, new.state) then
    raise exception 'a proposal does not go from % to %', old.state, new.state using errcode = 'check_violation';
  end if;
  if new.version not in (old.version, old.version + 1)
    or (new.version = old.version and (old.title, old.locale, old.currency, old.valid_until)
      is distinct from (new.title, new.locale, new.currency, new.valid_until))
    or (new.version > old.version and (new.state <> 'DRAFT' or old.state in ('SENT', 'VIEWED'))) then
    raise exception 'a proposal is said anew by another version of a draft' using errcode = 'check_violation';
  end if;
  if new.state = old.state and (old.sent_at, old.expires_at, old.client_name, old.client_email)
      is distinct from (new.sent_at, new.expires_at, new.client_name, new.client_email) then
    raise exception 'what was sent stays as it was' using errcode = 'check_violation';
  end if;
  return null;
end
$$;
create trigger guard_proposal after update on proposal for each row execute function app.guard_proposal();

-- What it says, whole: all but its lines.
create table proposal_version (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  proposal_id uuid not null,
  number integer not null check (number > 0),
  content jsonb not null check (jsonb_typeof(content) = 'object'),
  written_by uuid not null references app_user (id),
  written_at timestamptz not null,
  -- The file of it, once it was made: how long it is, and its SHA-256.
  pdf_at timestamptz,
  pdf_bytes bigint check (pdf_bytes > 0),
  pdf_sha256 bytea check (octet_length(pdf_sha256) = 32),
  unique (brand_id, id),
  unique (brand_id, proposal_id, number),
  unique (brand_id, proposal_id, id),
  foreign key (brand_id, proposal_id) references proposal (brand_id, id),
  check ((pdf_at is null) = (pdf_bytes is null) and (pdf_at is null) = (pdf_sha256 is null))
);
-- What belongs to something is asked for by its id alone.
create index proposal_version_by_proposal on proposal_version (proposal_id);
select app.protect_brand_table('proposal_version', 'select, insert, update (pdf_at, pdf_bytes, pdf_sha256)',
  '(select app.limited()) = ''CLIENT'' and (proposal_id, number) in (select p.id, p.version from proposal p)');

-- The file that somebody was sent is not another one later.
create function app.guard_proposal_version() returns trigger language plpgsql as
$$
begin
  if old.pdf_at is not null then
    raise exception 'the file of a version does not change' using errcode = 'check_violation';
  end if;
  return null;
end
$$;
create trigger guard_proposal_version after update on proposal_version
  for each row execute function app.guard_proposal_version();

-- What is offered, priced. Amounts are minor units of the proposal's currency, each rounded to the nearest, half to even: the price is
-- quantity times unit price, the discount is off the price, the tax is on what is left. Totals are the sums of the lines.
create table proposal_line (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  version_id uuid not null,
  position integer not null check (position between 1 and 100),
  name text not null check (length(btrim(name)) between 1 and 300),
  detail text not null check (length(detail) <= 2000),
  category text not null check (category in ('ADS', 'INFLUENCERS', 'PRODUCTION', 'FREELANCERS', 'STAFF', 'TOOLS', 'OTHER')),
  -- In thousandths.
  quantity_milli bigint not null check (quantity_milli between 1 and 1000000000),
  unit text not null check (length(unit) <= 50),
  unit_price_minor bigint not null check (unit_price_minor between 0 and 1000000000000000),
  -- In hundredths of a percent, or as an amount.
  discount_bp integer check (discount_bp between 0 and 10000),
  discount_fixed_minor bigint check (discount_fixed_minor >= 0),
  tax_bp integer not null check (tax_bp between 0 and 10000),
  -- The client may take it or leave it.
  optional boolean not null,
  price_minor bigint not null check (price_minor between 0 and 1000000000000000),
  discount_minor bigint not null check (discount_minor between 0 and price_minor),
  net_minor bigint not null,
  tax_minor bigint not null,
  unique (brand_id, id),
  unique (brand_id, version_id, position),
  foreign key (brand_id, version_id) references proposal_version (brand_id, id),
  check (discount_bp is null or discount_fixed_minor is null),
  check (net_minor = price_minor - discount_minor),
  check (tax_minor between 0 and net_minor),
  constraint proposal_line_price check (abs(price_minor::numeric * 1000 - unit_price_minor::numeric * quantity_milli) * 2 <= 1000),
  constraint proposal_line_discount check (case when discount_bp is not null
    then abs(discount_minor::numeric * 10000 - price_minor::numeric * discount_bp) * 2 <= 10000
    else discount_minor = coalesce(discount_fixed_minor, 0) end),
  constraint proposal_line_tax check (abs(tax_minor::numeric * 10000 - net_minor::numeric * tax_bp) * 2 <= 10000)
);
create index proposal_line_by_version on proposal_line (version_id);
select app.protect_brand_table('proposal_line', 'select, insert',
  '(select app.limited()) = ''CLIENT'' and version_id in (select v.id from proposal_version v)');

-- What the client and the team said about it to each other.
create table proposal_comment (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  proposal_id uuid not null,
  -- About which version.
  version integer not null,
  -- Null: the client, by the page.
  author_id uuid references app_user (id),
  author_name text not null check (length(btrim(author_name)) between 1 and 200),
  body text not null check (length(btrim(body)) between 1 and 5000),
  created_at timestamptz not null,
  unique (brand_id, id),
  foreign key (brand_id, proposal_id, version) references proposal_version (brand_id, proposal_id, number)
);
create index proposal_comment_by_proposal on proposal_comment (proposal_id, id);
create index proposal_comment_by_version on proposal_comment (brand_id, proposal_id, version);
select app.protect_brand_table('proposal_comment', 'select, insert',
  '(select app.limited()) = ''CLIENT'' and proposal_id in (select p.id from proposal p)');

create table project (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  -- For the team.
  name text not null check (length(btrim(name)) between 1 and 200),
  -- For the client.
  title text not null check (length(btrim(title)) between 1 and 200),
  -- Days in the brand's time zone, both of them part of it.
  starts_on date not null,
  ends_on date not null,
  state text not null check (state in ('OPEN', 'CLOSED')),
  -- What opened it, and what it may spend.
  proposal_id uuid,
  budget_id uuid,
  created_by uuid not null references app_user (id),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  closed_at timestamptz,
  -- What was learned.
  lessons text check (length(btrim(lessons)) between 1 and 20000),
  version integer not null default 1 check (version > 0),
  unique (brand_id, id),
  unique (brand_id, proposal_id),
  unique (brand_id, budget_id),
  foreign key (brand_id, proposal_id) references proposal (brand_id, id),
  foreign key (brand_id, budget_id) references budget (brand_id, id),
  check (ends_on >= starts_on),
  check (ends_on - starts_on <= 3660),
  check ((state = 'CLOSED') = (closed_at is not null)),
  check ((state = 'CLOSED') = (lessons is not null))
);
create index project_by_brand on project (brand_id, id desc);
select app.protect_brand_table('project', 'select, insert, update');

create function app.guard_project() returns trigger language plpgsql as
$$
begin
  if old.state = 'CLOSED' then
    raise exception 'a closed project does not change' using errcode = 'check_violation';
  end if;
  if (old.proposal_id, old.budget_id) is distinct from (new.proposal_id, new.budget_id) then
    raise exception 'what opened a project and what it may spend stay' using errcode = 'check_violation';
  end if;
  return null;
end
$$;
create trigger guard_project after update on project for each row execute function app.guard_project();

-- The work breakdown of a project: 1, 1.1, 1.1.1.
create table work_item (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  project_id uuid not null,
  parent_id uuid,
  -- Its place among those below the same one.
  position integer not null check (position between 1 and 200),
  number text not null check (number ~ '^[1-9][0-9]{0,2}(\.[1-9][0-9]{0,2}){0,4}$'),
  title text not null check (length(btrim(title)) between 1 and 300),
  detail text not null check (length(detail) <= 5000),
  created_at timestamptz not null,
  unique (brand_id, id),
  unique (brand_id, project_id, id),
  unique (brand_id, project_id, number),
  foreign key (brand_id, project_id) references project (brand_id, id),
  foreign key (brand_id, project_id, parent_id) references work_item (brand_id, project_id, id),
  check (parent_id <> id),
  check ((parent_id is null) = (strpos(number, '.') = 0)),
  check (regexp_replace(number, '^.*\.', '') = position::text)
);
create index work_item_by_project on work_item (project_id);
create index work_item_by_parent on work_item (brand_id, project_id, parent_id);
select app.protect_brand_table('work_item', 'select, insert');

create table project_campaign (
  brand_id uuid not null references brand (id),
  project_id uuid not null,
  campaign_id uuid not null,
  primary key (brand_id, project_id, campaign_id),
  foreign key (brand_id, project_id) references project (brand_id, id),
  foreign key (brand_id, campaign_id) references campaign (brand_id, id)
);
create index project_campaign_by_campaign on project_campaign (brand_id, campaign_id);
select app.protect_brand_table('project_campaign', 'select, insert');

-- That a client said yes: once, to these options, to this document.
create table proposal_acceptance (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  proposal_id uuid not null,
  version_id uuid not null,
  -- The link by which it was accepted.
  link_id uuid not null,
  signer_name text not null check (length(btrim(signer_name)) between 1 and 200),
  signed_at timestamptz not null,
  -- The address on the network from which it was signed.
  address text not null check (length(address) between 1 and 100),
  -- The options that were taken.
  chosen uuid[] not null check (array_position(chosen, null) is null),
  net_minor bigint not null check (net_minor >= 0),
  tax_minor bigint not null check (tax_minor >= 0),
  -- What was accepted, word for word.
  document text not null,
  document_sha256 bytea not null check (document_sha256 = sha256(convert_to(document, 'UTF8'))),
  project_id uuid not null,
  unique (brand_id, id),
  unique (brand_id, proposal_id),
  unique (brand_id, project_id),
  foreign key (brand_id, proposal_id, version_id) references proposal_version (brand_id, proposal_id, id),
  foreign key (brand_id, link_id) references public_link (brand_id, id),
  foreign key (brand_id, project_id) references project (brand_id, id)
);
create index proposal_acceptance_by_version on proposal_acceptance (brand_id, version_id);
create index proposal_acceptance_by_link on proposal_acceptance (brand_id, link_id);
select app.protect_brand_table('proposal_acceptance', 'select, insert',
  '(select app.limited()) = ''CLIENT'' and proposal_id in (select p.id from proposal p)');

-- What is accepted is what the lines come to, and what was taken are options of it, each once.
create function app.guard_proposal_acceptance() returns trigger language plpgsql as
$$
declare
  sums record;
begin
  select coalesce(sum(l.net_minor), 0) as net, coalesce(sum(l.tax_minor), 0) as tax, count(*) filter (where l.optional) as options
  into sums from proposal_line l
  where l.brand_id = new.brand_id and l.version_id = new.version_id and (not l.optional or l.id = any (new.chosen));
  if (sums.net, sums.tax) is distinct from (new.net_minor::numeric, new.tax_minor::numeric) or sums.options <> cardinality(new.chosen) then
    raise exception 'what is accepted is what the lines come to' using errcode = 'check_violation';
  end if;
  return null;
end
$$;
create trigger guard_proposal_acceptance after insert on proposal_acceptance
  for each row execute function app.guard_proposal_acceptance();

-- What an accepted proposal gives its budget.
alter table budget_entry drop constraint budget_entry_source_kind_check, add constraint budget_entry_source_kind_check
  check (source_kind in ('MANUAL', 'TRANSFER', 'REQUEST', 'EXPENSE', 'CONTRACT', 'BOOST', 'PROPOSAL'));

";
