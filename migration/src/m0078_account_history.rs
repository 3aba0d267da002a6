//! The past of accounts that are connected already is read, too, where their networks tell it.

pub(crate) const UP: &str = r"
create function app.ask_for_account_history() returns void
language sql set search_path = pg_catalog, public, pg_temp as
$$
  insert into job (id, brand_id, kind, subject_id, due_at, created_at)
  select gen_random_uuid(), a.brand_id, 'read_account_history', a.id, now() + random() * interval '1 day', now()
  from social_account a where a.state = 'CONNECTED' and a.network in ('facebook', 'linkedin', 'youtube')
  on conflict do nothing
$$;
select app.ask_for_account_history();
drop function app.ask_for_account_history();
";
