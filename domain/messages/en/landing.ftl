# Landing pages, as visitors see them.

landing-gone-title = There is no page here
landing-gone = This page is not there any more, or its address was not copied whole.
landing-of = A page of { $brand }
landing-name = Name
landing-email = E-mail
landing-phone = Phone
landing-message = Message
landing-optional = (optional)
landing-trap = Leave this empty
landing-mend = Please look at what is marked and send it again.
landing-form-old = This form was open for too long. Nothing was lost: please send it again.
landing-field-missing = Please fill this in.
landing-email-wrong = This is not an e-mail address. It looks like name@example.com.
landing-consent-missing = Please tick this box if you agree. Without it we cannot take your message.
