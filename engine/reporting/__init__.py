"""Reports of the office: figures counted on the entries as of an instant, printed by templates."""
