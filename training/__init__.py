"""How the embedded models were made: from art packages to committed weights."""
