"""What the installation counts, for Prometheus at /metrics."""

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest

sockets = Gauge("vitrine_sockets", "Open websockets on this process")
deliveries = Counter("vitrine_deliveries_total", "Documents written to sockets")
slow_peers = Counter("vitrine_slow_peers_total", "Sockets closed because they did not read")
backplane_up = Gauge("vitrine_backplane_up", "1 while nudges reach other processes")
posts = Counter("vitrine_posts_total", "Posts taken in", ["network"])
plays = Counter("vitrine_plays_total", "Plays accepted from screens")
scans = Counter("vitrine_scans_total", "Codes scanned")
requests = Histogram("vitrine_request_seconds", "Time to answer a request", ["method", "status"])
post_to_glass = Histogram(
    "vitrine_post_to_glass_seconds",
    "Rule-approved post received to ready on a screen",
    buckets=(0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 5, 15),
)


def exposition() -> tuple[bytes, str]:
    """All of it in Prometheus' text format, and its media type."""
    return generate_latest(), CONTENT_TYPE_LATEST
