//! Community: what people say under the brand's posts, and what the brand answers.

pub(crate) const UP: &str = r"
-- Who spoke first under a post, and all that was answered to it.
create table conversation (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  social_account_id uuid not null,
  publication_id uuid not null,
  kind text not null check (kind in ('COMMENT')),
  -- The network's id of what began it.
  remote_id text not null check (length(remote_id) between 1 and 500),
  began_at timestamptz not null,
  last_message_at timestamptz not null,
  -- When somebody else than the brand last wrote; null where all of it was taken back.
  asked_at timestamptz,
  -- Since when somebody waits for an answer; null while nobody does.
  waiting_since timestamptz,
  created_at timestamptz not null,
  unique (brand_id, id),
  unique (brand_id, social_account_id, remote_id),
  foreign key (brand_id, social_account_id) references social_account (brand_id, id),
  foreign key (brand_id, publication_id) references publication (brand_id, id) on delete cascade,
  check (last_message_at >= began_at),
  check (waiting_since is null or asked_at >= waiting_since)
);
create index conversation_of_publication on conversation (brand_id, publication_id);
create index conversation_waiting on conversation (brand_id, id) where waiting_since is not null;
select app.protect_brand_table('conversation', 'select, insert, update, delete');

-- Whoever took back what they wrote leaves neither name nor text.
create table conversation_message (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  conversation_id uuid not null,
  social_account_id uuid not null,
  remote_id text not null check (length(remote_id) between 1 and 500),
  in_reply_to text not null check (length(in_reply_to) between 1 and 500),
  author_id text check (length(author_id) between 1 and 500),
  author_name text check (length(author_name) between 1 and 300),
  is_own boolean not null,
  text text not null check (length(text) <= 10000),
  sent_at timestamptz not null,
  -- When it was first read, when another text was, when it was last there, and when it was not there any more.
  read_at timestamptz not null,
  changed_at timestamptz,
  seen_at timestamptz not null,
  gone_at timestamptz,
  -- Whether an answer is due: it began the conversation, or is the first after an answer. And when the first answer after it came.
  asks boolean not null default false,
  answered_at timestamptz,
  unique (brand_id, id),
  unique (brand_id, social_account_id, remote_id),
  foreign key (brand_id, conversation_id) references conversation (brand_id, id) on delete cascade,
  foreign key (brand_id, social_account_id) references social_account (brand_id, id),
  check (seen_at >= read_at),
  check (gone_at is null or (text = '' and author_id is null and author_name is null and not asks)),
  check (not (asks and is_own)),
  check (answered_at is null or (asks and answered_at >= sent_at))
);
create index conversation_message_of on conversation_message (brand_id, conversation_id, sent_at);
create index conversation_message_by_time on conversation_message (brand_id, sent_at);
create index conversation_message_asks on conversation_message (brand_id, social_account_id, sent_at) where asks;
select app.protect_brand_table('conversation_message', 'select, insert, update, delete');

-- How far the comments under a publication were read.
create table comment_reading (
  brand_id uuid not null references brand (id),
  publication_id uuid not null,
  social_account_id uuid not null,
  -- Where the reading that is under way goes on, and when it began; null between two of them.
  next_page text,
  begun_at timestamptz,
  -- When all of them were last read.
  read_at timestamptz,
  primary key (brand_id, publication_id),
  foreign key (brand_id, publication_id) references publication (brand_id, id) on delete cascade,
  foreign key (brand_id, social_account_id) references social_account (brand_id, id),
  check (next_page is null or begun_at is not null)
);
select app.protect_brand_table('comment_reading', 'select, insert, update, delete');

-- What went out lately is read from now on, spread over a day: numbers wait for it as little as they can, and what is read already has its job.
create function app.begin_comments() returns void
language sql set search_path = pg_catalog, public, pg_temp as
$$
  insert into job (id, brand_id, kind, subject_id, due_at, created_at)
  select gen_random_uuid(), p.brand_id, 'read_comments', p.id, now() + random() * interval '1 day', now()
  from publication p join social_account a on a.brand_id = p.brand_id and a.id = p.social_account_id
  where p.state = 'PUBLISHED' and p.remote_id is not null and p.published_at > now() - interval '30 days'
    and a.state <> 'DISCONNECTED' and a.network in ('bluesky', 'facebook', 'mastodon')
  on conflict do nothing
$$;
select app.begin_comments();
drop function app.begin_comments();
";
