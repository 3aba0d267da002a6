# See en/errors.ftl.

error-not-found = אין כאן דבר כזה. בדקו את המזהה, או בקשו שיצרפו אתכם למותג.
error-forbidden = התפקיד שלכם אינו מאפשר זאת ({ $action }). בקשו ממי שברמה { $level } ומעלה.
error-sign-in-required = יש להתחבר כדי לעשות זאת.
error-invalid = הערך הזה חסר או שאינו בצורה הנכונה.
error-too-long =
    { $actual ->
        [one] יש כאן תו אחד
        [two] יש כאן שני תווים
       *[other] יש כאן { $actual } תווים
    }; המרב המותר הוא { $limit }.
error-too-many =
    { $actual ->
        [one] ברשימה הזאת פריט אחד
        [two] ברשימה הזאת שני פריטים
       *[other] ברשימה הזאת { $actual } פריטים
    }; המרב המותר הוא { $limit }.
error-already-exists = כבר יש אחד בשם או בכתובת הזאת. בחרו אחר.
error-wrong-credentials = הכתובת והסיסמה אינן תואמות.
error-already-set-up = המערכת הזאת כבר הוקמה. התחברו במקום זאת.
error-wrong-setup-token = אסימון ההקמה הזה אינו זה שהודפס בהפעלה הראשונה, או שכבר נעשה בו שימוש. הפעילו את דיוואן מחדש כדי להדפיס אסימון חדש.
error-refresh-refused = ההתחברות הזאת הסתיימה. התחברו שוב.
error-password-too-short =
    { $limit ->
        [one] הסיסמה צריכה לכלול לפחות תו אחד.
        [two] הסיסמה צריכה לכלול לפחות שני תווים.
       *[other] הסיסמה צריכה לכלול לפחות { $limit } תווים.
    }
error-unknown-time-zone = ״{ $zone }״ אינו אזור זמן. השתמשו בשם IANA כגון Europe/Athens.
error-unknown-network = דיוואן אינו מכיר את הרשת ״{ $network }״.
error-wrong-connect-method = חשבונות של { $network } מתחברים בדרך אחרת: { $method }.
error-address-not-allowed = דיוואן פונה רק לכתובות ציבוריות ורק דרך https. מפעיל המערכת יכול לאשר אחרות ב-DIWAN_ALLOWED_HOSTS.
error-account-not-connected = החשבון { $account } אינו מחובר כעת. חברו אותו תחילה מחדש.
error-changed-meanwhile = מישהו שינה זאת מאז שקראתם (גרסה { $current }). קראו שוב וחזרו על השינוי.
error-wrong-state = אי אפשר לעשות זאת כל עוד המצב הוא { $state }.
error-thread-not-confirmed = הפרסום הזה יוצר { $posts } פוסטים ברשת. אשרו עם wholeThread שכולם שם, או בחרו sendNow כדי שמה שחסר יישלח.
error-not-rerunnable = העבודה הזאת הסתיימה לצמיתות. תזמנו את הפוסט מחדש, חברו את החשבון מחדש או בקשו את המכתב שוב.
error-time-in-past = הזמן הזה עבר. בחרו זמן מאוחר יותר.
error-time-too-far = זה רחוק יותר ממה שאפשר לתכנן. בחרו זמן לפני { $limit }.
error-quota-reached = המספר המרבי של פוסטים ש-{ $account } מפרסם בתקופה שהרשת שלו מונה הוא { $limit }, וכבר תוכננו כך סביב הזמן הזה. הזמן הפנוי הבא: { $free }.
error-no-variants = פוסט צריך לפחות חשבון אחד שיפורסם בו.
error-asset-not-ready = הקובץ של התמונה הזאת עדיין לא הועלה.
error-file-too-large =
    { $limit ->
        [one] הקובץ הזה גדול מבית אחד.
        [two] הקובץ הזה גדול משני בתים.
       *[other] הקובץ הזה גדול מ-{ $limit } בתים.
    }
error-image-too-many-pixels =
    { $limit ->
        [one] בתמונה הזאת יותר מפיקסל אחד.
        [two] בתמונה הזאת יותר משני פיקסלים.
       *[other] בתמונה הזאת יותר מ-{ $limit } פיקסלים.
    }
