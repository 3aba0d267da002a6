# Ειδοποιήσεις: τι πρέπει να ξέρει κάποιος, με το επόμενο βήμα. Το `trouble` είναι κείμενο του troubles.ftl.

notice-publication-failed = Το «{ $title }» δεν δημοσιεύτηκε στο { $network } ({ $account }). { $trouble }
notice-publication-unconfirmed = Το «{ $title }» στο { $network } ({ $account }) χρειάζεται την απόφασή σας. { $trouble }
notice-publication-missed = Το «{ $title }» δεν στάλθηκε εγκαίρως στο { $network } ({ $account }). { $trouble }
notice-publications-missed =
    { $count ->
        [one] Ήρθε η ώρα μίας δημοσίευσης ενώ οι δημοσιεύσεις ήταν σε παύση, και το περιθώριό της πέρασε. Προγραμματίστε την ξανά ή βγάλτε την από το πρόγραμμα.
       *[other] Ήρθε η ώρα { $count } δημοσιεύσεων ενώ οι δημοσιεύσεις ήταν σε παύση, και το περιθώριό τους πέρασε. Προγραμματίστε τες ξανά ή βγάλτε τες από το πρόγραμμα.
    }
notice-account-disconnected = Το { $network } δεν δέχεται πια τη σύνδεση του λογαριασμού { $account }. Συνδέστε τον ξανά: ως τότε δεν δημοσιεύεται τίποτα εκεί.
notice-webhook-disabled = Το webhook { $url } απενεργοποιήθηκε, επειδή για μία ημέρα δεν έφτασε τίποτα εκεί. Διορθώστε τον διακομιστή, κάντε μια δοκιμή και ενεργοποιήστε ξανά το webhook.
notices-more =
    { $count ->
        [one] Και μία ακόμη. Δείτε την στο Diwan.
       *[other] Και { $count } ακόμη. Δείτε τες στο Diwan.
    }
mail-notices =
    Γεια σας { $name },

    { $list }
    .subject =
        { $count ->
            [one] { $brand }: οι δημοσιεύσεις σάς χρειάζονται
           *[other] { $brand }: οι δημοσιεύσεις σάς χρειάζονται, { $count } φορές
        }
