"""What the words of a conversation hold: for now, what must not be shown."""
