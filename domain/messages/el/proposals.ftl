# See en/proposals.ftl.

error-proposal-without-lines = Δεν προσφέρεται ακόμη τίποτα. Προσθέστε πρώτα μια γραμμή με τιμή.
error-proposal-not-reviewed = Η ομάδα δεν έχει εγκρίνει ακόμη αυτή την έκδοση. Περιμένετε την αξιολόγηση και στείλτε τη μετά.

offer-from = { $agency } το προσφέρει στον/στην { $name } · { $brand }
offer-until = Μπορείτε να το αποδεχτείτε έως το τέλος της { $when }.
offer-scope = Τι θα κάνουμε
offer-when = Πότε
offer-term = { $title }: { $from } – { $to }
offer-lines = Τι κοστίζει
offer-discount = Έκπτωση
offer-tax = Φόρος { $percent } %
offer-net = Χωρίς φόρο
offer-tax-total = Φόρος
offer-gross = Πληρωτέο
offer-gross-hint = Χωρίς τις επιλογές που μπορείτε να διαλέξετε παρακάτω.
offer-terms = Όροι
offer-file = Η προσφορά σε PDF
offer-said = Όσα έχουν ειπωθεί
offer-comment = Ρωτήστε ή σχολιάστε
offer-send = Αποστολή
offer-answer = Η απάντησή σας
offer-options = Επιλογές: σημειώστε όσα θέλετε επιπλέον
offer-name = Το πλήρες όνομά σας
offer-name-hint = Το όνομά σας και το κουμπί παρακάτω είναι η υπογραφή σας. Μαζί τους φυλάσσονται η ώρα, η διεύθυνσή σας στο δίκτυο και το αποτύπωμα αυτής ακριβώς της προσφοράς.
offer-accept = Αποδοχή και υπογραφή
offer-reason = Αν δεν σας ταιριάζει: γιατί;
offer-decline = Απόρριψη
offer-accepted = { $who } το αποδέχτηκε: { $when }.
offer-digest = Αποτύπωμα όσων έγιναν αποδεκτά (SHA-256):
offer-declined = Η προσφορά απορρίφθηκε. Δεν χρειάζεται να κάνετε κάτι άλλο.
offer-too-late = Ο χρόνος αποδοχής έληξε. Ζητήστε νέα προσφορά από { $agency }.

budget-category-ads = Διαφήμιση
budget-category-influencers = Influencers
budget-category-production = Παραγωγή
budget-category-freelancers = Ελεύθεροι επαγγελματίες
budget-category-staff = Η ομάδα μας
budget-category-tools = Εργαλεία
budget-category-other = Άλλα

mail-proposal-sent = Γεια σας { $name },

    { $agency } έχει μια προσφορά για { $brand }: «{ $title }». Διαβάστε την, ρωτήστε ό,τι θέλετε και μετά αποδεχτείτε ή απορρίψτε τη. Δεν χρειάζεται να συνδεθείτε. Ισχύει έως το τέλος της { $until }.

    Ο σύνδεσμος είναι μόνο για εσάς: όποιος τον έχει μπορεί να απαντήσει για εσάς.
    .subject = Μια προσφορά για εσάς: { $title }
    .button = Διαβάστε την προσφορά

mail-proposal-reply = Γεια σας { $name },

    { $who } έγραψε για την προσφορά «{ $title }»:

    { $words }

    Μπορείτε να απαντήσετε στη σελίδα της, με τον σύνδεσμο που σας στάλθηκε.
    .subject = { $who }: { $title }

mail-proposal-accepted = Γεια σας { $name },

    { $who } αποδέχτηκε την προσφορά «{ $title }». Το έργο, ο προϋπολογισμός και οι καμπάνιες της άνοιξαν.
    .subject = Έγινε αποδεκτή: { $title }

mail-proposal-declined = Γεια σας { $name },

    { $who } απέρριψε την προσφορά «{ $title }»:

    { $words }
    .subject = Απορρίφθηκε: { $title }

mail-proposal-commented = Γεια σας { $name },

    { $who } έγραψε για «{ $title }»:

    { $words }
    .subject = { $who }: { $title }

mail-proposal-expired = Γεια σας { $name },

    { $who } δεν απάντησε εγκαίρως στο «{ $title }». Αναθεωρήστε την για να την προσφέρετε ξανά.
    .subject = Χωρίς απάντηση: { $title }

# The file of what was accepted, and its last page.
offer-signed-file = Όσα έγιναν αποδεκτά, υπογεγραμμένα, σε PDF
offer-acceptance = Αποδοχή
offer-taken = Όλα τα ποσά είναι σε { $currency }. Εμφανίζονται όσα έγιναν αποδεκτά, με τις επιλογές που έγιναν.

mail-proposal-link = Γεια σας { $name },

    Αυτός είναι ένας νέος σύνδεσμος για την προσφορά «{ $title }». Ο προηγούμενος δεν λειτουργεί πια.

    Ο σύνδεσμος είναι μόνο για εσάς: όποιος τον έχει μπορεί να απαντήσει για εσάς.
    .subject = Νέος σύνδεσμος: { $title }
    .button = Ανοίξτε την προσφορά

mail-proposal-signed = Γεια σας { $name },

    Η προσφορά «{ $title }» έγινε αποδεκτή. Όσα έγιναν αποδεκτά βρίσκονται, ως υπογεγραμμένο έγγραφο, στον σύνδεσμο, που ισχύει έως: { $when }. Παρακαλούμε αποθηκεύστε το.
    .subject = Υπογράφηκε: { $title }
    .button = Δείτε την υπογεγραμμένη προσφορά
