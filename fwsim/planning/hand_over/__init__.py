"""A plan handed over: command files, rollback, calendar, report; read back by their manifest."""
