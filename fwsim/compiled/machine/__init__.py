"""The functions that are compiled: the scheduling skeleton of the model, over tables."""
