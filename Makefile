# SPDX-License-Identifier: GPL-2.0-only
# Each word runs scripts; they do the work and say what is where.

# `make run SHELL=1`: not a shell for the recipes.
ifeq ($(origin SHELL),command line)
ending := $(if $(filter-out 0,$(SHELL)),shell)
endif
override SHELL := /bin/sh
MAKEOVERRIDES :=
ifdef BASE
export BASE
endif
ifdef OLD
export OLD
endif
ifdef CONFIG
export CONFIG
endif
ifdef ARCH
export ARCH
other := $(filter-out help run check check-stock on off stock-on stock-off \
	immature unit tree clean,$(or $(MAKECMDGOALS),help))
ifneq ($(other),)
$(error make $(other) is for x86_64 alone: leave ARCH=$(ARCH) out)
endif
endif

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run check check-stock check-series check-debug check-deb hostile soak \
	on off immature stock-on stock-off debug unit bench tree menuconfig series \
	rebase base-diff deb lint clean

help: ## this list
	@echo 'BASE=/path/to/linux-6.12.y: a base of your own, for any word.'
	@echo 'ARCH=i386, arm64, s390x or um: for another machine (run, check, on, off, unit ...).'
	@sed -n 's/^\([a-z -]*\):.*## /\1\t/p' Makefile | expand -t 29

run: ## kernel with our pid core in QEMU, and a tour; SHELL=1: then a shell
	@scripts/run $(ending)
check: ## all tests; last line: N passed, N failed, N skipped
	@scripts/check
check-stock: ## the same tests on the base kernel: what ours is compared with
	@scripts/check-stock
check-series: ## each commit of build/tree: clean, builds, boots; on and off (slow)
	@scripts/check-series
check-debug: ## all tests under KASAN, lockdep, kmemleak, faults; then KCSAN
	@scripts/check-debug
check-deb: ## a small kernel package, what is in it, and a boot of that
	@scripts/check-deb
hostile: ## wild calls: errno by errno as the base kernel's
	@scripts/hostile
soak: ## 10 million random operations, large crowds (over an hour)
	@scripts/soak
on off immature stock-on stock-off debug: ## that kernel, in build/
	@scripts/kernel $@
unit: ## the two kernels with KUnit tests and debugging
	@scripts/kernel unit-on && scripts/kernel unit-off
bench: ## ours beside the base's, in instructions: build/bench/report.md, plot.svg
	@scripts/bench
tree: ## build/tree: git, the base and a commit a step of the series
	@scripts/tree
menuconfig: ## a config of your own, in build/menu
	@scripts/menuconfig
series: ## build/series: cover letter and patches for git am
	@scripts/series
rebase: ## BASE=... [OLD=...]: the series on another point release, line numbers refreshed
	@scripts/rebase
base-diff: ## OLD=... NEW=... [ALL=1]: what changed in files that the series replaces or edits
	@scripts/base-diff $(if $(ALL),-a) "$(OLD)" "$(NEW)"
deb: ## [CONFIG=debian|guest|FILE]: kernel packages, build/deb/*.deb
	@scripts/deb
lint: ## checkpatch, sparse, W=1, kernel-doc, shellcheck: clean or not
	@scripts/lint
clean: ## remove build/
	@rm -rf build
