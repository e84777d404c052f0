"""A card asked for: captured, mended, confirmed, submitted, answered (Art. 4, 25).

Acts: application.capture, application.correct, application.confirm, application.submit,
application.refuse, application.accept, application.produce, application.made,
application.collect, application.collect_undo.
"""
