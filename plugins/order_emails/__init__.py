"""E-mails about orders: written with the event, sent once."""
