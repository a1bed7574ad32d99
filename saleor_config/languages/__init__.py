"""The texts of the shop in other languages, with Babel alone: no GNU gettext is needed.

`locale/<language>/LC_MESSAGES/django.po` is what translators write and what is committed. The
`.mo` beside it, which Django reads, is made when the shop starts (`compiling`). `make messages`
looks for texts that are new (`extracting`, `updating`).
"""
