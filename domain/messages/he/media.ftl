# The media library: what it refuses.

error-file-type-unsupported = הקובץ הזה אינו מהסוגים שמתקבלים כאן: JPEG, PNG, GIF, WebP, MP4, MOV או PDF.
error-file-damaged = הקובץ הזה פגום ואי אפשר לקרוא אותו.
error-upload-busy = מישהו אחר שולח את הקובץ הזה ברגע זה. המתינו, או בקשו כתובת חדשה.
error-wrong-offset = הקובץ ממשיך מבית מספר { $current }.
error-upload-missing = אין קובץ בכתובת שניתנה עבורו. שלחו אותו לשם תחילה.
error-no-direct-upload = הקבצים כאן אינם נשמרים ב-bucket. שלחו את הקובץ הזה לכתובת ההעלאה.
error-store-unavailable = לא היה אפשר לשמור את הקובץ. נסו שוב מאוחר יותר, או הודיעו למפעיל.
error-quota-exceeded = נפח האחסון המרבי של המותג הזה בבתים הוא { $limit }. מחקו קבצים, או בקשו מקום נוסף ממנהל.
error-asset-in-use = { $count ->
    [one] פוסט אחד ({ $count }) מציג את הקובץ הזה.
    [two] שני פוסטים ({ $count }) מציגים את הקובץ הזה.
   *[other] { $count } פוסטים מציגים את הקובץ הזה.
} הוציאו אותו משם תחילה.
error-asset-archived = הקובץ הזה הועבר לארכיון. שחזרו אותו, או בחרו אחר.
error-asset-expired = מותר להשתמש בקובץ הזה רק עד { $limit }. בחרו קובץ אחר או מועד מוקדם יותר, או האריכו את הזכויות.
error-asset-not-yet-usable = מותר להשתמש בקובץ הזה רק החל מ-{ $limit }. בחרו קובץ אחר, או מועד מאוחר יותר.
error-rights-missing = איש לא ציין באיזו זכות משתמשים בקובץ הזה. רשמו את הרישיון שלו.
error-rendition-pending = הגרסה של התמונה הזאת עבור { $network } עדיין בהכנה. נסו שוב בעוד רגע.
error-folder-not-empty = עדיין יש משהו בתיקייה הזאת. העבירו אותו תחילה.
error-folder-in-itself = תיקייה אינה יכולה לעמוד בתוך עצמה. בחרו מקום אחר.
error-folder-too-deep = עומק התיקיות המרבי הוא { $limit }. בחרו מקום אחר.
