//! What is on a network can be taken back, or its words changed, where the network lets it.

pub(crate) const UP: &str = r"
create table publication_change (
  id uuid primary key,
  brand_id uuid not null references brand (id),
  publication_id uuid not null,
  kind text not null check (kind in ('TAKE_BACK', 'CORRECT')),
  state text not null check (state in ('REQUESTED', 'DONE', 'FAILED')),
  -- The words as they are to be: of a correction.
  text text check (length(text) <= 100000),
  link text check (length(link) <= 2000),
  options jsonb,
  reason text not null check (length(reason) between 1 and 500),
  -- Why it failed: as publication.trouble.
  trouble text,
  trouble_detail text,
  requested_by uuid not null references app_user (id),
  created_at timestamptz not null,
  finished_at timestamptz,
  unique (brand_id, id),
  foreign key (brand_id, publication_id) references publication (brand_id, id),
  check ((kind = 'CORRECT') = (text is not null)),
  check ((kind = 'CORRECT') = (options is not null)),
  check ((state = 'REQUESTED') = (finished_at is null)),
  check ((state = 'FAILED') = (trouble is not null))
);
-- One at a time; and nothing more once it was taken back.
create unique index publication_change_open on publication_change (brand_id, publication_id) where state = 'REQUESTED';
create unique index publication_change_back on publication_change (brand_id, publication_id)
  where kind = 'TAKE_BACK' and state <> 'FAILED';
create index publication_change_of on publication_change (brand_id, publication_id, id);
select app.protect_brand_table('publication_change', 'select, insert, update');
";
