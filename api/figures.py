"""Figures for monitoring: requests by route and status, their time, and what the writer did."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily, Metric

from engine.house import House

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class WriterFigures:
    """What the writer counts, read when monitoring asks."""

    def __init__(self, house: House) -> None:
        self._house = house

    def collect(self) -> Iterable[Metric]:
        """The counts as they are now."""
        acts = CounterMetricFamily(
            "bihuan_writer_acts", "Commands and other acts that the writer carried out"
        )
        acts.add_metric([], self._house.writer.acts)
        commits = CounterMetricFamily("bihuan_writer_commits", "Transactions that the writer committed")
        commits.add_metric([], self._house.writer.commits)
        return (acts, commits)


class Figures:
    """The figures of one server; routes are counted by their template, never by ids."""

    def __init__(self, house: House) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self.requests = Counter("bihuan_http_requests", "Requests answered", labels, registry=self.registry)
        self.seconds = Histogram(
            "bihuan_http_seconds", "Time to the answer", ("route",), buckets=SECONDS, registry=self.registry
        )
        self.registry.register(WriterFigures(house))

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """One more request was answered."""
        self.requests.labels(method, route, str(status)).inc()
        self.seconds.labels(route).observe(seconds)
