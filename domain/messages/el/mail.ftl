# See en/mail.ftl.

letter-open = Άνοιγμα
letter-in-full = Αν το κουμπί δεν λειτουργεί, ανοίξτε αυτή τη διεύθυνση:
letter-link = Ανοίξτε αυτή τη διεύθυνση:
letter-footer = Το μήνυμα γράφτηκε αυτόματα από το Diwan στο { $server }. Αν δεν το περιμένατε, δεν χρειάζεται να κάνετε τίποτα.

mail-invitation = Γεια σας { $name },

    Έχετε πρόσκληση από: { $inviter }, για να συμμετάσχετε στην εταιρεία { $agency } στο Diwan. Επιλέξτε κωδικό πρόσβασης για να ξεκινήσετε.

    { $days ->
        [one] Η πρόσκληση ισχύει για μία ημέρα.
       *[other] Η πρόσκληση ισχύει για { $days } ημέρες.
    }
    .subject = Πρόσκληση στην εταιρεία { $agency } από: { $inviter }
    .button = Αποδοχή της πρόσκλησης

mail-place-added = Γεια σας { $name },

    Έχετε προστεθεί στα εξής: { $brands }, από: { $inviter } ({ $agency }). Θα τα δείτε στην επόμενη σύνδεσή σας.
    .subject = Έχετε προστεθεί στα εξής: { $brands }

mail-place-ending = Γεια σας { $name },

    η συμμετοχή σας στη μάρκα { $brand } λήγει στις { $end } ({ $zone }). Αν χρειάζεστε περισσότερο χρόνο, ζητήστε τον από την ομάδα της μάρκας { $brand }.
    .subject = Η συμμετοχή σας στη μάρκα { $brand } λήγει σύντομα

mail-place-ending-team = Η συμμετοχή στη μάρκα { $brand } λήγει στις { $end } ({ $zone }) για: { $name }.

    Αν χρειάζεται περισσότερος χρόνος, παρατείνετέ την πριν από τότε. Αλλιώς παραδώστε σε άλλον τις ανοιχτές εργασίες.
    .subject = Λήγει σύντομα η συμμετοχή στη μάρκα { $brand }: { $name }
mail-comment =
    Γεια σας { $name },

    { $how ->
        [reply] Απάντηση στο σχόλιό σας για το «{ $title }» από: { $by }
       *[mention] Σας ανέφερε σε σχόλιο για το «{ $title }»: { $by }
    }

    { $body }
    .subject = { $by }: { $title }
mail-password-reset =
    Γεια σας { $name },

    Κάποιος ζήτησε να οριστεί νέος κωδικός πρόσβασης για τον λογαριασμό σας. Αν ήσασταν εσείς, ανοίξτε τον παρακάτω σύνδεσμο μέσα σε μία ώρα. Λειτουργεί μία φορά και τερματίζει κάθε συνεδρία στην οποία είστε συνδεδεμένοι.

    Αν δεν ήσασταν εσείς, δεν χρειάζεται να κάνετε τίποτα: ο κωδικός σας μένει ως έχει.
    .subject = Επιλογή νέου κωδικού πρόσβασης


approval-who-level-any = οποιονδήποτε επιπέδου { $level } ή ανώτερου
approval-who-level-all = όλους όσοι έχουν επίπεδο { $level }
approval-who-people = { $names }
approval-who-client = τον πελάτη
approval-who-limit = κάποιον του οποίου το όριο καλύπτει το ποσό (επίπεδο { $level })
approval-who-team = την ομάδα της εταιρείας
approval-outcome-approved = εγκρίθηκε
approval-outcome-changes-requested = ζητήθηκαν αλλαγές
approval-outcome-withdrawn = αποσύρθηκε
approval-outcome-voided = ακυρώθηκε, γιατί άλλαξε
mail-approval-requested =
    Γεια σας { $name },

    Ζητείται έγκριση για «{ $title }» από: { $requester }. Δείτε το και εγκρίνετέ το ή πείτε τι πρέπει να αλλάξει.
    .subject = Για έγκριση από εσάς: { $title }
mail-approval-reminder =
    Γεια σας { $name },

    Το «{ $title }», για το οποίο ζητήθηκε έγκριση από: { $requester }, σας περιμένει ακόμη. Εγκρίνετέ το ή πείτε τι πρέπει να αλλάξει.
    .subject = Περιμένει ακόμη την έγκρισή σας: { $title }
mail-approval-decided =
    Γεια σας { $name },

    Αυτό που υποβάλατε για έγκριση, «{ $title }», έχει απάντηση: { $outcome }.

    { $comment }
    .subject = { $title }: { $outcome }
mail-post-assigned =
    Γεια σας { $name },

    Σας ανατέθηκε το «{ $title }» από: { $by }.{ $dated ->
        [yes] {" "}Προθεσμία: { $due }.
       *[no] {""}
    }

    { $brief }
    .subject = Για εσάς: { $title }
