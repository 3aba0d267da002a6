//! Files that are handed in by a link: documents beside pictures and films, and files that nobody of the product sent. Reminders of what
//! is due.

pub(crate) const UP: &str = r"
-- A document (PDF) has no width and no height, and no network takes it.
alter table asset
  drop constraint asset_mime_type_check,
  drop constraint asset_check,
  drop constraint asset_check1,
  drop column kind;
alter table asset
  add column kind text generated always as (case
    when mime_type like 'video/%' then 'VIDEO'
    when mime_type = 'application/pdf' then 'DOCUMENT'
    when mime_type = 'image/gif' or animated then 'GIF'
    when mime_type is not null and infographic then 'INFOGRAPHIC'
    when mime_type is not null then 'IMAGE' end) stored,
  -- By which link it came from outside; null: somebody of the product sent it.
  add column upload_link_id uuid,
  alter column uploaded_by drop not null,
  add constraint asset_mime_type_check check (mime_type in ('image/jpeg', 'image/png', 'image/gif', 'image/webp', 'video/mp4',
    'video/quicktime', 'application/pdf')),
  add constraint asset_whole check ((file_id is not null) = (mime_type is not null and byte_size is not null and sha256 is not null)),
  add constraint asset_nothing check ((file_id is null) = (mime_type is null and byte_size is null and sha256 is null)),
  add constraint asset_sides check ((width is null) = (height is null)
    and (width is not null) = coalesce(mime_type <> 'application/pdf', false)),
  add constraint asset_sender check (num_nonnulls(uploaded_by, upload_link_id) = 1),
  add foreign key (brand_id, upload_link_id) references public_link (brand_id, id);
create index asset_by_upload_link on asset (brand_id, upload_link_id) where upload_link_id is not null;

-- For which day the reminder before it, and the one that it has passed, went out: each day is reminded of once.
alter table deliverable
  add column reminded_for date,
  add column overdue_for date;

alter table notice drop constraint notice_kind_check;
alter table notice add constraint notice_kind_check check (kind in ('PUBLICATION_FAILED', 'PUBLICATION_UNCONFIRMED', 'PUBLICATION_MISSED',
  'ACCOUNT_DISCONNECTED', 'WEBHOOK_DISABLED', 'CONTRACT_ENDING', 'DELIVERABLE_DUE'));
alter table notice_setting drop constraint notice_setting_kind_check;
alter table notice_setting add constraint notice_setting_kind_check check (kind in ('PUBLICATION_FAILED', 'PUBLICATION_UNCONFIRMED',
  'PUBLICATION_MISSED', 'ACCOUNT_DISCONNECTED', 'CONTRACT_ENDING', 'DELIVERABLE_DUE'));
";
