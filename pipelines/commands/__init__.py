"""The command line, one module a command, each thin; heavy modules are loaded by the command that needs them."""
