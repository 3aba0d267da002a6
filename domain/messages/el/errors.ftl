# See en/errors.ftl.

error-not-found = Δεν υπάρχει κάτι τέτοιο εδώ. Ελέγξτε το αναγνωριστικό ή ζητήστε να σας προσθέσουν στη μάρκα.
error-forbidden = Ο ρόλος σας δεν το επιτρέπει ({ $action }). Ζητήστε το από κάποιον επιπέδου { $level } ή ανώτερου.
error-sign-in-required = Συνδεθείτε για να το κάνετε αυτό.
error-invalid = Αυτή η τιμή λείπει ή δεν έχει τη σωστή μορφή.
error-too-long =
    { $actual ->
        [one] Αυτό το κείμενο έχει { $actual } χαρακτήρα
       *[other] Αυτό το κείμενο έχει { $actual } χαρακτήρες
    }· επιτρέπονται το πολύ { $limit }.
error-too-many =
    { $actual ->
        [one] Αυτή η λίστα έχει { $actual } στοιχείο
       *[other] Αυτή η λίστα έχει { $actual } στοιχεία
    }· επιτρέπονται το πολύ { $limit }.
error-already-exists = Υπάρχει ήδη κάτι με αυτό το όνομα ή τη διεύθυνση. Επιλέξτε άλλο.
error-wrong-credentials = Η διεύθυνση και ο κωδικός πρόσβασης δεν ταιριάζουν.
error-already-set-up = Η εγκατάσταση έχει ήδη ρυθμιστεί. Συνδεθείτε.
error-wrong-setup-token = Αυτό δεν είναι το διακριτικό ρύθμισης που εμφανίστηκε στην πρώτη εκκίνηση ή έχει χρησιμοποιηθεί. Επανεκκινήστε το Diwan για να εμφανιστεί νέο.
error-refresh-refused = Αυτή η συνεδρία έληξε. Συνδεθείτε ξανά.
error-password-too-short =
    Ο κωδικός πρόσβασης χρειάζεται τουλάχιστον { $limit ->
        [one] { $limit } χαρακτήρα
       *[other] { $limit } χαρακτήρες
    }.
error-unknown-time-zone = Το «{ $zone }» δεν είναι ζώνη ώρας. Χρησιμοποιήστε ένα όνομα IANA, όπως Europe/Athens.
error-unknown-network = Το Diwan δεν γνωρίζει το δίκτυο «{ $network }».
error-wrong-connect-method = Οι λογαριασμοί του { $network } συνδέονται με άλλον τρόπο: { $method }.
error-address-not-allowed = Το Diwan καλεί μόνο δημόσιες διευθύνσεις μέσω https. Ο διαχειριστής του συστήματος μπορεί να επιτρέψει και άλλες στο DIWAN_ALLOWED_HOSTS.
error-account-not-connected = Ο λογαριασμός { $account } δεν είναι συνδεδεμένος τώρα. Συνδέστε τον πρώτα ξανά.
error-changed-meanwhile = Κάποιος το άλλαξε από τότε που το διαβάσατε (έκδοση { $current }). Διαβάστε το ξανά και επαναλάβετε την αλλαγή σας.
error-wrong-state = Αυτό δεν γίνεται όσο η κατάσταση είναι { $state }.
error-thread-not-confirmed = Αυτό κάνει { $posts } δημοσιεύσεις στο δίκτυο. Δηλώστε με το wholeThread ότι είναι όλες εκεί, ή επιλέξτε sendNow για να σταλεί ό,τι λείπει.
error-not-rerunnable = Αυτή η εργασία τελείωσε οριστικά. Προγραμματίστε ξανά τη δημοσίευση, συνδέστε ξανά τον λογαριασμό ή ζητήστε ξανά το μήνυμα.
error-time-in-past = Αυτή η ώρα έχει περάσει. Επιλέξτε μεταγενέστερη.
error-time-too-far = Αυτό είναι πιο μακριά απ' όσο μπορεί να προγραμματιστεί. Επιλέξτε ώρα πριν από { $limit }.
error-quota-reached = Ο λογαριασμός { $account } δημοσιεύει έως { $limit } αναρτήσεις στην περίοδο που μετρά το δίκτυό του, και τόσες είναι ήδη προγραμματισμένες γύρω από αυτή την ώρα. Η επόμενη ελεύθερη στιγμή: { $free }.
error-no-variants = Μια δημοσίευση χρειάζεται τουλάχιστον έναν λογαριασμό.
error-asset-not-ready = Το αρχείο αυτής της εικόνας δεν έχει μεταφορτωθεί ακόμη.
error-file-too-large =
    Αυτό το αρχείο είναι μεγαλύτερο από { $limit ->
        [one] { $limit } byte
       *[other] { $limit } byte
    }.
