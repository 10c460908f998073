"""Settings are read once, and an address is understood as operators write it, or refused by its variable's name."""

import pytest

from server.core.errors import Misconfigured
from server.core.settings import load

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
        ("VITRINE_LANGUAGE", "xx"),
    ),
)
def test_what_cannot_be_read_is_refused_by_the_name_of_its_variable(variable: str, text: str) -> None:
    with pytest.raises(Misconfigured, match=variable):
        load({variable: text})


def test_without_a_backplane_there_is_one_process() -> None:
    assert load({}).backplane == "memory"
