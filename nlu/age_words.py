"""The pieces of which the expressions for ages are made, and what tells an age of retiring."""

from __future__ import annotations

import re

from nlu.numerals import CHINESE, CHINESE_TENS, DIGITS

N = f"(?:{DIGITS}|{CHINESE})"
TENS = f"(?:{DIGITS}|{CHINESE_TENS})"
SOFT = (
    r"(?:今年|现在|现年|目前|都|也|已经|已|就|是|有|刚好|整|正好|的年龄|年龄|年纪|岁数|大概|大约|"
    r"差不多|(?:大[一二三四]|高[一二三]|初[一二三]|研[一二三])|[,，:：\s]){0,3}"
)
NEXT = r"(?:明年|下个?月|下半年|年底|后年|去年|还?差[一两三1-3]年)(?:就|才|就要|要)?(?:满|到)?"
PAST = r"(?:过了?|上了|超过)"
NEARLY = r"(?:还不到|快要|快到|快满|快|将近|年近|接近|奔|马上就?|眼看就?|眼瞅着|即将|差一?点|不足)"
BELOW = r"(?:还|都)?(?:没到|没满|未满|不满|不到)"
PERSON = (
    r"(?:(?<![返给打发转退到找帮替])(?:我|俺|咱)|(?<![\u4e00-\u9fff])人(?=过)|本人|妈|爸|爹|娘|母亲|父亲|(?:家|老|岳)[父母]|爷爷|奶奶|姥姥|姥爷|"
    r"外婆|外公|公公|婆婆|公婆|岳父|岳母|"
    r"丈母娘|丈人|老伴|老婆|老公|爱人|媳妇|妻子|丈夫|老人|老人家|老头子?|老头|老太太|老太|老两口|"
    r"父母|二老|双亲|"
    r"哥|姐|弟|妹|叔|姑|舅|姨|伯|婶|儿子|女儿|闺女|孩子|孙子|孙女|他|她|男|女|两人|俩)儿?"
)
NO_UNIT = (
    r"(?![\d.]|\s*(?:%|％|元|块|圆|毛|角|年|月|号|日|天|周(?!岁)|星期|个|小时|分|点|次|家|份|张|"
    r"万|千|亿|折|倍|米|斤|公斤|级|档|期|条|种|项|公里|度|层|楼|室|床|路|平|栋|版|代|名|位|页|后|"
    r"#|-\d|多|几|来|好几))"
)
SUI = r"(?:周?岁)"
AFTER_SUI = (
    r"(?P<above>(?:及|或)?(?:以上|往上|开外|以后|之后|起)|(?:及|或)以上)|(?P<upto>(?:及|或)以下)"
    r"|(?P<below>以下|以内|以前|之前)|(?P<some>左右|上下)|(?P<bit>出头|冒头)"
)
BAND_BEHIND = re.compile(r"岁?(?:及?以上)?的?[那这]?一?(?:档|线|标准)")
# Up to this age 「60岁退休」 says when somebody retired, not how old they are.
RETIREMENT_AGE = 60
RETIRED_AT = re.compile(
    r"(?:的时候|时|那年|就|才|正式|提前|到点|一到|到龄|正常)*(?:办理?|可以|能|要)?"
    r"(?:退休|退的|退了|退下|内退|病退|参加工作|入职|入伍|下岗|开始)"
    r"(?!人员|职工|老人|工人|干部|教师|老师|老头|老太|金|工资|返)"
)
RETIREMENT_AGE_BEFORE = re.compile(
    r"(?:退休年龄|延迟到|推迟到|延长到|延到|法定|大|小|差|相差|晚|早)(?:是|为|在|了|到)?$"
)


def is_age_of_retiring(text: str, start: int, end: int, age: int) -> bool:
    """我60岁退休的 says nothing of today; 今年60退休了 does."""
    if age > RETIREMENT_AGE or not RETIRED_AT.match(text, end):
        return False
    return not text.endswith(("今年", "现年"), 0, start)
