"""What tests share: a real database for each worker (`plugin`) and cards that lived (`factories`)."""
