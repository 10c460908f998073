"""What the page behind a code says by itself, in the languages of the product."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from babel.numbers import format_decimal
from litestar.connection import ASGIConnection

from catalog.pricing import LOCALES, Price, written
from server.core import languages

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "where": "Where to get it",
        "where_near": "Near where you saw it",
        "buy": "Buy online",
        "shades": "Other shades",
        "sizes": "Other sizes",
        "left": "{n} left",
        "in_stock": "In stock",
        "few": "A few left",
        "was_there": "Ask for it there",
        "none": "None left",
        "untold": "Not told",
        "minute": "1 minute’s walk",
        "minutes": "{n} minutes’ walk",
        "far": "{n} km away",
        "open_until": "open until {time}",
        "closes_soon": "closes soon, at {time}",
        "open": "open now",
        "today": "opens at {time}",
        "tomorrow": "opens tomorrow at {time}",
        "later": "opens {day} at {time}",
        "closed": "closed",
        "nowhere": "No store has it at the moment.",
        "nowhere_near": "No store near there has it at the moment.",
        "online_still": "You can still order it online.",
        "others": "Stores without it",
        "further": "Further away",
        "gone": "No longer sold",
        "gone_long": "{name} is no longer sold. These come closest:",
        "gone_alone": "{name} is no longer sold, and nothing else of ours is quite like it.",
        "unknown": "We do not know this code",
        "unknown_long": (
            "It may be from another house, or from something that was never ours. Ask in the store: "
            "they know it by its name."
        ),
        "was": "before {price}",
        "counted": "Counted {ago}",
        "size": "Size {size}",
        "home": "To the start",
        "shade": "Shade",
        "ago_minutes": "{n} min ago",
        "ago_hours": "{n} h ago",
        "ago_days": "{n} d ago",
        "start": "You are in the right place.",
        "start_long": (
            "This server shows {house} on screens in and near its stores. Point your phone at the code "
            "on one of them, and this is where you will find what you saw."
        ),
        "staff": "For staff: the console",
        "code": "GTIN",
        "price": "Price",
    },
    "vi": {
        "where": "Mua ở đâu",
        "where_near": "Gần nơi bạn thấy",
        "buy": "Mua trực tuyến",
        "shades": "Màu khác",
        "sizes": "Cỡ khác",
        "left": "Còn {n}",
        "in_stock": "Còn hàng",
        "few": "Còn ít",
        "was_there": "Hãy hỏi tại cửa hàng",
        "none": "Hết hàng",
        "untold": "Chưa rõ",
        "minute": "đi bộ 1 phút",
        "minutes": "đi bộ {n} phút",
        "far": "cách {n} km",
        "open_until": "mở cửa đến {time}",
        "closes_soon": "sắp đóng cửa, lúc {time}",
        "open": "đang mở cửa",
        "today": "mở cửa lúc {time}",
        "tomorrow": "mở cửa lúc {time} ngày mai",
        "later": "mở cửa lúc {time} {day}",
        "closed": "đóng cửa",
        "nowhere": "Hiện chưa có cửa hàng nào còn món này.",
        "nowhere_near": "Hiện không cửa hàng nào gần đó còn món này.",
        "online_still": "Bạn vẫn có thể đặt trực tuyến.",
        "others": "Cửa hàng đã hết",
        "further": "Xa hơn",
        "gone": "Không còn bán",
        "gone_long": "{name} không còn được bán. Những món này gần giống nhất:",
        "gone_alone": "{name} không còn được bán, và chúng tôi không có món nào thật giống.",
        "unknown": "Chúng tôi không biết mã này",
        "unknown_long": "Có thể mã thuộc nhãn khác. Hãy hỏi tại cửa hàng bằng tên món đồ.",
        "was": "trước đây {price}",
        "counted": "Đếm {ago}",
        "size": "Cỡ {size}",
        "home": "Về trang đầu",
        "shade": "Màu",
        "ago_minutes": "{n} phút trước",
        "ago_hours": "{n} giờ trước",
        "ago_days": "{n} ngày trước",
        "start": "Bạn đến đúng chỗ rồi.",
        "start_long": (
            "Máy chủ này trình chiếu {house} trên các màn hình trong và gần cửa hàng. Hướng điện thoại "
            "vào mã trên màn hình, bạn sẽ thấy ở đây món mình vừa thấy."
        ),
        "staff": "Dành cho nhân viên: bảng điều khiển",
        "code": "GTIN",
        "price": "Giá",
    },
    "nb": {
        "where": "Hvor du får den",
        "where_near": "I nærheten av der du så den",
        "buy": "Kjøp på nett",
        "shades": "Andre farger",
        "sizes": "Andre størrelser",
        "left": "{n} igjen",
        "in_stock": "På lager",
        "few": "Noen få igjen",
        "was_there": "Spør etter den der",
        "none": "Ingen igjen",
        "untold": "Ikke oppgitt",
        "minute": "1 minutt å gå",
        "minutes": "{n} minutter å gå",
        "far": "{n} km unna",
        "open_until": "åpent til {time}",
        "closes_soon": "stenger snart, kl. {time}",
        "open": "åpent nå",
        "today": "åpner kl. {time}",
        "tomorrow": "åpner i morgen kl. {time}",
        "later": "åpner {day} kl. {time}",
        "closed": "stengt",
        "nowhere": "Ingen butikk har den akkurat nå.",
        "nowhere_near": "Ingen butikk i nærheten har den akkurat nå.",
        "online_still": "Du kan fortsatt bestille den på nett.",
        "others": "Butikker uten den",
        "further": "Lenger unna",
        "gone": "Selges ikke lenger",
        "gone_long": "{name} selges ikke lenger. Disse ligner mest:",
        "gone_alone": "{name} selges ikke lenger, og vi har ikke noe som ligner helt.",
        "unknown": "Vi kjenner ikke denne koden",
        "unknown_long": "Den kan være fra et annet hus. Spør i butikken: de kjenner varen ved navn.",
        "was": "før {price}",
        "counted": "Talt {ago}",
        "size": "Størrelse {size}",
        "home": "Til forsiden",
        "shade": "Farge",
        "ago_minutes": "for {n} min siden",
        "ago_hours": "for {n} t siden",
        "ago_days": "for {n} d siden",
        "start": "Du har kommet riktig.",
        "start_long": (
            "Denne serveren viser {house} på skjermer i og ved butikkene. Pek telefonen mot koden på en "
            "av dem, så finner du her det du så."
        ),
        "staff": "For ansatte: konsollen",
        "code": "GTIN",
        "price": "Pris",
    },
}


@dataclass(frozen=True)
class Speaker:
    """Says what the page has to say in one language."""

    language: str

    def __call__(self, key: str, **values: object) -> str:
        return WORDS[self.language][key].format(**values)

    @property
    def locale(self) -> str:
        return LOCALES[self.language]

    def price(self, price: Price) -> str:
        """What is paid."""
        return written(price.amount, price.currency, self.language)

    def before(self, price: Price) -> str:
        """What was asked before; empty where it was no more."""
        return written(price.was, price.currency, self.language) if price.was is not None else ""

    def time(self, moment: datetime, zone: str) -> str:
        """The time on a clock that hangs in `zone`."""
        return format_time(moment, "HH:mm", tzinfo=ZoneInfo(zone), locale=self.locale)

    def day(self, moment: datetime, zone: str) -> str:
        """The day of the week there."""
        return format_date(moment.astimezone(ZoneInfo(zone)), "EEEE", locale=self.locale)

    def kilometres(self, metres: float) -> str:
        """A distance that nobody walks."""
        return self("far", n=format_decimal(round(metres / 1000, 1 if metres < 9950 else None), locale=self.locale))

    def ago(self, seconds: float) -> str:
        """How long ago, roughly."""
        for size, key in ((86400, "ago_days"), (3600, "ago_hours")):
            if seconds >= size:
                return self(key, n=int(seconds // size))
        return self("ago_minutes", n=max(1, int(seconds // 60)))


def chosen(accepted: str, default: str) -> Speaker:
    """The speaker for an Accept-Language header: the one of ours that is wanted most, else the installation's."""
    return Speaker(languages.preferred(accepted, default))


def speaker_for(connection: ASGIConnection, default: str) -> Speaker:
    """The speaker for whoever asks: what they chose on a page of ours, else what their browser wants."""
    return Speaker(languages.of(connection, default))
