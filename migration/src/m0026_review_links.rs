//! Review links: a client decides about one request by a link that is its own credential.

pub(crate) const UP: &str = r"
create table review_link (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  request_id uuid not null,
  -- Who decides by it: a client, and nobody else ever.
  user_id uuid not null,
  user_kind text not null default 'CLIENT' check (user_kind = 'CLIENT'),
  secret_hash bytea not null unique check (octet_length(secret_hash) = 32),
  -- Null: it went out with a letter.
  created_by uuid references app_user (id),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  unique (brand_id, id),
  foreign key (brand_id, request_id) references approval_request (brand_id, id),
  foreign key (user_id, user_kind) references app_user (id, kind),
  check (expires_at > created_at)
);
create index review_link_by_request on review_link (brand_id, request_id, id desc);
select app.protect_brand_table('review_link', 'select, insert, update (revoked_at)');
-- What a client decides, or a freelancer asks for, may open a step whose letters carry links. They write them unseen.
alter policy limited on review_link
  with check ((select app.limited()) is null or (created_by is null and request_id in (select r.id from approval_request r)));

-- Opens the scope of the client whose link it is, as they are now and narrowed to the link's brand. Where the link has ended,
-- `ending` says how, and no scope is opened. No row when the link is unknown, or the client or their place is gone.
create function app.enter_review(p_hash bytea, p_now timestamptz)
returns table (user_id uuid, agency_id uuid, kind text, name text, locale text, agency_level text, brands uuid[], levels text[], archived uuid[],
  link_id uuid, request_id uuid, expires_at timestamptz, ending text)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
declare
  link review_link;
  person app_user;
  place membership;
  ended text;
begin
  select * into link from review_link l where l.secret_hash = p_hash;
  if not found then
    return;
  end if;
  select * into person from app_user u where u.id = link.user_id and u.deactivated_at is null;
  if not found then
    return;
  end if;
  select m.* into place from membership m join brand b on b.id = m.brand_id
  where m.brand_id = link.brand_id and m.user_id = link.user_id and m.starts_at <= p_now
    and (m.expires_at is null or m.expires_at > p_now) and m.suspended_at is null and m.ended_at is null and b.deleted_at is null;
  if not found then
    return;
  end if;
  select case when link.revoked_at is not null then 'REVOKED' when r.state in ('WITHDRAWN', 'VOIDED') then r.state
    when link.expires_at <= p_now then 'EXPIRED' end
  into ended from approval_request r where r.brand_id = link.brand_id and r.id = link.request_id;
  if ended is null then
    perform app.enter_user(link.user_id, p_now);
    perform set_config('app.brand_ids', array[link.brand_id]::text, true);
  end if;
  return query select person.id, person.agency_id, person.kind, person.name, person.locale, null::text, array[link.brand_id],
    array[place.level], (select coalesce(array_agg(b.id), '{}') from brand b where b.id = link.brand_id and b.archived_at is not null),
    link.id, link.request_id, link.expires_at, ended;
end
$$;
revoke execute on function app.enter_review(bytea, timestamptz) from public;
grant execute on function app.enter_review(bytea, timestamptz) to diwan_app;
";
