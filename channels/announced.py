"""What tells that a number or a code is somebody's: the words before it, or after it."""

import re
from functools import cached_property

_FILLER = (
    r"(?:[\s是为:：,，、(（)）\"“”「」'=\-叫做就我的它个了吧呢啊]|[后前下]面"
    r"|(?:is|number|no)(?![A-Za-z])\.?){0,8}"
)
_CARD_WORDS = (
    r"社(?:会)?保(?:障)?(?:卡|号|编号|账号|帐号)|医(?:疗)?保(?:险)?(?:卡|号|编号|账号|帐号|证|本|手册)|医疗[卡证]"
    r"|市民卡|保障号码?|电脑号|个人编号|人员编号|个人代码|参保号|保险号|卡号|账号|帐号|户头|账户号|银行卡"
    r"|储蓄卡|存折|信用卡|工资卡|养老卡|退休证|医保码|电子凭证|病历号|住院号|门诊号|就诊号|登记号|就诊卡|诊疗卡"
    r"|身份证|证件|护照|通行证|居住证|居留证|户口(?:本|簿)|驾(?:驶|照)证?|台胞证|回乡证|许可证|永居证"
    r"|(?:军官|士兵|警官|文职|军人|退役|残疾|优待|干部)证"
    r"|病案(?:号|首页)?|病历本?号|(?:检查|检验|化验|影像|条码|申请|报告)单?号|(?:患者|病人|就诊)\s?(?:id|号|编号)"
    r"|(?:识别|芯片)[码号]|卡[上面背正反后]{0,2}[印写刻标](?:着|的|了)?"
    r"|(?<![A-Za-z])(?:(?:id|bank|social|insurance|debit|credit)?\s?card|account|passport|permit"
    r"|identity|residence\s?id|mtp|patient\s?id)"
)
_CARD = re.compile(
    rf"(?:{_CARD_WORDS})(?:[上里后]面?)?的?(?:号码|卡号|编号|号|尾号|数字)?{_FILLER}$",
    re.IGNORECASE,
)
_CARD_WORD = re.compile(_CARD_WORDS, re.IGNORECASE)
_CARD_NUMBER = re.compile(rf"(?:号码?|编号|代码|码){_FILLER}$")
_CARD_AFTER = re.compile(rf"\s*[(（]?[是为的我]{{0,3}}(?:{_CARD_WORDS})", re.IGNORECASE)
_MOBILE = re.compile(
    r"(?:手机|电话|联系方式|联系|号码|打给?我|找我|微信|支付宝|tel|phone|mobile|绑定的?)"
    rf"(?:号码?|号)?{_FILLER}$",
    re.IGNORECASE,
)
_MOBILE_WORD = re.compile("手机|电话|联系方式|tel|phone|mobile", re.IGNORECASE)
_OWNER = (
    "(?:我|我们|我家|家里|家|本人|老伴|老公|老婆|爱人|儿子|女儿|闺女|孩子"
    "|爸|妈|爷爷|奶奶|外公|外婆)"
)
_HOME = re.compile(rf"{_OWNER}的?(?:座机|固话|固定电话|电话|号码)(?:号码?)?{_FILLER}$")
# A fixed line is nobody's in particular unless it is said to be; those of offices are public.
_LINE = re.compile(
    rf"座机|固话|固定电话|宅电|家电|小灵通|传真|fax|home\s?(?:phone|number)|(?:{_OWNER}的?)(?:里|中)?"
    rf"(?:的?电话)?是?\s?$|电话|区号|(?<![A-Za-z])tel(?![A-Za-z])",
    re.IGNORECASE,
)
_LINE_AFTER = re.compile(rf".{{0,6}}{_OWNER}的?电话")
_OFFICE = re.compile(
    "局|中心|医院|诊所|药店|银行|客服|大厅|窗口|热线|单位|公司|社区|居委|村委|街道|政务|服务|投诉|咨询"
    "|医保电话|社保电话|办事处|派出所|学校|总机"
)
_SECRET_WORDS = (
    r"密码|口令|(?:验证|校验|动态|图形|确认|短信)[码吗]|收到码|码发来|passcode|password|(?<![A-Za-z-])"
    r"(?:pwd|pin|mima|code)(?![A-Za-z-])"
)
_SECRET_WORD = re.compile(_SECRET_WORDS, re.IGNORECASE)
_FIRST_SECRET = re.compile("初始|默认|原始|出厂|统一|始的|认的|忘|几|多少|是不是|是否")
_QQ = re.compile(
    r"(?:(?<![A-Za-z])q\s?q(?![A-Za-z])|扣扣|叩叩|球球|企鹅|扣号|(?:加我?|我的?)\s?q(?![A-Za-z]))"
    r"(?:群|邮箱)?(?:号码?|账号|\s(?:is|number|no))?[^\dA-Za-z。！？!?;]{0,14}$",
    re.IGNORECASE,
)
# Numbers of offices and papers, and what stands after a decimal point.
_NO_CARD = re.compile(
    rf"(?:(?:信用代码|组织机构代码|税号|文号|文件编号|(?:项目|目录|耗材|药品|诊断|手术)[编代]码){_FILLER}|准字[A-Za-z]?|[0-9]\.)$"
)
# Between a word and a number there may be some talk, but not about money, time or whom to call.
_TALK = re.compile(r"(?:[^\d。！？!?;；]|\d{1,2}位){0,10}")
_OTHER_TALK = re.compile(
    "元|块|余额|里有|里面|还有|还剩|剩|返|缴|交|花|报|打|拨|岁|年|月|工资|基数|到账|划|取|充|扣了|多少|几"
    "|发票|准字|电话|热线"
)


