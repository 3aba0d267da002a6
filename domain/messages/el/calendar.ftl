# Calendars: what they refuse, and the words of the feeds that other programs subscribe to.

error-calendar-in-use = { $count ->
    [one] { $count } ανάρτηση αυτού του ημερολογίου είναι ακόμη καθ’ οδόν.
   *[other] { $count } αναρτήσεις αυτού του ημερολογίου είναι ακόμη καθ’ οδόν.
} Αφαιρέστε πρώτα από τον προγραμματισμό ό,τι έχει προγραμματιστεί.
error-not-planned = Αυτή η ανάρτηση δεν έχει ακόμη ώρα. Ορίστε ημερομηνία και ώρα.

# Where a post is on its way.
post-state-draft = πρόχειρη
post-state-in-review = σε έλεγχο
post-state-changes-requested = ζητήθηκαν αλλαγές
post-state-approved = εγκεκριμένη
post-state-scheduled = προγραμματισμένη
post-state-publishing = δημοσιεύεται
post-state-published = δημοσιευμένη
post-state-partially-published = εν μέρει δημοσιευμένη
post-state-failed = απέτυχε
post-state-paused = σε παύση
post-state-canceled = ακυρωμένη
post-state-archived = αρχειοθετημένη

feed-state = Κατάσταση: { $state }
feed-accounts = Λογαριασμοί: { $accounts }

# Templates and hashtag sets.
error-variable-not-declared = Γραμμή { $line }, χαρακτήρας { $column }: το πρότυπο δεν ορίζει μεταβλητή «{ $name }». Ορίστε την ή χρησιμοποιήστε μία που υπάρχει.
error-variable-name-bad = Γραμμή { $line }, χαρακτήρας { $column }: το «{ $name }» δεν είναι όνομα μεταβλητής. Γράψτε ένα όνομα μέσα στα άγκιστρα: γράμματα, ψηφία και κάτω παύλες, με πρώτο ένα γράμμα.
error-variable-not-closed = Γραμμή { $line }, χαρακτήρας { $column }: αυτή η μεταβλητή δεν κλείνει. Γράψτε δύο άγκιστρα κλεισίματος μετά το όνομά της.
error-variable-missing = Το «{ $label }» ({ $name }) δεν έχει ακόμη τιμή. Συμπληρώστε το.
error-hashtags-not-for-network = Αυτές οι ετικέτες είναι για { $networks }, όχι για { $network }. Διαλέξτε άλλο σύνολο.
