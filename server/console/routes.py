"""Staff pages that show more than one package, and those of the installation itself."""

from litestar.handlers import HTTPRouteHandler

from server.console import account, home, sign_in

ROUTES: list[HTTPRouteHandler] = [*sign_in.ROUTES, *account.ROUTES, *home.ROUTES]