error-image-too-many-pixels =
    Αυτή η εικόνα έχει περισσότερα από { $limit ->
        [one] { $limit } pixel
       *[other] { $limit } pixel
    }.
error-link-invalid = Αυτός ο σύνδεσμος δεν είναι έγκυρος ή έχει χρησιμοποιηθεί.
error-link-expired = Αυτός ο σύνδεσμος έληξε. Ζητήστε νέο.
error-text-empty = Το { $network } χρειάζεται κείμενο εδώ.
error-text-too-long-for-network = Το { $network } δέχεται έως { $limit } χαρακτήρες· αυτό το κείμενο έχει { $actual }.
error-text-too-many-bytes-for-network = Το { $network } δέχεται έως { $limit } byte· αυτό το κείμενο έχει { $actual }.
error-too-many-images-for-network =
    Το { $network } δέχεται έως { $limit ->
        [one] { $limit } εικόνα
       *[other] { $limit } εικόνες
    }· εδώ είναι { $actual }.
error-image-too-large-for-network = Το { $network } δέχεται εικόνες έως { $limit } byte· αυτή έχει { $actual }.
error-image-too-many-pixels-for-network = Το { $network } δέχεται εικόνες έως { $limit } pixel· αυτή έχει { $actual }.
error-image-type-not-for-network = Το { $network } δεν δέχεται εικόνες αυτού του τύπου.
error-alt-text-too-long-for-network = Το { $network } δέχεται περιγραφές έως { $limit } χαρακτήρες· αυτή έχει { $actual }.
error-alt-text-not-for-network = Το { $network } δεν δέχεται την περιγραφή αυτής της εικόνας ή του βίντεο: όποιος δεν βλέπει δεν μαθαίνει εκεί τίποτα γι’ αυτό.
error-thread-not-for-network = Το { $network } δεν έχει νήματα. Γράψτε τα όλα σε ένα κείμενο.
error-thread-too-long-for-network = Το { $network } δέχεται νήματα έως { $limit } μέρη· αυτό έχει { $actual }.
error-thread-part-empty = Αυτό το μέρος του νήματος είναι κενό. Γράψτε κάτι ή αφαιρέστε το.
error-first-comment-not-for-network = Στο { $network } ένας λογαριασμός δεν σχολιάζει από εδώ τη δική του ανάρτηση. Γράψτε το στο κείμενο.
error-link-not-for-network = Το { $network } δεν δέχεται σύνδεσμο δίπλα στο κείμενο. Βάλτε τον σύνδεσμο στο κείμενο.
error-page-address-invalid = Αυτή δεν είναι διεύθυνση σελίδας. Γράψτε την ολόκληρη, με https:// και χωρίς κενά.
error-link-with-images = Μια ανάρτηση στο { $network } δείχνει ή σύνδεσμο ή εικόνες. Αφαιρέστε το ένα.
error-option-not-for-network = Το { $network } δεν έχει επιλογή «{ $option }». Αφαιρέστε την.
error-option-value-not-for-network = Το { $network } δεν δέχεται αυτή την τιμή για το «{ $option }». Διαλέξτε μία από τις δικές του.
error-media-missing-for-network = Το { $network } δεν δέχεται ανάρτηση χωρίς εικόνα ή βίντεο. Προσθέστε κάποιο.
error-media-mixed-for-network = Στο { $network } μια ανάρτηση δείχνει εικόνες ή βίντεο, όχι και τα δύο. Αφαιρέστε το ένα.
error-media-shape-not-for-network = Το { $network } δεν δείχνει εικόνα ή βίντεο με αυτό το σχήμα ή μέγεθος. Περικόψτε το ή διαλέξτε άλλο.
error-too-many-videos-for-network = Το { $network } δέχεται έως { $limit } βίντεο σε μια ανάρτηση· αυτή έχει { $actual }.
error-video-too-large-for-network = Το { $network } δέχεται βίντεο έως { $limit } byte· αυτό έχει { $actual }.
error-video-too-long-for-network = Το { $network } δέχεται βίντεο έως { $limit } δευτερόλεπτα· αυτό έχει { $actual }.
error-video-too-short-for-network = Το { $network } δέχεται βίντεο από { $limit } δευτερόλεπτα και πάνω· αυτό έχει { $actual }.
error-document-not-for-network = Το { $network } δεν δείχνει έγγραφα. Αφαιρέστε το ή δείξτε τις σελίδες του ως εικόνες.
error-too-many-documents-for-network = Το { $network } δέχεται έως { $limit } έγγραφα σε μια ανάρτηση· αυτή έχει { $actual }.
error-document-too-large-for-network = Το { $network } δέχεται έγγραφα έως { $limit } byte· αυτό έχει { $actual }.
error-document-not-alone-on-network = Στο { $network } μια ανάρτηση δείχνει έγγραφο, ή εικόνες και βίντεο, όχι και τα δύο. Αφαιρέστε το ένα.
error-option-missing-for-network = Το { $network } θέλει «{ $option }» σε κάθε ανάρτηση. Ορίστε το.
error-not-together-on-network = Αυτό δεν συνδυάζεται με την υπόλοιπη ανάρτηση στο { $network }. Παραλείψτε το ένα από τα δύο.
error-network-not-set-up = Το { $network } δεν έχει ρυθμιστεί εδώ. Ο διαχειριστής του συστήματος δηλώνει εκεί μια εφαρμογή και την ορίζει στις ρυθμίσεις του διακομιστή.
error-change-not-for-network = Το { $network } δεν επιτρέπει αυτή την αλλαγή από εδώ. Κάντε την στο ίδιο το { $network }.
error-banned-word = Αυτή η μάρκα δεν λέει «{ $word }». Πείτε το αλλιώς.
error-pillar-missing = Αυτή η δημοσίευση δεν ανήκει σε κανέναν πυλώνα περιεχομένου της μάρκας. Επιλέξτε έναν.
error-off-mix = Ο πυλώνας «{ $pillar }» θα είχε { $actual } από τις { $total } δημοσιεύσεις αυτού του μήνα· το προγραμματισμένο μείγμα επιτρέπει { $limit }. Επιλέξτε άλλον πυλώνα ή άλλον μήνα.
error-text-used-before = Το «{ $title }» λέει σχεδόν το ίδιο σε αυτόν τον λογαριασμό στις { $date }. Διατυπώστε το διαφορετικά ή αφήστε περισσότερο χρόνο ανάμεσά τους.
error-checklist-incomplete =
    { $count ->
        [one] Ένα υποχρεωτικό σημείο της λίστας ελέγχου δεν έχει σημειωθεί
       *[other] { $count } υποχρεωτικά σημεία της λίστας ελέγχου δεν έχουν σημειωθεί
    }: { $items }. Ολοκληρώστε όσα απομένουν και σημειώστε τα.
