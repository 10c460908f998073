"""The one tree of errors that Vitrine raises on purpose, each with the words that a person gets to read.

VitrineError
├── BadInput          400  what was sent cannot be used; says what is wrong with it
├── SignInNeeded      401  nobody is signed in, or the token is unknown or revoked
├── NotAllowed        403  signed in, but the role does not reach this far, or the request came from another site
├── NotFound          404  there is no such thing, or none that the caller may see
├── Conflict          409  somebody else has changed it meanwhile
├── Gone              410  it was there and is over
├── TooMany           429  asked too often
├── Unavailable       503  the database does not answer, or others were in the way; the same again in a moment may do
├── NoRoom            507  the disk is full; it works again by itself when there is room
└── Misconfigured     500  the installation cannot do it until its operator changes something
"""


class VitrineError(Exception):
    """A failure with words for a person: what happened, what is safe, what to do."""

    status = 500
    title = "Something went wrong"

    def __init__(self, detail: str, **extra: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extra = extra


class BadInput(VitrineError):
    status = 400
    title = "That cannot be used"


class SignInNeeded(VitrineError):
    status = 401
    title = "Sign in first"


class NotAllowed(VitrineError):
    status = 403
    title = "Not allowed"


class NotFound(VitrineError):
    status = 404
    title = "Not found"


class Conflict(VitrineError):
    status = 409
    title = "Changed meanwhile"


class Gone(VitrineError):
    status = 410
    title = "Over"


class TooMany(VitrineError):
    status = 429
    title = "Too many tries"


class Unavailable(VitrineError):
    status = 503
    title = "Not possible just now"


class NoRoom(VitrineError):
    status = 507
    title = "The disk is full"


class Misconfigured(VitrineError):
    title = "Not set up for this"
