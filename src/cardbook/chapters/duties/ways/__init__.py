"""Article 7: which ways of issuing a group has, decided by city or county, obeyed by acts."""
