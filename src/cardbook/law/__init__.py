"""What the regulation says, as data: articles, words, posts, papers, notices, parameters, places.

No Django here; `lifecycle/acts` is built on it and everything official is derived from it.
"""
