//! What a post is made of besides one text for each account: a text that accounts share, threads, first comments, links, and settings
//! that only one network knows.

pub(crate) const UP: &str = r#"
-- Whether the rest of a thread is of a size that is kept: 50 texts with the first.
create function app.thread_fits(p_thread text[]) returns boolean
language sql immutable parallel safe as
$$
  select cardinality(p_thread) <= 49 and coalesce(array_ndims(p_thread), 1) = 1 and array_position(p_thread, null) is null
    and not exists (select from unnest(p_thread) part where length(part) > 100000)
$$;
revoke execute on function app.thread_fits(text[]) from public;
grant execute on function app.thread_fits(text[]) to diwan_app;

alter table post
  -- What is said wherever an account has no text of its own.
  add column base_text text check (length(base_text) <= 100000);

alter table post_variant
  -- False: `text` is what the post's base text was when its content was written. Whatever reads what is said reads `text` alone.
  add column own_text boolean not null default true,
  -- The texts that follow the first.
  add column thread text[] not null default '{}' check (app.thread_fits(thread)),
  add column first_comment text check (length(first_comment) between 1 and 100000),
  add column link text check (length(link) <= 2000 and link ~* '^https?://[^ ]+$'),
  -- By the network's names of them; texts all.
  add column options jsonb not null default '{}' check (jsonb_typeof(options) = 'object'
    and not options @? 'strict $.* ? (@.type() <> "string")' and length(options::text) <= 150000);

-- A version holds everything that is said. Those from before lack the keys: each variant had a text of its own, and nothing more.
create or replace function app.content_of_post(p_brand uuid, p_post uuid) returns jsonb
language sql stable set search_path = pg_catalog, public, pg_temp as
$$
  select jsonb_build_object('title', p.title, 'pillar_id', p.pillar_id, 'partnership', p.partnership, 'base_text', p.base_text,
    'variants', (
      select coalesce(jsonb_agg(jsonb_build_object('account_id', v.social_account_id, 'text', v.text, 'own_text', v.own_text,
        'language', v.language, 'thread', to_jsonb(v.thread), 'first_comment', v.first_comment, 'link', v.link, 'options', v.options,
        'asset_ids', (select coalesce(jsonb_agg(a.asset_id order by a.position), '[]') from variant_asset a
          where a.brand_id = v.brand_id and a.variant_id = v.id)) order by v.id), '[]')
      from post_variant v where v.brand_id = p.brand_id and v.post_id = p.id))
  from post p where p.brand_id = p_brand and p.id = p_post
$$;
"#;
