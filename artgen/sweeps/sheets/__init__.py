"""What the sheets of a sweep share: how settings are called, what is best, small pictures, places on a sheet."""
