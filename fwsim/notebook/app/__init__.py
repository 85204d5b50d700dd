"""The planner as an app for people who should see no code: Voilà, with bounds on its visitors."""