error-link-invalid = הקישור הזה אינו תקף, או שכבר נעשה בו שימוש.
error-link-expired = תוקף הקישור הזה פג. בקשו קישור חדש.
error-text-empty = ב-{ $network } נדרש כאן טקסט.
error-text-too-long-for-network = מספר התווים המרבי ב-{ $network } הוא { $limit }; בטקסט הזה יש { $actual }.
error-text-too-many-bytes-for-network = מספר הבתים המרבי ב-{ $network } הוא { $limit }; בטקסט הזה יש { $actual }.
error-too-many-images-for-network = מספר התמונות המרבי ב-{ $network } הוא { $limit }; כאן יש { $actual }.
error-image-too-large-for-network = גודל התמונה המרבי ב-{ $network } בבתים הוא { $limit }; גודל התמונה הזאת { $actual }.
error-image-too-many-pixels-for-network = מספר הפיקסלים המרבי בתמונה ב-{ $network } הוא { $limit }; בתמונה הזאת יש { $actual }.
error-image-type-not-for-network = ב-{ $network } אין אפשרות לתמונות מהסוג הזה.
error-alt-text-too-long-for-network = מספר התווים המרבי בתיאור ב-{ $network } הוא { $limit }; בתיאור הזה יש { $actual }.
error-alt-text-not-for-network = { $network } אינו מקבל את התיאור של התמונה או הסרטון הזה: מי שאינו רואה לא ידע עליו דבר שם.
error-thread-not-for-network = ב-{ $network } אין שרשורים. כתבו הכול בטקסט אחד.
error-thread-too-long-for-network = מספר החלקים המרבי בשרשור ב-{ $network } הוא { $limit }; בשרשור הזה יש { $actual }.
error-thread-part-empty = החלק הזה של השרשור ריק. כתבו משהו או הסירו אותו.
error-first-comment-not-for-network = ב-{ $network } חשבון אינו יכול להגיב מכאן לפוסט של עצמו. כתבו זאת בטקסט.
error-link-not-for-network = ב-{ $network } אין אפשרות לקישור לצד הטקסט. כתבו את הקישור בטקסט.
error-page-address-invalid = זו אינה כתובת של דף. כתבו אותה במלואה, עם https:// וללא רווחים.
error-link-with-images = פוסט ב-{ $network } מציג קישור או תמונות, לא את שניהם. הסירו אחד מהם.
error-option-not-for-network = ב-{ $network } אין אפשרות בשם “{ $option }”. הסירו אותה.
error-option-value-not-for-network = ב-{ $network } הערך הזה אינו מתאים לאפשרות “{ $option }”. בחרו אחד מהערכים שלה.
error-media-missing-for-network = ב-{ $network } אין פוסט בלי תמונה או סרטון. הוסיפו אחד.
error-media-mixed-for-network = ב-{ $network } פוסט מציג תמונות או סרטון, לא את שניהם. הסירו אחד מהם.
error-media-shape-not-for-network = ב-{ $network } לא מוצגים תמונה או סרטון בצורה או בגודל הזה. חתכו או בחרו אחר.
error-too-many-videos-for-network = מספר הסרטונים המרבי בפוסט ב-{ $network } הוא { $limit }; בפוסט הזה יש { $actual }.
error-video-too-large-for-network = גודל הסרטון המרבי ב-{ $network } בבתים הוא { $limit }; גודל הסרטון הזה { $actual }.
error-video-too-long-for-network = אורך הסרטון המרבי ב-{ $network } בשניות הוא { $limit }; אורך הסרטון הזה { $actual }.
error-video-too-short-for-network = אורך הסרטון המזערי ב-{ $network } בשניות הוא { $limit }; אורך הסרטון הזה { $actual }.
error-document-not-for-network = ב-{ $network } לא מוצגים מסמכים. הסירו את המסמך או הציגו את עמודיו כתמונות.
error-too-many-documents-for-network = מספר המסמכים המרבי בפוסט ב-{ $network } הוא { $limit }; בפוסט הזה יש { $actual }.
error-document-too-large-for-network = גודל המסמך המרבי ב-{ $network } בבתים הוא { $limit }; גודל המסמך הזה { $actual }.
error-document-not-alone-on-network = ב-{ $network } פוסט מציג מסמך, או תמונות וסרטונים, לא את שניהם. הסירו אחד מהם.
error-option-missing-for-network = ב-{ $network } כל פוסט צריך “{ $option }”. קבעו אותה.
error-not-together-on-network = זה אינו מתיישב עם שאר הפוסט ב-{ $network }. השמיטו אחד מהשניים.
error-network-not-set-up = { $network } לא הוגדרה כאן. מפעיל המערכת רושם שם יישום ומציין אותו בהגדרות השרת.
error-change-not-for-network = ב-{ $network } אי אפשר לשנות זאת מכאן. שנו זאת ב-{ $network } עצמה.
error-banned-word = המותג הזה לא אומר „{ $word }”. נסחו זאת אחרת.
error-pillar-missing = הפוסט הזה אינו שייך לאף אחד מעמודי התוכן של המותג. בחרו אחד.
error-off-mix = מספר הפוסטים של „{ $pillar }” החודש יהיה { $actual } מתוך { $total }; התמהיל המתוכנן מאפשר { $limit }. בחרו עמוד אחר או חודש אחר.
error-text-used-before = הפוסט „{ $title }” אומר כמעט אותו דבר בחשבון הזה בתאריך { $date }. נסחו אחרת או הרחיקו בין שני הפוסטים.
error-checklist-incomplete =
    { $count ->
        [one] פריט חובה אחד ברשימת הבדיקה עדיין לא סומן
        [two] שני פריטי חובה ברשימת הבדיקה עדיין לא סומנו
       *[other] { $count } פריטי חובה ברשימת הבדיקה עדיין לא סומנו
    }: { $items }. השלימו את מה שנותר וסמנו אותו.
