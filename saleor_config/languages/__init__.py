"""The texts of the shop in other languages, with Babel alone: no GNU gettext is needed.

`locale/<language>/LC_MESSAGES/django.po` is what translators write and what is committed; goods
and guides have a file of their own in `product_content/data/locale`. The `.mo` beside each, which
Django reads, is made when the shop starts (`compiling`). `make messages` looks for texts that are
new (`extracting`, `updating`).
"""
