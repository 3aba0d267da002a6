# syntax=docker/dockerfile:1

# ---- builder: the toolchain of rust-toolchain.toml
FROM rust:1.95-bookworm AS base
# The image has its toolchain under its full version; the file in the repository would fetch it again.
ENV RUSTUP_TOOLCHAIN=1.95.0 \
    CARGO_TERM_COLOR=never \
    CARGO_INCREMENTAL=0
WORKDIR /src

# ---- manifests alone, with empty crates: changes only when a dependency does
FROM base AS manifests
COPY . .
RUN set -eu; \
    find . -type f ! -name Cargo.toml ! -name Cargo.lock -delete; \
    find . -mindepth 2 -maxdepth 2 -name Cargo.toml | while read -r manifest; do \
        crate="$(dirname "$manifest")"; \
        mkdir -p "$crate/src"; \
        if [ "$crate" = ./diwan ]; then echo 'fn main() {}' > "$crate/src/main.rs"; else : > "$crate/src/lib.rs"; fi; \
    done

# ---- dependencies in a layer of their own, then the product
FROM base AS build
COPY --from=manifests /src ./
RUN cargo build --release --locked --package diwan
COPY . .
# Sources carry the times of the checkout, which may be older than the empty crates built above.
RUN find . -path ./target -prune -o -name '*.rs' -exec touch {} + \
    && cargo build --release --locked --package diwan \
    && install -D target/release/diwan /out/diwan

# ---- what runs
FROM debian:bookworm-slim AS runtime
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates ffmpeg \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --system --gid 10001 diwan \
    && useradd --system --uid 10001 --gid diwan --home-dir /data --shell /usr/sbin/nologin diwan \
    && install --directory --owner=diwan --group=diwan --mode=0750 /data
COPY --from=build /out/diwan /usr/local/bin/diwan
ENV DIWAN_LISTEN=0.0.0.0:8080 \
    DIWAN_DATA=/data \
    DIWAN_LOG_FORMAT=json
USER diwan
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 CMD ["diwan", "health"]
ENTRYPOINT ["diwan"]
CMD ["api"]
