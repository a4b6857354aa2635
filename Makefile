# ndjsontools: everything is built and tested from here. `make` alone builds.

PREFIX  ?= /usr/local
DESTDIR ?=
GO      ?= go
FUZZTIME ?= 30s
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)

export CGO_ENABLED = 0

tools    = $(notdir $(wildcard cmd/*-* cmd/throttle))
LDFLAGS  = -s -w -X ndjsontools/lib/tool.version=$(VERSION)
GOBUILD  = $(GO) build -trimpath -tags urfave_cli_no_docs -ldflags '$(LDFLAGS)'
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.7.0

.DEFAULT_GOAL := build
.PHONY: all build demo test test-services race check fmt vet lint man bench fuzz golden completion cross tidy formatted install uninstall clean help

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

all: build test ## build and test

build: ## build the tools into bin/
	$(GOBUILD) -o bin/ $(addprefix ./cmd/,$(tools))

demo: build ## run the pipeline of the problem: a fast source, a slow sink, flat memory
	@PATH="$(CURDIR)/bin:$$PATH" scripts/demo

test: ## run all tests that need only Go (a tenth of the memory proof)
	$(GO) test ./...

test-services: ## run rate-sink against real servers: PostgreSQL and nginx, which it starts
	TEST_SERVICES=1 $(GO) test ./cmd -count=1 -timeout 15m -v -run 'TestService'

race: ## run all tests with the race detector
	CGO_ENABLED=1 $(GO) test -race ./...

check: formatted vet lint tidy cross man race test ## all that must be true before a change lands

fmt: ## format the Go files
	gofmt -w cmd lib scripts

formatted:
	@test -z "$$(gofmt -l cmd lib scripts | tee /dev/stderr)" || { echo "not formatted: run make fmt"; exit 1; }

vet: ## go vet
	$(GO) vet ./...

lint: ## staticcheck, and shellcheck where it is installed
	$(GO) run $(STATICCHECK) ./...
	@if command -v shellcheck >/dev/null; then shellcheck scripts/demo scripts/bench scripts/container/check .ci/run; \
	else echo "shellcheck is not installed: scripts are not checked"; fi

tidy: ## fail when go.mod or go.sum is not tidy
	$(GO) mod tidy -diff

cross: ## build for the other systems
	GOOS=linux GOARCH=arm64 $(GOBUILD) -o /dev/null ./cmd/...
	GOOS=darwin GOARCH=arm64 $(GOBUILD) -o /dev/null ./cmd/...
	GOOS=darwin GOARCH=arm64 $(GO) vet ./lib/... ./cmd/... ./scripts/...

man: ## check the manual pages with mandoc, where it is installed
	@if command -v mandoc >/dev/null; then mandoc -T lint -W warning man/*; \
	else echo "mandoc is not installed: manual pages are not checked"; fi

bench: build ## print the table of speeds beside the peers that are installed
	@scripts/bench $(BENCHFLAGS)

fuzz: ## run every fuzz target for FUZZTIME (30s)
	@set -e; grep -rl --include='*_test.go' '^func Fuzz' cmd lib | xargs -n1 dirname | sort -u | while read -r dir; do \
		for f in $$(grep -ho '^func Fuzz[A-Za-z0-9_]*' $$dir/*_test.go | cut -c6-); do \
			echo "$$dir $$f"; $(GO) test -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 100x ./$$dir; \
		done; done

golden: ## rewrite what the scenario scripts expect; review the difference
	UPDATE_SCRIPTS=1 $(GO) test ./cmd -run TestScript

completion: build ## rewrite scripts/completion from the options
	UPDATE_COMPLETION=1 $(GO) test ./cmd/... -count=1 -run 'TestManAndCompletion|TestCompletion'

install: build ## install the tools, the manual and the completions below PREFIX
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/share/man/man1" "$(DESTDIR)$(PREFIX)/share/man/man7" \
		"$(DESTDIR)$(PREFIX)/share/bash-completion/completions" "$(DESTDIR)$(PREFIX)/share/zsh/site-functions" \
		"$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d"
	install $(addprefix bin/,$(tools)) "$(DESTDIR)$(PREFIX)/bin"
	install -m 644 man/*.1 "$(DESTDIR)$(PREFIX)/share/man/man1"
	install -m 644 man/*.7 "$(DESTDIR)$(PREFIX)/share/man/man7"
	set -e; for t in $(tools); do \
		install -m 644 scripts/completion/$$t.bash "$(DESTDIR)$(PREFIX)/share/bash-completion/completions/$$t"; \
		install -m 644 scripts/completion/_$$t "$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_$$t"; \
		install -m 644 scripts/completion/$$t.fish "$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/$$t.fish"; done

uninstall: ## remove what install put there
	cd "$(DESTDIR)$(PREFIX)" && rm -f $(addprefix bin/,$(tools)) share/man/man7/ndjson-tools.7 \
		$(foreach t,$(tools),share/man/man1/$t.1 share/bash-completion/completions/$t \
		share/zsh/site-functions/_$t share/fish/vendor_completions.d/$t.fish)

clean: ## remove what was built
	rm -rf bin
