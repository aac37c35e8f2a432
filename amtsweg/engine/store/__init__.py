"""Where cases live: one port, three stores (memory, SQLite, PostgreSQL), one suite of promises for all.

A store keeps rows and knows nothing of procedures. One event is one transaction: case, journal, work-list, timers and
outgoing jobs commit together or not at all.
"""
