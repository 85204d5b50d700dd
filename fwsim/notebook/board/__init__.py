"""The board: what stands on the screen beside the levers, as plain data, and its widget.

The modules beside the widget make what is shown out of a rollout and its runs; the browser draws
it. No widget and no browser is needed to test them.
"""
