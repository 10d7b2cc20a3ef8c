"""Figures for monitoring: requests by route and status, what writer and rule workers did, and cases that are stuck."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from engine.house import House

log = logging.getLogger("bihuan.figures")
STUCK_KEPT_SECONDS = 60.0
"""Real time for which the count of stuck records is kept, so that nobody makes the database count by asking often."""
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


FENCE = {
    "evaluations": "Decisions that both evaluators were asked for",
    "time_outs": "Questions to a rule worker that were given up",
    "deaths": "Rule workers that ended, or gave no answer that is one",
    "respawns": "Rule workers that replaced another within a decision",
    "recycled": "Rule workers replaced after their share of evaluations",
    "disagreements": "Decisions on which the two evaluators differed",
}


class FenceFigures:
    """What has happened at the fence around the rule workers, read when monitoring asks."""

    def __init__(self, house: House) -> None:
        self._house = house

    def collect(self) -> Iterable[Metric]:
        """The counts as they are now."""
        arbiter = self._house.arbiter
        for name, words in FENCE.items():
            counted = CounterMetricFamily(f"bihuan_fence_{name}", words)
            counted.add_metric([], getattr(arbiter.tally, name))
            yield counted
        alive = GaugeMetricFamily("bihuan_fence_workers_alive", "Rule workers that run, the spare included")
        alive.add_metric([], arbiter.workers_alive())
        yield alive


class TimeFigures:
    """Whether the clock has leapt, read when monitoring asks."""

    def __init__(self, house: House) -> None:
        self._house = house

    def collect(self) -> Iterable[Metric]:
        """1 while nothing is recorded because of it."""
        leapt = GaugeMetricFamily(
            "bihuan_clock_leapt", "1 while the clock has leapt and nobody has accepted that"
        )
        leapt.add_metric([], self._house.clock.anchor.leap is not None)
        yield leapt


class WitnessFigures:
    """Whether the database is what was signed, read when monitoring asks."""

    def __init__(self, house: House) -> None:
        self._house = house

    def collect(self) -> Iterable[Metric]:
        """1 while the house is read-only because of it."""
        doubted = GaugeMetricFamily(
            "bihuan_ledger_doubted",
            "1 while the database is not what was signed and nobody has accepted that",
        )
        doubted.add_metric([], self._house.witness.doubted)
        yield doubted


class SandboxFigures:
    """Whether the ledger is a sandbox or holds its messages back, read when monitoring asks."""

    def __init__(self, house: House) -> None:
        self._house = house

    def collect(self) -> Iterable[Metric]:
        """1 where nothing ever leaves; 1 where nothing leaves for now."""
        sandbox = GaugeMetricFamily(
            "bihuan_sandbox", "1 where the ledger is a sandbox, from which nothing leaves"
        )
        sandbox.add_metric([], self._house.sandbox)
        yield sandbox
        held = GaugeMetricFamily(
            "bihuan_messages_held", "1 while messages wait for a person's word after a restoration"
        )
        held.add_metric([], self._house.holds_messages())
        yield held


class StuckFigures:
    """How many open records lack a clock, an owner or a step; all are 0 in a sound house."""

    def __init__(self, house: House, seconds: Callable[[], float] = time.monotonic) -> None:
        self._house, self._seconds = house, seconds
        self._counting = threading.Lock()
        self._counted: Mapping[str, int] = {}
        self._until = float("-inf")

    def collect(self) -> Iterable[Metric]:
        """The counts, up to a minute old; without any while they cannot be counted, so that nothing reads as zero."""
        stuck = GaugeMetricFamily(
            "bihuan_stuck_records",
            "Open findings and proceedings that lack a clock, an owner or a step; must read 0",
            labels=("lacks",),
        )
        for lacks, count in self._counts().items():
            stuck.add_metric([lacks], count)
        yield stuck

    def _counts(self) -> Mapping[str, int]:
        with self._counting:
            if self._seconds() >= self._until:
                try:
                    self._counted = self._house.stuck_reader.by_lack()
                except Exception:  # the other figures are needed most when the database or the clock fails
                    log.exception("stuck records not counted")
                    self._counted = {}
                self._until = self._seconds() + STUCK_KEPT_SECONDS
            return self._counted


class ExchangeFigures:
    """What waits to be delivered, and how many destinations are left alone, read when monitoring asks."""

    def __init__(self, house: House) -> None:
        self._house = house

    def collect(self) -> Iterable[Metric]:
        """The counts as they are now; without any while they cannot be read."""
        waiting = GaugeMetricFamily(
            "bihuan_messages_waiting", "Messages of the ordinary queue that wait to be brought or pulled"
        )
        circuits = GaugeMetricFamily("bihuan_circuits_open", "Destinations that are left alone for a while")
        try:
            count, left_alone = self._house.exchange.outbox.counts()
        except Exception:  # the other figures are needed most when the database fails
            log.exception("messages not counted")
        else:
            waiting.add_metric([], count)
            circuits.add_metric([], left_alone)
        return (waiting, circuits)


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
        self.registry.register(FenceFigures(house))
        self.registry.register(TimeFigures(house))
        self.registry.register(SandboxFigures(house))
        self.registry.register(WitnessFigures(house))
        self.registry.register(StuckFigures(house))
        self.registry.register(ExchangeFigures(house))

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """One more request was answered."""
        self.requests.labels(method, route, str(status)).inc()
        self.seconds.labels(route).observe(seconds)
