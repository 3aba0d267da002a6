//! Calendars with a colour that are shared with the client or not; special days in four calendars; what was promised per
//! week; feeds of a person's calendar.

pub(crate) const UP: &str = r"
alter table calendar
  -- As a page shows it: #rrggbb in lower case.
  add column colour text not null default '#3b6ea5' check (colour ~ '^#[0-9a-f]{6}$'),
  -- Whether clients of the brand see what is planned in it. What was sent to them for approval they see in any case.
  add column shared_with_client boolean not null default true,
  add column version integer not null default 1;
create index post_sent_to_client on post (brand_id, calendar_id) where sent_to_client_at is not null;

-- The calendars of the scope that clients see. A function of the owner's, because the policies of post and calendar would
-- otherwise ask each other in a circle.
create function app.shared_calendars() returns uuid[]
language sql stable security definer set search_path = pg_catalog, public, pg_temp as
$$ select coalesce(array_agg(c.id), '{}') from calendar c where c.brand_id = any (app.brands()) and c.shared_with_client $$;
revoke execute on function app.shared_calendars() from public;
grant execute on function app.shared_calendars() to diwan_app;

alter policy limited on post using ((select app.limited()) is null
  or ((select app.limited()) = 'FREELANCER' and id in (select a.post_id from post_assignment a where a.user_id = (select app.user_id())))
  or ((select app.limited()) = 'CLIENT' and (sent_to_client_at is not null
    or (state in ('APPROVED', 'SCHEDULED', 'PUBLISHING', 'PUBLISHED', 'PARTIALLY_PUBLISHED')
      and calendar_id = any ((select app.shared_calendars())::uuid[])))));
-- Clients know the calendars that are shared with them, and those of the posts that were sent to them.
alter policy limited on calendar using ((select app.limited()) is null or (select app.limited()) = 'FREELANCER' or shared_with_client
  or exists (select from post p where p.brand_id = calendar.brand_id and p.calendar_id = calendar.id and p.sent_to_client_at is not null));
-- What belongs to a post is looked up by its post: the list of every post of the brand costs more the more there are.
alter policy limited on post_variant using ((select app.limited()) is null
  or exists (select from post p where p.brand_id = post_variant.brand_id and p.id = post_variant.post_id));
alter policy limited on publication using ((select app.limited()) is null
  or exists (select from post p where p.brand_id = publication.brand_id and p.id = publication.post_id));

-- Days that matter to the agency, for all its brands, or to one brand. Kept in the calendar that they are counted in.
create table special_day (
  id uuid primary key,
  agency_id uuid not null references agency (id),
  -- Null: the agency's, for all its brands.
  brand_id uuid references brand (id),
  name text not null check (length(btrim(name)) between 1 and 200),
  system text not null check (system in ('GREGORIAN', 'JALALI', 'HIJRI', 'HEBREW')),
  -- Null: every year.
  year integer check (year between 1 and 9999),
  -- By the calendar's own count; a leap month has the number of the month before it and an L: Adar I is M05L.
  month_code text not null check (month_code ~ '^M(0[1-9]|1[0-3])L?$'),
  day smallint not null check (day between 1 and 31),
  created_by uuid not null references app_user (id),
  created_at timestamptz not null,
  version integer not null default 1,
  unique (brand_id, id)
);
create index special_day_of_agency on special_day (agency_id) where brand_id is null;
select app.protect_brand_table('special_day', 'select, insert, update, delete', 'true');
-- The agency's are seen by everybody who is signed in and written by those who hold a level agency-wide.
alter policy limited on special_day with check ((select app.limited()) is null);
create policy of_agency on special_day for select to diwan_app using (brand_id is null and (select app.user_id()) is not null);

-- What was promised: so many posts a week, by the brand or by one of its accounts.
create table content_promise (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  -- Null: by the brand, whichever account it is.
  social_account_id uuid,
  posts_per_week smallint not null check (posts_per_week between 1 and 200),
  -- From the week of this day on; until the week of the other.
  starts_on date not null,
  ends_on date check (ends_on >= starts_on),
  created_by uuid not null references app_user (id),
  created_at timestamptz not null,
  version integer not null default 1,
  unique (brand_id, id),
  foreign key (brand_id, social_account_id) references social_account (brand_id, id)
);
select app.protect_brand_table('content_promise');

-- A calendar of a person's that other programs subscribe to, by a link that is its own credential.
create table calendar_feed (
  id uuid primary key,
  user_id uuid not null references app_user (id),
  name text not null check (length(btrim(name)) between 1 and 200),
  secret_hash bytea not null unique check (octet_length(secret_hash) = 32),
  -- Only these brands; empty: all in which the person holds a place.
  brand_ids uuid[] not null default '{}' check (cardinality(brand_ids) <= 50),
  created_at timestamptz not null,
  -- To the hour.
  last_read_at timestamptz,
  revoked_at timestamptz
);
create index calendar_feed_by_user on calendar_feed (user_id, id desc);
select app.force_row_security('calendar_feed');
create policy own on calendar_feed to diwan_app
  using (user_id = (select app.user_id())) with check (user_id = (select app.user_id()));
grant select, insert, update on calendar_feed to diwan_app;

-- Opens the scope of the person whose feed it is, as they are now. No row when the feed is unknown or revoked, or the person is
-- gone.
create function app.enter_feed(p_hash bytea, p_now timestamptz)
returns table (user_id uuid, agency_id uuid, kind text, name text, locale text, agency_level text, brands uuid[], levels text[], archived uuid[],
  feed_id uuid, feed_name text, feed_brands uuid[], last_read_at timestamptz)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
declare feed calendar_feed;
begin
  select * into feed from calendar_feed f where f.secret_hash = p_hash and f.revoked_at is null;
  if found then
    return query select u.*, feed.id, feed.name, feed.brand_ids, feed.last_read_at from app.enter_user(feed.user_id, p_now) u;
  end if;
end
$$;

-- That a feed is read, outside the transaction that reads it.
create function app.feed_read(p_feed uuid, p_now timestamptz) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as
$$
  update calendar_feed set last_read_at = p_now
  where id = p_feed and (last_read_at is null or last_read_at < p_now - interval '1 hour')
$$;
revoke execute on function app.enter_feed(bytea, timestamptz), app.feed_read(uuid, timestamptz) from public;
grant execute on function app.enter_feed(bytea, timestamptz), app.feed_read(uuid, timestamptz) to diwan_app;
";
