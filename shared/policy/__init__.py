"""Policy as data (design §1): versioned, effective-dated documents, one file a kind, and which governs."""
