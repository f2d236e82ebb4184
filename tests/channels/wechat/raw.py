"""Raw messages as WeChat sends them, one of each kind; ``{n}`` is a new number each time."""

import time

from tests.channels.wechat.weixin import OWN_NAME, new_id

_HEAD = (
    "<xml><ToUserName><![CDATA[{own}]]></ToUserName>"
    "<FromUserName><![CDATA[{person}]]></FromUserName><CreateTime>{created}</CreateTime>"
)
_END = "<MsgId>{number}</MsgId></xml>"
MESSAGES = {
    "text": "<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[余额怎么查]]></Content>" + _END,
    "voice": "<MsgType><![CDATA[voice]]></MsgType><MediaId><![CDATA[media]]></MediaId>"
    "<Format><![CDATA[amr]]></Format><Recognition><![CDATA[余额怎么查。]]></Recognition>" + _END,
    "voice_unclear": "<MsgType><![CDATA[voice]]></MsgType><MediaId><![CDATA[media]]></MediaId>"
    "<Format><![CDATA[amr]]></Format><Recognition><![CDATA[]]></Recognition>" + _END,
    "voice_bare": "<MsgType><![CDATA[voice]]></MsgType><MediaId><![CDATA[media]]></MediaId>"
    "<Format><![CDATA[amr]]></Format>" + _END,
    "location": "<MsgType><![CDATA[location]]></MsgType><Location_X>32.393</Location_X>"
    "<Location_Y>119.412</Location_Y><Scale>16</Scale>"
    "<Label><![CDATA[江苏省扬州市广陵区文昌中路1号]]></Label>" + _END,
    "location_blank": "<MsgType><![CDATA[location]]></MsgType><Location_X>32.393</Location_X>"
    "<Location_Y>119.412</Location_Y><Scale>16</Scale><Label><![CDATA[]]></Label>" + _END,
    "image": "<MsgType><![CDATA[image]]></MsgType>"
    "<PicUrl><![CDATA[http://mmbiz.qpic.cn/x/0]]></PicUrl>"
    "<MediaId><![CDATA[media]]></MediaId>" + _END,
    "video": "<MsgType><![CDATA[video]]></MsgType><MediaId><![CDATA[media]]></MediaId>"
    "<ThumbMediaId><![CDATA[thumb]]></ThumbMediaId>" + _END,
    "shortvideo": "<MsgType><![CDATA[shortvideo]]></MsgType><MediaId><![CDATA[media]]></MediaId>"
    "<ThumbMediaId><![CDATA[thumb]]></ThumbMediaId>" + _END,
    "link": "<MsgType><![CDATA[link]]></MsgType><Title><![CDATA[题目]]></Title>"
    "<Description><![CDATA[摘要]]></Description><Url><![CDATA[http://example.com]]></Url>" + _END,
    "file": "<MsgType><![CDATA[file]]></MsgType><Title><![CDATA[a.pdf]]></Title>"
    "<Description><![CDATA[]]></Description><FileKey><![CDATA[key]]></FileKey>" + _END,
    "subscribe": "<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[subscribe]]></Event>"
    "<EventKey></EventKey></xml>",
    "subscribe_scan": "<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[subscribe]]></Event>"
    "<EventKey><![CDATA[qrscene_7]]></EventKey><Ticket><![CDATA[ticket]]></Ticket></xml>",
    "scan": "<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[SCAN]]></Event>"
    "<EventKey><![CDATA[7]]></EventKey><Ticket><![CDATA[ticket]]></Ticket></xml>",
    "click": "<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[CLICK]]></Event>"
    "<EventKey><![CDATA[余额怎么查]]></EventKey></xml>",
    "view": "<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[VIEW]]></Event>"
    "<EventKey><![CDATA[https://www.nhsa.gov.cn]]></EventKey></xml>",
    "unsubscribe": "<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[unsubscribe]]></Event>"
    "<EventKey></EventKey></xml>",
    "location_report": "<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[LOCATION]]></Event>"
    "<Latitude>23.137466</Latitude><Longitude>113.352425</Longitude>"
    "<Precision>119.385040</Precision></xml>",
    "scancode": "<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[scancode_push]]></Event>"
    "<EventKey><![CDATA[6]]></EventKey><ScanCodeInfo><ScanType><![CDATA[qrcode]]></ScanType>"
    "<ScanResult><![CDATA[1]]></ScanResult></ScanCodeInfo></xml>",
    "unknown_event": "<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[new_in_2030]]></Event>"
    "</xml>",
}


def raw(kind: str, person: str = "oPerson", created: int | None = None) -> str:
    """The XML of one kind of message."""
    head = _HEAD.format(own=OWN_NAME, person=person, created=created or int(time.time()))
    return head + MESSAGES[kind].format(number=new_id())
