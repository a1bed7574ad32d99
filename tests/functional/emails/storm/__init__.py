"""Order events while workers die, the broker is away and the mail server misbehaves."""
