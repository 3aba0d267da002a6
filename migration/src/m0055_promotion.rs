//! Paid promotion: what is advertised, what it may cost, and what each day of it cost and brought.
//!
//! What a promotion has spent is the sum of its days (`app.sum_ad_boost_days`), and that is what the ledger has booked for it: a deferred
//! trigger says so when a transaction ends, whoever writes. Freelancers and clients see nothing of it.

pub(crate) const UP: &str = r"
create table ad_boost (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  name text not null check (length(btrim(name)) between 1 and 200),
  -- What is advertised: a post on one of its accounts, or an ad set by its name at the network.
  post_id uuid,
  ad_set text check (length(btrim(ad_set)) between 1 and 200),
  network text not null check (network ~ '^[a-z0-9_]{1,40}$'),
  social_account_id uuid,
  campaign_id uuid,
  objective text not null check (objective in ('AWARENESS', 'TRAFFIC', 'ENGAGEMENT', 'LEADS', 'SALES')),
  -- Days in the brand's time zone, both of them part of it.
  starts_on date not null,
  ends_on date not null,
  -- In minor units of the currency, which is that of the budget of the line.
  planned_minor bigint not null check (planned_minor between 1 and 1000000000000000),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  line_id uuid,
  state text not null check (state in ('DRAFT', 'IN_APPROVAL', 'APPROVED', 'RUNNING', 'ENDED', 'CANCELED')),
  -- The sum of its days. The database's to say.
  spent_minor bigint not null default 0 check (spent_minor >= 0),
  created_by uuid not null references app_user (id),
  -- Everybody who wrote at it: none of them approves it.
  authors uuid[] not null check (cardinality(authors) > 0 and array_position(authors, null) is null),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  started_at timestamptz,
  ended_at timestamptz,
  -- Counts the changes of what is planned; what was approved is one of them.
  version integer not null default 1 check (version > 0),
  unique (brand_id, id),
  foreign key (brand_id, post_id) references post (brand_id, id),
  foreign key (brand_id, social_account_id) references social_account (brand_id, id),
  foreign key (brand_id, campaign_id) references campaign (brand_id, id),
  foreign key (brand_id, line_id) references budget_line (brand_id, id),
  check (num_nonnulls(post_id, ad_set) = 1),
  check (post_id is null or social_account_id is not null),
  check (ends_on >= starts_on and ends_on - starts_on <= 366),
  check (state in ('DRAFT', 'CANCELED') or line_id is not null),
  check ((state in ('RUNNING', 'ENDED')) = (started_at is not null)),
  check ((state = 'ENDED') = (ended_at is not null)),
  check (spent_minor = 0 or state in ('RUNNING', 'ENDED'))
);
create index ad_boost_by_brand on ad_boost (brand_id, id desc);
create index ad_boost_by_post on ad_boost (brand_id, post_id) where post_id is not null;
create index ad_boost_by_account on ad_boost (brand_id, social_account_id) where social_account_id is not null;
create index ad_boost_by_campaign on ad_boost (brand_id, campaign_id) where campaign_id is not null;
create index ad_boost_by_line on ad_boost (brand_id, line_id) where line_id is not null;
select app.protect_brand_table('ad_boost', 'select');
-- What was spent is written by the days alone.
grant insert (id, brand_id, name, post_id, ad_set, network, social_account_id, campaign_id, objective, starts_on, ends_on, planned_minor,
    currency, line_id, state, created_by, authors, created_at, updated_at, started_at, ended_at, version),
  update (name, post_id, ad_set, network, social_account_id, campaign_id, objective, starts_on, ends_on, planned_minor, currency, line_id,
    state, authors, updated_at, started_at, ended_at, version)
  on ad_boost to diwan_app;

-- What a day cost and brought, as somebody reports it. The same report of a day is there once; reported anew it is replaced.
create table ad_boost_day (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  boost_id uuid not null,
  day date not null,
  -- By which the sender knows it: an ad, a placement, a row of a file.
  source_id text not null check (length(btrim(source_id)) between 1 and 200),
  -- In minor units of the promotion's currency.
  spend_minor bigint not null check (spend_minor between 0 and 1000000000000000),
  -- Null: nobody said. That is another thing than none.
  impressions bigint check (impressions >= 0),
  clicks bigint check (clicks >= 0),
  conversions bigint check (conversions >= 0),
  reach bigint check (reach >= 0),
  -- How often it was reported otherwise than before.
  restated integer not null default 0 check (restated >= 0),
  recorded_by uuid not null references app_user (id),
  recorded_at timestamptz not null,
  unique (brand_id, id),
  unique (brand_id, boost_id, day, source_id),
  foreign key (brand_id, boost_id) references ad_boost (brand_id, id),
  -- Whoever is reached is shown it once at least.
  check (reach <= impressions)
);
create index ad_boost_day_by_boost on ad_boost_day (brand_id, boost_id, id desc);
select app.protect_brand_table('ad_boost_day',
  'select, insert, update (spend_minor, impressions, clicks, conversions, reach, restated, recorded_by, recorded_at)');

