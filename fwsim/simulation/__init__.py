"""The SimPy model: server, devices, users, power, network. What fwsim believes stands here."""
