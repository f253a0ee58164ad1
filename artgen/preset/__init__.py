"""From YAML to a typed preset, or every mistake at its line and column."""
