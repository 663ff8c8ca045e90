"""Who called: let in to one ticket by its number and code, told the answers to it, and what a bad rating starts."""
