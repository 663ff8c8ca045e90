"""The ticket (工单): what may be asked of it, what happens to it, and who may do it (design §4)."""
