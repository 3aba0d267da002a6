//! Contracts: negotiated in versions that are kept whole, approved by money limit, signed by both sides over one document.
//!
//! What was signed does not change: its terms, its versions, its documents and its signatures are refused any change by triggers, which
//! hold for every role. Rows go with their brand alone (`app.purge_brand`, as the owner). Clients see nothing of it; freelancers see
//! the contract with themselves, once it is negotiated.

pub(crate) const UP: &str = r"
create table contract_template (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  kind text not null check (kind in ('INFLUENCER', 'AGENCY', 'VENDOR', 'FREELANCER')),
  name text not null check (length(btrim(name)) between 1 and 200),
  locale text not null check (locale in ('en', 'fa', 'ar', 'el', 'he')),
  -- [{heading, text}] in order; both may hold variables, written {{name}}.
  clauses jsonb not null check (jsonb_typeof(clauses) = 'array' and jsonb_array_length(clauses) between 1 and 100),
  created_by uuid not null references app_user (id),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  archived_at timestamptz,
  version integer not null default 1 check (version > 0),
  unique (brand_id, id)
);
create unique index contract_template_name on contract_template (brand_id, lower(name)) where archived_at is null;
create index contract_template_by_brand on contract_template (brand_id, id desc);
select app.protect_brand_table('contract_template', 'select, insert, update');

create table contract (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  kind text not null check (kind in ('INFLUENCER', 'AGENCY', 'VENDOR', 'FREELANCER')),
  -- The signed contract that this one amends: what it says holds beside it, and where both say it, in its place.
  amends_id uuid,
  title text not null check (length(btrim(title)) between 1 and 300),
  state text not null check (state in ('DRAFT', 'NEGOTIATING', 'IN_APPROVAL', 'APPROVED', 'SENT', 'SIGNED', 'ACTIVE', 'COMPLETED',
    'DECLINED', 'TERMINATED', 'BREACHED')),
  -- The other side: who it is here, if anybody, and how it is named in the document.
  influencer_id uuid,
  person_id uuid references app_user (id),
  party_name text not null check (length(btrim(party_name)) between 1 and 200),
  party_address text not null default '' check (length(party_address) <= 1000),
  party_email text not null default '' check (length(party_email) <= 254),
  -- The language of the document, and of whoever signs it for the other side.
  locale text not null check (locale in ('en', 'fa', 'ar', 'el', 'he')),
  campaign_id uuid,
  -- What it costs, in minor units, and the line of a budget in the same currency on which it is committed when it is approved. An
  -- amendment has what it costs besides.
  fee_minor bigint not null check (fee_minor between 0 and 1000000000000000),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  line_id uuid,
  -- Days in the brand's time zone, both of them part of it; without an end it runs until somebody ends it.
  starts_on date,
  ends_on date,
  exclusivity text not null default '' check (length(exclusivity) <= 2000),
  -- The last day of it.
  exclusive_until date,
  -- What stands in each post, so that everybody knows it for advertising; empty: nothing is owed.
  disclosure text not null default '' check (length(disclosure) <= 200),
  usage_rights text not null default '' check (length(usage_rights) <= 2000),
  usage_until date,
  -- [{heading, text}] in order.
  clauses jsonb not null default '[]' check (jsonb_typeof(clauses) = 'array' and jsonb_array_length(clauses) <= 100),
  -- How long before its end the team is told.
  remind_days integer not null default 30 check (remind_days between 0 and 365),
  -- From which version on the other side sees it; null while it is a draft.
  shared_version integer check (shared_version > 0),
  -- Who signs for us.
  signer_id uuid references app_user (id),
  created_by uuid not null references app_user (id),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  sent_at timestamptz,
  signed_at timestamptz,
  ended_at timestamptz,
  end_reason text not null default '' check (length(end_reason) <= 2000),
  -- Counts what was said; states leave it as it is.
  version integer not null default 1 check (version > 0),
  unique (brand_id, id),
  foreign key (brand_id, amends_id) references contract (brand_id, id),
  foreign key (brand_id, influencer_id) references influencer_share (brand_id, influencer_id),
  foreign key (brand_id, campaign_id) references campaign (brand_id, id),
  foreign key (brand_id, line_id) references budget_line (brand_id, id),
  check (amends_id <> id),
  check (influencer_id is null or kind = 'INFLUENCER'),
  check (person_id is null or kind = 'FREELANCER'),
  check (ends_on >= starts_on),
  check (exclusive_until is null or exclusivity <> ''),
  check (usage_until is null or usage_rights <> ''),
  check ((state = 'DRAFT') <= (shared_version is null)),
  check (state in ('DRAFT', 'NEGOTIATING', 'DECLINED')
    or (starts_on is not null and clauses <> '[]' and (fee_minor = 0 or line_id is not null))),
  check (state not in ('SENT', 'SIGNED', 'ACTIVE', 'COMPLETED', 'TERMINATED', 'BREACHED')
    or (sent_at is not null and signer_id is not null)),
  check ((state in ('SIGNED', 'ACTIVE', 'COMPLETED', 'TERMINATED', 'BREACHED')) = (signed_at is not null)),
  check ((state in ('COMPLETED', 'DECLINED', 'TERMINATED', 'BREACHED')) = (ended_at is not null)),
  check (state not in ('TERMINATED', 'BREACHED') or btrim(end_reason) <> '')
);
create index contract_by_brand on contract (brand_id, id desc);
create index contract_by_amended on contract (brand_id, amends_id) where amends_id is not null;
create index contract_by_influencer on contract (brand_id, influencer_id) where influencer_id is not null;
create index contract_by_person on contract (brand_id, person_id) where person_id is not null;
create index contract_by_campaign on contract (brand_id, campaign_id) where campaign_id is not null;
create index contract_by_line on contract (brand_id, line_id) where line_id is not null;
select app.protect_brand_table('contract', 'select, insert, update',
  '(select app.limited()) = ''FREELANCER'' and person_id = (select app.user_id()) and shared_version is not null');

