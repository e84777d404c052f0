"""Articles 13 to 15: a wrong card taken back, checked again, entered above, made anew.

Acts: error.record, error.open, error.explain, error.recheck, error.enter_province,
error.confirm_province, error.resume, replacement.open_error, error.drop, error.lift,
error.lift_in_use.
"""
