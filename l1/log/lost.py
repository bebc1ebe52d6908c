"""What tells that a connection to the database is gone, as opposed to a statement that is wrong."""

import asyncpg

LOST_CONNECTION = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # an idle connection whose server said goodbye is used once more
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
)
"""Errors after which the connection is thrown away and the work is done again over a new one."""
