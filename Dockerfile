# One image for every process of the network: web, worker, clock and the one-shot that prepares them.
FROM python:3.11-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
COPY requirements/base.txt /tmp/base.txt
RUN /opt/venv/bin/pip install --require-hashes -r /tmp/base.txt

FROM python:3.11-slim-bookworm
# What draws letters on paper (PDF).
RUN apt-get update && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 && rm -rf /var/lib/apt/lists/*
# The account that runs the program may write nothing but /srv.
RUN useradd --system --uid 10001 --create-home multaqa && install -d -o multaqa -g multaqa /srv/static /srv/media /srv/var
COPY --from=build /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    PRODUCTION=1 VAR_DIR=/srv/var STATIC_ROOT=/srv/static MEDIA_ROOT=/srv/media
WORKDIR /app
COPY . .
RUN python -m compileall -q -j 0 . \
 && export PRODUCTION=0 VAR_DIR=/tmp/build && python manage.py translations compile && python manage.py bundle_css && rm -rf /tmp/build
USER multaqa
EXPOSE 8000
STOPSIGNAL SIGTERM
CMD ["python", "manage.py", "serve", "--bare", "--host", "0.0.0.0", "--port", "8000"]
