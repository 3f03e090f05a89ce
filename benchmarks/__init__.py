"""The measured promises, each one command."""
