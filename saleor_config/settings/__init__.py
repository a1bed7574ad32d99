"""Settings of the shop: `base` for all, then `local`, `test` or `production`.

Whatever reads settings (manage.py, granian, Celery, pytest, mypy) may import Saleor next, so the
bridges to its old APIs are laid here.
"""

from saleor_config import compat

compat.install()
