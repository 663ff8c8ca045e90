# One image for every service: `python -m services.<name>.app`; which one, and its health check, says compose or Kubernetes.
FROM node:20-slim AS assets
WORKDIR /huiyin
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --omit=dev --no-audit --no-fund
COPY services/console/assets services/console/assets
RUN npm run --silent build

FROM python:3.12-slim
WORKDIR /huiyin
COPY requirements.lock .
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
RUN useradd --uid 10001 --create-home huiyin && mkdir /data && chown huiyin /data
COPY . .
COPY --from=assets /huiyin/.run/assets .run/assets
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HUIYIN_DATA=/data HUIYIN_HOST=0.0.0.0
USER 10001
VOLUME /data
ENTRYPOINT ["python", "-m"]
CMD ["cli", "--help"]
