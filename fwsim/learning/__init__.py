"""From what was seen to what is believed: fits of logs that are cut, and their doubt."""