_NEAR = 18
# A plus that adds nothing.
_ABROAD = re.compile(r"(?<![\d%元)])\s?\+\s?$")
_LETTERS = re.compile(r"(?<![A-Za-z])[A-Za-z]{1,3}[\s-]?$")


class Before:
    """The words before a number, asked for what they announce; each answer is found once."""

    def __init__(self, text: str) -> None:
        """Take what stands before the number, not more than matters."""
        self.text = text

    @cached_property
    def _bare(self) -> "Before":
        """Without the letters that a card's number may begin with."""
        bare = _LETTERS.sub("", self.text)
        return Before(bare) if bare != self.text else self

    @cached_property
    def card(self) -> bool:
        """Whether the number is that of a card or a paper."""
        return bool(_CARD.search(self.text)) or (self._bare is not self and self._bare.card)

    @cached_property
    def card_loosely(self) -> bool:
        """Whether a card or a paper is spoken of, with a little talk between."""
        return _talk_after(_CARD_WORD, self._bare.text, _OTHER_TALK)

    @cached_property
    def says_number(self) -> bool:
        """Whether a number follows, not an amount."""
        return bool(_CARD_NUMBER.search(self._bare.text))

    @cached_property
    def no_card(self) -> bool:
        """Whether it is the number of an office, a paper or a medicine, or a decimal's."""
        return bool(_NO_CARD.search(self.text))

    @cached_property
    def mobile(self) -> bool:
        """Whether a telephone is spoken of right before."""
        return bool(_MOBILE.search(self.text))

    @cached_property
    def home(self) -> bool:
        """Whether the telephone is somebody's own."""
        return bool(_HOME.search(self.text))

    @cached_property
    def secret(self) -> bool:
        """Whether a password or a code is told, not the one that everybody is given first."""
        clause = re.split("[，,。；;]", self.text)[-1]
        told = _talk_after(_SECRET_WORD, self.text, _FIRST_SECRET)
        return told and not _FIRST_SECRET.search(clause)

    @cached_property
    def account(self) -> bool:
        """Whether a number of QQ is announced."""
        return bool(_QQ.search(self.text))

    @cached_property
    def abroad(self) -> bool:
        """Whether the plus of a country stands there."""
        return bool(_ABROAD.search(self.text))

    @cached_property
    def line(self) -> bool:
        """Whether a fixed line is spoken of."""
        return bool(_LINE.search(self.text[-_NEAR:]))

    @cached_property
    def office(self) -> bool:
        """Whether an office is spoken of."""
        return bool(_OFFICE.search(self.text))


def is_card(before: Before, after: str) -> bool:
    """Whether the words right before a number, or after it, make it that of a card or a paper."""
    return before.card or bool(_CARD_AFTER.match(after))


def is_mobile(before: Before, after: str) -> bool:
    """Whether a telephone is spoken of before or after a number."""
    return bool(_MOBILE_WORD.search(before.text) or _MOBILE_WORD.search(after))


def is_line(before: Before, after: str) -> bool:
    """Whether a fixed line is spoken of before or after a number, and not that of an office."""
    if before.office or _OFFICE.search(after):
        return False
    return before.line or bool(_LINE_AFTER.match(after))


def _talk_after(word: re.Pattern[str], before: str, other: re.Pattern[str]) -> bool:
    """Whether a word stands before, with a little talk after it that is about nothing else."""
    ends = [match.end() for match in word.finditer(before)]
    if not ends:
        return False
    talk = before[ends[-1] :]
    return bool(_TALK.fullmatch(talk)) and not other.search(talk)
