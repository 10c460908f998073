"""A tablet and phones at once, each a page in a browser of its own, on the real app: what one does, the other shows."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from functools import partial

import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy import select

from kiosk import calling
from kiosk.models import Call
from server.core.settings import Settings
from tests import house, shopping
from tests.browser.glass import until
from tests.browser.tablet import Glass, opened
from tests.conftest import Served
from tests.shopping import Phone, Tablet, add
from tests.signing import newest_code, sign_in

# What two databases do differently is tried without browsers, in tests/kiosk.
pytestmark = [
    pytest.mark.browser,
    pytest.mark.usefixtures("patient"),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
EMAIL = "ada@example.com"
NewPhone = Callable[[], Awaitable[Page]]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A house whose mail is read in the console, and whose codes lead to where it listens."""
    return replace(settings, mail="console", public_url="")


@pytest.fixture
async def tablet(served: Served) -> Tablet:
    """A paired tablet in a store with three variants."""
    await shopping.catalogue(served.database)
    return await shopping.tablet_at(served)


@pytest.fixture
async def glass(served: Served, tablet: Tablet, browser: Browser) -> AsyncIterator[Glass]:
    """The tablet's page."""
    async with opened(browser) as made:
        await made.adopt(served.address, tablet)
        yield made


@pytest.fixture
async def new_phone(browser: Browser) -> AsyncIterator[NewPhone]:
    """Takes another phone out of a pocket; fails at the end if one has complained of anything."""
    complaints: list[str] = []

    async def make() -> Page:
        context = await browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, locale="en-GB")
        page = await context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
        return page

    yield make
    assert complaints == []


async def code_behind(glass: Glass, button: str) -> str:
    """Where the code leads that the tablet shows when this is touched."""
    async with glass.page.expect_response(lambda answer: answer.url.endswith("/tickets") and answer.ok) as coming:
        await glass.touch(button)
    return (await (await coming.value).json())["address"]


async def take(phone: Page, glass: Glass, button: str) -> str:
    """Scan the tablet's code with a phone and pick the number on the glass; where the code leads."""
    address = await code_behind(glass, button)
    await phone.goto(address)
    number = await glass.page.locator(".digits").inner_text()
    await phone.get_by_role("button", name=number, exact=True).click()
    await phone.wait_for_url("**/bag")
    await glass.sees("A phone has your bag")
    return address


async def sign_in_on(phone: Page, served: Served) -> None:
    """By the code in a mail."""
    await phone.goto(f"{served.address}/me")
    await phone.get_by_label("E-mail address").fill(EMAIL)
    await phone.get_by_role("button", name="Send me a code").click()
    await expect(phone.get_by_label("Code")).to_be_focused()
    await phone.get_by_label("Code").fill(await newest_code(served, EMAIL))
    await expect(phone.get_by_role("heading", name="Your account")).to_be_visible()


async def shades(page: Page, where: str) -> list[str]:
    return sorted(await page.locator(where).all_inner_texts())


async def both_show(phone: Page, glass: Glass, *expected: str) -> None:
    """The same bag on the phone and in the bag's view of the tablet, which has to be open."""
    seen = {"phone": (phone, ".item .shade"), "tablet": (glass.page, ".kept-shade")}
    for what, (page, where) in seen.items():

        async def there(page: Page = page, where: str = where) -> bool:
            return await shades(page, where) == sorted(expected)

        await until(there, what=f"the {what} to show {expected}", state=partial(shades, page, where))


async def test_a_bag_is_on_tablet_and_phone_at_once_whatever_comes_between(
    served: Served, tablet: Tablet, glass: Glass, new_phone: NewPhone
) -> None:
    at_home = Phone(served)
    await sign_in(served, at_home, EMAIL)
    await at_home.client.post("/api/bag")
    await at_home.send(add("slip-ink"))
    phone, page = await new_phone(), glass.page
    await glass.begin()
    await glass.touch("Add Velvet Lipstick, Madder Red to the bag")
    await glass.touch("Add Bias Slip Dress, Ink Blue to the bag")
    address = await take(phone, glass, "Take it with me")
    await glass.touch("Go on looking")
    await glass.touch("Your bag, 2 things")
    await both_show(phone, glass, "Madder Red", "Ink Blue")
    await phone.get_by_role("button", name="Remove Bias Slip Dress, Ink Blue").click()
    await both_show(phone, glass, "Madder Red")
    await page.locator(".kept-open").first.click()
    await page.get_by_role("radio", name="Late Plum").click()
    await glass.touch("Add to bag")
    await glass.touch("Your bag, 2 things")
    await both_show(phone, glass, "Madder Red", "Late Plum")

    beside = await new_phone()  # somebody who saw the code over a shoulder
    await beside.goto(address)
    await expect(beside.get_by_role("heading", name="Two phones opened this code")).to_be_visible()
    await glass.sees("Two phones opened this code")
    await expect(phone.get_by_role("heading", name="The tablet took its bag back")).to_be_visible()
    await glass.count(2)

    await take(phone, glass, "Show a new code")
    await glass.touch("Go on looking")
    await both_show(phone, glass, "Madder Red", "Late Plum")
    await glass.touch("Not my phone? Take it back")
    await glass.sees("No phone has your bag")
    await expect(phone.get_by_role("heading", name="The tablet took its bag back")).to_be_visible()
    assert "Madder" not in await phone.locator("body").inner_text()

    await take(phone, glass, "Show a new code")
    await glass.touch("Go on looking")
    await sign_in_on(phone, served)
    await glass.sees("kept in your account")
    await phone.goto(f"{served.address}/bag")
    await both_show(phone, glass, "Madder Red", "Late Plum", "Ink Blue")
    await page.get_by_role("button", name="Take Velvet Lipstick, Late Plum out of the bag").click()
    await both_show(phone, glass, "Madder Red", "Ink Blue")

    await glass.touch("Ask someone")
    await glass.sees("Somebody is being called")
    await until(lambda: answered(served, by="Linh"), what="the call to reach the floor")
    await glass.sees("Linh is coming")

    bag = (await tablet.document())["visit"]["bag"]
    assert (await tablet.client.get(f"/api/topics/bag:{bag}")).status_code == 200
    await phone.get_by_role("button", name="Clear that tablet").click()
    await page.locator(".begin").wait_for()
    await expect(phone.locator(".tablet")).to_have_count(0)
    assert (await tablet.client.get(f"/api/topics/bag:{bag}")).status_code in (403, 404)
    assert bag not in await glass.storage()
    assert await shades(phone, ".item .shade") == ["Ink Blue", "Madder Red"], "the phone keeps what it took"


