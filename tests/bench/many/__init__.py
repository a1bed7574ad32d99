"""`make load-many`: two years of a busy shop, for lists that have to stay quick.

It lies with the tests because what makes up orders has no place in the image that takes real ones.
"""
