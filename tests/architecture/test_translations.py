"""Every text of the server is there in Chinese, and a Chinese client gets it."""

from __future__ import annotations

import ast
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Message
from django.utils import translation
from django.utils.translation import gettext
from tests.factories.accounts import ApiClient, key_make, user_make

ROOT = Path(__file__).resolve().parents[2]
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w+\}|%[sd]")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
#: What other systems say, and the word that is binding here (architecture, glossary).
OTHER_WORDS = {
    "(?<!拣)货位|(?<!存)储位": "库位", "捡货|拣选": "拣货", "批号": "批次", "出库单": "发货单", "快递单": "运单", "预留": "预占",
    "承运人": "承运商", "委托方|货权": "货主", "网店|商铺": "店铺", "移交单": "交接单",
}  # fmt: skip


def _script() -> Any:
    spec = importlib.util.spec_from_file_location("messages_script", ROOT / "scripts" / "messages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


messages = _script()


def _key(message: Message) -> tuple[Any, str | None]:
    return message.id, message.context


def _forms(text: Any) -> tuple[str, ...]:
    """The forms of a text: one, or several where it counts something."""
    return (text,) if isinstance(text, str) else tuple(text or ())


def _translations() -> Iterator[tuple[str, str]]:
    """English and Chinese, side by side; every Chinese form stands next to the last (plural) English one."""
    for message in messages.translated():
        if message.id:
            for chinese in _forms(message.string):
                yield _forms(message.id)[-1], chinese


def _said(path: Path) -> Iterator[tuple[ast.Call, str, bool]]:
    """Calls of Django's translation functions: the call, the function's own name, whether loading the module runs it.

    Found by import, so that an alias which scripts/messages.py does not know is found too.
    """
    tree = ast.parse(path.read_text())
    names = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if "gettext" in alias.name
    }
    if not names:
        return
    todo: list[tuple[ast.AST, bool]] = [(tree, True)]
    while todo:
        node, loading = todo.pop()
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            yield node, names[node.func.id], loading
        later = node.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)) else []
        inside = {id(child) for child in (later if isinstance(later, list) else [later])}
        todo += [(child, loading and id(child) not in inside) for child in ast.iter_child_nodes(node)]


@pytest.fixture(scope="module")
def catalogue() -> list[tuple[str, str]]:
    return list(_translations())


def test_every_text_is_translated() -> None:
    known = {_key(message): message.string for message in messages.translated() if message.id}
    missing = [
        message.id
        for message in messages.collected()
        if message.id and not all(_forms(known.get(_key(message))) or ("",))
    ]
    assert missing == [], "run `make messages` and translate what is empty in django.po"


def test_every_translated_call_is_collected() -> None:
    """Whatever the module calls the function: its text is a literal, and is in the catalogue."""
    known = {text for message in messages.translated() if message.id for text in _forms(message.id)}
    wrong = []
    for path in sorted(messages.SOURCE.rglob("*.py")):
        for call, name, _loading in _said(path):
            text = call.args[1 if name.startswith("pgettext") else 0]
            if not isinstance(text, ast.Constant) or text.value not in known:
                wrong.append(f"{path.relative_to(ROOT)}:{call.lineno}: {ast.unparse(text)}")
    assert wrong == []


def test_texts_of_modules_wait_for_their_reader() -> None:
    """A text that is made while a module loads would stay in the language of that moment: it must be lazy, or kept
    as it is (``gettext_noop``) until somebody shows it.
    """
    wrong = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in sorted(messages.SOURCE.rglob("*.py"))
        for call, name, loading in _said(path)
        if loading and not name.endswith(("_lazy", "_noop"))
    ]
    assert wrong == []


def test_no_translation_waits_for_review() -> None:
    """A fuzzy translation is left out of the .mo: it would be English on the screen."""
    assert [message.id for message in messages.translated() if message.id and message.fuzzy] == []


def test_placeholders_agree(catalogue: list[tuple[str, str]]) -> None:
    wrong = [
        (english, chinese)
        for english, chinese in catalogue
        if set(PLACEHOLDER.findall(english)) != set(PLACEHOLDER.findall(chinese))
    ]
    assert wrong == []


def test_translations_are_chinese(catalogue: list[tuple[str, str]]) -> None:
    assert [english for english, chinese in catalogue if not CHINESE.search(chinese)] == []


def test_sentences_end_as_sentences(catalogue: list[tuple[str, str]]) -> None:
    """An English sentence is a Chinese one, with a Chinese full stop."""
    wrong = [
        chinese for english, chinese in catalogue if english.endswith(".") and not chinese.endswith("。")
    ]
    assert wrong == []
    assert [chinese for _english, chinese in catalogue if re.search(r"[\u4e00-\u9fff][,;?!]", chinese)] == []


def test_translations_use_the_words_of_the_glossary(catalogue: list[tuple[str, str]]) -> None:
    found = [
        (chinese, f"{other}: say {ours}")
        for _english, chinese in catalogue
        for other, ours in OTHER_WORDS.items()
        if re.search(other, chinese)
    ]
    assert found == []


def test_the_compiled_catalogue_is_the_translations() -> None:
    assert (messages.FOLDER / "django.mo").read_bytes() == messages.compiled(messages.translated())


@pytest.mark.django_db
def test_errors_come_in_the_language_of_the_client() -> None:
    key = key_make(user_make())
    text = "There is no such order, or it lies outside your shops."

    chinese = ApiClient(key, language="zh-CN,zh;q=0.9").get("/orders/999999999")
    english = ApiClient(key, language="en").get("/orders/999999999")

    assert (chinese.status_code, english.status_code) == (404, 404)
    with translation.override("zh-hans"):
        expected = gettext(text)
    assert CHINESE.search(expected)
    assert chinese.json()["detail"] == expected
    assert english.json()["detail"] == text


@pytest.mark.django_db
def test_mistakes_in_the_input_come_in_the_language_of_the_client() -> None:
    """Also what is not a whole sentence of ours: the title, and each field's mistake."""
    answer = ApiClient(key_make(user_make()), language="zh-CN").post("/warehouses", {"code": 1})

    assert answer.status_code == 422
    problem = answer.json()
    said = [problem["title"], problem["detail"], *(error["message"] for error in problem["errors"])]
    assert len(said) > 2
    assert [text for text in said if not CHINESE.search(text)] == []
