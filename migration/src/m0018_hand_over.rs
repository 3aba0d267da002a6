//! What somebody was named to approve can be handed over, which the history of a request says.

pub(crate) const UP: &str = r"
alter table approval_entry drop constraint approval_entry_kind_check;
alter table approval_entry add constraint approval_entry_kind_check check (kind in ('OPENED', 'STEP_OPENED', 'DELEGATED',
  'ESCALATED', 'REMINDED', 'APPROVED', 'CHANGES_REQUESTED', 'WITHDRAWN', 'VOIDED', 'HANDED_OVER'));
";
