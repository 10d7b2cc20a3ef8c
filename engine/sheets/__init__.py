"""Sheets of the ledger (台账): rows out of findings, written as a workbook, CSV or JSON."""
