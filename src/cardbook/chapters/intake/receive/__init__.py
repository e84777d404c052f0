"""Article 6: manifests in, boxes counted blind, differences kept in transit until explained.

Acts: delivery.register, delivery.receive, delivery.note_shortage, delivery.explain_found,
delivery.explain_missing.
"""
