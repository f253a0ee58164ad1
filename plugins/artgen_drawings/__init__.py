"""Drawings of what a sentence says: a prior samples the things, everything else is composed exactly."""
