"""For whoever tries the product: the invented company Lantern Home 灯塔家居, with truths planted to be found again.

`flask demo` fills an empty database with it; docs/demo.md says what was planted. Nothing here is a real person.
"""
