"""Art. 9, 13, 20: a wrong or defective card an outlet took back goes home to its county's store.

Acts: recalled.send_home, recalled.receive_wrong, recalled.receive_bad.
"""
