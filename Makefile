# 卡簿 Cardbook. `make` 列出所有目标；`make demo` 演示城市；`make test` 全部测试。
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
ARGS ?=

# Tests and workers start many programs of ours: each file is compiled once.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo bench serve test long pictures soak check docs fmt stop clean

help: ## 列出所有目标
	@echo "卡簿 Cardbook"
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

demo: ## 准备一切，在 http://127.0.0.1:8000 打开演示城市（再次运行保留数据）；SIZE=tiny|town|city
	@scripts/setup run assets
	@CARDBOOK_DEMO=1 $(BIN)/cardbook demo --serve --size $(or $(SIZE),town)

bench: ## 性能：每项与底线比，写入 docs/generated/bench.md；SIZE=small|city ONLY=名称 COMPARE=1
	@scripts/setup dev assets
	@$(BIN)/python -m tests.bench --size $(or $(SIZE),small) --only "$(ONLY)" $(if $(COMPARE),--compare)

serve: ## 启动正式服务（设置见 docs/install.md）
	@scripts/setup run assets
	@$(BIN)/cardbook migrate && $(BIN)/cardbook serve

# One worker has the whole of a file: its Chromium or its installation is started once.
test: ## 准备测试所需，运行测试（单元、数据库、架构、接口、网页），两核十分钟内
	@scripts/setup dev assets system
	@$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

long: ## 较慢的测试：浏览器里走完整条业务、抢办、强杀、断线（两核约五分钟；CI 和 make test 一起跑）
	@scripts/setup dev assets system
	@$(BIN)/python -m pytest -n 2 --dist loadfile tests/journeys tests/races tests/fire $(ARGS)

pictures: ## 在浏览器测试中拍下每个页面，存入 .cache/screenshots 供人查看；ARGS=某个测试文件
	@scripts/setup dev assets system
	@CARDBOOK_PICTURES=1 $(BIN)/python -m pytest -n 2 --dist loadfile -m "browser and not soak" $(or $(ARGS),src tests)

soak: ## 长时间考验：二十万行、每种抢办至少一千轮（发放一万轮）、百次强杀（一小时以上）
	@scripts/setup dev assets system
	@$(BIN)/python -m pytest -n 0 -m soak src tests/journeys $(ARGS)
	@CARDBOOK_SOAK_ROWS=200000 CARDBOOK_SOAK_FACTOR=100 CARDBOOK_SOAK_SHOTS=100 \
		$(BIN)/python -m pytest -n 0 -m "soak or not soak" tests/fire tests/races tests/law tests/api $(ARGS)

check: ## 快速检查：格式、规范、类型、分层、模板、生成文档
	@scripts/setup dev assets
	@scripts/check

docs: ## 重新生成 docs/generated
	@scripts/setup dev assets
	@$(BIN)/cardbook docs

fmt: ## 整理代码和模板格式
	@scripts/setup dev
	@$(BIN)/ruff check --fix --exit-zero -q . && $(BIN)/ruff format -q .

stop: ## 停止内置数据库
	@$(BIN)/cardbook stop

clean: ## 删除环境和缓存（不删除 var 中的数据）
	rm -rf "$$(readlink -f .cache/test-room)" .venv .tools .cache node_modules src/cardbook/web/static/vendor .mypy_cache .ruff_cache .pytest_cache .hypothesis
