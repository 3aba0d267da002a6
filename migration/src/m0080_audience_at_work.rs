//! Audiences are told by what people work, too, and those of LinkedIn's pages are read.

pub(crate) const UP: &str = r"
alter table audience_reading drop constraint audience_reading_dimension_check,
  add constraint audience_reading_dimension_check check (dimension in
    ('AGE', 'GENDER', 'AGE_GENDER', 'COUNTRY', 'CITY', 'INDUSTRY', 'SENIORITY', 'JOB_FUNCTION', 'COMPANY_SIZE'));

-- The accounts that are there are read from now on, spread over a day.
create function app.begin_audiences() returns void
language sql set search_path = pg_catalog, public, pg_temp as
$$
  insert into job (id, brand_id, kind, subject_id, due_at, created_at)
  select gen_random_uuid(), a.brand_id, 'read_audience', a.id, now() + random() * interval '1 day', now()
  from social_account a where a.state = 'CONNECTED' and a.network = 'linkedin'
  on conflict do nothing
$$;
select app.begin_audiences();
drop function app.begin_audiences();
";
