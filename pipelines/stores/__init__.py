"""Object stores as publishing and corpora both use them: opened with what the environment says, their errors in words."""
