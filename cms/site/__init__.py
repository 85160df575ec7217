"""The site: how an instance is switched on. Installed at the centre and at a telecentre alike."""
