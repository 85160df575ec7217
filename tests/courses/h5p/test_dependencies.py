from courses.h5p.dependencies import close_over, libraries_in
from courses.h5p.naming import LibraryName, parse_folder, parse_label


def name(letter):
    return LibraryName(letter, 1, 0)


def closed(roots, needs):
    known = {name(key): [name(other) for other in others] for key, others in needs.items()}
    closure = close_over([name(root) for root in roots], known.get)
    order = "".join(library.machine_name for library in closure.ordered)
    return order, "".join(library.machine_name for library in closure.missing)


def test_what_is_needed_comes_first():
    assert closed("A", {"A": "BC", "B": "D", "C": "D", "D": ""}) == ("DBCA", "")


def test_a_circle_is_cut():
    assert closed("A", {"A": "B", "B": "A"}) == ("BA", "")


def test_what_nobody_knows_is_missing_and_the_rest_goes_on():
    assert closed("A", {"A": "XB", "B": ""}) == ("BA", "X")


def test_libraries_are_found_at_any_depth_once():
    content = {
        "library": "H5P.Column 1.0",
        "content": [{"params": {"library": "H5P.Image 1.1"}}, {"library": "H5P.Image 1.1"}],
        "text": "library: H5P.Nothing 1.0",
        "other": {"library": 7},
    }
    deep = content
    for _level in range(5000):
        deep = [deep]

    assert [library.label for library in libraries_in(deep)] == ["H5P.Column 1.0", "H5P.Image 1.1"]


def test_names_are_read_and_nothing_else():
    assert parse_label("H5P.Image 1.1") == LibraryName("H5P.Image", 1, 1)
    assert parse_folder("jQuery.ui-1.10") == LibraryName("jQuery.ui", 1, 10)
    for text in ("H5P.Image", "H5P.Image 1", "H5P.Image 1.1.2", "a b 1.1", "../x 1.0", "x 1.１"):
        assert parse_label(text) is None
