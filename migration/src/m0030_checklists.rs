//! Checklists: what is done to a post before it goes out, and the templates that they are made of.

pub(crate) const UP: &str = r"
create table checklist_template (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  name text not null check (length(btrim(name)) between 1 and 200),
  -- Every new post of the brand begins with it.
  is_default boolean not null default false,
  created_by uuid not null references app_user (id),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  archived_at timestamptz,
  version integer not null default 1 check (version >= 1),
  unique (brand_id, id),
  check (not is_default or archived_at is null)
);
create unique index checklist_template_name on checklist_template (brand_id, lower(name)) where archived_at is null;
create unique index checklist_template_default on checklist_template (brand_id) where is_default;
select app.protect_brand_table('checklist_template', 'select, insert, update');

create table checklist_template_item (
  brand_id uuid not null references brand (id),
  template_id uuid not null,
  position smallint not null check (position between 1 and 50),
  text text not null check (length(btrim(text)) between 1 and 300),
  -- Whether a post should not go on while it is not ticked.
  required boolean not null,
  primary key (brand_id, template_id, position),
  foreign key (brand_id, template_id) references checklist_template (brand_id, id) on delete cascade
);
select app.protect_brand_table('checklist_template_item', 'select, insert, delete');

-- The templates of one brand are added, changed and put away by one at a time: of two that become the default, one is it after all.
create function app.lock_checklists(p_brand uuid) returns void language sql as
$$ select pg_advisory_xact_lock(30, hashtext(p_brand::text)) $$;
-- While posts get what the default holds, nobody does that; posts may be made by many at a time.
create function app.hold_checklists(p_brand uuid) returns void language sql as
$$ select pg_advisory_xact_lock_shared(30, hashtext(p_brand::text)) $$;

-- What is to be done to one post.
create table checklist_item (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  post_id uuid not null,
  -- Its place, without gaps.
  position smallint not null check (position between 1 and 100),
  text text not null check (length(btrim(text)) between 1 and 300),
  required boolean not null,
  -- Of which template; null: it was written for this post.
  template_id uuid,
  assignee_id uuid references app_user (id),
  ticked_by uuid references app_user (id),
  ticked_at timestamptz,
  created_at timestamptz not null,
  -- Counts the changes of what is to be done; a tick is none.
  version integer not null default 1 check (version >= 1),
  unique (brand_id, id),
  -- Asked at the end of a statement, so that one renumbers them all.
  unique (brand_id, post_id, position) deferrable initially immediate,
  foreign key (brand_id, post_id) references post (brand_id, id) on delete cascade,
  foreign key (brand_id, template_id) references checklist_template (brand_id, id),
  check ((ticked_by is null) = (ticked_at is null))
);
create index checklist_item_by_assignee on checklist_item (assignee_id, brand_id) where assignee_id is not null and ticked_at is null;
create index checklist_item_by_template on checklist_item (brand_id, template_id) where template_id is not null;
-- Freelancers see and tick what is to be done to the posts that are given to them. For clients it is how the team works.
select app.protect_brand_table('checklist_item', 'select, insert, update, delete', '(select app.limited()) = ''FREELANCER''
  and exists (select from post p where p.brand_id = checklist_item.brand_id and p.id = checklist_item.post_id)');
create policy limited_insert on checklist_item as restrictive for insert to diwan_app with check ((select app.limited()) is null);
create policy limited_delete on checklist_item as restrictive for delete to diwan_app using ((select app.limited()) is null);

create function app.guard_checklist_item() returns trigger language plpgsql as
$$
begin
  if app.limited() is not null
    and (to_jsonb(new) - array['ticked_by', 'ticked_at']) is distinct from (to_jsonb(old) - array['ticked_by', 'ticked_at']) then
    raise exception 'what is to be done is not theirs to write' using errcode = 'insufficient_privilege';
  end if;
  return new;
end
$$;
create trigger guard_checklist_item before update on checklist_item for each row execute function app.guard_checklist_item();

-- Whether a post may go on while a required item is not ticked.
alter table content_checks
  add column open_checklist text not null default 'WARN' check (open_checklist in ('OFF', 'WARN', 'BLOCK'));

-- As before (m0020), and with it the required items of the post that are not ticked.
drop function app.content_ground(uuid, uuid, timestamptz);
create function app.content_ground(p_brand uuid, p_post uuid, p_due timestamptz)
returns table (checks jsonb, profile jsonb, pillars jsonb, open_items text[])
language sql stable security definer set search_path = pg_catalog, public, pg_temp as
$$
  select (select to_jsonb(c) from content_checks c where c.brand_id = p_brand),
    (select jsonb_build_object('banned_words', f.banned_words, 'languages', f.languages)
      from brand_profile f where f.brand_id = p_brand order by f.version desc limit 1),
    (select coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'name', r.name, 'share_bp', r.share_bp,
        'posts', coalesce(m.posts, 0)) order by r.id), '[]')
      from content_pillar r left join (
        select p.pillar_id, count(*) as posts
        from brand b join post p on p.brand_id = b.id
        where b.id = p_brand and p.id <> p_post and p.pillar_id is not null and p.state not in ('CANCELED', 'ARCHIVED')
          and p.due_at >= date_trunc('month', p_due at time zone b.time_zone) at time zone b.time_zone
          and p.due_at < (date_trunc('month', p_due at time zone b.time_zone) + interval '1 month') at time zone b.time_zone
        group by p.pillar_id) m on m.pillar_id = r.id
      where r.brand_id = p_brand and r.archived_at is null),
    (select coalesce(array_agg(i.text order by i.position), '{}') from checklist_item i
      where i.brand_id = p_brand and i.post_id = p_post and i.required and i.ticked_at is null)
  where p_brand = any (app.brands()) or app.agency_level() is not null
$$;
revoke execute on function app.content_ground(uuid, uuid, timestamptz) from public;
grant execute on function app.content_ground(uuid, uuid, timestamptz) to diwan_app;
";
