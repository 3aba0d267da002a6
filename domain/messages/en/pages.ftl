# Pages that a browser shows.

page-oauth-connected = The account is being connected. You can close this page.
page-oauth-declined = The account was not connected, because the network did not agree. You can close this page.
page-fault = Something went wrong on our side. Try again.
page-nowhere = There is nothing at this address.
page-oauth-fault = Something went wrong on our side. Connect the account again.