async def test_a_code_that_two_phones_hold_opens_nothing_and_an_account_gives_back_what_was_not_its_own(
    served: Served, glass: Glass, new_phone: NewPhone
) -> None:
    at_home = Phone(served)
    await sign_in(served, at_home, EMAIL)
    await at_home.client.post("/api/bag")
    await at_home.send(add("stain-plum"))
    phone, beside = await new_phone(), await new_phone()
    await glass.begin()
    await glass.touch("Add Velvet Lipstick, Madder Red to the bag")
    address = await code_behind(glass, "Take it with me")
    await phone.goto(address)
    number = await glass.page.locator(".digits").inner_text()
    await beside.goto(address)
    await expect(beside.get_by_role("heading", name="Two phones opened this code")).to_be_visible()
    await glass.sees("Two phones opened this code")
    await phone.get_by_role("button", name=number, exact=True).click()
    await expect(phone.get_by_role("heading", name="This code is over")).to_be_visible()

    await sign_in_on(phone, served)
    await take(phone, glass, "Show a new code")
    await glass.touch("Go on looking")
    await glass.touch("Your bag, 2 things")
    await both_show(phone, glass, "Madder Red", "Late Plum")
    await glass.touch("Not my phone? Take it back")
    await glass.sees("No phone has your bag")
    await glass.count(1)
    await until(lambda: _is(shades(phone, ".item .shade"), ["Late Plum"]), what="the account's own things on the phone")
    await expect(phone.locator(".tablet")).to_have_count(0)


async def test_a_known_customer_opens_a_tablet_from_the_phone_and_the_tablet_keeps_nothing_of_it(
    served: Served, tablet: Tablet, glass: Glass, new_phone: NewPhone
) -> None:
    async with served.database.transaction() as db:
        screen, _ = await house.screen(db, "Carnaby Street, window")
    phone, page = await new_phone(), glass.page
    await sign_in_on(phone, served)
    await phone.goto(f"{served.address}/v/stain-plum?s={screen.id}&p=m1")
    await phone.get_by_role("button", name="Add to my bag").click()
    await phone.get_by_role("link", name="See my bag").click()
    await expect(phone.locator(".seen")).to_have_text("Seen on Carnaby Street, window")
    await expect(phone.locator(".kept")).to_contain_text("Kept in your account")

    await glass.begin()
    await page.get_by_role("searchbox").fill("bias")
    address = await code_behind(glass, "Take it with me")
    await phone.goto(address)
    number = await page.locator(".digits").inner_text()
    await glass.touch("Not my phone")
    await glass.sees("No phone has your bag")
    await phone.get_by_role("button", name=number, exact=True).click()
    await expect(phone.get_by_role("heading", name="This code is over")).to_be_visible()
    await glass.count(0)

    await take(phone, glass, "Show a new code")
    await glass.touch("Go on looking")
    await glass.count(1)
    await glass.touch("Your bag, 1 thing")
    await both_show(phone, glass, "Late Plum")
    await expect(phone.locator(".tablet")).to_contain_text("Oxford Street")
    await expect(phone.locator(".tablet")).to_contain_text("Lips, by the mirror")
    bag = (await tablet.document())["visit"]["bag"]
    [kept] = await tablet.items(bag)
    assert (kept["variant"], kept["seen"]["screen"]) == ("stain-plum", screen.id)
    await page.locator(".kept-open").click()
    await glass.touch("Done, clear this tablet")
    await page.locator(".begin").wait_for()
    for step in (page.go_back, page.go_forward):
        assert "Late Plum" not in await page.locator("body").inner_text()
        await step()
    await page.locator(".begin").wait_for()
    held = await glass.storage()
    for private in (bag, *kept["adds"], screen.id, EMAIL, "operations"):
        assert private not in held, f"{private} is on the tablet after the visit"
    assert (await tablet.client.get(f"/api/topics/bag:{bag}")).status_code in (403, 404)
    await expect(phone.locator(".tablet")).to_have_count(0)
    assert await shades(phone, ".item .shade") == ["Late Plum"], "the account keeps what it had"


async def _is(asked: Awaitable[list[str]], expected: list[str]) -> bool:
    return await asked == expected


async def answered(served: Served, *, by: str) -> bool:
    """Whether a call of Oxford Street stands, and was answered just now."""
    async with served.database.transaction() as db:
        call = await db.scalar(select(Call.id).where(Call.ended_at.is_(None)))
        if call is not None:
            await calling.answer(db, call, store_id="OXF", by=by)
        return call is not None
