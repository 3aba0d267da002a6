# See en/mail.ftl.

letter-open = פתיחה
letter-in-full = אם הכפתור אינו פועל, פתחו את הכתובת הזאת:
letter-link = פתחו את הכתובת הזאת:
letter-footer = המכתב נכתב אוטומטית על ידי דיוואן ב-{ $server }. אם לא ציפיתם לו, אין צורך לעשות דבר.

mail-invitation = שלום { $name },

    קיבלתם הזמנה אל { $agency } בדיוואן מאת { $inviter }. בחרו סיסמה כדי להתחיל.

    { $days ->
        [one] ההזמנה תקפה ליום אחד.
        [two] ההזמנה תקפה ליומיים.
       *[other] ההזמנה תקפה ל-{ $days } ימים.
    }
    .subject = הזמנה אל { $agency } מאת { $inviter }
    .button = קבלת ההזמנה

mail-place-added = שלום { $name },

    צורפתם אל: { $brands }, על ידי { $inviter } מ-{ $agency }. תראו זאת בהתחברות הבאה.
    .subject = צורפתם אל { $brands }

mail-place-ending = שלום { $name },

    העבודה שלכם עם { $brand } מסתיימת ב-{ $end } ({ $zone }). אם נדרש לכם זמן נוסף, בקשו מהצוות של { $brand }.
    .subject = העבודה שלכם עם { $brand } מסתיימת בקרוב

mail-place-ending-team = העבודה של { $name } עם { $brand } מסתיימת ב-{ $end } ({ $zone }).

    אם נדרש זמן נוסף, האריכו אותה לפני כן. אם לא, העבירו לאחר את העבודה הפתוחה.
    .subject = העבודה של { $name } עם { $brand } מסתיימת בקרוב
mail-comment =
    שלום { $name },

    { $how ->
        [reply] תגובה מאת { $by } להערה שלכם על ״{ $title }״:
       *[mention] { $by } הזכיר/ה אתכם בהערה על ״{ $title }״:
    }

    { $body }
    .subject = { $by }: { $title }
mail-password-reset =
    שלום { $name },

    מישהו ביקש לבחור סיסמה חדשה לחשבון שלכם. אם אתם ביקשתם, פתחו את הקישור שלהלן בתוך שעה. הקישור פועל פעם אחת, ומנתק אתכם מכל מקום שבו אתם מחוברים.

    אם לא אתם ביקשתם, אין צורך לעשות דבר: הסיסמה שלכם נשארת כפי שהיא.
    .subject = בחירת סיסמה חדשה


approval-who-level-any = כל מי שברמה { $level } ומעלה
approval-who-level-all = כל מי שברמה { $level }
approval-who-people = { $names }
approval-who-client = הלקוח
approval-who-limit = מי שהמגבלה שלו מכסה את הסכום (רמה { $level })
approval-who-team = צוות הסוכנות
approval-outcome-approved = אושר
approval-outcome-changes-requested = התבקשו שינויים
approval-outcome-withdrawn = הבקשה נמשכה
approval-outcome-voided = בטל, כי התוכן השתנה
mail-approval-requested =
    שלום { $name },

    התבקש אישור עבור ״{ $title }״ מאת { $requester }. עיינו בו, ואז אשרו או ציינו מה יש לשנות.
    .subject = לאישורכם: { $title }
mail-approval-reminder =
    שלום { $name },

    ״{ $title }״, שאישור עבורו התבקש מאת { $requester }, עדיין ממתין לכם. אשרו או ציינו מה לשנות.
    .subject = עדיין ממתין לאישורכם: { $title }
mail-approval-decided =
    שלום { $name },

    התקבלה תשובה על מה ששלחתם לאישור, ״{ $title }״: { $outcome }.

    { $comment }
    .subject = { $title }: { $outcome }
mail-post-assigned =
    שלום { $name },

    העבודה על ״{ $title }״ הוקצתה לכם על ידי { $by }.{ $dated ->
        [yes] {" "}המועד האחרון: { $due }.
       *[no] {""}
    }

    { $brief }
    .subject = משימה בשבילכם: { $title }
