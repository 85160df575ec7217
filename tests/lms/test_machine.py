"""What tells one machine from another."""

from __future__ import annotations

import pytest

from lms.machine import is_another_machine, keep_marks, load_marks, marks_path, read_marks

BOARD = "proc/device-tree/serial-number"
CARD = "sys/block/mmcblk0/device/cid"


@pytest.fixture
def system(tmp_path):
    """Writes a machine's serial numbers where Linux shows them."""

    def write(**values):
        root = tmp_path / str(len(list(tmp_path.iterdir())))
        for place, value in values.items():
            path = root / {"board": BOARD, "card": CARD}[place]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(value)
        root.mkdir(exist_ok=True)
        return read_marks(root)

    return write


def test_no_serial_number_is_kept_in_the_clear(system):
    keep_marks(system(board="10000000abcdef12\0"))

    assert len(load_marks()) == 1
    assert "abcdef12" not in marks_path().read_text()


def test_another_board_and_another_card_are_another_machine(system):
    keep_marks(system(board="one", card="1a"))

    assert is_another_machine(system(board="two", card="2b"))


@pytest.mark.parametrize("changed", [{"board": "two"}, {"card": "2b"}])
def test_one_part_replaced_is_the_same_machine(system, changed):
    keep_marks(system(board="one", card="1a"))

    assert not is_another_machine(system(**({"board": "one", "card": "1a"} | changed)))


@pytest.mark.parametrize(("kind", "marks"), [("0", 1), ("1", 0), ("3", 0)])
def test_a_network_card_counts_if_its_address_is_burnt_in(tmp_path, kind, marks):
    card = tmp_path / "sys/devices/card"
    (card / "net/eth0").mkdir(parents=True)
    (card / "net/eth0/address").write_text("b8:27:eb:00:00:01\n")
    (card / "net/eth0/addr_assign_type").write_text(f"{kind}\n")
    (tmp_path / "sys/class/net/eth0").mkdir(parents=True)
    (tmp_path / "sys/class/net/eth0/device").symlink_to(card)
    (tmp_path / "sys/class/net/br0").mkdir()

    assert len(read_marks(tmp_path)) == marks


def test_where_nothing_tells_machines_apart_none_is_another(system):
    assert not is_another_machine(system(board="one"))
    keep_marks(system(board="one"))
    assert not is_another_machine(system())
    assert not is_another_machine(system(board="None"))


def test_a_damaged_file_is_as_none(system):
    marks_path().write_text("{")

    assert load_marks() == frozenset()
