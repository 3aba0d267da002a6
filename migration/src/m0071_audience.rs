//! Who follows the brand's accounts, or sees what they publish.

pub(crate) const UP: &str = r"
-- What a network told of an account's audience on a day of the brand's clock, by one dimension; the newest of a day.
create table audience_reading (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  social_account_id uuid not null,
  dimension text not null check (dimension in ('AGE', 'GENDER', 'AGE_GENDER', 'COUNTRY', 'CITY')),
  day date not null,
  read_at timestamptz not null,
  -- Whose audience: those who follow the account, or those who saw what it published.
  audience text not null check (audience in ('FOLLOWERS', 'VIEWERS')),
  -- In what the amounts are: people, how often something was seen, or millionths of the whole.
  unit text not null check (unit in ('PEOPLE', 'VIEWS', 'SHARE')),
  -- The parts, and how much each is.
  keys text[] not null,
  amounts bigint[] not null,
  -- Why there are no parts.
  missing text check (missing in ('TOO_FEW', 'NEEDS_RECONNECT', 'NOT_SERVED')),
  unique (brand_id, id),
  unique (brand_id, social_account_id, dimension, day),
  foreign key (brand_id, social_account_id) references social_account (brand_id, id),
  check (cardinality(keys) = cardinality(amounts) and cardinality(keys) <= 1000),
  check (array_position(keys, null) is null and array_position(amounts, null) is null),
  check (0 < all (amounts)),
  check ((missing is null) = (cardinality(keys) > 0))
);
select app.protect_brand_table('audience_reading', 'select, insert, update');

-- The accounts that are there are read from now on, spread over a day.
create function app.begin_audiences() returns void
language sql set search_path = pg_catalog, public, pg_temp as
$$
  insert into job (id, brand_id, kind, subject_id, due_at, created_at)
  select gen_random_uuid(), a.brand_id, 'read_audience', a.id, now() + random() * interval '1 day', now()
  from social_account a
  where a.state = 'CONNECTED' and a.network in ('instagram', 'threads', 'youtube')
$$;
select app.begin_audiences();
drop function app.begin_audiences();
";
