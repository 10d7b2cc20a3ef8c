"""Long work in the background: asked for, carried out by one node at a time, fetched by whoever asked."""
