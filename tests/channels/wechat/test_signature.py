"""Signatures and encryption against fixed vectors; who may knock at all."""

import hmac
from pathlib import Path

import msgspec
import pytest
import yaml

from channels.wechat import signature
from channels.wechat.envelope import Envelope, Query, Refused
from tests.channels.wechat.serving import settings
from tests.channels.wechat.weixin import Account, opened, request, sign, text_xml

VECTORS = yaml.safe_load(Path(__file__).with_name("vectors.yml").read_text(encoding="utf-8"))
NOW = 1_780_000_000


def envelope_for(vector, **changes):
    configured = settings(
        token=vector["token"], app_id=vector["receive_id"], aes_key=vector["aes_key"], **changes
    )
    return Envelope(configured, lambda: float(vector["timestamp"]) + 3)


def query_for(vector):
    names = ("msg_signature", "timestamp", "nonce")
    return Query(**{name: vector[name] for name in names})


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_the_tests_own_side_agrees_with_the_vectors(vector):
    account = Account(vector["token"], vector["receive_id"], vector["aes_key"])
    assert account.decrypt(vector["encrypt"]) == vector["xml"]
    if vector["random"]:
        assert account.encrypt(vector["xml"], vector["random"].encode()) == vector["encrypt"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_the_channel_agrees_with_the_vectors(vector):
    parts = [vector[name] for name in ("token", "timestamp", "nonce", "encrypt")]
    assert signature.signature(*parts) == vector["msg_signature"]
    envelope, query = envelope_for(vector), query_for(vector)
    envelope.check(query)
    if not vector["xml"].startswith("<"):
        echo = msgspec.structs.replace(query, echostr=vector["encrypt"])
        assert envelope.verify(echo) == vector["xml"]
        return
    found = envelope.open(query, f"<xml><Encrypt>{vector['encrypt']}</Encrypt></xml>".encode())
    assert (found.xml, found.sealed) == (vector["xml"], True)


def asked(sent):
    return Query(**{name: text for name, text in sent.query.items() if name != "openid"})


def test_plain_signatures_agree_with_a_fixed_vector():
    # printf '%s' 1780000000 42 test-token | sha1sum
    known = "c9282a079d96e2695cff0fc4bcd158dfc327a60e"
    assert signature.signature("test-token", "1780000000", "42") == known
    assert signature.matches(known, "test-token", "1780000000", "42")
    assert not signature.matches(known, "test-token", "1780000000", "43")
    assert not signature.matches(known.upper(), "test-token", "1780000000", "42")


def test_what_the_channel_seals_opens_on_the_other_side():
    envelope = Envelope(settings(), lambda: NOW)
    for text in ("好", "每月 110 元" * 100, "]]>", "<xml>", "a" * 31, "a" * 32):
        xml = f"<xml><Content><![CDATA[{text.replace(']]>', '')}]]></Content></xml>"
        assert opened(envelope.seal(xml, True).encode()) == opened(xml.encode())
        assert envelope.seal(xml, False) == xml
    assert envelope.seal("<xml></xml>", True) != envelope.seal("<xml></xml>", True)


def refused(envelope, sent):
    """The status with which a request is refused; 0 if it is taken."""
    query = asked(sent)
    try:
        envelope.check(query)
        envelope.open(query, sent.body)
    except Refused as error:
        return error.status
    return 0


@pytest.mark.parametrize("age", [301, -301, 10**9])
@pytest.mark.parametrize("mode", ["plain", "safe", "wecom"])
def test_a_stale_request_is_refused(mode, age):
    envelope = Envelope(settings(), lambda: NOW)
    assert refused(envelope, request(text_xml("你好"), mode, timestamp=NOW - age)) == 403


def test_the_age_limit_is_a_setting_and_the_border_is_in():
    fresh = request(text_xml("你好"), timestamp=NOW - 60)
    query = asked(fresh)
    assert Envelope(settings(max_age=60), lambda: NOW).open(query, fresh.body)
    Envelope(settings(max_age=60), lambda: NOW).check(query)
    assert refused(Envelope(settings(max_age=59), lambda: NOW), fresh) == 403


@pytest.mark.parametrize("timestamp", ["", "abc", "-5", "1e9", "１７８", "9" * 13, "178 "])
def test_a_timestamp_is_a_number(timestamp):
    assert not signature.is_fresh(timestamp, NOW, 10**12)


def test_the_same_nonce_may_come_again():
    envelope = Envelope(settings(), lambda: NOW)
    for _ in range(2):
        sent = request(text_xml("你好", number=7), timestamp=NOW, nonce="same")
        query = asked(sent)
        envelope.check(query)
        assert envelope.open(query, sent.body).fields["MsgId"] == "7"


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("signature", "0" * 40, 403),
        ("signature", "é" * 40, 403),
        ("signature", "", 403),
        ("msg_signature", "0" * 40, 403),
        ("msg_signature", "", 403),
        ("nonce", "other", 403),
        ("nonce", "", 400),
        ("timestamp", str(NOW + 1), 403),
    ],
)
def test_a_forged_request_is_refused(name, value, status):
    sent = request(text_xml("你好"), timestamp=NOW)
    sent.query[name] = value
    envelope = Envelope(settings(), lambda: NOW)
    if (name, value) == ("signature", ""):
        # Without it, it looks like WeCom's, and the other signature holds.
        query = asked(sent)
        envelope.check(query)
        assert envelope.open(query, sent.body).sealed
        return
    assert refused(envelope, sent) == status


def test_a_plain_body_under_an_encrypted_ones_signature_is_refused():
    sent = request(text_xml("你好"), "wecom", timestamp=NOW)
    sent.body = text_xml("假的").encode()
    assert refused(Envelope(settings(), lambda: NOW), sent) == 403


def test_safe_mode_takes_no_plain_message():
    sent = request(text_xml("你好"), "plain", timestamp=NOW)
    assert refused(Envelope(settings(mode="safe"), lambda: NOW), sent) == 403
    query = asked(sent)
    assert not Envelope(settings(), lambda: NOW).open(query, sent.body).sealed


def test_a_message_for_another_account_is_refused():
    other = Account(receive_id="wx-other")
    assert (
        refused(Envelope(settings(), lambda: NOW), request("<xml></xml>", "safe", other, NOW))
        == 403
    )


@pytest.mark.parametrize("sealed", ["", "AAAA", "%%%", "A" * 64, "AAECAwQFBgcICQoLDA0ODw=="])
def test_what_cannot_be_decrypted_is_refused_even_if_signed(sealed):
    sent = request("<xml></xml>", timestamp=NOW)
    sent.body = f"<xml><Encrypt>{sealed}</Encrypt></xml>".encode()
    sent.query["msg_signature"] = sign("test-token", str(NOW), "1234567", sealed)
    assert refused(Envelope(settings(), lambda: NOW), sent) in (400, 403)


def test_an_encrypted_message_without_a_key_is_refused():
    envelope = Envelope(settings(aes_key=""), lambda: NOW)
    assert refused(envelope, request(text_xml("你好"), "safe", timestamp=NOW)) == 400


def test_comparison_is_in_constant_time(monkeypatch):
    compared = []

    def compare(one, other):
        compared.append((one, other))
        return one == other

    monkeypatch.setattr(hmac, "compare_digest", compare)
    assert not signature.matches("0" * 40, "a", "b")
    assert compared == [(b"0" * 40, signature.signature("a", "b").encode())]
