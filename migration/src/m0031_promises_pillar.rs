//! What was promised may be of a pillar: so many posts a week about one thing.

pub(crate) const UP: &str = r"
alter table content_promise
  -- Null: whatever the posts are for.
  add column pillar_id uuid,
  add foreign key (brand_id, pillar_id) references content_pillar (brand_id, id);
create index content_promise_by_pillar on content_promise (brand_id, pillar_id) where pillar_id is not null;
";
