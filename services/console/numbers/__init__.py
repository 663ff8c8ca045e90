"""Numbers that open as lists: figures, the wall, who held what how long, and the same figure at another time."""
