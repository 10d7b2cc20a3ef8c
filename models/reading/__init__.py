"""The questions that readers ask, one module per subject, each asked within what the reader may see."""
