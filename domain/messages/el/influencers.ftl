# Influencers, and what users allowed to be done with what they made.

error-influencer-blocked = Αυτός ο influencer είναι αποκλεισμένος: { $reason } Επιλέξτε άλλον, ή ζητήστε να αρθεί ο αποκλεισμός.
error-influencer-exclusive = Αυτός ο influencer συνεργάζεται αποκλειστικά με { $competitor } στην κατηγορία «{ $category }» έως { $until }. Περιμένετε, ή επιλέξτε άλλον.
error-influencer-undisclosed = Στο «{ $title }» της { $date } δεν δηλώθηκε ότι είναι διαφήμιση. Συμφωνήστε το γραπτώς πριν συνεχίσετε.
error-influencer-language = Αυτός ο influencer μιλά { $languages }, η μάρκα { $wanted }. Επιλέξτε άλλον, ή συμφωνήστε για τη γλώσσα.
error-influencer-market = Το κοινό αυτού του influencer είναι σε { $markets }, όχι σε { $wanted }. Επιλέξτε άλλον.
error-grant-missing = Όποιος έφτιαξε αυτό το αρχείο δεν έχει επιτρέψει να δημοσιευτεί εκεί τότε. Ζητήστε άδεια, επιλέξτε άλλον λογαριασμό ή ώρα, ή άλλο αρχείο.
error-licence-stays = Αυτό το αρχείο ζητήθηκε από όποιον το έφτιαξε, οπότε η άδειά του μένει USER_GENERATED. Δηλώστε το στην αλλαγή σας.
error-asset-referred-to = Κάτι που πρέπει να μείνει, όπως μια άδεια ή μια απόδειξη, αναφέρεται σε αυτό το αρχείο, οπότε δεν διαγράφεται. Αρχειοθετήστε το.
