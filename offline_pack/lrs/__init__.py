"""Facts on their way from the centre to a Learning Record Store, as xAPI statements."""
