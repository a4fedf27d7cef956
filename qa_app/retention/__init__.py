"""Administrator: how long content is kept, what holds it back, and what will be deleted when."""
