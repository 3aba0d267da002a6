//! Publications: one variant to one account, and the ledger of attempts.

pub(crate) const UP: &str = r"
create table publication (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  post_id uuid not null,
  -- Null once a draft has been written anew after this publication was canceled.
  variant_id uuid,
  social_account_id uuid not null,
  state text not null check (state in ('SCHEDULED', 'QUEUED', 'SENDING', 'PUBLISHED', 'RETRYING', 'UNCONFIRMED',
    'NEEDS_ATTENTION', 'FAILED', 'PAUSED', 'CANCELED', 'MISSED')),
  due_at timestamptz not null,
  -- Frozen at the first attempt: a repeat must send the same bytes.
  frozen_at timestamptz,
  -- The network's intermediate ids, saved before the step that uses them.
  checkpoint jsonb,
  attempts integer not null default 0,
  -- What the network said, once it has it.
  remote_id text,
  remote_url text,
  published_at timestamptz,
  -- Why it is where it is: a key of the message catalogue, and the network's own words for operators.
  trouble text,
  trouble_detail text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (brand_id, id),
  foreign key (brand_id, post_id) references post (brand_id, id),
  foreign key (brand_id, variant_id) references post_variant (brand_id, id) on delete set null (variant_id),
  foreign key (brand_id, social_account_id) references social_account (brand_id, id),
  check (variant_id is not null or state = 'CANCELED'),
  check ((state = 'PUBLISHED') = (remote_id is not null)),
  check ((state = 'PUBLISHED') = (published_at is not null)),
  check (state not in ('NEEDS_ATTENTION', 'FAILED', 'RETRYING', 'UNCONFIRMED') or trouble is not null)
);
-- A variant is on its way, or there, at most once.
create unique index publication_once on publication (brand_id, variant_id) where state <> 'CANCELED';
-- Nor do two publications claim the same post of the network.
create unique index publication_remote on publication (brand_id, social_account_id, remote_id) where remote_id is not null;
create index publication_by_post on publication (brand_id, post_id);
create index publication_by_due on publication (brand_id, due_at);
select app.protect_brand_table('publication', 'select, insert, update');

create table publication_attempt (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  publication_id uuid not null,
  number integer not null check (number > 0),
  fence bigint not null,
  started_at timestamptz not null,
  -- When the request that makes the post visible was allowed to leave.
  sending_at timestamptz,
  -- How often it was looked up without an answer.
  look_ups integer not null default 0,
  finished_at timestamptz,
  -- Null while nobody knows: then it is looked up, never sent again blindly.
  outcome text check (outcome in ('PUBLISHED', 'FOUND', 'NOT_SENT', 'UNKNOWN', 'REFUSED')),
  error_code text,
  error_detail text,
  unique (brand_id, id),
  unique (brand_id, publication_id, number),
  foreign key (brand_id, publication_id) references publication (brand_id, id),
  check ((outcome is null) = (finished_at is null))
);
-- One attempt at a time.
create unique index attempt_open on publication_attempt (brand_id, publication_id) where outcome is null;
select app.protect_brand_table('publication_attempt', 'select, insert, update');

-- Subscribers are told that a publication changed, and which; what it says they read under their own scope.
create function app.notify_publication() returns trigger language plpgsql as
$$
begin
  perform pg_notify('diwan_publication', new.brand_id::text || ' ' || new.id::text);
  return null;
end
$$;
create trigger notify_publication after insert or update of state on publication
  for each row execute function app.notify_publication();
";
