"""Scenario files as tests: their expectations, golden logs, and the plugin for pytest."""
