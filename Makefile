# Ferry. `make demo` and `make test` do all their own set-up on a fresh Debian 12.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup lab-setup compat-setup demo test test-all test-slice test-part test-setup test-fast test-compat audit sbom schedules fuzz mutation mutation-gate check protocol package test-web web-screenshots demo-web web-setup web api-docs lab-up lab-down bench bench-api bench-cold-copy bench-dashboard bench-drain bench-first-move bench-fleet bench-load bench-memory bench-real-guests domain-elements routes reference bench-libvirt bench-switch-over bench-convergence faults format

# Node 24 comes from npm as a package when the machine's own is older.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
AS_ROOT := tools/as-root
LAB := $(AS_ROOT) lab/bin/lab

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

node_modules/.package-lock.json: package.json package-lock.json $(wildcard packages/*/package.json) lab/package.json tools/api-docs/package.json
	@tools/need-npm
	@# Not `npm ci`: behind a mirror that lacks other platforms' packages it refuses the lock file that this obeys.
	npm install --no-save --no-progress --loglevel=error >&2
	@touch $@
setup: node_modules/.package-lock.json ## install the npm packages (and Node 24 as one of them)

lab-setup: setup ## install the Debian packages that real hosts need, and make their root
	@$(LAB) setup

compat-setup: setup ## install the Debian packages of OpenStack's own clients, for test-compat
	@$(AS_ROOT) tools/compat-setup

packages/web/dist/index.html: node_modules/.package-lock.json $(shell find packages/web -type f -not -path '*/dist/*' -not -path '*/node_modules/*')
	cd packages/web && vite build --logLevel warn
web: setup packages/web/dist/index.html ## build the dashboard's page, which the controller serves at /

demo-web: web ## a fleet of simulated hosts and its dashboard, to play with in a browser: HOSTS=24 GUESTS=12 PORT=8780; no root
	node tests/web/demo.ts

web-setup: setup ## install the Debian packages that tests in a browser need
	@$(AS_ROOT) tools/web-setup

test-web: web-setup ## the dashboard in a real browser, on simulated hosts
	vitest run --project web

web-screenshots: web-setup ## write docs/screenshots, a picture of each page, light and dark, in both languages
	node tests/web/screenshots.ts

demo: web ## move real VMs between real hosts, live and cold, and show the figures
	@$(AS_ROOT) node tools/demo/main.ts

# Everything that a run of tests needs is installed first; tests on PostgreSQL must run, and not be skipped for want of one.
TEST_RUN = LIBVIRT_PROTOCOL_X="$$(tools/libvirt-sources)" LIBVIRT_SCHEMAS="$$(tools/libvirt-sources schemas)" FERRY_TEST_POSTGRES=required FERRY_TEST_WEB=required $(AS_ROOT) node tools/test-run/main.ts

test-setup: setup ## install what tests need, real hosts and OpenStack's clients included
	@$(LAB) setup
	@$(AS_ROOT) tools/compat-setup
	@$(AS_ROOT) tools/web-setup

test: test-setup ## the gate: every ring of tests, real hosts included, in twenty minutes
	$(TEST_RUN) gate

test-all: test-setup ## everything: the gate, and the parts that it leaves out (an hour and more)
	$(TEST_RUN) all

test-slice: test-setup ## of what the gate leaves out the parts whose turn it is today: MINUTES=15
	$(TEST_RUN) slice $(or $(MINUTES),15)

test-part: test-setup ## single parts of what the gate leaves out: PART='faults locks'
	$(TEST_RUN) part $(PART)

test-fast: setup ## the rings that need no root and no real hosts
	vitest run --project 'unit*' --project sim --project 'postgres*'

test-compat: compat-setup ## OpenStack's own clients against a controller on simulated hosts
	vitest run --project compat

schedules: setup ## random troubles on simulated hosts: FERRY_RUNS=5000 for more, FERRY_SEED and FERRY_PATH to see one again; SCHEDULES_ON=postgres
	vitest run --project $(if $(filter postgres,$(SCHEDULES_ON)),postgres tests/postgres/schedules.test.ts,unit-alone packages/controller/src/operations/schedules)

fuzz: setup ## random damage to requests, command lines and libvirt's descriptions: FERRY_RUNS, FERRY_SECONDS for more, FERRY_SEED and FERRY_PATH to see one again
	vitest run --project sim --project unit tests/sim/fuzz-routes.test.ts tests/sim/any-command-line.test.ts packages/hypervisor/src/xml/damaged-xml.test.ts -t longer

protocol: setup ## hold the libvirt client's tables, and that of a domain's elements, against libvirt's own definition, fetched from Debian
	LIBVIRT_PROTOCOL_X="$$(tools/libvirt-sources)" LIBVIRT_SCHEMAS="$$(tools/libvirt-sources schemas)" vitest run --project unit packages/libvirt/src/procedures packages/libvirt/src/protocol packages/hypervisor/src/xml/domain-schema.test.ts

domain-elements: setup ## write docs/domain-elements.md from the table
	node tools/write-domain-elements.ts

routes: setup ## write docs/routes.md from what the routes declare
	node tools/write-routes.ts

reference: setup ## write docs/reference and docs/errors.md from the code
	node tools/write-reference.ts

mutation: setup ## change the libvirt client's protocol code bit by bit: does a test notice? (takes a while)
	stryker run

mutation-gate: setup ## put deliberate faults into the product, one at a time: does the gate catch each? (some minutes)
	node tools/mutation-gate/main.ts

package: setup ## a Debian package with its own Node, an archive, a recipe of an image, and the libvirt client and the command as npm packages, into dist/package
	node tools/package/main.ts

api-docs: setup ## pages of the libvirt client's API, into packages/libvirt/dist/api
	cd tools/api-docs && node_modules/.bin/typedoc

check: setup ## types, lint, format, borders, cycles, dead code, known holes of dependencies
	npm run --silent types
	npm run --silent lint
	npm run --silent format:check
	npm run --silent borders
	npm run --silent dead-code
	npm run --silent audit:check
	@node tools/sizes.ts

audit: setup ## ask npm's registry for known holes of production dependencies, and write the answer into tools/audit/record.json
	node tools/audit/main.ts

sbom: setup ## all that the command ships, as CycloneDX JSON, on the standard output (npm 10 or newer)
	@npm sbom --sbom-format cyclonedx --omit dev --package-lock-only --workspace @ferry/cli

lab-up: lab-setup ## three real hosts with a guest each, left running
	@$(LAB) up --hosts 3 --guests 3

lab-down: setup ## take all labs down
	@$(LAB) down --all

bench: setup ## side by side with virsh; prints tables with machine and date
	@$(LAB) setup
	@$(AS_ROOT) node bench/main.ts

bench-memory: setup ## the memory of an idle controller from its bundle; no root, no hosts
	@node bench/idle-memory/main.ts

bench-libvirt: setup ## the libvirt client against python3-libvirt and virsh; prints a table with machine and date
	@$(LAB) setup
	@$(AS_ROOT) node bench/libvirt/main.ts

bench-real-guests: setup ## how the guests of a folder of domain XMLs are judged by the table of elements: DIR=…; without it libvirt's own examples
	@node bench/real-guests/main.ts $(if $(DIR),$(DIR),$$(tools/libvirt-sources examples))

bench-load: setup ## hundreds of migrations at once, on SQLite and on PostgreSQL with controllers that are killed; prints a table
	@$(AS_ROOT) node tests/load/main.ts

bench-drain: setup ## emptying a host with eight guests: by a plan, by a loop of virsh migrate, by all at once; RUNS=3; writes docs/fleet-plans.md
	@$(LAB) setup >/dev/null
	@$(AS_ROOT) node bench/drain/main.ts

bench-first-move: setup ## from the package and two bare hosts to a live move over TLS, by the commands of docs/install.md; RUNS=3; writes its table
	@$(LAB) setup >/dev/null
	@$(AS_ROOT) node bench/first-move/main.ts

bench-dashboard: web-setup ## how fast the dashboard paints 2,000 instances, and its frames while 20,000 are scrolled: RUNS=5; writes docs/operating.md
	@node tests/web-speed/main.ts

bench-fleet: setup ## plans for generated fleets of thousands of hosts, and for the public instances in FLEET_INSTANCES=folder; writes docs/fleet-plans.md
	@node bench/fleet/main.ts

bench-api: setup ## the compute API with 10,000 instances at 1 and 32 clients, on SQLite and PostgreSQL, and the controller's memory; BENCH_NOVA=1: and a real Nova
	@$(AS_ROOT) node tests/api-speed/main.ts

bench-cold-copy: setup ## copying a disk between hosts, side by side with scp, rsync, virsh and socat
	@$(LAB) setup
	@$(AS_ROOT) node bench/cold-copy/main.ts

bench-convergence: setup ## live moves of busy guests over three links, by policies and by virsh; CELLS='idle;sweep @ 200', RUNS=3, LIMIT=60; writes docs/convergence.md
	@$(LAB) setup >/dev/null
	@$(AS_ROOT) node bench/convergence/main.ts

bench-switch-over: setup ## the guest's pause at the switch-over, with and without a fault, side by side with virsh
	@$(LAB) setup
	@$(AS_ROOT) node bench/switch-over/main.ts

faults: setup ## strike every part in every phase on real hosts, for 20 minutes: FAULTS='--budget 2h --seed 7'; writes docs/reliability.md
	@$(LAB) setup
	@$(AS_ROOT) node tests/faults/main.ts $(FAULTS)

format: setup ## format the sources
	npm run --silent format
