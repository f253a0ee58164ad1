"""What this machine has, what is wrong with it, and what to do about that. Works where torch does not."""
