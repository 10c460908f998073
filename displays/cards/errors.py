"""The one refusal of the cards package."""

from server.core.errors import VitrineError

TOO_LONG = "The text is too long to be shown whole at a size that can be read from the street."


class CannotShow(VitrineError):
    """A card would break a display rule or could not be read; the reason is in words for a merchandiser."""

    status = 422
    title = "This cannot be shown"

    @property
    def reason(self) -> str:
        """Why not, in one sentence."""
        return self.detail
