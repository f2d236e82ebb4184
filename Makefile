# 一条命令一个目标；`make help` 列出全部。
PYTHON := .venv/bin/python
export PYTHONDONTWRITEBYTECODE ?= 1
.DEFAULT_GOAL := help
.PHONY: help environment train run reload shell test check explain transcripts eval bench lint widget wechat-menu wechat-try clean

help: ## 列出这些命令
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

environment: ## 按锁文件装好依赖（缺什么装什么）
	@scripts/environment.sh

train: environment ## 数据变了就训练
	@$(PYTHON) -m server train

run: environment ## 装好、训练、启动：http://127.0.0.1:5005/chat（PORT= 换端口）
	@$(PYTHON) -m server run

reload: ## 让正在跑的服务检查并换上改过的资料
	@$(PYTHON) -m server reload

shell: environment ## 在终端里聊天（没启动服务时自动启动一个）
	@$(PYTHON) -m server shell

test: environment ## 跑全部测试（缺浏览器等会先问装不装；不装就跳过用到的）
	@browser=$$(scripts/test-tools.sh) || exit 1; \
	if [ -n "$$browser" ]; then export CHROMIUM="$$browser"; fi; $(PYTHON) -m pytest

check: environment ## 检查数据：字段、来源、日期、年龄段、地区，列出覆盖表，写 docs/coverage.md
	@$(PYTHON) -m server check

explain: environment ## 为什么这样答：TEXT="…"，几句话用 | 隔开就是一段对话
	@$(PYTHON) -m server explain "$(TEXT)"

transcripts: environment ## 在微信和终端里说十段对话，写进 docs/
	@$(PYTHON) -m server transcripts

eval: environment ## 量一量听懂了多少，写出报告
	@$(PYTHON) -m benchmarks.evaluation

bench: environment ## 和原装 Rasa 比快慢
	@$(PYTHON) -m benchmarks.speed

lint: environment ## 代码风格与类型
	@.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy

widget: ## 重新打包网页（需要 node）
	@cd widget && npm ci --no-audit --no-fund && npm run build

wechat-menu: environment ## 创建公众号菜单（默认只演示，SEND=1 真正发送）
	@$(PYTHON) -m channels.wechat.menu $(if $(SEND),--send) $(if $(AGENT),--agent $(AGENT))

wechat-try: environment ## 像微信那样给本机的机器人发几条消息
	@$(PYTHON) -m channels.wechat.trial $(if $(URL),--url $(URL))

clean: ## 删掉模型、对话和缓存（不删环境）
	@rm -rf models var .pytest_cache .mypy_cache .ruff_cache .rasa
