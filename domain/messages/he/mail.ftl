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
