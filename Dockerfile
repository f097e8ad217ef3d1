# Image of kratos-graphql. Build: docker build -t kratos-graphql . Run: docker run --rm kratos-graphql --help
FROM node:24-alpine AS build
WORKDIR /app
COPY package.json package-lock.json ./
# Without the script "prepare", which bundles the explorer: its sources come later.
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY scripts/bundle.js scripts/bundle-explorer.js scripts/sbom.js ./scripts/
COPY explorer ./explorer
COPY src ./src
# The commit, for logs and metrics: docker build --build-arg REVISION=$(git rev-parse --short=12 HEAD) …
ARG REVISION
RUN npm run build

# The program and the explorer are bundled, so the image contains only their files.
FROM node:24-alpine
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000
# Limits the memory under load to about 250 MB, at little CPU time (docs/performance.md, "Memory").
ENV NODE_OPTIONS="--max-semi-space-size=16"
COPY package.json LICENSE ./
COPY --from=build /app/dist/main.js ./dist/
COPY --from=build /app/dist/chunks ./dist/chunks
COPY --from=build /app/dist/explorer ./dist/explorer
# For scanners, which cannot look into a bundle.
COPY --from=build /app/dist/sbom.cdx.json ./
# A numeric user, so that Kubernetes can verify that it is not root. The program writes no files: the file system may be read-only.
USER 1000:1000
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD wget -qO- "http://127.0.0.1:$PORT/health/live" || exit 1
ENTRYPOINT ["node", "/app/dist/main.js"]
CMD ["serve"]