error-language-not-of-brand = Αυτό το κείμενο είναι στη γλώσσα «{ $language }», που δεν είναι στις γλώσσες της μάρκας ({ $languages }).
error-alt-text-missing = Αυτή η εικόνα δεν έχει περιγραφή. Γράψτε μία για όσους δεν τη βλέπουν.
error-disclosure-missing = Αυτή η δημοσίευση έχει σημειωθεί ως { $partnership } και το κείμενό της δεν το λέει. { $listed ->
    [no] Ορίστε πρώτα τις λέξεις γνωστοποίησης της μάρκας.
   *[yes] Χρησιμοποιήστε μία από αυτές τις λέξεις: { $words }.
}
error-mix-above-whole = Τα προγραμματισμένα μερίδια είναι μαζί { $actual } %· μπορούν να είναι έως 100 %. Μειώστε πρώτα έναν άλλον πυλώνα ή αλλάξτε πολλούς μαζί.
error-wrong-parent = Αυτό μπαίνει κάτω από κάτι άλλο ({ $parent }).
error-parent-archived = Αυτό κάτω από το οποίο βρίσκεται έχει αρχειοθετηθεί. Επαναφέρετέ το πρώτα.
error-period-in-future = Αυτή η περίοδος δεν έχει αρχίσει ακόμη.
error-month-in-future = Αυτός ο μήνας δεν έχει αρχίσει ακόμη.
error-brand-archived = Αυτή η μάρκα είναι αρχειοθετημένη. Επαναφέρετέ την πρώτα.
error-level-too-high = Αυτό αφορά κάποιον του δικού σας επιπέδου ή ανώτερου ({ $level }). Ζητήστε το από κάποιον ανώτερο.
error-kind-mismatch = Αυτό το άτομο έχει άλλο είδος λογαριασμού ({ $kind }), που δεν αλλάζει. Χρησιμοποιήστε άλλη διεύθυνση.
error-expiry-required = Η συμμετοχή ενός εξωτερικού συνεργάτη χρειάζεται λήξη. Ορίστε μέχρι πότε.
error-last-cmo = Κάποιος πρέπει να παραμείνει CMO. Ορίστε πρώτα άλλον ως CMO.
error-not-a-member = Αυτό το άτομο δεν έχει θέση εκεί τώρα. Προσθέστε το πρώτα σε καθεμία από τις μάρκες.
error-not-yourself = Δεν μπορείτε να το κάνετε αυτό στον εαυτό σας. Ζητήστε το από κάποιον άλλον.
error-person-deactivated = Αυτό το άτομο έχει απενεργοποιηθεί. Ενεργοποιήστε το πρώτα.
error-unknown-currency = Το «{ $currency }» δεν είναι νόμισμα. Χρησιμοποιήστε έναν κωδικό ISO 4217, όπως EUR.
error-password-too-weak = Αυτός ο κωδικός πρόσβασης μαντεύεται πολύ εύκολα. Κάντε τον μεγαλύτερο ή χρησιμοποιήστε μερικές άσχετες μεταξύ τους λέξεις.
error-too-many-attempts =
    Έγιναν πάρα πολλές αποτυχημένες προσπάθειες. Δοκιμάστε ξανά σε { $seconds ->
        [one] { $seconds } δευτερόλεπτο
       *[other] { $seconds } δευτερόλεπτα
    }, συνδεθείτε με κλειδί πρόσβασης ή ενιαία σύνδεση, ή επαναφέρετε τον κωδικό πρόσβασής σας.