error-language-not-of-brand = שפת הטקסט הזה היא „{ $language }”, שאינה בין שפות המותג ({ $languages }).
error-alt-text-missing = לתמונה הזאת אין תיאור. כתבו תיאור למי שאינו רואה אותה.
error-disclosure-missing = הפוסט הזה מסומן כ-{ $partnership }, והטקסט שלו אינו מגלה זאת. { $listed ->
    [no] הגדירו תחילה את מילות הגילוי של המותג.
   *[yes] השתמשו באחת מהמילים האלה: { $words }.
}
error-mix-above-whole = החלקים המתוכננים הם יחד { $actual }%; אפשר לתכנן עד 100%. הקטינו תחילה עמוד אחר, או שנו כמה יחד.
error-wrong-parent = מקומו של זה תחת משהו אחר ({ $parent }).
error-parent-archived = מה שזה נמצא תחתיו הועבר לארכיון. שחזרו אותו תחילה.
error-period-in-future = התקופה הזאת עדיין לא התחילה.
error-month-in-future = החודש הזה עדיין לא התחיל.
error-brand-archived = המותג הזה נמצא בארכיון. שחזרו אותו תחילה.
error-level-too-high = זה נוגע למי שברמה שלכם או מעליה ({ $level }). בקשו ממי שמעל.
error-kind-mismatch = לאדם הזה יש חשבון מסוג אחר ({ $kind }), שאי אפשר לשנות. השתמשו בכתובת אחרת.
error-expiry-required = לעבודה של פרילנסר חייב להיות מועד סיום. ציינו עד מתי.
error-last-cmo = מישהו צריך להישאר CMO. מנו תחילה אדם אחר ל-CMO.
error-not-a-member = לאדם הזה אין כעת מקום שם. צרפו אותו תחילה לכל אחד מהמותגים.
error-not-yourself = אי אפשר לעשות זאת לעצמכם. בקשו ממישהו אחר.
error-person-deactivated = החשבון של האדם הזה הושבת. הפעילו אותו תחילה.
error-unknown-currency = ״{ $currency }״ אינו מטבע. השתמשו בקוד ISO 4217 כגון EUR.
error-password-too-weak = קל מדי לנחש את הסיסמה הזאת. האריכו אותה, או השתמשו בכמה מילים שאינן קשורות זו לזו.
error-too-many-attempts =
    היו יותר מדי ניסיונות כושלים. נסו שוב { $seconds ->
        [one] בעוד שנייה אחת
        [two] בעוד שתי שניות
       *[other] בעוד { $seconds } שניות
    }, התחברו עם מפתח גישה או בכניסה אחודה, או אפסו את הסיסמה.
