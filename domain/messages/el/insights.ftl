# Figures: alerts, and where a figure stands beside its target.

notice-alert-above = «{ $title }»: ο αριθμός έως { $until } είναι { $value }, πάνω από { $expected }. Δείτε τι κρύβεται πίσω του και σημειώστε την ειδοποίηση ως αναγνωσμένη.
notice-alert-below = «{ $title }»: ο αριθμός έως { $until } είναι { $value }, κάτω από { $expected }. Δείτε τι κρύβεται πίσω του και σημειώστε την ειδοποίηση ως αναγνωσμένη.
notice-alert-target = «{ $title }»: ο αριθμός έως { $until } είναι { $value }, ενώ ο στόχος ζητά { $expected } έως τότε. Αποφασίστε τι θα γίνει στον χρόνο που μένει.
notice-alert-unusual = «{ $title }»: ο αριθμός έως { $until } είναι { $value }. Τις ίδιες ημέρες των προηγούμενων εβδομάδων ήταν μεταξύ { $low } και { $high }, συνήθως περίπου { $expected }. Δείτε τι άλλαξε.
mail-alert-notices = Γεια σας { $name },

    { $list }
    .subject = { $brand }: ένας αριθμός χρειάζεται προσοχή

notice-web-source-failed = «{ $title }»: οι επισκέψεις αυτού του ιστότοπου δεν διαβάζονται πια. { $trouble }
mail-web-source-notices = Γεια σας { $name },

    { $list }
    .subject = { $brand }: οι επισκέψεις δεν διαβάζονται πια

notice-report-host-away = «{ $title }»: ο κεντρικός υπολογιστής των κοινόχρηστων αναφορών σας δεν ήταν προσβάσιμος για πολύ καιρό και δεν ελέγχεται πια. Οι σύνδεσμοι οδηγούν στη διεύθυνση της ίδιας της εγκατάστασης. Διορθώστε το όνομα, τον διακομιστή μεσολάβησης ή το πιστοποιητικό του και ορίστε τον ξανά.
notice-report-host-taken = «{ $title }»: στον κεντρικό υπολογιστή των κοινόχρηστων αναφορών σας απαντά κάτι άλλο και δεν ελέγχεται πια. Οι σύνδεσμοι οδηγούν στη διεύθυνση της ίδιας της εγκατάστασης· όσοι τον ονομάζουν δεν ανοίγουν. Φροντίστε το όνομά του να οδηγεί εδώ και ορίστε τον ξανά.
mail-report-host-notices = Γεια σας { $name },

    { $list }
    .subject = Οι αναφορές δεν διαβάζονται πια στη δική σας διεύθυνση

insight-target-sum = { $value } έως τώρα, ενώ έως σήμερα ζητούνται { $direction ->
        [AT_MOST] το πολύ
       *[AT_LEAST] τουλάχιστον
    } { $expected } από { $target } συνολικά: { $standing ->
        [AHEAD] μπροστά
        [BEHIND] πίσω
       *[ON_TRACK] σύμφωνα με το σχέδιο
    }.
insight-target-level = { $value }, με στόχο { $direction ->
        [AT_MOST] το πολύ
       *[AT_LEAST] τουλάχιστον
    } { $target }: { $standing ->
        [AHEAD] μπροστά
        [BEHIND] πίσω
       *[ON_TRACK] σύμφωνα με το σχέδιο
    }.
insight-target-unknown = Δεν υπάρχει αριθμός για σύγκριση με τον στόχο { $target }.
