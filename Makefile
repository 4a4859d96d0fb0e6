# Every command of the project. `make` alone lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup build check-sdk fmt lint host test bench demo clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

setup: ## Install what building needs: the SBF toolchain and the code generator
	@toolchain/install.sh
	@$(MAKE) --no-print-directory clients/codegen/node_modules

clients/codegen/node_modules: clients/codegen/package-lock.json
	@cd clients/codegen && npm ci --no-progress --loglevel=error && touch node_modules

build: setup ## Build the programs and the example (target/deploy/*.so), their IDLs (target/idl) and the generated SDK
	@toolchain/build-sbf.sh
	@toolchain/build-sbf.sh --manifest-path toolchain/sbf-check/Cargo.toml
	@toolchain/build-sbf.sh $(addprefix --manifest-path ,$(wildcard toolchain/peers/*/Cargo.toml)) -- --locked
	@toolchain/build-idl.sh
	@cd clients/codegen && npm run -s generate

check-sdk: setup ## Fail if the committed SDK is not what the programs generate
	@toolchain/build-idl.sh
	@cd clients/codegen && npm run -s check && npm test --silent

fmt: ## Check the formatting of everything
	@cargo fmt --all --check
	@cd clients && cargo fmt --all --check

lint: ## Clippy over both workspaces, warnings are errors
	@cargo clippy --workspace --all-targets --locked -- -D warnings
	@cd clients && cargo clippy --workspace --all-targets --locked -- -D warnings

# One build of everything the host runs: a package alone would be built with other features, Agave runtime and all.
host: build
	@cd clients && cargo build --workspace --all-targets --locked

test: host ## Unit, property and integration tests of everything
	@tests/run.sh

bench: host ## Measure compute units, locks and bytes; print them and write bench/report.json
	@clients/target/debug/bench

demo: host ## The journey of one SOL on a local cluster (ONCE=1: fail unless every check holds)
	@clients/target/debug/sluice-demo $(if $(ONCE),--once)

clean: ## Remove build output, keep the toolchain
	@rm -rf target clients/target
