"""The review of 1 November 2012, point by point, with what is measured for two engine profiles."""
