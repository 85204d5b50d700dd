"""Who is commanded: devices, OUs, groups, people's and power habits, import of device lists."""
