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

# Templates and hashtag sets.
error-variable-not-declared = שורה { $line }, תו { $column }: התבנית אינה מגדירה משתנה בשם „{ $name }”. הגדירו אותו, או השתמשו במשתנה קיים.
error-variable-name-bad = שורה { $line }, תו { $column }: „{ $name }” אינו שם של משתנה. כתבו שם אחד בין הסוגריים: אותיות, ספרות וקווים תחתונים, והראשונה אות.
error-variable-not-closed = שורה { $line }, תו { $column }: המשתנה הזה אינו סגור. כתבו שני סוגריים סוגרים אחרי שמו.
error-variable-missing = ל-„{ $label }” ({ $name }) אין עדיין ערך. מלאו אותו.
error-hashtags-not-for-network = ההאשטגים האלה מיועדים ל-{ $networks }, לא ל-{ $network }. בחרו קבוצה אחרת.
