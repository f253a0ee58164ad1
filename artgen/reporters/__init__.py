"""What watches a run: the terminal, a notebook, the run's folder."""
