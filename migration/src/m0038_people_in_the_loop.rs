//! People in the loop of publishing: pauses, notices with who wants which, and webhooks with what was delivered.

pub(crate) const UP: &str = r"
-- Holds publishing back: of a post, an account, a brand, or, without a brand, of the whole agency.
create table publishing_pause (
  id uuid primary key,
  agency_id uuid not null references agency (id),
  brand_id uuid references brand (id),
  post_id uuid,
  social_account_id uuid,
  reason text not null check (length(btrim(reason)) between 1 and 500),
  paused_by uuid not null references app_user (id),
  paused_at timestamptz not null,
  ended_by uuid references app_user (id),
  ended_at timestamptz,
  unique (brand_id, id),
  foreign key (brand_id, post_id) references post (brand_id, id) on delete cascade,
  foreign key (brand_id, social_account_id) references social_account (brand_id, id) on delete cascade,
  check (brand_id is not null or (post_id is null and social_account_id is null)),
  check (post_id is null or social_account_id is null),
  check ((ended_at is null) = (ended_by is null))
);
-- What is paused is not paused a second time.
create unique index publishing_pause_in_force on publishing_pause (brand_id, post_id, social_account_id) nulls not distinct
  where ended_at is null;
select app.protect_brand_table('publishing_pause', 'select, insert, update (ended_at, ended_by)');
-- The agency's hold in every brand: who works in one sees why nothing goes out. Clients and freelancers do not.
create policy of_agency on publishing_pause for select to diwan_app
  using (brand_id is null and ((select app.user_id()) is not null or cardinality((select app.brands())) > 0));

-- A pause in force that holds a publication back; null where none does. Whoever is told of one keeps it from ending until what was
-- decided by it is written, so that whatever a pause held back is found when it has ended.
create function app.holding_pause(p_brand uuid, p_post uuid, p_account uuid) returns uuid
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as
$$
  select (array_agg(held.id))[1] from (
    select z.id from publishing_pause z
    where z.ended_at is null and (p_brand = any (app.brands()) or app.agency_level() is not null)
      and (z.brand_id is null or (z.brand_id = p_brand and (z.post_id is null or z.post_id = p_post)
        and (z.social_account_id is null or z.social_account_id = p_account)))
    for share of z) held
$$;

-- What waits for a person, newest first.
create index publication_troubled on publication (brand_id, id desc) where state in ('NEEDS_ATTENTION', 'FAILED', 'MISSED');
create index publication_paused on publication (brand_id) where state = 'PAUSED';

-- Something that somebody should know. What it says is written in the reader's language when it is read.
create table notice (
  id uuid primary key,
  agency_id uuid not null references agency (id),
  -- Null: what is the agency's.
  brand_id uuid references brand (id),
  recipient_id uuid not null references app_user (id),
  kind text not null check (kind in ('PUBLICATION_FAILED', 'PUBLICATION_UNCONFIRMED', 'PUBLICATION_MISSED',
    'ACCOUNT_DISCONNECTED', 'WEBHOOK_DISABLED')),
  -- The publication, the account, the webhook, or the pause that has ended.
  subject_id uuid not null,
  params jsonb not null check (jsonb_typeof(params) = 'object'),
  -- How it is wanted.
  in_app boolean not null,
  mail boolean not null,
  created_at timestamptz not null,
  read_at timestamptz,
  -- When a letter said it, or it was found to be read already.
  mailed_at timestamptz,
  unique (brand_id, id),
  check (in_app or mail)
);
create index notice_by_recipient on notice (recipient_id, id desc) where in_app;
create index notice_unread on notice (recipient_id) where in_app and read_at is null;
create index notice_to_mail on notice (brand_id) where mail and mailed_at is null;
create index notice_mailed on notice (brand_id, mailed_at) where mail and mailed_at is not null;
create index notice_by_age on notice (created_at);
select app.protect_brand_table('notice', 'select, insert, update (read_at, mailed_at)', 'recipient_id = (select app.user_id())');
-- People see their own; the worker, who is nobody, sees those of the brand that it works for.
create policy own on notice as restrictive to diwan_app
  using ((select app.user_id()) is null or recipient_id = (select app.user_id()));
create policy agency_work on notice to diwan_app
  using (brand_id is null and (select app.in_agency_work())) with check (brand_id is null and (select app.in_agency_work()));

-- How somebody wants to be told of a kind of notice. No row: in both ways.
create table notice_setting (
  user_id uuid not null references app_user (id),
  kind text not null check (kind in ('PUBLICATION_FAILED', 'PUBLICATION_UNCONFIRMED', 'PUBLICATION_MISSED',
    'ACCOUNT_DISCONNECTED')),
  in_app boolean not null,
  mail boolean not null,
  primary key (user_id, kind)
);
select app.force_row_security('notice_setting');
create policy own on notice_setting to diwan_app
  using (user_id = (select app.user_id())) with check (user_id = (select app.user_id()));
create policy worker on notice_setting for select to diwan_app
  using ((select app.user_id()) is null and (cardinality((select app.brands())) > 0 or (select app.in_agency_work())));
grant select, insert, update on notice_setting to diwan_app;

