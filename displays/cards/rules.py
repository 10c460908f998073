"""The networks' display rules as code: what a post's card must be able to show, or there is no card.

X: developer.x.com, "Display requirements" (broadcast and offline): full name, @username, avatar, full text unaltered, time, the X
mark, for as long as the post is up. Mastodon and Bluesky ask no less of a good guest.
"""

from datetime import UTC

from displays.cards.content import Post
from displays.cards.errors import TOO_LONG, CannotShow
from displays.cards.tame import tame

NETWORKS = {"x": "X", "mastodon": "Mastodon", "bluesky": "Bluesky"}
LONGEST, MOST_SIGNS = 8_000, 1_000
"""Characters, and different ones, that no glass holds at any size: beyond them nothing is set or measured to find out."""


def check(post: Post) -> None:
    """Raise CannotShow if the post lacks what its network wants to be seen with it."""
    if post.network not in NETWORKS:
        raise CannotShow(f"There is no card for posts from {post.network!r}.")
    network = NETWORKS[post.network]
    wanted = {
        "its text or a picture": post.text.strip() or post.pictures,
        "its author's name": post.author.name.strip(),
        "its author's handle": post.author.handle.strip("@ "),
        "its author's picture": post.author.avatar,
    }
    for what, have in wanted.items():
        if not have:
            raise CannotShow(f"A post from {network} must be shown with {what}, and that is not here.")
    if post.posted_at.tzinfo is None or post.posted_at.astimezone(UTC).year < 2006:
        raise CannotShow(f"A post from {network} must be shown with its time, and the one given is not a time.")
    text = tame(post.text)
    if len(text) > LONGEST or len(set(text)) > MOST_SIGNS:
        raise CannotShow(TOO_LONG)
    if len(post.pictures) > 4:
        raise CannotShow("The post has more than four pictures; it could not be shown whole.")


def check_drawn(missing: str) -> None:
    """Raise CannotShow if there are characters that no shipped typeface has: they would come out as empty boxes."""
    if missing:
        some = " ".join(missing[:8])
        raise CannotShow(f"No typeface that is shipped has these characters: {some}")
