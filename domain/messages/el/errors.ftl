# See en/errors.ftl.

error-not-found = Δεν υπάρχει κάτι τέτοιο εδώ. Ελέγξτε το αναγνωριστικό ή ζητήστε να σας προσθέσουν στη μάρκα.
error-forbidden = Ο ρόλος σας δεν το επιτρέπει ({ $action }). Ζητήστε το από κάποιον επιπέδου { $level } ή ανώτερου.
error-sign-in-required = Συνδεθείτε για να το κάνετε αυτό.
error-invalid = Αυτή η τιμή λείπει ή δεν έχει τη σωστή μορφή.
error-too-long =
    { $actual ->
        [one] Αυτό έχει { $actual } χαρακτήρα
       *[other] Αυτό έχει { $actual } χαρακτήρες
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
error-refresh-refused = Αυτή η περίοδος σύνδεσης έληξε. Συνδεθείτε ξανά.
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
error-not-rerunnable = Αυτή η εργασία τελείωσε οριστικά. Προγραμματίστε ξανά τη δημοσίευση ή συνδέστε ξανά τον λογαριασμό.
error-time-in-past = Αυτή η ώρα έχει περάσει. Επιλέξτε μεταγενέστερη.
error-time-too-far = Αυτό είναι πιο μακριά απ' όσο μπορεί να προγραμματιστεί. Επιλέξτε ώρα πριν από { $limit }.
error-no-variants = Μια δημοσίευση χρειάζεται τουλάχιστον έναν λογαριασμό.
error-asset-not-ready = Το αρχείο αυτής της εικόνας δεν έχει μεταφορτωθεί ακόμη.
error-not-an-image = Αυτό το αρχείο δεν είναι εικόνα JPEG, PNG, GIF ή WebP.
error-damaged-image = Αυτή η εικόνα είναι κατεστραμμένη και δεν διαβάζεται.
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
error-second-factor-required = Η εταιρεία σας ζητά δεύτερο παράγοντα. Ρυθμίστε έναν πριν συνεχίσετε.
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
error-reason-required = Πείτε τον λόγο, ώστε ο επόμενος να ξέρει τι να κάνει.
error-mail-not-configured = Αυτή η εγκατάσταση δεν μπορεί να στείλει αλληλογραφία. Ζητήστε από τον διαχειριστή του συστήματος να ορίσει το DIWAN_SMTP_URL.
