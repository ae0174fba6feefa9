"""What the gateway tells Prometheus. Numbers only, nothing of what was in a request."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

REGISTRY = CollectorRegistry()
ANSWERS = Counter("rabta_gateway_answers", "Answers to providers by status", ["status"], registry=REGISTRY)
WAITING = Gauge("rabta_gateway_waiting", "Requests that wait to be durable", registry=REGISTRY)
FLUSH = Histogram("rabta_gateway_flush_seconds", "Time of one group commit", registry=REGISTRY)
BATCH = Histogram(
    "rabta_gateway_batch_rows",
    "Requests in one group commit",
    buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000),
    registry=REGISTRY,
)


def page() -> bytes:
    """The text that Prometheus reads."""
    return generate_latest(REGISTRY)
