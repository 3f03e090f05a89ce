"""What follows from the schemas: Arrow types, SQL, expectations, the dictionary and the descriptor."""
