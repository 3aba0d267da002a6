# Reports that leave the house: schedules, letters, and the page of a shared report.

notice-report-paused = Η αναφορά «{ $title }» δεν ετοιμάζεται πια: ο υπεύθυνός της δεν έχει πλέον το δικαίωμα ή το πρότυπό της διαγράφηκε. Ελέγξτε τον προγραμματισμό και συνεχίστε τον.
notice-report-not-made = Η αναφορά «{ $title }» δεν ετοιμάστηκε ή δεν στάλθηκε αυτή τη φορά. Ζητήστε την χειροκίνητα· ο προγραμματισμός συνεχίζεται.
mail-report-notices = Γεια σας { $name },

    { $list }
    .subject = { $brand }: μια αναφορά δεν στάλθηκε
mail-report-ready = Γεια σας,

    Η αναφορά «{ $title }» για { $brand }, από { $from } έως { $to }, είναι έτοιμη. Ο σύνδεσμος ισχύει έως { $when } και δεν χρειάζεται να συνδεθείτε.
    .subject = { $brand }: { $title }
    .button = Διαβάστε την αναφορά

report-files = Αποθήκευση ως:
report-no-page = Αποθηκεύστε την αναφορά σε μία από αυτές τις μορφές:

report-title-client = Αναφορά μάρκετινγκ
report-title-management = Αναφορά προς τη διοίκηση
report-title-team = Αναφορά της ομάδας
