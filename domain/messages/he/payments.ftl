# תוצרים, תשלומים ושעות. `deliverable-` הוא הדף שבו הצד השני של חוזה מגיש.

error-fee-exceeded = מתוך שכר החוזה נותרו ללא תכנון רק { $amount } { $currency }. תכננו פחות, או הסכימו על תיקון לחוזה.
error-payment-blocked = { $why ->
    [NOT_SIGNED] התשלום ממתין לחתימת החוזה.
    [NOT_ACCEPTED] התשלום ממתין לקבלת התוצר.
    [NOT_YET] יום התשלום עוד לא הגיע.
    [NOT_COMMITTED] התשלום ממתין להתחייבות של הכסף בשורת תקציב. שאלו את מי שמנהל את התקציב.
    [ABOVE_FEE] תשלומי החוזה גבוהים משכרו. תכננו פחות.
   *[other] אי אפשר לבקש את התשלום עדיין.
}
error-payee-missing = איש לא רשם לאיזה חשבון משולם החוזה הזה. רשמו קודם את החשבון.
error-payer-missing = איש לא רשם מאיזה חשבון משלמים עבור המותג הזה. רשמו קודם את החשבון.
error-payments-under-way = תשלומים של החוזה הזה בהחלטה או בדרך לבנק. משכו אותם, החזירו את הקובץ או סמנו אותם כמשולמים קודם.
error-currency-not-sepa = SEPA משלם באירו, לא ב־{ $currency }. ייצאו את התשלום כ־CSV.
error-account-not-sepa = החשבון אינו במדינה של SEPA. ייצאו את התשלום כ־CSV.
error-not-transferable = אי אפשר להעביר את הסכום: לא נותר ממנו דבר, או שהוא גבוה ממה שהבנק מקבל.
error-iban-invalid = זה אינו IBAN: ספרות הביקורת אינן מתאימות. העתיקו אותו מחשבונית.
error-bic-invalid = זה אינו BIC: יש בו 8 או 11 אותיות וספרות, כמו COBADEFF.
error-bank-text-only = כתבו את השם באותיות לטיניות, כפי שהבנק מכיר אותו.
error-not-found-published = איש עוד לא מצא שזה פורסם. הסתכלו ורשמו את הבדיקה, או החזירו.
error-not-found-disclosed = „{ $words }” לא נמצא בו. הסתכלו ורשמו את הבדיקה, או החזירו.
error-work-rate-missing = אין תעריף ל־{ $day }. קבעו קודם כמה עולה שעה.

deliverable-asks = { $agency } מבקשת מ־{ $name } להגיש · { $brand }
deliverable-due = עד { $when }
deliverable-brief = מה זה אמור להיות
deliverable-disclosure = חייב להיכתב בו:
deliverable-submitted = הגשתם את זה. הצוות מסתכל.
deliverable-accepted = זה התקבל. אין לכם עוד מה לעשות.
deliverable-sent-back = זה חזר אליכם. נא להגיש שוב.
deliverable-withdrawn = אין בזה עוד צורך.
deliverable-hand-in = הגשה
deliverable-link = כתובת הדף
deliverable-link-hint = היכן זה פורסם, כמו https://example.com/post/1.
deliverable-note = כל מה שתרצו לומר
deliverable-send = הגשת הכתובת
deliverable-either = שלחו את הכתובת שבה זה פורסם, או קובץ: אחד מהשניים.
deliverable-file = קובץ
deliverable-file-hint = תמונה עד { $picture } מגה־בייט, סרטון עד { $film } ג׳יגה־בייט, או PDF עד { $document } מגה־בייט.
deliverable-send-file = שליחת הקובץ והגשה

notice-deliverable-due = יש להגיש את ״{ $title }״ עד { $until }, וזה עוד לא הוגש. שאלו את מי שמגיש.
notice-deliverable-overdue = היה צריך להגיש את ״{ $title }״ עד { $until }, וזה לא הוגש. שאלו את מי שמגיש, או הסכימו על יום אחר.
mail-deliverable-link = שלום { $name },

    { $agency } מבקשת שתגישו את ״{ $title }״ עבור { $brand } עד { $due }. בדף שהקישור פותח שולחים את הכתובת שבה זה פורסם, או קובץ. אין צורך להתחבר.

    הקישור פועל עד { $when }. הוא מיועד לכם בלבד: מי שמחזיק בו יכול להגיש במקומכם.
    .subject = להגשה: { $title }
    .button = הגשה
mail-deliverable-sent-back = שלום { $name },

    ״{ $title }״ עבור { $brand } חזר אליכם:

    { $reason }

    נא להגיש שוב עד { $due }.
    .subject = נא להגיש שוב: { $title }
    .button = הגשה חוזרת
mail-deliverable-soon = שלום { $name },

    יש להגיש את ״{ $title }״ עבור { $brand } עד { $due }, ועוד לא הוגש דבר.
    .subject = המועד קרוב: { $title }
    .button = הגשה
mail-deliverable-late = שלום { $name },

    היה צריך להגיש את ״{ $title }״ עבור { $brand } עד { $due }, ולא הוגש דבר. נא להגיש עכשיו, או לומר לצוות מתי תגישו.
    .subject = המועד עבר: { $title }
    .button = הגשה
mail-deliverable-notices = שלום { $name },

    { $list }
    .subject = { $brand }: הגיע המועד של משהו שהוסכם
