"""Every encoding of the hint that a layout allows: searched, proved and ranked."""
