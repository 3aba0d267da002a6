# Σελίδες προορισμού, όπως τις βλέπουν οι επισκέπτες.

landing-gone-title = Δεν υπάρχει σελίδα εδώ
landing-gone = Η σελίδα αυτή δεν υπάρχει πια ή η διεύθυνσή της δεν αντιγράφηκε ολόκληρη.
landing-of = Σελίδα του { $brand }
landing-name = Όνομα
landing-email = E-mail
landing-phone = Τηλέφωνο
landing-message = Μήνυμα
landing-optional = (προαιρετικό)
landing-trap = Αφήστε το κενό
landing-mend = Δείτε όσα έχουν σημειωθεί και στείλτε το ξανά.
landing-form-old = Η φόρμα έμεινε ανοιχτή πολλή ώρα. Δεν χάθηκε τίποτα: στείλτε την ξανά.
landing-field-missing = Συμπληρώστε αυτό το πεδίο.
landing-email-wrong = Αυτή δεν είναι διεύθυνση e-mail. Μοιάζει με name@example.com.
landing-consent-missing = Σημειώστε αυτό το πλαίσιο αν συμφωνείτε. Χωρίς αυτό δεν μπορούμε να δεχτούμε το μήνυμά σας.
