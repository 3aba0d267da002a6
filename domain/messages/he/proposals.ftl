# See en/proposals.ftl.

error-proposal-without-lines = עדיין אין מה להציע. הוסיפו קודם שורה עם מחיר.
error-proposal-not-reviewed = הצוות עדיין לא אישר את הגרסה הזו. המתינו לבדיקה ואז שלחו.

offer-from = { $agency } מציעה זאת ל{ $name } · { $brand }
offer-until = אפשר לקבל את ההצעה עד סוף { $when }.
offer-scope = מה נעשה
offer-when = מתי
offer-term = { $title }: { $from } – { $to }
offer-lines = כמה זה עולה
offer-discount = הנחה
offer-tax = מס { $percent }%
offer-net = ללא מס
offer-tax-total = מס
offer-gross = לתשלום
offer-gross-hint = בלי האפשרויות שתוכלו לבחור למטה.
offer-terms = תנאים
offer-file = ההצעה כקובץ PDF
offer-said = מה נאמר
offer-comment = שאלה או הערה
offer-send = שליחה
offer-answer = התשובה שלכם
offer-options = אפשרויות: סמנו מה תרצו בנוסף
offer-name = השם המלא שלכם
offer-name-hint = השם והכפתור שלמטה הם החתימה שלכם. יחד איתם נשמרים הזמן, הכתובת שלכם ברשת ותמצית של ההצעה הזו בדיוק.
offer-accept = קבלה וחתימה
offer-reason = אם זה לא מתאים לכם: למה?
offer-decline = דחייה
offer-accepted = ההצעה התקבלה על ידי { $who }: { $when }.
offer-digest = תמצית של מה שהתקבל (SHA-256):
offer-declined = ההצעה נדחתה. אין לכם עוד מה לעשות.
offer-too-late = הזמן לקבלת ההצעה עבר. בקשו מ{ $agency } הצעה חדשה.

budget-category-ads = פרסום
budget-category-influencers = משפיענים
budget-category-production = הפקה
budget-category-freelancers = פרילנסרים
budget-category-staff = הצוות שלנו
budget-category-tools = כלים
budget-category-other = אחר

mail-proposal-sent = שלום { $name },

    ל{ $agency } יש הצעה עבור { $brand }: ״{ $title }״. קראו אותה, שאלו מה שתרצו, ואז קבלו או דחו אותה. אין צורך להתחבר. היא בתוקף עד סוף { $until }.

    הקישור מיועד רק לכם: מי שמחזיק בו יכול לענות בשמכם.
    .subject = הצעה בשבילכם: { $title }
    .button = קריאת ההצעה

mail-proposal-reply = שלום { $name },

    { $who } כתב על ההצעה ״{ $title }״:

    { $words }

    אפשר לענות בדף שלה, דרך הקישור שנשלח אליכם.
    .subject = { $who }: { $title }

mail-proposal-accepted = שלום { $name },

    ההצעה ״{ $title }״ התקבלה על ידי { $who }. הפרויקט, התקציב והקמפיינים שלה נפתחו.
    .subject = התקבלה: { $title }

mail-proposal-declined = שלום { $name },

    ההצעה ״{ $title }״ נדחתה על ידי { $who }:

    { $words }
    .subject = נדחתה: { $title }

mail-proposal-commented = שלום { $name },

    { $who } כתב על ״{ $title }״:

    { $words }
    .subject = { $who }: { $title }

mail-proposal-expired = שלום { $name },

    לא הגיעה בזמן תשובה מ{ $who } על ״{ $title }״. עדכנו אותה כדי להציע אותה שוב.
    .subject = ללא תשובה: { $title }

# The file of what was accepted, and its last page.
offer-signed-file = מה שהתקבל, חתום, כקובץ PDF
offer-acceptance = קבלת ההצעה
offer-taken = כל הסכומים ב־{ $currency }. מוצג מה שהתקבל, עם האפשרויות שנבחרו.

mail-proposal-link = שלום { $name },

    זה קישור חדש להצעה ״{ $title }״. הקישור הקודם אינו פועל עוד.

    הקישור מיועד רק לכם: מי שמחזיק בו יכול לענות בשמכם.
    .subject = קישור חדש: { $title }
    .button = פתיחת ההצעה

mail-proposal-signed = שלום { $name },

    ההצעה ״{ $title }״ התקבלה. מה שהתקבל נמצא, כמסמך חתום, מאחורי הקישור, התקף עד { $when }. נא לשמור אותו.
    .subject = נחתמה: { $title }
    .button = לעיין בהצעה החתומה
