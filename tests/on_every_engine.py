"""`python -m tests.on_every_engine`: all tests on SQLite, then on PostgreSQL and Redis where they answer.

The last line says which engines were covered. With `CPAUDIT_NO_SKIPS=1` a missing engine is a failure.
"""

import getpass
import os
import subprocess
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path

import environ
import psycopg2
import redis

# Two checkouts on one machine must not share test databases.
CHECKOUT = zlib.crc32(str(Path.cwd()).encode())
DATABASE = f"cpaudit_{CHECKOUT:08x}"
ADDRESSES = {"DATABASE_URL", "CELERY_BROKER_URL", "REDIS_URL"}
SECONDS = 2  # that a server has to answer


@dataclass
class Engine:
    name: str
    environment: dict[str, str]


def usual_databases() -> list[str]:
    """The address given, or else where a development machine usually has PostgreSQL."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        return [given]
    users = [getpass.getuser(), "postgres", "postgres:postgres", "cpaudit_test:cpaudit_test"]
    over_socket = f"postgres:////var/run/postgresql/{DATABASE}"
    return [*(f"postgres://{user}@127.0.0.1:5432/{DATABASE}" for user in users), over_socket]


def postgres_version(url: str) -> str | None:
    """Its version if it answers and lets us make databases, otherwise None."""
    parts = environ.Env.db_url_config(url)
    login = {name.lower(): parts[name] for name in ("HOST", "PORT", "USER", "PASSWORD") if parts[name]}
    try:
        connection = psycopg2.connect(dbname="postgres", connect_timeout=SECONDS, **login)
    except psycopg2.OperationalError:
        return None
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
            may_create = cursor.fetchone()
            return str(connection.info.server_version // 10_000) if may_create and may_create[0] else None
    finally:
        connection.close()


def redis_version(url: str) -> str | None:
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=SECONDS, socket_timeout=SECONDS) as client:
            return str(client.info("server")["redis_version"])
    except redis.RedisError:
        return None


def servers() -> Engine | None:
    """PostgreSQL and Redis as one engine, if both answer."""
    # Database 0 is left to whoever works on this machine; each checkout keeps to one of the other fifteen.
    broker = os.environ.get("TEST_REDIS_URL", f"redis://127.0.0.1:6379/{1 + CHECKOUT % 15}")
    redis_found = redis_version(broker)
    for database in usual_databases():
        if redis_found and (found := postgres_version(database)):
            return Engine(
                f"PostgreSQL {found} + Redis {redis_found}",
                {"DATABASE_URL": database, "CELERY_BROKER_URL": broker, "REDIS_URL": broker},
            )
    return None


def run(engine: Engine) -> int:
    print(f"\n--- Tests on {engine.name} ---", flush=True)
    command = [sys.executable, "-m", "pytest", "-n", "auto", "--dist", "worksteal", *sys.argv[1:]]
    inherited = {name: value for name, value in os.environ.items() if name not in ADDRESSES}
    return subprocess.run(command, env=inherited | engine.environment, check=False).returncode


def main() -> int:
    sqlite = Engine("SQLite", {"DATABASE_URL": "sqlite://:memory:"})
    second = servers()
    engines = [sqlite, second] if second else [sqlite]
    for engine in engines:
        if code := run(engine):
            print(f"Failed on {engine.name}.")
            return code
    if second:
        print(f"Engines covered: {sqlite.name}, and {second.name}.")
        return 0
    print(f"Engines covered: {sqlite.name} only. PostgreSQL and Redis did not both answer (see docs/operations.md).")
    return 1 if os.environ.get("CPAUDIT_NO_SKIPS") else 0


if __name__ == "__main__":
    sys.exit(main())
