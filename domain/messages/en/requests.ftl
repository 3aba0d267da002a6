# What a whole request is refused for, before or beside what it asks. `detail` says more to whoever wrote the program, in
# English in every language.

request-bad-request = { $detail }
request-too-complex = { $detail }
request-too-deep = { $detail }
request-rate-limited = { $detail }
request-unauthenticated = { $detail }
request-idempotency-key-required = { $detail }
request-idempotency-key-reused = { $detail }
request-internal = { $detail }
