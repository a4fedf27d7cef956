"""Everybody: find a conversation, a person, a sample or a page by a few words, as far as one may see them."""
