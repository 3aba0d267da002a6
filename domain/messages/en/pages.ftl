# Pages that a browser shows.

page-oauth-connected = The account is being connected. You can close this page.
page-oauth-declined = The account was not connected, because the network did not agree. You can close this page.
page-fault = Something went wrong on our side. Try again.
page-nowhere = There is nothing at this address.
page-oauth-fault = Something went wrong on our side. Connect the account again.
page-join-title = Welcome to Diwan
page-join-intro = You have been invited. Enter your name and choose a password.
page-join-submit = Join
page-join-done = You have joined. You can sign in now and close this page.
page-reset-title = A new password
page-reset-intro = Choose a new password. You will be signed out everywhere.
page-reset-submit = Save the password
page-reset-done = Your password has been changed, and you have been signed out everywhere. You can sign in now and close this page.
page-name = Your name
page-password = Password
page-password-hint = At least { $limit } characters. Several unrelated words are easy to remember and hard to guess.
page-busy = There were many requests from your network. Wait a minute, then try again.
page-sso-title = Signing in
page-sso-arrived = You may go back to the application. It asks for this code:
page-sso-warning = Give the code to nobody, and type it only where you began to sign in yourself. Then you can close this page.
page-sso-declined = Nobody was signed in, because the identity provider or you did not agree. You can close this page.
page-sso-over = This sign-in is over or was done already. Go back to the application and begin again.
