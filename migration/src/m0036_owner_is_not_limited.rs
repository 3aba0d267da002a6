//! The owner acts as the application where it says so, and not otherwise.
//!
//! A policy for a role holds for everybody who inherits it. An owner that is no superuser and was granted `diwan_app` (`m0001`) inherited
//! the restrictive policies `limited`, and with them the narrow functions that run as the owner saw, for freelancers and clients, only
//! what these see: fewer rules of approval, fewer authors, no row of the audit trail to chain.

pub(crate) const UP: &str = r"
do $$
begin
  if (select rolsuper from pg_roles where rolname = current_user) or not pg_has_role(current_user, 'diwan_app', 'usage') then
    return;
  end if;
  begin
    if current_setting('server_version_num')::integer >= 160000 then
      execute format('grant diwan_app to %I with inherit false, set true', current_user);
    else
      execute format('alter role %I noinherit', current_user);
    end if;
  exception
    when insufficient_privilege then null; -- said below
  end;
  if pg_has_role(current_user, 'diwan_app', 'usage') then
    raise exception 'the role % inherits diwan_app, so that what is kept from freelancers is kept from the functions of the database, too',
      current_user using hint = format('as a superuser: alter role %I noinherit; from PostgreSQL 16 on: grant diwan_app to %I with inherit false, set true',
        current_user, current_user);
  end if;
end
$$;
";
