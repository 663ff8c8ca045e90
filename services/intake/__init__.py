"""渠道接入: a channel's form in, a sealed command out; nothing is decided here (design §1, §8)."""
