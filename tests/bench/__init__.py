"""`make bench`: what the shop serves per second on this machine, beside what is possible at all."""
