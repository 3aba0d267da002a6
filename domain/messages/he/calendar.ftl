# Calendars: what they refuse, and the words of the feeds that other programs subscribe to.

error-calendar-in-use = { $count ->
    [one] פוסט אחד ({ $count }) מהלוח הזה עדיין בדרך לפרסום.
    [two] שני פוסטים ({ $count }) מהלוח הזה עדיין בדרך לפרסום.
   *[other] { $count } פוסטים מהלוח הזה עדיין בדרך לפרסום.
} הסירו תחילה מהתזמון את מה שתוכנן.
error-not-planned = לפוסט הזה עדיין אין מועד. קבעו לו תאריך ושעה.

# Where a post is on its way.
post-state-draft = טיוטה
post-state-in-review = בבדיקה
post-state-changes-requested = התבקשו שינויים
post-state-approved = מאושר
post-state-scheduled = מתוזמן
post-state-publishing = בפרסום
post-state-published = פורסם
post-state-partially-published = פורסם חלקית
post-state-failed = נכשל
post-state-paused = מושהה
post-state-canceled = מבוטל
post-state-archived = בארכיון

feed-state = מצב: { $state }
feed-accounts = חשבונות: { $accounts }
