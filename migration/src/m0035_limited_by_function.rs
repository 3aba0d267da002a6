//! What freelancers and clients see of a brand's posts is asked by functions, for them alone.
//!
//! Written into the policies as subqueries it stood, each time anew and with the policies of the tables below, in the plan of every
//! statement: half of what planning and starting the statement of a calendar month took, for everybody. A function that the planner
//! does not look into costs those whose rows are not limited nothing, and the others some microseconds a row.

pub(crate) const UP: &str = r"
-- The posts that are given to the freelancer whose scope it is.
create function app.limited_posts() returns uuid[]
language plpgsql stable parallel safe set search_path = pg_catalog, public, pg_temp as
$$ begin
  return coalesce((select array_agg(a.post_id) from post_assignment a where a.user_id = app.user_id()), '{}');
end $$;
-- Whether somebody limited sees a post.
create function app.limited_sees_post(p_brand uuid, p_post uuid) returns boolean
language plpgsql stable parallel safe set search_path = pg_catalog, public, pg_temp as
$$ begin return exists (select from post p where p.brand_id = p_brand and p.id = p_post); end $$;
-- Whether a calendar holds a post that was sent to the client.
create function app.limited_sees_in(p_brand uuid, p_calendar uuid) returns boolean
language plpgsql stable parallel safe set search_path = pg_catalog, public, pg_temp as
$$ begin
  return exists (select from post p where p.brand_id = p_brand and p.calendar_id = p_calendar and p.sent_to_client_at is not null);
end $$;
revoke execute on function app.limited_posts(), app.limited_sees_post(uuid, uuid),
  app.limited_sees_in(uuid, uuid) from public;
grant execute on function app.limited_posts(), app.limited_sees_post(uuid, uuid),
  app.limited_sees_in(uuid, uuid) to diwan_app;

-- Both lists are made once for a statement, and only where they are asked for.
alter policy limited on post using ((select app.limited()) is null
  or ((select app.limited()) = 'FREELANCER' and id = any ((select app.limited_posts())::uuid[]))
  or ((select app.limited()) = 'CLIENT' and (sent_to_client_at is not null
    or (state in ('APPROVED', 'SCHEDULED', 'PUBLISHING', 'PUBLISHED', 'PARTIALLY_PUBLISHED')
      and calendar_id = any ((select app.shared_calendars())::uuid[])))));
alter policy limited on calendar using ((select app.limited()) is null or (select app.limited()) = 'FREELANCER' or shared_with_client
  or app.limited_sees_in(brand_id, id));
alter policy limited on post_comment using ((select app.limited()) is null
  or (app.limited_sees_post(brand_id, post_id) and (visibility = 'CLIENT' or (select app.limited()) = 'FREELANCER')));
alter policy limited on post_version using ((select app.limited()) is null
  or ((select app.limited()) = 'FREELANCER' and app.limited_sees_post(brand_id, post_id)));
do $$
declare t text;
begin
  foreach t in array array['post_variant', 'publication', 'curated_post', 'slot_use'] loop
    execute format('alter policy limited on %I using ((select app.limited()) is null or app.limited_sees_post(brand_id, post_id))', t);
  end loop;
end
$$;
";
