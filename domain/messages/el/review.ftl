# See en/review.ftl.

review-asks = { $agency }: ζητείται έγκριση από { $name } · { $brand }
review-due = Προγραμματισμένο: { $when } ({ $zone })
review-not-planned = Η ώρα δεν έχει οριστεί ακόμη.
review-until = Παρακαλούμε απαντήστε έως: { $when }.
review-on = Ανάρτηση στο { $network }
review-alt = Περιγραφή: { $alt }
review-document = Έγγραφο: { $name }
review-card = Το { $network } προσθέτει προεπισκόπηση αυτής της σελίδας.
review-thread = Το νήμα συνεχίζεται
review-first-comment = Πρώτο σχόλιο, από τον ίδιο τον λογαριασμό
review-link = Εμφανίζεται ως κάρτα που οδηγεί σε αυτή τη σελίδα.
review-options = Ρυθμίσεις
review-said = Τι έχει ειπωθεί
review-you = Εσείς
review-comment = Σχόλιο
review-send = Αποστολή σχολίου
review-decide = Η απόφασή σας
review-words = Τι πρέπει να αλλάξει ή ό,τι θέλετε να πείτε
review-words-hint = Απαραίτητο αν ζητήσετε αλλαγές.
review-words-missing = Πείτε τι πρέπει να αλλάξει.
review-comment-missing = Γράψτε πρώτα το σχόλιό σας.
review-approve = Έγκριση
review-change = Ζητώ αλλαγές
review-decided-approved = Το εγκρίνατε: { $when }.
review-decided-changes-requested = Ζητήσατε αλλαγές: { $when }.
review-decided-by-approved = Εγκρίθηκε από { $who }: { $when }.
review-decided-by-changes-requested = Ζητήθηκαν αλλαγές από { $who }: { $when }.
review-not-asked = Τώρα δεν είναι η σειρά σας να αποφασίσετε. Όταν έρθει, θα λάβετε μήνυμα.
review-goes-on = Από εδώ συνεχίζει η ομάδα. Δεν χρειάζεται να κάνετε κάτι άλλο.
review-over-approved = Η ανάρτηση έχει εγκριθεί. Δεν χρειάζεται να κάνετε κάτι άλλο.
review-over-changes-requested = Η ομάδα θα αλλάξει την ανάρτηση και θα σας ρωτήσει ξανά.
review-is-newer = Η ομάδα δουλεύει μια νεότερη έκδοση, για την οποία θα ερωτηθείτε.
review-changed = Αυτό άλλαξε αφότου ανοίξατε τη σελίδα. Η απάντησή σας δεν μετρά: δείτε το ξανά και μετά αποφασίστε.
review-not-counted = Η απάντησή σας δεν μετρά. { $why }
review-expires = Η σελίδα αυτή προορίζεται για: { $name }, και λειτουργεί έως: { $when }. Μη δώσετε τον σύνδεσμο σε άλλους: όποιος τον έχει μπορεί να απαντήσει για εσάς.
review-title = Έγκριση
review-ended = Αυτός ο σύνδεσμος έληξε
review-ended-expired = Ο χρόνος του πέρασε. Ζητήστε από την ομάδα νέο σύνδεσμο.
review-ended-revoked = Τον έκλεισε η ομάδα. Ζητήστε της νέο σύνδεσμο.
review-ended-withdrawn = Η ομάδα δεν ρωτά πλέον για αυτή την ανάρτηση. Δεν χρειάζεται να κάνετε τίποτα.
review-ended-voided = Η ανάρτηση άλλαξε, οπότε αυτό για το οποίο ερωτηθήκατε δεν είναι πια αυτό που θα δημοσιευτεί. Θα λάβετε νέο σύνδεσμο όταν η ομάδα ρωτήσει ξανά.
review-unknown = Ο σύνδεσμος δεν είναι έγκυρος. Ανοίξτε τον όπως είναι στο μήνυμα ή ζητήστε από την ομάδα νέο.

mail-review-requested = Γεια σας { $name },

    Ζητείται η έγκρισή σας για «{ $title }» από: { $requester }. Δείτε το και εγκρίνετέ το ή πείτε τι πρέπει να αλλάξει. Δεν χρειάζεται να συνδεθείτε.

    { $days ->
        [one] Ο σύνδεσμος ισχύει για μία ημέρα. Προορίζεται μόνο για εσάς: όποιος τον έχει μπορεί να απαντήσει για εσάς.
       *[other] Ο σύνδεσμος ισχύει για { $days } ημέρες. Προορίζεται μόνο για εσάς: όποιος τον έχει μπορεί να απαντήσει για εσάς.
    }
    .subject = Για έγκριση από εσάς: { $title }
    .button = Δείτε το και αποφασίστε

mail-review-reminder = Γεια σας { $name },

    Το «{ $title }», για το οποίο ζητήθηκε η έγκρισή σας από: { $requester }, σας περιμένει ακόμη. Δείτε το και εγκρίνετέ το ή πείτε τι πρέπει να αλλάξει. Δεν χρειάζεται να συνδεθείτε.

    { $days ->
        [one] Ο σύνδεσμος ισχύει για μία ημέρα. Προορίζεται μόνο για εσάς: όποιος τον έχει μπορεί να απαντήσει για εσάς.
       *[other] Ο σύνδεσμος ισχύει για { $days } ημέρες. Προορίζεται μόνο για εσάς: όποιος τον έχει μπορεί να απαντήσει για εσάς.
    }
    .subject = Περιμένει ακόμη την έγκρισή σας: { $title }
    .button = Δείτε το και αποφασίστε

