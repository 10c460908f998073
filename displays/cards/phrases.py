"""The few words that a card says by itself, in the languages of the product."""

PHRASES: dict[str, dict[str, str]] = {
    "en": {
        "edited": "Edited",
        "reposted": "Reposted by {name}",
        "at": "At {brand}",
        "rising": "Rising now",
        "first": "No. {rank} right now",
        "people": "{count} people in {minutes} minutes",
        "people_hour": "{count} people in the last hour",
        "collected": "Most collected today",
        "in_stores": "In our stores",
        "take_part": "Take part",
        "how": "Post with this tag. What we choose is shown here, beside what it goes with.",
        "agree": "By posting with the tag you agree to our terms:",
        "headline": "Show us yours",
    },
    "vi": {
        "edited": "Đã chỉnh sửa",
        "reposted": "{name} đăng lại",
        "at": "Tại {brand}",
        "rising": "Đang lên",
        "first": "Hạng {rank} lúc này",
        "people": "{count} người trong {minutes} phút",
        "people_hour": "{count} người trong một giờ qua",
        "collected": "Được chọn nhiều nhất hôm nay",
        "in_stores": "Tại các cửa hàng của chúng tôi",
        "take_part": "Tham gia",
        "how": "Đăng bài với thẻ này. Bài được chọn sẽ hiện ở đây, bên cạnh món đồ hợp với nó.",
        "agree": "Đăng bài với thẻ này là bạn đồng ý với điều khoản:",
        "headline": "Khoe với chúng tôi",
    },
    "nb": {
        "edited": "Redigert",
        "reposted": "Delt av {name}",
        "at": "Hos {brand}",
        "rising": "På vei opp",
        "first": "Nr. {rank} akkurat nå",
        "people": "{count} personer på {minutes} minutter",
        "people_hour": "{count} personer den siste timen",
        "collected": "Mest samlet i dag",
        "in_stores": "I butikkene våre",
        "take_part": "Bli med",
        "how": "Post med denne taggen. Det vi velger, vises her ved siden av det det passer til.",
        "agree": "Når du poster med taggen, godtar du vilkårene:",
        "headline": "Vis oss din",
    },
}


def phrases(language: str) -> dict[str, str]:
    """The phrases of a language; English where it has none."""
    return PHRASES.get(language.split("-")[0].lower(), PHRASES["en"])
