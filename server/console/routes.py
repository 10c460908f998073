"""Staff pages that show more than one package, and those of the installation itself."""

from litestar.handlers import HTTPRouteHandler

from server.console import (
    account,
    audit_log,
    brand_kit,
    card_preview,
    corrections,
    health,
    home,
    on_air,
    own_words,
    people,
    product,
    queue,
    red_button,
    results,
    sign_in,
    trends,
    trust,
    why,
)

ROUTES: list[HTTPRouteHandler] = [
    *sign_in.ROUTES, *account.ROUTES, *home.ROUTES, *brand_kit.ROUTES, *people.ROUTES, *audit_log.ROUTES,
    *health.ROUTES, *trust.ROUTES,
    *queue.ROUTES, *why.ROUTES, *corrections.ROUTES, *card_preview.ROUTES, *on_air.ROUTES, *red_button.ROUTES, *trends.ROUTES,
    *own_words.ROUTES, *product.ROUTES, *results.ROUTES,
]  # fmt: skip
