"""The rulebook: what server and device must do under a command. Pure; it reads like the manual."""
