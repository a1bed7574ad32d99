# The shop's image: web, worker, beat and setup are the same image with other commands
# (docker-compose.yml). tests/functional/test_image_commands.py runs each of them.

FROM python:3.13-slim-bookworm AS build
ENV PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY requirements/bootstrap.txt requirements/runtime.txt requirements/
RUN python -m venv .venv \
    && pip install --quiet --no-cache-dir --require-hashes -r requirements/bootstrap.txt \
    && uv pip sync --quiet --no-cache --compile-bytecode --python .venv/bin/python \
        --require-hashes requirements/runtime.txt
COPY manage.py pyproject.toml ./
COPY dashboard dashboard
COPY locale locale
COPY plugins plugins
COPY product_content product_content
COPY saleor_config saleor_config
COPY storefront storefront
# Needs no secret: the settings for this step have none.
RUN DJANGO_SETTINGS_MODULE=saleor_config.settings.build \
        .venv/bin/python manage.py collectstatic --no-input --verbosity 0 \
    && .venv/bin/python -m compileall -q dashboard plugins product_content saleor_config storefront

FROM python:3.13-slim-bookworm
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin shop \
    && install -d -o shop -g shop /data /data/media  # a new volume takes over this owner
WORKDIR /app
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=saleor_config.settings.production \
    VAR_DIR=/data \
    PROMETHEUS_MULTIPROC_DIR=/tmp/metrics
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:%s/readyz' % os.environ.get('PORT', 8000), timeout=4)"]
CMD ["sh", "-c", "exec python -m saleor_config.server --interface rsgi --http 1 --no-ws --host 0.0.0.0 --port ${PORT:-8000} --workers ${WEB_WORKERS:-2} --http1-header-read-timeout 15000 --workers-kill-timeout 10 --respawn-failed-workers saleor_config.server:application"]
