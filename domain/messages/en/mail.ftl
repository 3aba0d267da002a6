# Letters. `mail-<template>` is the text, its attribute `subject` the subject, and `button`, where there is a link, what to
# press. `letter-` is what stands around each of them.

letter-open = Open
letter-in-full = If the button does not work, open this address:
letter-link = Open this address:
letter-footer = Diwan wrote this by itself, at { $server }. If you did not expect it, you need not do anything.
