"""From figures to a sheet: policy, points by anchors, composite, tiers, praise and improvement lists, formulas.

Codes and numbers only; words are put to them where they are shown. The `direct` mode is here: each month by itself,
unshrunk. Standings over months and consequences belong to the `fair` mode.
"""