option-visibility = Ποιοι το βλέπουν
option-visibility-public = Όλοι
option-visibility-unlisted = Όλοι, αλλά όχι στις δημόσιες ροές
option-visibility-private = Μόνο οι ακόλουθοι
option-visibility-direct = Μόνο όσοι αναφέρονται
option-sensitive = Οι εικόνες είναι ευαίσθητες και αρχικά καλυμμένες
option-spoiler-text = Προειδοποίηση περιεχομένου
option-silent = Στέλνεται χωρίς ήχο
option-protected = Δεν προωθείται ούτε αποθηκεύεται
option-link-preview = Προεπισκόπηση του συνδέσμου
option-link-preview-none = Καμία
option-link-preview-small = Μικρή
option-link-preview-large = Μεγάλη
option-link-preview-above = Η προεπισκόπηση του συνδέσμου μπαίνει πάνω από το κείμενο
option-caption-above = Το κείμενο μπαίνει πάνω από τις εικόνες
option-poll = Απαντήσεις της ψηφοφορίας, μία ανά γραμμή
option-poll-minutes = Διάρκεια της ψηφοφορίας σε λεπτά
option-poll-multiple = Στην ψηφοφορία επιλέγονται πολλές απαντήσεις
option-board = Πίνακας
option-format = Μορφή
option-format-feed = Δημοσίευση
option-format-reel = Reel
option-format-story = Ιστορία
option-title = Τίτλος
option-cover-seconds = Στιγμή της ταινίας που γίνεται εξώφυλλο, σε δευτερόλεπτα
option-reply-settings = Ποιοι μπορούν να απαντήσουν
option-reply-settings-following = Όσους ακολουθεί ο λογαριασμός
option-reply-settings-mentioned-users = Μόνο όσοι αναφέρονται
option-reply-settings-subscribers = Μόνο συνδρομητές
option-reply-settings-verified = Μόνο επαληθευμένοι λογαριασμοί
option-made-with-ai = Φτιάχτηκε με τεχνητή νοημοσύνη
option-visibility-connections = Μόνο οι επαφές
option-link-title = Τίτλος του συνδέσμου
option-document-title = Τίτλος του εγγράφου
option-link-description = Περιγραφή του συνδέσμου
option-poll-question = Ερώτηση της δημοσκόπησης
option-poll-duration = Διάρκεια της δημοσκόπησης
option-poll-duration-one-day = Μία ημέρα
option-poll-duration-three-days = Τρεις ημέρες
option-poll-duration-seven-days = Μία εβδομάδα
option-poll-duration-fourteen-days = Δύο εβδομάδες
option-privacy = Ποιοι το βλέπουν
option-privacy-public = Όλοι
option-privacy-unlisted = Όσοι έχουν τον σύνδεσμο
option-privacy-private = Κανένας άλλος
option-made-for-kids = Απευθύνεται σε παιδιά
option-tags = Ετικέτες, μία ανά γραμμή
option-category = Κατηγορία
option-disable-comment = Κανείς δεν μπορεί να σχολιάσει
option-disable-duet = Κανείς δεν μπορεί να κάνει duet
option-disable-stitch = Κανείς δεν μπορεί να το κάνει stitch
option-brand-organic = Προωθεί τη δική σας επωνυμία
option-brand-content = Είναι πληρωμένη συνεργασία
option-post-type = Είδος ανάρτησης
option-post-type-update = Νέα
option-post-type-event = Εκδήλωση
option-post-type-offer = Προσφορά
option-event-title = Τίτλος της εκδήλωσης ή της προσφοράς
option-starts-at = Αρχίζει, όπως 2027-01-31 ή 2027-01-31 18:30
option-ends-at = Τελειώνει, όπως 2027-01-31 ή 2027-01-31 18:30
option-button = Κουμπί
option-button-book = Κράτηση
option-button-order = Παραγγελία
option-button-shop = Αγορά
option-button-learn-more = Μάθετε περισσότερα
option-button-sign-up = Εγγραφή
option-button-call = Κλήση
option-button-link = Πού οδηγεί το κουμπί
option-coupon-code = Κωδικός κουπονιού
option-redeem-link = Πού εξαργυρώνεται η προσφορά
option-terms = Όροι της προσφοράς
option-topic = Θέμα
option-reply-control = Ποιοι μπορούν να απαντήσουν
option-reply-control-everyone = Όλοι
option-reply-control-accounts-you-follow = Όσους ακολουθεί ο λογαριασμός
option-reply-control-mentioned-only = Μόνο όσοι αναφέρονται
option-reply-control-followers-only = Μόνο οι ακόλουθοι
option-share-to-feed = Το reel εμφανίζεται και ανάμεσα στις δημοσιεύσεις
option-yes = Ναι
option-no = Όχι
