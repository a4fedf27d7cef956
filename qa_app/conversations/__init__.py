"""For everyone who works with conversations: import them, find them, read and hear them, masked by default."""