-- The one table of what may follow what; `domain/src/contracts/state.rs` says the same in words.
create function app.contract_step(p_from text, p_to text) returns boolean language sql immutable as
$$
  select (p_from, p_to) in (('DRAFT', 'NEGOTIATING'), ('DRAFT', 'IN_APPROVAL'), ('DRAFT', 'DECLINED'),
    ('NEGOTIATING', 'IN_APPROVAL'), ('NEGOTIATING', 'DECLINED'),
    ('IN_APPROVAL', 'APPROVED'), ('IN_APPROVAL', 'NEGOTIATING'),
    ('APPROVED', 'SENT'), ('APPROVED', 'NEGOTIATING'), ('APPROVED', 'DECLINED'),
    ('SENT', 'SIGNED'), ('SENT', 'NEGOTIATING'), ('SENT', 'DECLINED'),
    ('SIGNED', 'ACTIVE'), ('SIGNED', 'TERMINATED'), ('SIGNED', 'BREACHED'),
    ('ACTIVE', 'COMPLETED'), ('ACTIVE', 'TERMINATED'), ('ACTIVE', 'BREACHED'), ('BREACHED', 'TERMINATED'))
$$;

-- Every version that was saved, whole.
create table contract_version (
  brand_id uuid not null references brand (id),
  contract_id uuid not null,
  number integer not null check (number > 0),
  -- What the contract said then, without its clauses.
  terms jsonb not null check (jsonb_typeof(terms) = 'object'),
  clauses jsonb not null check (jsonb_typeof(clauses) = 'array'),
  author_id uuid not null references app_user (id),
  saved_at timestamptz not null,
  primary key (brand_id, contract_id, number),
  foreign key (brand_id, contract_id) references contract (brand_id, id)
);
select app.protect_brand_table('contract_version', 'select, insert', '(select app.limited()) = ''FREELANCER''
  and exists (select from contract c where c.brand_id = contract_version.brand_id and c.id = contract_id and number >= c.shared_version)');

-- What was said while it was negotiated.
create table contract_comment (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  contract_id uuid not null,
  number integer not null,
  -- INTERNAL: among us. PARTY: the other side reads it, too.
  visibility text not null check (visibility in ('INTERNAL', 'PARTY')),
  -- Null: the other side, by its page.
  author_id uuid references app_user (id),
  author_name text not null check (length(btrim(author_name)) between 1 and 200),
  body text not null check (length(btrim(body)) between 1 and 5000),
  created_at timestamptz not null,
  unique (brand_id, id),
  foreign key (brand_id, contract_id, number) references contract_version (brand_id, contract_id, number),
  check (author_id is not null or visibility = 'PARTY')
);
create index contract_comment_by_contract on contract_comment (brand_id, contract_id, id);
select app.protect_brand_table('contract_comment', 'select, insert', '(select app.limited()) = ''FREELANCER'' and visibility = ''PARTY''
  and exists (select from contract c where c.brand_id = contract_comment.brand_id and c.id = contract_id)');

-- A file: what is put before both sides, and the same with the page of signatures.
create table contract_document (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  contract_id uuid not null,
  number integer not null,
  part text not null check (part in ('TO_SIGN', 'SIGNED')),
  -- VOID: the contract had gone on when it was ready.
  state text not null check (state in ('RENDERING', 'READY', 'FAILED', 'VOID')),
  sha256 bytea check (octet_length(sha256) = 32),
  byte_size bigint check (byte_size > 0),
  requested_by uuid references app_user (id),
  created_at timestamptz not null,
  finished_at timestamptz,
  unique (brand_id, id),
  foreign key (brand_id, contract_id, number) references contract_version (brand_id, contract_id, number),
  check ((state = 'RENDERING') = (finished_at is null)),
  check ((state = 'READY') = (sha256 is not null) and (sha256 is null) = (byte_size is null))
);
create unique index contract_document_once on contract_document (brand_id, contract_id, number, part) where state in ('RENDERING', 'READY');
create index contract_document_by_contract on contract_document (brand_id, contract_id, id desc);
select app.protect_brand_table('contract_document', 'select, insert, update', '(select app.limited()) = ''FREELANCER'' and state = ''READY''
  and exists (select from contract c where c.brand_id = contract_document.brand_id and c.id = contract_id)');

create table contract_signature (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  contract_id uuid not null,
  document_id uuid not null,
  side text not null check (side in ('OURS', 'THEIRS')),
  -- As it was typed.
  name text not null check (length(btrim(name)) between 1 and 200),
  -- Somebody of the agency who was signed in or had a link; a link, by which it was signed.
  user_id uuid references app_user (id),
  link_id uuid,
  -- From where on the network, and with what.
  address text not null check (length(btrim(address)) between 1 and 100),
  user_agent text not null default '' check (length(user_agent) <= 500),
  -- Of the file that was signed.
  document_sha256 bytea not null check (octet_length(document_sha256) = 32),
  signed_at timestamptz not null,
  unique (brand_id, id),
  unique (brand_id, document_id, side),
  foreign key (brand_id, contract_id) references contract (brand_id, id),
  foreign key (brand_id, document_id) references contract_document (brand_id, id),
  foreign key (brand_id, link_id) references public_link (brand_id, id),
  check (user_id is not null or (link_id is not null and side = 'THEIRS'))
);
create index contract_signature_by_contract on contract_signature (brand_id, contract_id, id);
select app.protect_brand_table('contract_signature', 'select, insert', '(select app.limited()) = ''FREELANCER''
  and exists (select from contract c where c.brand_id = contract_signature.brand_id and c.id = contract_id)');

-- The guards below ask after a row is written, so that policies speak first.

-- Whether a statement runs as the owner within a definer function: a brand that is deleted takes its rows along.
create function app.owner_purges(p_table oid) returns boolean language sql stable as
$$ select app.in_definer() and (select pg_get_userbyid(c.relowner) from pg_class c where c.oid = p_table) = current_user $$;

create function app.keep_as_written() returns trigger language plpgsql as
$$
begin
  if tg_op = 'DELETE' and app.owner_purges(tg_relid) then
    return old;
  end if;
  raise exception '% is kept as it was written', tg_table_name using errcode = 'check_violation';
end
$$;
create trigger keep_as_written before update or delete on contract_version for each row execute function app.keep_as_written();
create trigger keep_as_written before update or delete on contract_comment for each row execute function app.keep_as_written();
create trigger keep_as_written before update or delete on contract_signature for each row execute function app.keep_as_written();

create function app.guard_contract_document() returns trigger language plpgsql as
$$
begin
  if tg_op = 'DELETE' then
    if app.owner_purges(tg_relid) then
      return null;
    end if;
    raise exception 'a document of a contract stays' using errcode = 'check_violation';
  end if;
  if old.state in ('READY', 'VOID') or (old.contract_id, old.number, old.part, old.requested_by, old.created_at)
      is distinct from (new.contract_id, new.number, new.part, new.requested_by, new.created_at) then
    raise exception 'a document of a contract does not change' using errcode = 'check_violation';
  end if;
  return null;
end
$$;
create trigger guard_contract_document after update or delete on contract_document
  for each row execute function app.guard_contract_document();

-- What is signed is the file as it is, of a contract that was sent.
create function app.guard_contract_signature() returns trigger language plpgsql as
$$
begin
  if not exists (select from contract_document d join contract c on c.brand_id = d.brand_id and c.id = d.contract_id
      where d.brand_id = new.brand_id and d.id = new.document_id and d.contract_id = new.contract_id and d.part = 'TO_SIGN'
        and d.state = 'READY' and d.sha256 = new.document_sha256 and d.number = c.version and c.state = 'SENT') then
    raise exception 'what is signed is the document that was sent' using errcode = 'check_violation';
  end if;
  return null;
end
$$;
create trigger guard_contract_signature after insert on contract_signature for each row execute function app.guard_contract_signature();

create function app.guard_contract() returns trigger language plpgsql as
$$
begin
  if tg_op = 'DELETE' then
    if app.owner_purges(tg_relid) then
      return null;
    end if;
    raise exception 'a contract stays' using errcode = 'check_violation';
  end if;
  if tg_op = 'INSERT' then
    if new.state <> 'DRAFT' and current_user = 'diwan_app' then
      raise exception 'a contract begins as a draft' using errcode = 'check_violation';
    end if;
    return null;
  end if;
  if old.state <> new.state and not app.contract_step(old.state, new.state) then
    raise exception 'a contract does not go from % to %', old.state, new.state using errcode = 'check_violation';
  end if;
  if (old.kind, old.amends_id, old.created_by, old.created_at)
      is distinct from (new.kind, new.amends_id, new.created_by, new.created_at) then
    raise exception 'what a contract is stays' using errcode = 'check_violation';
  end if;
  -- While it is decided about, and from then on, it says what was approved and signed.
  if old.state not in ('DRAFT', 'NEGOTIATING') and new.state <> 'NEGOTIATING' and (old.title, old.influencer_id, old.person_id,
      old.party_name, old.party_address, old.party_email, old.locale, old.campaign_id, old.fee_minor, old.currency, old.line_id,
      old.starts_on, old.ends_on, old.exclusivity, old.exclusive_until, old.disclosure, old.usage_rights, old.usage_until, old.clauses,
      old.version) is distinct from (new.title, new.influencer_id, new.person_id, new.party_name, new.party_address, new.party_email,
      new.locale, new.campaign_id, new.fee_minor, new.currency, new.line_id, new.starts_on, new.ends_on, new.exclusivity,
      new.exclusive_until, new.disclosure, new.usage_rights, new.usage_until, new.clauses, new.version) then
    raise exception 'a contract is not changed once somebody decides about it' using errcode = 'check_violation';
  end if;
  if old.signed_at is not null and (old.signer_id, old.sent_at, old.signed_at)
      is distinct from (new.signer_id, new.sent_at, new.signed_at) then
    raise exception 'a contract that was signed stays so' using errcode = 'check_violation';
  end if;
  if old.state = 'SENT' and new.state = 'SIGNED' and (select count(*) from contract_signature s
      join contract_document d on d.brand_id = s.brand_id and d.id = s.document_id
      where s.brand_id = new.brand_id and s.contract_id = new.id and d.number = new.version) <> 2 then
    raise exception 'a contract is signed when both sides have signed' using errcode = 'check_violation';
  end if;
  return null;
end
$$;
create trigger guard_contract after insert or update or delete on contract for each row execute function app.guard_contract();

-- Whose a contract is: for the operator, who proves it (`diwan verify contract`).
create function app.brand_of_contract(p_contract uuid) returns uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as
$$ select c.brand_id from contract c where c.id = p_contract $$;
revoke execute on function app.brand_of_contract(uuid) from public;

-- The team is told before a contract ends.
alter table notice drop constraint notice_kind_check;
alter table notice add constraint notice_kind_check check (kind in ('PUBLICATION_FAILED', 'PUBLICATION_UNCONFIRMED', 'PUBLICATION_MISSED',
  'ACCOUNT_DISCONNECTED', 'WEBHOOK_DISABLED', 'CONTRACT_ENDING'));
alter table notice_setting drop constraint notice_setting_kind_check;
alter table notice_setting add constraint notice_setting_kind_check check (kind in ('PUBLICATION_FAILED', 'PUBLICATION_UNCONFIRMED',
  'PUBLICATION_MISSED', 'ACCOUNT_DISCONNECTED', 'CONTRACT_ENDING'));
";
