# See en/review.ftl.

review-asks = { $agency }: התבקש אישור של { $name } · { $brand }
review-due = מתוכנן ל: { $when } ({ $zone })
review-not-planned = המועד עדיין לא נקבע.
review-until = נא להשיב עד { $when }.
review-on = פוסט ב-{ $network }
review-alt = תיאור: { $alt }
review-document = מסמך: { $name }
review-card = ‏{ $network } תוסיף תצוגה מקדימה של הדף הזה.
review-thread = המשך השרשור
review-first-comment = תגובה ראשונה, מהחשבון עצמו
review-link = מוצג ככרטיס שמוביל לדף הזה.
review-options = הגדרות
review-said = מה נאמר
review-you = אתם
review-comment = תגובה
review-send = שליחת התגובה
review-decide = ההחלטה שלכם
review-words = מה צריך להשתנות, או כל דבר שתרצו לומר
review-words-hint = נדרש אם מבקשים שינויים.
review-words-missing = ציינו מה צריך להשתנות.
review-comment-missing = כתבו תחילה את התגובה.
review-approve = אישור
review-change = בקשת שינויים
review-decided-approved = אישרתם את זה: { $when }.
review-decided-changes-requested = ביקשתם שינויים: { $when }.
review-decided-by-approved = אושר על ידי { $who }: { $when }.
review-decided-by-changes-requested = התבקשו שינויים על ידי { $who }: { $when }.
review-not-asked = כעת אין זה תורכם להחליט. כשיגיע, תקבלו מכתב.
review-goes-on = מכאן ממשיך הצוות. אין צורך לעשות דבר נוסף.
review-over-approved = הפוסט אושר. אין צורך לעשות דבר נוסף.
review-over-changes-requested = הצוות ישנה את הפוסט וישאל אתכם שוב.
review-is-newer = הצוות עובד על גרסה חדשה יותר, שעליה תישאלו.
review-changed = הדבר השתנה מאז שפתחתם את הדף. התשובה לא נספרה: הביטו בו שוב ואז החליטו.
review-not-counted = התשובה לא נספרה. { $why }
review-expires = הדף מיועד אל { $name } ופועל עד { $when }. נא לא להעביר את הקישור: מי שמחזיק בו יכול להשיב במקומכם.
review-title = אישור
review-ended = הקישור הזה הסתיים
review-ended-expired = זמנו עבר. בקשו מהצוות קישור חדש.
review-ended-revoked = הצוות סיים אותו. בקשו מהם קישור חדש.
review-ended-withdrawn = הצוות אינו שואל עוד על הפוסט הזה. אין צורך לעשות דבר.
review-ended-voided = הפוסט השתנה, ולכן מה שנשאלתם עליו אינו עוד מה שיתפרסם. תקבלו קישור חדש כשהצוות ישאל שוב.
review-unknown = הקישור אינו תקף. פתחו אותו כפי שהוא במכתב, או בקשו מהצוות קישור חדש.

mail-review-requested = שלום { $name },

    התבקש אישורכם עבור ״{ $title }״ מאת { $requester }. עיינו בו, ואז אשרו או ציינו מה יש לשנות. אין צורך להתחבר.

    { $days ->
        [one] הקישור תקף ליום אחד. הוא מיועד לכם בלבד: מי שמחזיק בו יכול להשיב במקומכם.
        [two] הקישור תקף ליומיים. הוא מיועד לכם בלבד: מי שמחזיק בו יכול להשיב במקומכם.
       *[other] הקישור תקף ל-{ $days } ימים. הוא מיועד לכם בלבד: מי שמחזיק בו יכול להשיב במקומכם.
    }
    .subject = לאישורכם: { $title }
    .button = לעיין ולהחליט

mail-review-reminder = שלום { $name },

    ״{ $title }״, שאישורכם התבקש עבורו מאת { $requester }, עדיין ממתין לכם. עיינו בו, ואז אשרו או ציינו מה יש לשנות. אין צורך להתחבר.

    { $days ->
        [one] הקישור תקף ליום אחד. הוא מיועד לכם בלבד: מי שמחזיק בו יכול להשיב במקומכם.
        [two] הקישור תקף ליומיים. הוא מיועד לכם בלבד: מי שמחזיק בו יכול להשיב במקומכם.
       *[other] הקישור תקף ל-{ $days } ימים. הוא מיועד לכם בלבד: מי שמחזיק בו יכול להשיב במקומכם.
    }
    .subject = עדיין ממתין לאישורכם: { $title }
    .button = לעיין ולהחליט

