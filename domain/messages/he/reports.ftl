# Reports that leave the house: schedules, letters, and the page of a shared report.

notice-report-paused = הדוח ״{ $title }״ אינו מופק עוד: לאחראי עליו אין עוד הרשאה, או שהתבנית שלו נמחקה. בדקו את התזמון ואז המשיכו אותו.
notice-report-not-made = לא ניתן היה להפיק או לשלוח את הדוח ״{ $title }״ הפעם. בקשו אותו ידנית; התזמון נמשך.
mail-report-notices = שלום { $name },

    { $list }
    .subject = { $brand }: דוח לא נשלח
mail-report-ready = שלום,

    ״{ $title }״ עבור { $brand }, מ־{ $from } עד { $to }, מוכן. הקישור תקף עד { $when }, ואין צורך להתחבר.
    .subject = { $brand }: { $title }
    .button = קריאת הדוח

report-files = שמירה בתור:
report-no-page = שמרו את הדוח באחד מהפורמטים האלה:

report-title-client = דוח שיווק
report-title-management = דוח להנהלה
report-title-team = דוח הצוות
