# דפי נחיתה, כפי שמבקרים רואים אותם.

landing-gone-title = אין כאן דף
landing-gone = הדף הזה כבר אינו קיים, או שכתובתו לא הועתקה במלואה.
landing-of = דף של { $brand }
landing-name = שם
landing-email = דואר אלקטרוני
landing-phone = טלפון
landing-message = הודעה
landing-optional = (רשות)
landing-trap = יש להשאיר שדה זה ריק
landing-mend = נא לעבור על מה שסומן ולשלוח שוב.
landing-form-old = הטופס היה פתוח זמן רב מדי. דבר לא אבד: נא לשלוח שוב.
landing-field-missing = נא למלא שדה זה.
landing-email-wrong = זו אינה כתובת דואר אלקטרוני. היא נראית כמו name@example.com.
landing-consent-missing = נא לסמן תיבה זו אם יש הסכמה. בלעדיה לא נוכל לקבל את ההודעה.
