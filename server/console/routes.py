"""Staff pages that show more than one package, and those of the installation itself."""

from litestar.handlers import HTTPRouteHandler

from server.console import account, audit_log, brand_kit, health, home, people, sign_in, trust

ROUTES: list[HTTPRouteHandler] = [
    *sign_in.ROUTES, *account.ROUTES, *home.ROUTES, *brand_kit.ROUTES, *people.ROUTES, *audit_log.ROUTES,
    *health.ROUTES, *trust.ROUTES,
]  # fmt: skip
