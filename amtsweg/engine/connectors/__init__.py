"""What the town hall talks to: mail, HTTP services, files, and a payment provider that misbehaves on demand.

A handler is any callable that takes a `Call` and returns an `Answer`; hosts register their own under the same names.
"""
