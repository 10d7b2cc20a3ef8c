"""Exports of other systems and workbooks of departments, read into records to hand to the desk."""

from engine.intake.reading import Export, read_export
from engine.intake.records import CarriedFinding, CarriedInspection, FileRefused, NewInspection, RowFault

__all__ = [
    "CarriedFinding",
    "CarriedInspection",
    "Export",
    "FileRefused",
    "NewInspection",
    "RowFault",
    "read_export",
]
