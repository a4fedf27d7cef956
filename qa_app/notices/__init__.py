"""Everybody: what happened that concerns me, in the page and by e-mail.

The rooms call `service.notify`; `kinds` knows the sentence and the page of each notice, `choices` how each person wants
to hear of it, `sending` brings out the mail.
"""
