"""Settings are read once, and an address is understood as operators write it, or refused by its variable's name."""

from dataclasses import fields

import pytest

from server.core.errors import Misconfigured
from server.core.settings import Settings, load

HOSTED = "postgresql://user:secret@db.example:5432/vitrine?application_name=v&sslmode=verify-full"


@pytest.mark.parametrize(
    ("written", "meant"),
    (
        ("postgresql://u:s@host/vitrine", "postgresql+asyncpg://u:s@host/vitrine"),
        ("postgres://u@host/vitrine", "postgresql+asyncpg://u@host/vitrine"),
        ("postgresql+psycopg://u@host/vitrine", "postgresql+asyncpg://u@host/vitrine"),
        (HOSTED, HOSTED.replace("postgresql:", "postgresql+asyncpg:").replace("sslmode", "ssl")),
        ("sqlite:////srv/vitrine.sqlite", "sqlite+aiosqlite:////srv/vitrine.sqlite"),
    ),
)
def test_a_database_is_named_as_everybody_names_it(written: str, meant: str) -> None:
    assert load({"VITRINE_DATABASE_URL": written}).database == meant


@pytest.mark.parametrize(
    ("variable", "text"),
    (
        ("VITRINE_DATABASE_URL", "mysql://host/vitrine"),
        ("VITRINE_DATABASE_URL", "postgresql"),
        ("VITRINE_PROXIES", "127.0.0.1,everybody"),
        ("VITRINE_DATABASE_CONNECTIONS", "few"),
        ("VITRINE_DATABASE_CONNECTIONS", "3"),
        ("VITRINE_LANGUAGE", "xx"),
        ("VITRINE_LOG", "xml"),
        ("VITRINE_KEEP_POSTS_DAYS", "-5"),
        ("VITRINE_KEEP_AUDIT_DAYS", "0"),
        ("VITRINE_SESSION_HOURS", "999999999999"),
        ("VITRINE_X_POSTS_A_DAY", "-1"),
        ("VITRINE_X_PRICE_A_POST", "nan"),
        ("VITRINE_DATABASE_URL", "postgresql://u:hunter2@host:port/vitrine"),
        ("VITRINE_DATABASE_URL", "postgresql://u:hunter2@x@host/vitrine"),
        ("VITRINE_DATABASE_URL", "postgresql://u:hunter2#x@host/vitrine"),
        ("VITRINE_DATABASE_URL", "postgresql://u:hunter2/x@host/vitrine"),
        ("VITRINE_DATABASE_URL", "postgresql://u:hunter2@host/vitrine?connect_timeout=5"),
        ("VITRINE_BACKPLANE_URL", "amqp://x"),
        ("VITRINE_BACKPLANE_URL", "redis"),
        ("VITRINE_BACKPLANE_URL", "redis://:hunter2@host:port"),
    ),
)
def test_what_cannot_be_read_is_refused_by_the_name_of_its_variable(variable: str, text: str) -> None:
    with pytest.raises(Misconfigured, match=variable) as refused:
        load({variable: text})
    assert "hunter2" not in refused.value.detail


def test_every_number_has_bounds_and_its_default_is_within_them() -> None:
    for setting in fields(Settings):
        if type(setting.default) in (int, float):
            least, most = setting.metadata["bounds"]
            assert least <= setting.default <= most, setting.name  # type: ignore[operator]


@pytest.mark.parametrize(
    "url", ("redis://:s@host", "rediss://host:6380/1", "unix:///run/redis.sock", "postgresql://h/v")
)
def test_what_can_carry_news_is_taken(url: str) -> None:
    assert load({"VITRINE_BACKPLANE_URL": url}).backplane == url


def test_without_a_backplane_there_is_one_process() -> None:
    assert load({}).backplane == "memory"
