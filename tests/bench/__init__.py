"""Performance as ratios: every figure beside its floor, measured in the same run (section 8).

`make bench SIZE=small|city [ONLY=name]`; nothing here runs with the tests, and nothing fails for
being slow unless asked to compare with the committed table (`COMPARE=1`).
"""
