"""The eight services. They never import each other: they meet in a topic, a view or an HTTP address."""
