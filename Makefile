# make demo, make test: both do all their own set-up on a fresh Debian 12.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
check: ; npm run types
