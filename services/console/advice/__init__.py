"""What people see before they decide: who had such tickets, what was ruled, what is missing, how long is left."""
