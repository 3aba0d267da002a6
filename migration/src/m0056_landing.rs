//! Landing pages: written in drafts, published at an address of their own, visited without cookies; what is filled in there is a lead
//! and a conversion, once.

pub(crate) const UP: &str = r"
create table landing_page (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  -- Part of its address, as of a short link: ten random characters of an alphabet without look-alikes.
  code text not null unique check (code ~ '^[1-9A-HJ-NP-Za-km-z]{10}$'),
  -- The end of its address, for people.
  slug text not null check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 80),
  campaign_id uuid,
  locale text not null check (locale in ('en', 'fa', 'ar', 'el', 'he')),
  title text not null check (length(btrim(title)) between 1 and 200),
  -- Headings, texts and lists of points, in their order.
  blocks jsonb not null check (jsonb_typeof(blocks) = 'array'),
  -- A picture of the media library, and what is said to those who do not see it.
  asset_id uuid,
  image_alt text not null default '' check (length(image_alt) <= 1000),
  -- What visitors are asked to do: follow a short link, or fill in the form.
  action text not null check (action in ('LINK', 'FORM')),
  action_label text not null check (length(btrim(action_label)) between 1 and 80),
  link_id uuid,
  form_fields text[] not null check (form_fields <@ array['NAME', 'EMAIL', 'PHONE', 'MESSAGE']),
  required_fields text[] not null check (required_fields <@ form_fields),
  -- What visitors agree to, and what they read afterwards.
  consent text not null default '' check (length(consent) <= 2000),
  thanks text not null default '' check (length(thanks) <= 2000),
  -- What a lead of this page is worth, if that is known.
  value_minor bigint check (value_minor between 0 and 1000000000000000),
  currency text check (currency ~ '^[A-Z]{3}$'),
  state text not null check (state in ('DRAFT', 'PUBLISHED', 'ARCHIVED')),
  published_by uuid references app_user (id),
  published_at timestamptz,
  created_by uuid not null references app_user (id),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  archived_at timestamptz,
  version integer not null default 1,
  unique (brand_id, id),
  foreign key (brand_id, campaign_id) references campaign (brand_id, id),
  foreign key (brand_id, asset_id) references asset (brand_id, id),
  foreign key (brand_id, link_id) references tracked_link (brand_id, id),
  check ((asset_id is null) = (image_alt = '')),
  check ((action = 'LINK') = (link_id is not null)),
  -- Whoever fills in a form agrees to something, and can be reached.
  check (action <> 'FORM' or (consent <> '' and thanks <> '' and required_fields && array['EMAIL', 'PHONE'])),
  check ((value_minor is null) = (currency is null)),
  check ((published_by is null) = (published_at is null)),
  check (state <> 'PUBLISHED' or published_at is not null),
  check ((state = 'ARCHIVED') = (archived_at is not null))
);
create unique index landing_page_slug on landing_page (brand_id, slug) where state <> 'ARCHIVED';
create index landing_page_by_brand on landing_page (brand_id, id desc);
create index landing_page_by_campaign on landing_page (brand_id, campaign_id) where campaign_id is not null;
select app.protect_brand_table('landing_page', 'select, insert, update');

-- How often a page was opened within a quarter of an hour, counted as the clicks of short links are: nothing of who opened it.
create table landing_visit (
  brand_id uuid not null references brand (id),
  page_id uuid not null,
  -- When it begins.
  quarter timestamptz not null check (extract(epoch from quarter) % 900 = 0),
  -- The host of the page that led there; empty: none was named; *: any beyond the first hundred of the quarter.
  referrer_host text not null check (referrer_host ~ '^([a-z0-9._-]{0,253}|[*])$'),
  device text not null check (device in ('DESKTOP', 'MOBILE', 'TABLET', 'OTHER')),
  visits bigint not null check (visits > 0),
  primary key (brand_id, page_id, quarter, referrer_host, device),
  foreign key (brand_id, page_id) references landing_page (brand_id, id)
);
select app.protect_brand_table('landing_visit', 'select, insert, update (visits)');

-- A form that somebody filled in. Its id is that of the form as it was shown, so that it counts once. How to reach them is with the lead,
-- sealed. What was submitted stays.
create table landing_submission (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  page_id uuid not null,
  page_version integer not null,
  -- The campaign of the page at that time.
  campaign_id uuid,
  -- What they agreed to, in full.
  consent text not null check (length(consent) between 1 and 2000),
  -- What the address said of where they came from.
  utm_source text check (length(utm_source) between 1 and 200),
  utm_medium text check (length(utm_medium) between 1 and 200),
  utm_campaign text check (length(utm_campaign) between 1 and 200),
  utm_content text check (length(utm_content) between 1 and 200),
  utm_term text check (length(utm_term) between 1 and 200),
  submitted_at timestamptz not null,
  unique (brand_id, id),
  foreign key (brand_id, page_id) references landing_page (brand_id, id),
  foreign key (brand_id, campaign_id) references campaign (brand_id, id)
);
create index landing_submission_by_page on landing_submission (brand_id, page_id);
create index landing_submission_by_campaign on landing_submission (brand_id, campaign_id) where campaign_id is not null;
select app.protect_brand_table('landing_submission', 'select, insert');

-- The conversion of a submission is recorded by nobody of the agency, and so is its lead.
alter table conversion add column submission_id uuid,
  add constraint conversion_submission unique (brand_id, submission_id),
  add constraint conversion_of_submission foreign key (brand_id, submission_id) references landing_submission (brand_id, id);
do $$
declare old text;
begin
  select c.conname into strict old from pg_constraint c
  where c.conrelid = 'conversion'::regclass and c.contype = 'c' and pg_get_constraintdef(c.oid) like '%recorded_by%';
  execute format('alter table conversion drop constraint %I', old);
end
$$;
alter table conversion add constraint conversion_recorded_by
  check ((recorded_by is null) = (endpoint_id is not null or submission_id is not null));
alter table lead alter column created_by drop not null,
  add constraint lead_created_by check (created_by is not null or conversion_id is not null);

-- Opens the scope of the brand of a page that is published, as a job has it: strangers visit pages, and no scope is theirs. No row where
-- no published page has this code, or its brand is archived.
create function app.enter_landing_page(p_code text) returns table (found_page uuid, found_brand uuid, found_agency uuid)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as
$$
declare
  page landing_page;
  owner_id uuid;
begin
  select p.* into page from landing_page p join brand b on b.id = p.brand_id
  where p.code = p_code and p.state = 'PUBLISHED' and b.archived_at is null and b.deleted_at is null;
  if found and app.enter_brand(page.brand_id) then
    select b.agency_id into owner_id from brand b where b.id = page.brand_id;
    return query select page.id, page.brand_id, owner_id;
  end if;
end
$$;
revoke execute on function app.enter_landing_page(text) from public;
grant execute on function app.enter_landing_page(text) to diwan_app;
";