error-second-factor-wrong = הקוד הזה אינו נכון, או שכבר נעשה בו שימוש. הזינו את החדש ביותר, או השתמשו בקוד שחזור.
error-second-factor-required = הסוכנות שלכם דורשת אימות דו-שלבי. הגדירו אותו לפני שתמשיכו.
error-challenge-expired = זה ארך זמן רב מדי או שכבר נעשה. התחילו מחדש.
error-passkey-refused = מפתח הגישה הזה לא התקבל. נסו שוב, או התחברו בדרך אחרת.
error-single-sign-on-refused = הכניסה האחודה לא התקבלה. התחברו בדרך אחרת, או שאלו את מנהל המערכת.
error-scope-too-wide = אי אפשר לתת לאסימון את { $action }: אין לכם הזכות הזאת, או שהיא אינה ניתנת לתוכנות.
error-four-eyes = אתם כתבתם או ביקשתם זאת, ולכן מישהו אחר צריך לאשר.
error-not-your-turn = השלב הזה אינו להחלטתכם. הוא ממתין ל: { $who }.
error-already-decided = כבר החלטתם בשלב הזה.
error-nobody-can-approve = אין מי שיכול לאשר זאת ({ $who }). צרפו מישהו למותג, או שנו את שרשרת האישורים.
error-approval-required = במותג הזה פוסט צריך אישור לפני שמתזמנים אותו. שלחו אותו לאישור.
error-limit-exceeded = זה מעל המגבלה שלכם, { $limit } { $currency }. נדרש מי שהמגבלה שלו גבוהה יותר.
error-reason-required = ציינו את הסיבה, כדי שהבא בתור ידע מה לעשות.
error-mail-not-configured = המערכת הזאת אינה יכולה לשלוח דואר. בקשו ממפעיל המערכת להגדיר את DIWAN_SMTP_URL.
error-not-by-dimension = { $metric } הוא מספר של חשבונות שלמים, ולכן אינו נמסר לפי { $dimension }. הסירו אחד מהשניים, או חלקו לפי BRAND, ACCOUNT, NETWORK או זמן.
error-file-not-plan = הקובץ הזה אינו CSV וגם לא חוברת XLSX. שמרו אותו כאחד מהם.
error-file-not-text = לא כל הקובץ הזה ב-UTF-8. שמרו אותו כ-“CSV UTF-8” או כ-XLSX.
error-file-unfolds = הקובץ הזה נפרש ליותר מ-{ $limit } בתים. הסירו את מה שאינו מהתוכנית, או שמרו כ-CSV.
error-formula-cell = בתא { $value } יש נוסחה. החליפו נוסחאות בערכים שלהן.
error-column-missing = העמודה “{ $column }” חסרה. השורה הראשונה נותנת לעמודות שמות.
error-column-twice = העמודה “{ $column }” מופיעה פעמיים. הסירו אחת מהן.
error-column-unknown = העמודה “{ $column }” אינה מוכרת ודילגו עליה.
error-date-not-understood = “{ $value }” אינו תאריך. כתבו כך: 2026-11-30.
error-time-not-understood = “{ $value }” אינה שעה. כתבו כך: 17:30.
error-no-such-name = למותג אין כאן דבר בשם “{ $value }”. בדקו איך זה נכתב.
error-name-ambiguous = יש כמה בשם “{ $value }”. כתבו את הרשת לפני החשבון, כמו mastodon:name.
error-rule-not-understood = זה אינו כלל לימים ש-Diwan מבין. כתבו אותו כפי ש-RFC 5545 כותב, עם FREQ=DAILY, WEEKLY, MONTHLY או YEARLY, בלי שעות ובלי UNTIL, וציינו את היום האחרון בנפרד.
error-slot-taken = המועד הזה תפוס בידי פוסט אחר. בחרו מועד אחר או קחו את הפנוי הבא.
error-no-free-slot = אין מועד פנוי לפוסט הזה בשלושת החודשים הקרובים. צרו מועד, או תזמנו את הפוסט ידנית.
