"""What a check of the installation finds, in plain words."""

from dataclasses import dataclass

GOOD, WARN, BAD = "good", "warn", "bad"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: 'good', 'warn' or 'bad', what is so, and what to do if it should not be."""

    state: str
    what: str
    mend: str = ""
