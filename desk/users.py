"""Who may use the desk: ``settings/desk.yml``, with passwords as Argon2id hashes.

``python -m desk.users add NAME ROLE`` adds somebody or changes a password.
"""

import getpass
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Literal, NoReturn, get_args

import msgspec
import typer
import yaml
from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from channels.settingsfile import SettingsFile, folder

Role = Literal["reader", "editor", "publisher"]
# Each may do what those before it may.
ROLES: tuple[Role, ...] = get_args(Role)
FILE = "desk.yml"
SHORTEST_PASSWORD = 10
# RFC 9106, second recommendation, with fewer lanes: about 50 ms on one core.
_PASSES, _LANES, _KIBIBYTES = 3, 1, 65_536
# Verified when there is no such person, so that a stranger can't tell names from guesses.
_NOBODY = (
    "$argon2id$v=19$m=65536,t=3,p=1$MDEyMzQ1Njc4OWFiY2RlZg"
    "$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)


class User(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One person.

    Attributes:
        name: as they log in, and as the audit log shows them.
        role: reader (looks), editor (changes the draft) or publisher (puts it into service).
        password: Argon2id hash in PHC form.
    """

    name: str
    role: Role
    password: str

    def __post_init__(self) -> None:
        """Check the hash.

        Raises:
            ValueError: if it is no Argon2id hash.
        """
        if not self.password.startswith("$argon2id$"):
            raise ValueError(f"{self.name}: password must be an Argon2id hash")

    def may(self, role: Role) -> bool:
        """Whether this person may do what a role may."""
        return ROLES.index(self.role) >= ROLES.index(role)


class DeskSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``settings/desk.yml``.

    Attributes:
        users: nobody means that there is no desk.
        session_hours: after so many hours without a click one logs in again.
        worst_drop: percentage points that a version may understand less than the one in service.
    """

    users: tuple[User, ...] = ()
    session_hours: int = 8
    worst_drop: float = 1.0

    def user(self, name: str) -> User | None:
        """Somebody by name."""
        return next((user for user in self.users if user.name == name), None)


def desk_settings() -> SettingsFile[DeskSettings]:
    """The settings as they are now.

    Raises:
        DataError: naming what does not fit.
    """
    return SettingsFile(folder() / FILE, DeskSettings, "DESK_")


def hashed(password: str) -> str:
    """A password as it is kept."""
    return _argon2().derive_phc_encoded(password.encode())


def fits(user: User | None, password: str) -> bool:
    """Whether a password is somebody's; takes as long for nobody."""
    try:
        Argon2id.verify_phc_encoded(password.encode(), user.password if user else _NOBODY)
    except InvalidKey:
        return False
    return user is not None


def _argon2() -> Argon2id:
    return Argon2id(
        salt=os.urandom(16), length=32, iterations=_PASSES, lanes=_LANES, memory_cost=_KIBIBYTES
    )


app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)


@app.command(help="添加一个人，或改密码。角色：reader 看、editor 改草稿、publisher 发布。")
def add(
    name: str,
    role: str = typer.Argument("reader"),
    password: str = typer.Option("", help="不写就当面问，不会留在命令记录里。"),
) -> None:
    """Write somebody into the file."""
    if role not in ROLES:
        _refuse(f"角色只有 {'、'.join(ROLES)}，没有 {role}。")
    secret = password or getpass.getpass(f"密码（至少 {SHORTEST_PASSWORD} 个字符，打字时不显示）：")
    if len(secret) < SHORTEST_PASSWORD:
        _refuse(f"密码至少 {SHORTEST_PASSWORD} 个字符，没有写进去。")
    if not password and getpass.getpass("再打一遍：") != secret:
        _refuse("两遍不一样，没有写进去。")
    before = _read()
    entry = {"name": name, "role": role, "password": hashed(secret)}
    _write([*(one for one in before if one["name"] != name), entry])
    print(f"写进了 {folder() / FILE}：{name}（{role}）。")
    if before:
        print("马上生效，不用重启。")
    else:
        print("这是第一个人：请重启一次服务，再打开 /desk（启动时会显示完整的地址）。")


@app.command(help="去掉一个人。")
def remove(name: str) -> None:
    """Take somebody out of the file."""
    before = _read()
    if not any(one["name"] == name for one in before):
        _refuse(f"没有 {name} 这个人。")
    _write([one for one in before if one["name"] != name])
    print(f"{name} 不能再登录了。")


@app.command("list", help="列出能登录的人和角色。")
def show() -> None:
    """Say who may log in."""
    for one in _read():
        print(f"{one['name']}（{one['role']}）")


def _refuse(reason: str) -> NoReturn:
    print(reason, file=sys.stderr)
    raise typer.Exit(1)


def _content(file: Path) -> dict[str, object]:
    if not file.exists():
        return {}
    return dict(yaml.safe_load(file.read_text(encoding="utf-8")) or {})


def _read() -> list[dict[str, str]]:
    users: list[dict[str, str]] = _content(folder() / FILE).get("users") or []  # type: ignore[assignment]
    return users


def _write(users: list[dict[str, str]]) -> None:
    file = folder() / FILE
    content = {**_content(file), "users": users}
    draft = file.with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    if file.exists():
        # A container may read it as another user, to whom it was given.
        with suppress(PermissionError):
            os.chown(draft, file.stat().st_uid, file.stat().st_gid)
    os.replace(draft, file)


if __name__ == "__main__":
    app()