-- From which state a promotion goes to which: the same as STEPS in domain/src/promotion/state.rs, which a test compares.
create function app.ad_boost_goes(p_from text, p_to text) returns boolean language sql immutable as
$$
  select (p_from, p_to) in (('DRAFT', 'IN_APPROVAL'), ('DRAFT', 'CANCELED'), ('IN_APPROVAL', 'DRAFT'), ('IN_APPROVAL', 'APPROVED'),
    ('IN_APPROVAL', 'CANCELED'), ('APPROVED', 'RUNNING'), ('APPROVED', 'CANCELED'), ('RUNNING', 'ENDED'))
$$;

-- It goes its way, what was approved stays as it was, and its money is set aside exactly from its approval to its end.
create function app.guard_ad_boost() returns trigger language plpgsql as
$$
declare open bigint;
begin
  if new.line_id is not null and not exists (select from budget_line l
      join budget b on b.brand_id = l.brand_id and b.id = l.budget_id
      where l.brand_id = new.brand_id and l.id = new.line_id and b.currency = new.currency) then
    raise exception 'a promotion is in the currency of its budget' using errcode = 'check_violation';
  end if;
  if tg_op = 'INSERT' then
    return new;
  end if;
  if old.state <> new.state and not app.ad_boost_goes(old.state, new.state) then
    raise exception 'a promotion does not go from % to %', old.state, new.state using errcode = 'check_violation';
  end if;
  if old.created_by <> new.created_by or (old.state <> 'DRAFT'
      and (old.name, old.post_id, old.ad_set, old.network, old.social_account_id, old.campaign_id, old.objective, old.starts_on, old.ends_on,
          old.planned_minor, old.currency, old.line_id)
        is distinct from (new.name, new.post_id, new.ad_set, new.network, new.social_account_id, new.campaign_id, new.objective,
          new.starts_on, new.ends_on, new.planned_minor, new.currency, new.line_id)) then
    raise exception 'a promotion is not changed once it was asked for' using errcode = 'check_violation';
  end if;
  if old.state <> new.state and new.state in ('APPROVED', 'ENDED', 'CANCELED') then
    select coalesce(sum(f.committed), 0) into open
      from budget_entry e cross join lateral app.budget_effect(e.kind, e.amount_minor, e.drawn_minor) f
      where e.brand_id = new.brand_id and e.source_kind = 'BOOST' and e.source_id = new.id;
    if open <> (case new.state when 'APPROVED' then new.planned_minor else 0 end) then
      raise exception 'a promotion that is % has % set aside', new.state, open using errcode = 'check_violation';
    end if;
  end if;
  return new;
end
$$;
create trigger guard_ad_boost before insert or update on ad_boost for each row execute function app.guard_ad_boost();

-- Brings what promotions have spent up to date with their days.
create function app.sum_ad_boost_days() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
begin
  update ad_boost b set spent_minor = s.spent
  from (select d.brand_id, d.boost_id, sum(d.spend_minor)::bigint as spent from ad_boost_day d
    where (d.brand_id, d.boost_id) in (select c.brand_id, c.boost_id from changed c) group by d.brand_id, d.boost_id) s
  where b.brand_id = s.brand_id and b.id = s.boost_id and b.spent_minor <> s.spent;
  return null;
end
$$;
revoke execute on function app.sum_ad_boost_days() from public;
create trigger sum_ad_boost_days_new after insert on ad_boost_day referencing new table as changed
  for each statement execute function app.sum_ad_boost_days();
create trigger sum_ad_boost_days_changed after update on ad_boost_day referencing new table as changed
  for each statement execute function app.sum_ad_boost_days();

-- What the days of a promotion come to is what is booked for it.
create function app.check_ad_boost(p_brand uuid, p_boost uuid) returns void language plpgsql as
$$
declare kept bigint; booked bigint;
begin
  select b.spent_minor into kept from ad_boost b where b.brand_id = p_brand and b.id = p_boost;
  select coalesce(sum(f.spent), 0) into booked
    from budget_entry e cross join lateral app.budget_effect(e.kind, e.amount_minor, e.drawn_minor) f
    where e.brand_id = p_brand and e.source_kind = 'BOOST' and e.source_id = p_boost;
  if kept <> booked then
    raise exception 'a promotion has spent % and % is booked for it', kept, booked using errcode = 'check_violation';
  end if;
end
$$;
create function app.check_ad_boost_spent() returns trigger language plpgsql as
$$
begin
  perform app.check_ad_boost(new.brand_id, new.id);
  return null;
end
$$;
create constraint trigger check_ad_boost_spent after update on ad_boost deferrable initially deferred
  for each row when (old.spent_minor is distinct from new.spent_minor) execute function app.check_ad_boost_spent();
create function app.check_ad_boost_booked() returns trigger language plpgsql as
$$
begin
  perform app.check_ad_boost(new.brand_id, new.source_id);
  return null;
end
$$;
create constraint trigger check_ad_boost_booked after insert on budget_entry deferrable initially deferred
  for each row when (new.source_kind = 'BOOST' and new.kind in ('SPEND', 'REFUND')) execute function app.check_ad_boost_booked();
";
