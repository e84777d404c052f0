"""What tests share: a real database for each worker, cards that lived, a browser."""
