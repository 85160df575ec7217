import re
from pathlib import Path

import courses.h5p
from courses.errors import PackageFault
from courses.h5p.wording import SHOWN, WORDS, describe_fault, describe_faults

HERE = Path(courses.h5p.__file__).parent

FACTS = {
    "path": "content/a.html",
    "field": "title",
    "folder": "A-1.0",
    "expected": "B-1.0",
    "library": "A 1.0",
    "needed": "1.30",
    "ours": "1.28",
    "line": 3,
    "count": 7,
    "size": 3_000_000,
    "limit": 1_048_576,
}


def test_every_fault_has_words_and_no_words_lack_a_fact():
    for code in WORDS:
        sentence = describe_fault(PackageFault(code, FACTS))
        assert sentence
        assert "%(" not in sentence


def test_every_code_in_use_has_words():
    used = set()
    for path in HERE.glob("*.py"):
        text = path.read_text("utf-8")
        used |= set(re.findall(r'(?:blame|PackageFault)\(\s*"([a-z-]+)"', text))

    assert used - WORDS.keys() == set()
    assert {"json", "library-missing", "field-missing"} <= used


def test_hundreds_of_faults_are_cut_short_and_counted():
    faults = [PackageFault("file-type", {"path": f"{n}.exe"}) for n in range(SHOWN + 5)]

    sentences = describe_faults([*faults, *faults])

    assert len(sentences) == SHOWN + 1
    assert "5" in sentences[-1]
