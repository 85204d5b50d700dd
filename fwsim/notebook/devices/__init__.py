"""The devices of one run as a grid: sorted, filtered, opened, exported; page by page."""
