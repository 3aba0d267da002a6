# Figures: alerts, and where a figure stands beside its target.

notice-alert-above = ״{ $title }״: הנתון עד { $until } הוא { $value }, מעל { $expected }. בדקו מה עומד מאחוריו ואז סמנו את ההתראה כנקראה.
notice-alert-below = ״{ $title }״: הנתון עד { $until } הוא { $value }, מתחת ל־{ $expected }. בדקו מה עומד מאחוריו ואז סמנו את ההתראה כנקראה.
notice-alert-target = ״{ $title }״: הנתון עד { $until } הוא { $value }, והיעד דורש { $expected } עד אז. החליטו מה לעשות בזמן שנותר.
notice-alert-unusual = ״{ $title }״: הנתון עד { $until } הוא { $value }. באותם ימים בשבועות הקודמים הוא היה בין { $low } ל־{ $high }, לרוב בערך { $expected }. בדקו מה השתנה.
mail-alert-notices = שלום { $name },

    { $list }
    .subject = { $brand }: נתון דורש מבט

notice-web-source-failed = ״{ $title }״: הביקורים באתר הזה אינם נקראים עוד. { $trouble }
mail-web-source-notices = שלום { $name },

    { $list }
    .subject = { $brand }: הביקורים אינם נקראים עוד

notice-report-host-away = ״{ $title }״: המארח של הדוחות המשותפים שלכם לא היה זמין זמן רב מדי, ואינו נבדק עוד. הקישורים מובילים לכתובת של המערכת עצמה. תקנו את השם, את ה־proxy או את התעודה שלו, והגדירו אותו מחדש.
notice-report-host-taken = ״{ $title }״: משהו אחר עונה במארח של הדוחות המשותפים שלכם, והוא אינו נבדק עוד. הקישורים מובילים לכתובת של המערכת עצמה; קישורים שנוקבים במארח הזה אינם נפתחים. הפנו את השם שלו לכאן והגדירו אותו מחדש.
mail-report-host-notices = שלום { $name },

    { $list }
    .subject = הדוחות אינם נקראים עוד במארח שלכם

insight-target-sum = { $value } עד כה, כשעד היום נדרש { $direction ->
        [AT_MOST] לכל היותר
       *[AT_LEAST] לפחות
    } { $expected } מתוך { $target } בסך הכול: { $standing ->
        [AHEAD] מקדים
        [BEHIND] מפגר
       *[ON_TRACK] לפי התוכנית
    }.
insight-target-level = { $value }, עם יעד של { $direction ->
        [AT_MOST] לכל היותר
       *[AT_LEAST] לפחות
    } { $target }: { $standing ->
        [AHEAD] מקדים
        [BEHIND] מפגר
       *[ON_TRACK] לפי התוכנית
    }.
insight-target-unknown = אין נתון להשוואה עם היעד { $target }.
