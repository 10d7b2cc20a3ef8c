"""The papers of the house: one declarative template per kind becomes a PDF/A and an editable DOCX.

This package is the only door to typst and python-docx; neither is loaded before the first paper is made.
"""

from engine.documents.press import PRESSED_WITH, DocumentPress, DocumentUnknown

__all__ = ["PRESSED_WITH", "DocumentPress", "DocumentUnknown"]
