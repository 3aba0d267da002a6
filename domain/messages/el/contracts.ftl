# Συμβάσεις: τι λένε τα έγγραφα και η σελίδα τους, και τα μηνύματα που φέρνουν τον σύνδεσμο.

error-contract-work-open =
    { $count ->
        [one] Μία παράδοση ή πληρωμή αυτής της σύμβασης είναι ακόμη ανοιχτή. Αποδεχτείτε ή αποσύρετέ την, πληρώστε ή ακυρώστε την και μετά ολοκληρώστε τη σύμβαση.
       *[other] { $count } παραδόσεις και πληρωμές αυτής της σύμβασης είναι ακόμη ανοιχτές. Αποδεχτείτε ή αποσύρετέ τες, πληρώστε ή ακυρώστε τες και μετά ολοκληρώστε τη σύμβαση.
    }
error-contract-both-sides = Κανείς δεν κρατά και τις δύο άκρες μιας σύμβασης: όποιος υπογράφει για εμάς δεν φτιάχνει σύνδεσμο για την άλλη πλευρά. Ζητήστε το από συνάδελφο.

contract-kind-influencer = Σύμβαση με influencer
contract-kind-agency = Σύμβαση με πρακτορείο
contract-kind-vendor = Σύμβαση με προμηθευτή
contract-kind-freelancer = Σύμβαση με ελεύθερο επαγγελματία
contract-between = Μεταξύ: { $agency }, για: { $brand }, και: { $party }
contract-terms = Τι συμφωνείται
contract-party = Η άλλη πλευρά
contract-party-address = Διεύθυνση
contract-fee = Αμοιβή
contract-starts = Πρώτη ημέρα
contract-ends = Τελευταία ημέρα
contract-open-end = Έως ότου τη λήξει μία πλευρά
contract-exclusivity = Αποκλειστικότητα
contract-exclusive-until = Αποκλειστικότητα έως
contract-disclosure = Υπάρχει σε κάθε ανάρτηση
contract-usage = Δικαιώματα χρήσης
contract-usage-until = Δικαιώματα χρήσης έως
contract-amendment = Τροποποίηση
contract-amends = Τροποποιεί το «{ $title }», που υπογράφηκε: { $when }. Όπου και τα δύο λένε το ίδιο πράγμα, ισχύει αυτό.
contract-signatures = Υπογραφές
contract-signed-at = Υπογράφηκε
contract-signed-at-utc = Σε παγκόσμια ώρα
contract-signed-from = Από τη διεύθυνση
contract-document-hash = SHA-256 του εγγράφου που υπέγραψαν και οι δύο πλευρές
contract-version = Έκδοση { $number }

sign-document = Αποθήκευση του εγγράφου (PDF)
sign-heading = Υπογραφή
sign-intro = Με την υπογραφή σας συμφωνείτε με τη σύμβαση όπως είναι στο έγγραφο. Το όνομά σας, η ώρα και η διεύθυνση της συσκευής σας φυλάσσονται μαζί της.
sign-name = Το ονοματεπώνυμό σας
sign-name-hint = Όπως πρέπει να φαίνεται κάτω από τη σύμβαση.
sign-submit = Υπογράφω τη σύμβαση
sign-reason = Αν δεν θέλετε να υπογράψετε: γιατί;
sign-decline = Απόρριψη
sign-by = Υπογραφή: { $name }, για: { $side }, { $when }
sign-waiting = Έχετε υπογράψει. Η άλλη πλευρά όχι ακόμη.
sign-signed = Και οι δύο πλευρές υπέγραψαν αυτή τη σύμβαση.
sign-declined = Η σύμβαση απορρίφθηκε. Κανείς δεν την υπογράφει πια.
sign-over = Η σύμβαση έχει λήξει.

notice-contract-ending = Το «{ $title }» λήγει στις { $until }. Ανανεώστε το, αφήστε το να λήξει ή ολοκληρώστε το τότε.
mail-contract-to-sign = Γεια σας { $name },

    Το «{ $title }» για: { $brand } είναι έτοιμο για υπογραφή. Διαβάστε το και υπογράψτε το ή πείτε γιατί όχι. Δεν χρειάζεται να συνδεθείτε.

    Ο σύνδεσμος ισχύει έως: { $when }. Προορίζεται μόνο για εσάς: όποιος τον έχει μπορεί να υπογράψει για εσάς.
    .subject = Για υπογραφή: { $title }
    .button = Διαβάστε και υπογράψτε
mail-contract-signed = Γεια σας { $name },

    Και οι δύο πλευρές υπέγραψαν το «{ $title }» για: { $brand }. Το έγγραφο με τις υπογραφές βρίσκεται στον σύνδεσμο, που ισχύει έως: { $when }. Παρακαλούμε αποθηκεύστε το.
    .subject = Υπογράφηκε: { $title }
    .button = Δείτε τη σύμβαση
mail-contract-notices = Γεια σας { $name },

    { $list }
    .subject = { $brand }: μια σύμβαση λήγει σύντομα