error-second-factor-wrong = Αυτός ο κωδικός δεν είναι σωστός ή έχει χρησιμοποιηθεί. Εισαγάγετε τον πιο πρόσφατο ή έναν κωδικό ανάκτησης.
error-second-factor-required = Η εταιρεία σας απαιτεί επαλήθευση σε δύο βήματα. Ρυθμίστε την πριν συνεχίσετε.
error-challenge-expired = Αυτό πήρε πολλή ώρα ή έχει ήδη γίνει. Ξεκινήστε από την αρχή.
error-passkey-refused = Αυτό το κλειδί πρόσβασης δεν έγινε δεκτό. Δοκιμάστε ξανά ή συνδεθείτε με άλλον τρόπο.
error-single-sign-on-refused = Η ενιαία σύνδεση δεν έγινε δεκτή. Συνδεθείτε με άλλον τρόπο ή ρωτήστε τον διαχειριστή σας.
error-scope-too-wide = Σε ένα διακριτικό δεν μπορεί να δοθεί το δικαίωμα { $action }: δεν το έχετε εσείς ή δεν δίνεται ποτέ σε προγράμματα.
error-four-eyes = Το γράψατε ή το ζητήσατε εσείς, οπότε πρέπει να το εγκρίνει κάποιος άλλος.
error-not-your-turn = Αυτό το βήμα δεν αποφασίζεται από εσάς. Περιμένει: { $who }.
error-already-decided = Έχετε ήδη αποφασίσει για αυτό το βήμα.
error-nobody-can-approve = Δεν υπάρχει κανείς που να μπορεί να το εγκρίνει ({ $who }). Προσθέστε κάποιον στη μάρκα ή αλλάξτε την αλυσίδα εγκρίσεων.
error-approval-required = Σε αυτή τη μάρκα μια δημοσίευση πρέπει να εγκριθεί πριν προγραμματιστεί. Υποβάλετέ την για έγκριση.
error-limit-exceeded = Αυτό υπερβαίνει το όριό σας των { $limit } { $currency }. Χρειάζεται κάποιος με υψηλότερο όριο.
error-reason-required = Αναφέρετε τον λόγο, ώστε ο επόμενος να ξέρει τι να κάνει.
error-mail-not-configured = Αυτή η εγκατάσταση δεν μπορεί να στείλει αλληλογραφία. Ζητήστε από τον διαχειριστή του συστήματος να ορίσει το DIWAN_SMTP_URL.
error-not-by-dimension = Το { $metric } είναι αριθμός ολόκληρων λογαριασμών και δεν δίνεται κατά { $dimension }. Αφαιρέστε ένα από τα δύο ή χωρίστε κατά BRAND, ACCOUNT, NETWORK ή χρόνο.
error-file-not-plan = Αυτό το αρχείο δεν είναι ούτε CSV ούτε βιβλίο XLSX. Αποθηκεύστε το ως ένα από αυτά.
error-file-not-text = Αυτό το αρχείο δεν είναι ολόκληρο UTF-8. Αποθηκεύστε το ως «CSV UTF-8» ή ως XLSX.
error-file-unfolds = Αυτό το αρχείο αποσυμπιέζεται σε περισσότερα από { $limit } byte. Αφαιρέστε ό,τι δεν ανήκει στο πλάνο ή αποθηκεύστε το ως CSV.
error-formula-cell = Το κελί { $value } περιέχει τύπο. Αντικαταστήστε τους τύπους με τις τιμές τους.
error-column-missing = Λείπει η στήλη «{ $column }». Η πρώτη γραμμή ονομάζει τις στήλες.
error-column-twice = Η στήλη «{ $column }» υπάρχει δύο φορές. Αφαιρέστε τη μία.
error-column-unknown = Η στήλη «{ $column }» δεν είναι γνωστή και παραλείφθηκε.
error-date-not-understood = Το «{ $value }» δεν είναι ημερομηνία. Γράψτε τη σαν 2026-11-30.
error-time-not-understood = Το «{ $value }» δεν είναι ώρα. Γράψτε τη σαν 17:30.
error-no-such-name = Η μάρκα δεν έχει εδώ τίποτα με το όνομα «{ $value }». Ελέγξτε πώς γράφεται.
error-name-ambiguous = Περισσότερα από ένα λέγονται «{ $value }». Γράψτε το δίκτυο πριν από τον λογαριασμό, όπως mastodon:name.
error-rule-not-understood = Αυτός δεν είναι κανόνας για ημέρες που καταλαβαίνει το Diwan. Γράψτε τον όπως το RFC 5545, με FREQ=DAILY, WEEKLY, MONTHLY ή YEARLY, χωρίς ώρες και χωρίς UNTIL: δηλώστε την τελευταία ημέρα χωριστά.
error-slot-taken = Μια άλλη δημοσίευση έχει αυτή τη θέση. Διαλέξτε άλλη ή πάρτε την επόμενη ελεύθερη.
error-no-free-slot = Δεν υπάρχει ελεύθερη θέση για αυτή τη δημοσίευση μέσα σε τρεις μήνες. Φτιάξτε μία ή προγραμματίστε τη με το χέρι.
