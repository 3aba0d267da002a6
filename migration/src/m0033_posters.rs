//! Posters: films have forms as well, and whatever stands still has one for the screen. What is here already gets them now.

pub(crate) const UP: &str = r"
-- The owner sees rows as the definer functions do.
set local search_path = pg_catalog, public, pg_temp;
update media_file f set renditions_at = null
from brand b
where b.id = f.brand_id and b.deleted_at is null and f.state = 'READY' and f.renditions_at is not null
  and exists (select from asset a where a.brand_id = f.brand_id and a.file_id = f.id and not a.animated);
-- The work has the id of its file, which is no other work's.
insert into job (id, brand_id, kind, subject_id, due_at, created_at)
  select f.id, f.brand_id, 'make_renditions', f.id, now(), now() from media_file f join brand b on b.id = f.brand_id
  where b.deleted_at is null and f.state = 'READY' and f.renditions_at is null
  on conflict do nothing;
set local search_path to default;
";
