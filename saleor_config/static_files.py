"""Static files as a shop serves them: named by their contents, compressed once, good for ever."""

from __future__ import annotations

from typing import Any

import brotli
from django.conf import settings
from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):
    """What `collectstatic` makes: each file by its hashed name alone, with .br and .gz beside it.

    JavaScript modules name what they import by its hashed name too.
    """

    # Only ours: those of libraries also name, in comments, files that are not there.
    _imports = HashedFilesMixin._js_module_import_aggregation_patterns[1]  # type: ignore[attr-defined]
    patterns = (*HashedFilesMixin.patterns, ("storefront/*.js", _imports))
    keep_only_hashed_files = True

    def create_compressor(self, **options: Any) -> Compressor:
        """Return what compresses a file."""
        return _Compressor(**options)


class _Compressor(Compressor):
    """As WhiteNoise's, which takes 8 s for ours: `make run` need not be that thorough."""

    @staticmethod
    def compress_brotli(data: bytes) -> bytes:
        """Return the data in Brotli."""
        return brotli.compress(data, quality=settings.STATIC_COMPRESSION)
