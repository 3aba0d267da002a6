# Reports that leave the house: schedules, letters, and the page of a shared report.

notice-report-paused = The report “{ $title }” is not made any more: whoever answered for it may no longer, or its template is gone. Look at the schedule, then let it go on.
notice-report-not-made = The report “{ $title }” could not be made or sent this time. Ask for it by hand; the schedule goes on.
mail-report-notices = Hello { $name },

    { $list }
    .subject = { $brand }: a report was not sent
mail-report-ready = Hello,

    “{ $title }” for { $brand }, from { $from } to { $to }, is ready. The link is good until { $when }; you need not sign in.
    .subject = { $brand }: { $title }
    .button = Read the report

report-files = Save as:
report-no-page = Save the report in one of these formats:

report-title-client = Marketing report
report-title-management = Report to the management
report-title-team = Report of the team
