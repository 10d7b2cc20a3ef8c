"""The demonstration office: invented people, parties and findings, made by commands under a clock of their own."""

from engine.demo.building import build
from engine.demo.replay_clock import ReplayClock

__all__ = ["ReplayClock", "build"]
