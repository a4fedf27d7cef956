"""Is this installation in order, and which line mends what is not: for whoever runs the machine."""
