//! The application's role, the caller's scope, and the protection that every tenant table gets.
//!
//! Two roles: whoever runs the migrations owns everything; `diwan_app`, which the server and the worker act as,
//! owns nothing and sees only the rows that the scope of its transaction allows. The scope is three settings that
//! end with the transaction:
//!
//! - `app.user_id`: who asks (empty in the worker),
//! - `app.agency_level`: their agency-wide level, if any,
//! - `app.brand_ids`: the brands that they may see, as a PostgreSQL array.
//!
//! They are set by the functions `app.enter_*` alone, which derive them from the memberships, so that a policy costs
//! one comparison with an array that is computed once per statement and no join per row.

pub(crate) const UP: &str = r"
do $$
begin
  create role diwan_app nologin nobypassrls;
exception
  when duplicate_object or unique_violation then null; -- another database of this cluster has made it
end
$$;

-- So that one login, no superuser, can both migrate and act as the application. Where the role is somebody else's, they
-- grant it to the application's login.
do $$
begin
  execute format('grant diwan_app to %I', current_user);
exception
  when insufficient_privilege then null;
end
$$;

create schema app;
grant usage on schema app to diwan_app;
grant usage on schema public to diwan_app;

create function app.user_id() returns uuid language sql stable parallel safe as
$$ select nullif(current_setting('app.user_id', true), '')::uuid $$;

create function app.agency_level() returns text language sql stable parallel safe as
$$ select nullif(current_setting('app.agency_level', true), '') $$;

create function app.brands() returns uuid[] language sql stable parallel safe as
$$ select coalesce(nullif(current_setting('app.brand_ids', true), ''), '{}')::uuid[] $$;

-- True only inside the named SECURITY DEFINER functions, which all carry this search path and nobody else does: a
-- setting of our own on a function would take a superuser. The policies that ask it are the owner's alone: for the
-- application's role the path means nothing.
create function app.in_definer() returns boolean language sql stable parallel safe as
$$ select current_setting('search_path') = 'pg_catalog, public, pg_temp' $$;

-- Row-level security that holds for the owner as well, outside the definer functions.
create function app.force_row_security(t regclass) returns void language plpgsql as
$$
begin
  execute format('alter table %s enable row level security', t);
  execute format('alter table %s force row level security', t);
  execute format('create policy definer on %s to current_user using (app.in_definer()) with check (app.in_definer())', t);
end
$$;

-- What every table with a brand_id gets: forced security, the tenant policy, the grants.
create function app.protect_brand_table(t regclass, granted text default 'select, insert, update, delete')
returns void language plpgsql as
$$
begin
  perform app.force_row_security(t);
  execute format(
    'create policy tenant on %s to diwan_app using (brand_id = any ((select app.brands())::uuid[])) '
    'with check (brand_id = any ((select app.brands())::uuid[]))', t);
  execute format('grant %s on %s to diwan_app', granted, t);
end
$$;

-- So that a process knows whether the schema is the one that it was built for.
grant select on seaql_migrations to diwan_app;

revoke execute on function app.force_row_security(regclass), app.protect_brand_table(regclass, text) from public;
";
