# One image for web, worker, schedule and migration; docker-compose.yml says what each runs.
FROM python:3.11-slim-bookworm AS packages
COPY requirements.txt /tmp/
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /tmp/requirements.txt

FROM python:3.11-slim-bookworm
# For PDF reports: text layout, font subsetting, Chinese glyphs.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home --shell /usr/sbin/nologin cpaudit \
    && install -d -o cpaudit -g cpaudit /var/lib/cpaudit /var/lib/cpaudit/files
COPY --from=packages /opt/venv /opt/venv
WORKDIR /srv/cpaudit
COPY . .
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    VAR_DIR=/var/lib/cpaudit STATIC_DIR=/srv/static HOST=0.0.0.0 PORT=8000
# The key is for these two commands only; nothing it signs is kept.
RUN SECRET_KEY=only-while-the-image-is-built python manage.py compile_translations \
    && SECRET_KEY=only-while-the-image-is-built python manage.py collectstatic --noinput --verbosity 0
USER cpaudit
VOLUME /var/lib/cpaudit
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz/ready', timeout=4)"]
CMD ["gunicorn", "cpaudit.wsgi"]
