# See en/requests.ftl.

request-bad-request = Αυτό το αίτημα δεν είναι σωστά γραμμένο. { $detail }
request-too-complex = Αυτό το αίτημα είναι πολύ μεγάλο. Χωρίστε το σε μικρότερα. { $detail }
request-too-deep = Αυτό το αίτημα έχει πάρα πολλά επίπεδα. { $detail }
request-rate-limited = Εξαντλήσατε το όριο των αιτημάτων σας. Περιμένετε λίγο και δοκιμάστε ξανά. { $detail }
request-unauthenticated = Χρειάζεται σύνδεση ή η σύνδεσή σας δεν ισχύει πια. Συνδεθείτε ξανά. { $detail }
request-idempotency-key-required = Αυτή η αλλαγή χρειάζεται την κεφαλίδα Idempotency-Key. { $detail }
request-idempotency-key-reused = Αυτό το Idempotency-Key χρησιμοποιήθηκε για άλλο αίτημα. Χρησιμοποιήστε νέο κλειδί για κάθε νέο αίτημα. { $detail }
request-internal = Κάτι πήγε στραβά από την πλευρά μας. Δοκιμάστε ξανά· αν επαναληφθεί, δώστε το requestId στον διαχειριστή του συστήματος. { $detail }
