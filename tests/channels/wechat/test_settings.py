"""What an operator may set, and what a wrong setting is told."""

import pytest

from channels.wechat.settings import WeChatSettings, is_aes_key
from server.settings import SettingError
from tests.channels.wechat.keys import AES_KEY, SERVER_ENVIRONMENT


def test_without_a_token_there_are_no_settings():
    assert WeChatSettings.read(None, {}) is None
    assert WeChatSettings.read({"app_id": "wx1"}, {"WECHAT_AES_KEY": AES_KEY}) is None


def test_three_variables_are_enough():
    own = ("WECHAT_MODE", "WECHAT_GATHER")
    three = {name: value for name, value in SERVER_ENVIRONMENT.items() if name not in own}
    assert len(three) == 3
    found = WeChatSettings.read(None, three)
    # With a key only encrypted messages are taken, unless told otherwise.
    assert (found.kind, found.mode, found.max_age, found.patience) == ("official", "safe", 300, 4.5)
    assert found.api_url == "https://api.weixin.qq.com"


def test_plain_mode_needs_a_token_only():
    assert WeChatSettings.read(None, {"WECHAT_TOKEN": "abc"}).aes_key == ""


def test_credentials_outrank_the_environment():
    found = WeChatSettings.read({"token": "other", "max_age": 60}, SERVER_ENVIRONMENT)
    assert (found.token, found.max_age) == ("other", 60)


def test_a_company_is_known_by_its_id_and_always_encrypts():
    found = WeChatSettings.read(None, SERVER_ENVIRONMENT | {"WECHAT_APP_ID": "ww12"})
    assert (found.kind, found.mode) == ("wecom", "safe")
    assert found.api_url == "https://qyapi.weixin.qq.com"
    # Old companies have ids like a 公众号's.
    assert WeChatSettings.read({"kind": "wecom"}, SERVER_ENVIRONMENT).mode == "safe"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("WECHAT_TOKEN", "有空格 的"),
        ("WECHAT_TOKEN", "a"),
        ("WECHAT_AES_KEY", "short"),
        ("WECHAT_AES_KEY", AES_KEY + "="),
        ("WECHAT_APP_ID", ""),
        ("WECHAT_MODE", "plain"),
        ("WECHAT_KIND", "weibo"),
        ("WECHAT_MAX_AGE", "1"),
        ("WECHAT_MAX_AGE", "soon"),
        ("WECHAT_PATIENCE", "6"),
        ("WECHAT_PATIENCE", "nan"),
    ],
)
def test_a_wrong_setting_is_named(variable, value):
    with pytest.raises(SettingError, match=variable):
        WeChatSettings.read(None, SERVER_ENVIRONMENT | {variable: value})


def test_safe_mode_needs_the_key():
    with pytest.raises(SettingError, match="WECHAT_AES_KEY"):
        WeChatSettings.read(None, {"WECHAT_TOKEN": "abc", "WECHAT_MODE": "safe"})


def test_what_an_aes_key_is():
    assert is_aes_key(AES_KEY)
    assert is_aes_key("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG")
    assert not is_aes_key(AES_KEY[:-1])
    assert not is_aes_key(AES_KEY[:-1] + "-")
