"""When things happened and how long they took: one conversation, working time, a month's indicators."""
