//! Everything that a post ever said; comments that answer each other and call on people; the check for what was said before.

pub(crate) const UP: &str = r"
-- What a post says now: its title, what it is for, and its variants in order. The one form in which a version is kept.
create function app.content_of_post(p_brand uuid, p_post uuid) returns jsonb
language sql stable set search_path = pg_catalog, public, pg_temp as
$$
  select jsonb_build_object('title', p.title, 'pillar_id', p.pillar_id, 'partnership', p.partnership, 'variants', (
      select coalesce(jsonb_agg(jsonb_build_object('account_id', v.social_account_id, 'text', v.text, 'language', v.language,
        'asset_ids', (select coalesce(jsonb_agg(a.asset_id order by a.position), '[]') from variant_asset a
          where a.brand_id = v.brand_id and a.variant_id = v.id)) order by v.id), '[]')
      from post_variant v where v.brand_id = p.brand_id and v.post_id = p.id))
  from post p where p.brand_id = p_brand and p.id = p_post
$$;
revoke execute on function app.content_of_post(uuid, uuid) from public;
grant execute on function app.content_of_post(uuid, uuid) to diwan_app;

create table post_version (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  post_id uuid not null,
  version integer not null check (version >= 1),
  content jsonb not null check (jsonb_typeof(content) = 'object' and jsonb_typeof(content -> 'variants') = 'array'),
  -- The version whose content this is, where an earlier one was brought back.
  restored_from integer check (restored_from between 1 and version - 1),
  -- Null: it was written before versions were kept.
  saved_by uuid references app_user (id),
  saved_at timestamptz not null,
  unique (brand_id, id),
  unique (brand_id, post_id, version),
  foreign key (brand_id, post_id) references post (brand_id, id) on delete cascade
);
create index post_version_by_post on post_version (brand_id, post_id, id desc);
-- What was there is the past of a post: it does not change. Clients see what was sent to them, not how it came to be.
select app.protect_brand_table('post_version', 'select, insert', '(select app.limited()) = ''FREELANCER''
  and exists (select from post p where p.brand_id = post_version.brand_id and p.id = post_version.post_id)');
-- As the owner, who sees all brands on this path alone. The id of the post stands in for one that sorts before those of all later
-- versions.
set local search_path = pg_catalog, public, pg_temp;
insert into post_version (id, brand_id, post_id, version, content, saved_at)
  select id, brand_id, id, version, app.content_of_post(brand_id, id), updated_at from post;
set local search_path to default;

alter table post_comment
  add column reply_to_id uuid,
  add foreign key (brand_id, reply_to_id) references post_comment (brand_id, id),
  add check (reply_to_id <> id);
create index post_comment_by_answered on post_comment (brand_id, reply_to_id) where reply_to_id is not null;

create table comment_mention (
  brand_id uuid not null references brand (id),
  comment_id uuid not null,
  user_id uuid not null references app_user (id),
  primary key (brand_id, comment_id, user_id),
  foreign key (brand_id, comment_id) references post_comment (brand_id, id) on delete cascade
);
select app.protect_brand_table('comment_mention', 'select, insert',
  'exists (select from post_comment c where c.brand_id = comment_mention.brand_id and c.id = comment_mention.comment_id)');

-- Whether a text may be said again on the same account, and for how many days before and after.
alter table content_checks
  add column duplicate_text text not null default 'WARN' check (duplicate_text in ('OFF', 'WARN', 'BLOCK')),
  add column duplicate_days integer not null default 30 check (duplicate_days between 1 and 365);
";