option-visibility = מי רואה
option-visibility-public = כולם
option-visibility-unlisted = כולם, אך לא בציר הזמן הציבורי
option-visibility-private = עוקבים בלבד
option-visibility-direct = רק מי שמוזכר
option-sensitive = התמונות רגישות ומוסתרות תחילה
option-spoiler-text = אזהרת תוכן
option-silent = נשלח בלי צליל
option-protected = אי אפשר להעביר או לשמור
option-link-preview = תצוגה מקדימה של הקישור
option-link-preview-none = בלי תצוגה מקדימה
option-link-preview-small = קטנה
option-link-preview-large = גדולה
option-link-preview-above = התצוגה המקדימה של הקישור מעל הטקסט
option-caption-above = הטקסט מעל התמונות
option-poll = תשובות הסקר, אחת בכל שורה
option-poll-minutes = משך הסקר בדקות
option-poll-multiple = בסקר אפשר לבחור כמה תשובות
option-board = לוח
option-format = תבנית
option-format-feed = פוסט
option-format-reel = ריל
option-format-story = סטורי
option-title = כותרת
option-cover-seconds = הרגע בסרט שהוא התמונה המייצגת, בשניות
option-reply-settings = מי יכול להשיב
option-reply-settings-following = מי שהחשבון עוקב אחריהם
option-reply-settings-mentioned-users = רק מי שמוזכר
option-reply-settings-subscribers = מנויים בלבד
option-reply-settings-verified = חשבונות מאומתים בלבד
option-made-with-ai = נוצר בבינה מלאכותית
option-visibility-connections = קשרים בלבד
option-link-title = כותרת הקישור
option-document-title = כותרת המסמך
option-link-description = תיאור הקישור
option-poll-question = שאלת הסקר
option-poll-duration = משך הסקר
option-poll-duration-one-day = יום אחד
option-poll-duration-three-days = שלושה ימים
option-poll-duration-seven-days = שבוע
option-poll-duration-fourteen-days = שבועיים
option-privacy = מי רואה
option-privacy-public = כולם
option-privacy-unlisted = מי שיש לו הקישור
option-privacy-private = אף אחד אחר
option-made-for-kids = מיועד לילדים
option-tags = תגיות, אחת בכל שורה
option-category = קטגוריה
option-disable-comment = אי אפשר להגיב
option-disable-duet = אי אפשר ליצור דואט
option-disable-stitch = אי אפשר ליצור סטיץ׳
option-brand-organic = מקדם את המותג שלכם
option-brand-content = שותפות בתשלום
option-post-type = סוג הפוסט
option-post-type-update = חדשות
option-post-type-event = אירוע
option-post-type-offer = מבצע
option-event-title = כותרת האירוע או המבצע
option-starts-at = מתחיל, בצורה 2027-01-31 או 2027-01-31 18:30
option-ends-at = מסתיים, בצורה 2027-01-31 או 2027-01-31 18:30
option-button = כפתור
option-button-book = הזמנת מקום
option-button-order = הזמנה
option-button-shop = לחנות
option-button-learn-more = מידע נוסף
option-button-sign-up = הרשמה
option-button-call = התקשרות
option-button-link = לאן הכפתור מוביל
option-coupon-code = קוד קופון
option-redeem-link = היכן מממשים את המבצע
option-terms = תנאי המבצע
option-topic = נושא
option-reply-control = מי יכול להשיב
option-reply-control-everyone = כולם
option-reply-control-accounts-you-follow = מי שהחשבון עוקב אחריהם
option-reply-control-mentioned-only = רק מי שמוזכר
option-reply-control-followers-only = עוקבים בלבד
option-share-to-feed = הריל מוצג גם בין הפוסטים
option-yes = כן
option-no = לא
