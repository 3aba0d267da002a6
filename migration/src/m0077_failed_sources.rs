//! People are told that a server that counts visits is not asked any more.

pub(crate) const UP: &str = r"
-- Whatever else people are told of stays.
do $$
declare
  kept record;
begin
  for kept in select c.conrelid::regclass as place, c.conname as called, pg_get_constraintdef(c.oid) as said
    from pg_constraint c where c.conname in ('notice_kind_check', 'notice_setting_kind_check', 'webhook_endpoint_kinds_check',
      'webhook_delivery_kind_check')
  loop
    execute format('alter table %s drop constraint %I, add constraint %I %s', kept.place, kept.called, kept.called,
      replace(replace(kept.said, 'ARRAY[', 'ARRAY[''WEB_SOURCE_FAILED''::text, '), 'cardinality(kinds) <= 5', 'cardinality(kinds) <= 6'));
  end loop;
end
$$;

-- When people were told that it is not asked any more; null once it has answered.
alter table web_source add column told_at timestamptz,
  add constraint web_source_told check (told_at is null or state in ('CHECKING', 'FAILED'));
";
