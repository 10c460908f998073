"""The console shows mails only where none are sent, and to administrators alone."""

from dataclasses import replace
from datetime import timedelta

from kiosk import mailing
from tests.conftest import Served


async def test_mails_are_read_where_none_are_sent_and_by_nobody_but_administrators(served: Served) -> None:
    async with served.database.transaction() as db:
        mailing.queue(db, to="mia@shopper.test", subject="Your code", body="<b>123456</b>", life=timedelta(minutes=10))
    async with await served.staff("admin") as admin, await served.staff("merchandiser") as other:
        assert (await admin.get("/console/mail")).status_code == 404
        assert 'href="/console/mail"' not in (await admin.get("/console")).text
        served.app.state.settings = replace(served.app.state.settings, mail="console")
        page = (await admin.get("/console/mail")).text
        assert "mia@shopper.test" in page and "&lt;b&gt;123456" in page and 'href="/console/mail"' in page
        assert (await other.get("/console/mail")).status_code == 403
        assert 'href="/console/mail"' not in (await other.get("/console")).text
