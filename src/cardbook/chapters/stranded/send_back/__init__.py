"""Articles 17 and 18: stranded cards go up the line and are cancelled there.

Acts: stranded.send_back, stranded.receive_back, stranded.pass_on, stranded.put_back,
card.cancel_returned.
"""
