import numpy as np
import pytest

from scoring.measures.cache import ResultCache


class Shelf(dict):
    """A store in a dictionary."""

    def read(self, keys):
        return {key: self[key] for key in keys if key in self}

    def write(self, results):
        self.update(results)


class Lengths:
    """Works out the length of a text and notes what it was asked."""

    def __init__(self):
        self.asked = []

    def __call__(self, items):
        self.asked += [text for (text,) in items]
        return np.array([[len(text), 1 / 3] for (text,) in items])


@pytest.fixture
def lengths():
    return Lengths()


def items(*texts):
    return [(text,) for text in texts]


def test_rows_come_in_order_and_each_distinct_item_is_asked_once(lengths):
    cache = ResultCache()
    assert cache.get(items("aa", "b", "aa"), lengths, np.float32)[:, 0].tolist() == [2, 1, 2]
    cache.get(items("b", "ccc"), lengths, np.float32)
    assert lengths.asked == ["aa", "b", "ccc"]


def test_what_a_store_keeps_is_not_asked_again_and_comes_back_to_the_bit(lengths):
    shelf = Shelf()
    first = ResultCache("one", shelf).get(items("aa", "b"), lengths, np.float16)
    again = ResultCache("one", shelf).get(items("b", "aa"), lengths, np.float16)
    assert lengths.asked == ["aa", "b"]
    np.testing.assert_array_equal(again, first[::-1])


def test_another_scorer_does_not_see_them(lengths):
    shelf = Shelf()
    ResultCache("one", shelf).get(items("aa"), lengths, np.float16)
    ResultCache("other", shelf).get(items("aa"), lengths, np.float16)
    assert lengths.asked == ["aa", "aa"]
    assert len(shelf) == 2


def test_items_of_several_parts_are_not_confused(lengths):
    shelf, asked = Shelf(), []

    def zeros(items):
        asked.extend(items)
        return np.zeros(len(items))

    ResultCache("s", shelf).get([("a", "bc"), ("ab", "c"), ('a", "b', "c")], zeros, np.float32)
    assert len(asked) == len(shelf) == 3


def test_no_more_than_the_capacity_stays(lengths):
    cache = ResultCache(capacity=2)
    cache.get(items("a", "bb"), lengths, np.float32)
    assert cache.get(items("bb", "ccc"), lengths, np.float32)[:, 0].tolist() == [2, 3]
    assert set(cache._rows) == {("bb",), ("ccc",)}
