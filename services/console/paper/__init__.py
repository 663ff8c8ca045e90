"""What leaves the console on paper or as a file, and who took it."""
