"""Art. 20, 21: whoever has cards reports what befell them; a keeper looks into it and settles it.

Acts: harm.report, harm.name.
"""
