# Every command of the project. `make` alone lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup interfaces current build sdk check-sdk fmt lint host app test bench demo screenshots clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

setup: ## Install what building needs: the SBF toolchain and the code generator
	@toolchain/install.sh
	@$(MAKE) --no-print-directory $(addprefix clients/,$(addsuffix /node_modules,codegen deploy ts))

clients/%/node_modules: clients/%/package-lock.json
	@cd clients/$* && npm ci --no-progress --loglevel=error && touch node_modules

# What the SDKs are generated from.
interfaces: setup
	@toolchain/build-idl.sh
	@toolchain/build-wasm.sh

# The SDKs in git are what was generated: a build compares them and writes none.
current: interfaces
	@cd clients/codegen && npm run -s check:generated

build: current ## Build the programs and the example (target/deploy/*.so), their IDLs (target/idl) and the SDKs
	@toolchain/build-sbf.sh
	@toolchain/build-sbf.sh --manifest-path toolchain/sbf-check/Cargo.toml
	@toolchain/build-sbf.sh $(addprefix --manifest-path ,$(wildcard toolchain/peers/*/Cargo.toml)) -- --locked
	@cd clients/ts && npm run -s build

sdk: interfaces ## Generate the SDKs anew, after a change of the programs
	@cd clients/codegen && npm run -s generate
	@cd clients/ts && npm run -s build

check-sdk: current ## Fail if the SDKs are not what the programs generate, or break callers without a version that says so
	@cd clients/codegen && npm run -s check:surface

fmt: ## Check the formatting of everything
	@cargo fmt --all --check
	@cd clients && cargo fmt --all --check

# In clients/ Clippy takes the compiler's place in a build, not in a check: so the Agave runtime, which it does not look
# at, is the one that `make host` built, and not checked from the ground up. This is how cargo clippy passes arguments.
DENY := -D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__

lint: ## Clippy over both workspaces, warnings are errors
	@cargo clippy --workspace --all-targets --locked -- -D warnings
	@cd clients && CLIPPY_ARGS="$(DENY)" RUSTC_WORKSPACE_WRAPPER="$$(rustc --print sysroot)/bin/clippy-driver" \
	  cargo build --workspace --all-targets --locked

# One build of everything the host runs: a package alone would be built with other features, Agave runtime and all.
host: build
	@cd clients && cargo build --workspace --all-targets --locked

app/node_modules: app/package-lock.json
	@cd app && npm ci --no-progress --loglevel=error && touch node_modules

app: build app/node_modules ## Build the web app (app/dist)
	@cd app && npm run -s build

test: host app ## Unit, property, integration and browser tests of everything
	@toolchain/browser.sh
	@tests/run.sh

screenshots: host app ## Pictures of every page of the app, on a local cluster (app/screenshots)
	@toolchain/browser.sh
	@cd app && npm run -s screenshots

bench: host ## Measure compute units, locks and bytes; print them and write bench/report.json
	@clients/target/debug/bench

demo: host $(if $(ONCE),,app) ## The journey of one SOL on a local cluster, which then goes on with the web app (ONCE=1: only the journey, fail unless every check holds)
	@clients/target/debug/sluice-demo $(if $(ONCE),--once)

clean: ## Remove build output, keep the toolchain
	@rm -rf target clients/target
