"""What in a scenario is valid and hardly meant: names nobody has, commands that never run."""
