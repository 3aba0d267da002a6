# חוזים: מה שאומרים המסמכים והדף שלהם, והמכתבים שמביאים את הקישור.

error-contract-work-open =
    { $count ->
        [one] מסירה או תשלום אחד של החוזה עדיין פתוחים. קבלו אותם או משכו אותם, שלמו או בטלו, ואז השלימו את החוזה.
        [two] שתי מסירות או תשלומים של החוזה עדיין פתוחים. קבלו אותם או משכו אותם, שלמו או בטלו, ואז השלימו את החוזה.
       *[other] { $count } מסירות ותשלומים של החוזה עדיין פתוחים. קבלו אותם או משכו אותם, שלמו או בטלו, ואז השלימו את החוזה.
    }
error-contract-both-sides = איש אינו מחזיק בשני קצות החוזה: מי שחותם מטעמנו אינו יוצר קישור לצד השני. בקשו מעמית.

contract-kind-influencer = חוזה עם משפיען
contract-kind-agency = חוזה עם סוכנות
contract-kind-vendor = חוזה עם ספק
contract-kind-freelancer = חוזה עם עצמאי
contract-between = בין { $agency }, עבור { $brand }, לבין { $party }
contract-terms = מה שסוכם
contract-party = הצד השני
contract-party-address = כתובת
contract-fee = שכר
contract-starts = היום הראשון
contract-ends = היום האחרון
contract-open-end = עד שאחד הצדדים מסיים אותו
contract-exclusivity = בלעדיות
contract-exclusive-until = בלעדיות עד
contract-disclosure = מופיע בכל פוסט
contract-usage = זכויות שימוש
contract-usage-until = זכויות שימוש עד
contract-amendment = תיקון
contract-amends = מסמך זה מתקן את ״{ $title }״, שנחתם: { $when }. במקום ששניהם עוסקים באותו עניין, מסמך זה קובע.
contract-signatures = חתימות
contract-signed-at = נחתם
contract-signed-at-utc = בזמן עולמי
contract-signed-from = מהכתובת
contract-document-hash = ‏SHA-256 של המסמך ששני הצדדים חתמו עליו
contract-version = גרסה { $number }

sign-document = שמירת המסמך (PDF)
sign-heading = חתימה
sign-intro = בחתימתכם אתם מסכימים לחוזה כפי שהוא במסמך. שמכם, השעה וכתובת המכשיר שלכם נשמרים איתו.
sign-name = שמכם המלא
sign-name-hint = כפי שיופיע מתחת לחוזה.
sign-submit = חתימה על החוזה
sign-reason = אם אינכם רוצים לחתום: מדוע?
sign-decline = דחייה
sign-by = חתימה: { $name }, עבור { $side }, { $when }
sign-waiting = חתמתם. הצד השני עדיין לא.
sign-signed = שני הצדדים חתמו על החוזה.
sign-declined = החוזה נדחה. איש אינו חותם עליו עוד.
sign-over = החוזה הסתיים.

notice-contract-ending = ״{ $title }״ מסתיים ב-{ $until }. חדשו אותו, הניחו לו להסתיים, או השלימו אותו אז.
mail-contract-to-sign = שלום { $name },

    ״{ $title }״ עבור { $brand } מוכן לחתימה. קראו אותו, ואז חתמו או ציינו מדוע לא. אין צורך להתחבר.

    הקישור תקף עד { $when }. הוא מיועד לכם בלבד: מי שמחזיק בו יכול לחתום במקומכם.
    .subject = לחתימה: { $title }
    .button = לקרוא ולחתום
mail-contract-signed = שלום { $name },

    שני הצדדים חתמו על ״{ $title }״ עבור { $brand }. המסמך עם החתימות נמצא מאחורי הקישור, התקף עד { $when }. נא לשמור אותו.
    .subject = נחתם: { $title }
    .button = לעיין בחוזה
mail-contract-notices = שלום { $name },

    { $list }
    .subject = { $brand }: חוזה מסתיים בקרוב

negotiation-intro = החוזה נמצא במשא ומתן עם { $agency }. דבר ממנו אינו מחייב איש לפני ששני הצדדים חתמו. שאלו או העירו למטה.
negotiation-deciding = { $agency } מחליטים עליו כעת. נודיע לכם כשיגיע זמן החתימה.
negotiation-sent = החוזה נשלח לחתימה בקישור אחר. נא לחפש את המכתב ההוא.
notice-contract-commented = { $who } כתבו על ״{ $title }״. קראו, ואז ענו או שנו את החוזה.
mail-contract-to-read = שלום { $name },

    זו טיוטה של ״{ $title }״ עבור { $brand }. קראו אותה, ושאלו או העירו בדף שלה. אין צורך להתחבר, והקריאה אינה חותמת על דבר.

    הקישור תקף עד { $when }. הוא מיועד לכם בלבד: מי שמחזיק בו יכול לכתוב במקומכם.
    .subject = לקריאה ולדיון: { $title }
    .button = לקרוא ולדון
mail-contract-reply = שלום { $name },

    { $who } כתב על ״{ $title }״:

    { $words }

    אפשר לענות בדף שלו, דרך הקישור שנשלח אליכם.
    .subject = { $who }: { $title }
mail-contract-comment-notices = שלום { $name },

    { $list }
    .subject = { $brand }: בעניין חוזה
