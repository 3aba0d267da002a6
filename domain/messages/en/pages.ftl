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
