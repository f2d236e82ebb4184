"""The account that the tests play: the server runs with it, WeChat's side signs with it."""

TOKEN = "test-token"
APP_ID = "wx-test"
# Base64 of the bytes 0 to 31, without its last sign.
AES_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
SERVER_ENVIRONMENT = {
    "WECHAT_TOKEN": TOKEN,
    "WECHAT_APP_ID": APP_ID,
    "WECHAT_AES_KEY": AES_KEY,
    # The tests play plain messages too.
    "WECHAT_MODE": "any",
    # And they do not wait for pieces as long as people write them.
    "WECHAT_GATHER": "0.4",
}
