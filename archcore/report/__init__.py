"""Results in words, columns, JSON and pictures; nothing here decides what a result is."""
