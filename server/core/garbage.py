"""Keeps Python's collector of cyclic garbage from stopping a process that a thousand screens wait for.

A full collection looks at every object there is: with the code of the product and a thousand sockets, most of a second.
"""

import gc

YOUNG, MIDDLE, OLD = 20_000, 20, 50


def settle() -> None:
    """Call once, when a process has begun and before it serves: what is there by then stays, and is not looked at again.

    What comes later is collected in larger portions; most of what a request leaves behind is freed by its reference
    counts at once and is no work for the collector at all.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