-- A server of the agency's or of a client's that is told of what people are told of.
create table webhook_endpoint (
  id uuid primary key,
  agency_id uuid not null references agency (id),
  -- Null: of all brands, for those who lead the agency.
  brand_id uuid references brand (id),
  url text not null check (length(url) between 1 and 2000),
  -- Sealed: what deliveries are signed with.
  secret bytea not null,
  kinds text[] not null check (cardinality(kinds) between 1 and 4 and kinds <@ array['PUBLICATION_FAILED', 'PUBLICATION_UNCONFIRMED',
    'PUBLICATION_MISSED', 'ACCOUNT_DISCONNECTED']),
  active boolean not null default true,
  -- Attempts that failed since the last that did not.
  failures integer not null default 0 check (failures >= 0),
  -- Set when it was switched off because nothing arrived for a day.
  disabled_at timestamptz,
  created_by uuid not null references app_user (id),
  created_at timestamptz not null,
  deleted_at timestamptz,
  version integer not null default 1,
  unique (brand_id, id),
  check (disabled_at is null or not active)
);
create index webhook_of_agency on webhook_endpoint (agency_id) where brand_id is null and deleted_at is null;
select app.protect_brand_table('webhook_endpoint', 'select, insert, update');
create policy worker on webhook_endpoint to diwan_app
  using (brand_id is null and (select app.user_id()) is null
    and (cardinality((select app.brands())) > 0 or (select app.in_agency_work())))
  with check (brand_id is null and (select app.user_id()) is null and (select app.in_agency_work()));

-- What a webhook was told, or is still to be told. It holds ids and codes, no content.
create table webhook_delivery (
  id uuid primary key,
  -- The webhook's; null where it is the agency's.
  brand_id uuid references brand (id),
  endpoint_id uuid not null,
  -- The same for every webhook that is told of it.
  event_id uuid not null,
  kind text not null check (kind in ('PUBLICATION_FAILED', 'PUBLICATION_UNCONFIRMED', 'PUBLICATION_MISSED',
    'ACCOUNT_DISCONNECTED', 'TEST')),
  -- Where it happened.
  event_brand_id uuid references brand (id),
  data jsonb not null check (jsonb_typeof(data) = 'object'),
  state text not null default 'PENDING' check (state in ('PENDING', 'DELIVERED', 'FAILED')),
  attempts integer not null default 0 check (attempts >= 0),
  last_status integer check (last_status between 100 and 999),
  last_error text check (length(last_error) <= 500),
  last_attempt_at timestamptz,
  created_at timestamptz not null,
  finished_at timestamptz,
  unique (brand_id, id),
  foreign key (brand_id, endpoint_id) references webhook_endpoint (brand_id, id),
  check ((state = 'PENDING') = (finished_at is null))
);
create index webhook_delivery_by_endpoint on webhook_delivery (endpoint_id, id desc);
create index webhook_delivery_by_age on webhook_delivery (created_at) where state <> 'PENDING';
select app.protect_brand_table('webhook_delivery', 'select, insert, update');
create policy agency_work on webhook_delivery to diwan_app
  using (brand_id is null and (select app.in_agency_work())) with check (brand_id is null and (select app.in_agency_work()));

-- What these webhooks are to be told, with the jobs that tell them: those of the agency are told from within a brand, too.
create function app.queue_deliveries(p_ids uuid[], p_jobs uuid[], p_endpoints uuid[], p_event uuid, p_kind text, p_brand uuid,
  p_data jsonb, p_now timestamptz) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as
$$
  with made as (
    insert into webhook_delivery (id, brand_id, endpoint_id, event_id, kind, event_brand_id, data, created_at)
    select i.id, e.brand_id, e.id, p_event, p_kind, p_brand, p_data, p_now
    from unnest(p_ids, p_endpoints) i (id, endpoint) join webhook_endpoint e on e.id = i.endpoint
    where (e.brand_id is null or e.brand_id = p_brand) and (p_brand = any (app.brands()) or app.agency_level() is not null)
    returning id, brand_id)
  insert into job (id, brand_id, kind, subject_id, state, due_at, created_at)
  select i.job, m.brand_id, 'deliver_webhook', m.id, 'PENDING', p_now, p_now
  from made m join unnest(p_ids, p_jobs) i (id, job) on i.id = m.id
$$;

-- Housekeeping: notices and deliveries are kept for a while. Answers how many went.
create function app.forget_notices(p_before timestamptz) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
declare notices bigint; deliveries bigint;
begin
  delete from notice where created_at < p_before;
  get diagnostics notices = row_count;
  delete from webhook_delivery where state <> 'PENDING' and created_at < p_before;
  get diagnostics deliveries = row_count;
  return notices + deliveries;
end
$$;

do $$
declare f text;
begin
  foreach f in array array['holding_pause(uuid, uuid, uuid)', 'forget_notices(timestamptz)',
    'queue_deliveries(uuid[], uuid[], uuid[], uuid, text, uuid, jsonb, timestamptz)'] loop
    execute format('revoke execute on function app.%s from public', f);
    execute format('grant execute on function app.%s to diwan_app', f);
  end loop;
end
$$;
";
