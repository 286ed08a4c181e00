"""The index against the plain computation of the same cosines."""

import numpy as np
import pytest

from knowledge.retrieval.index import LEAST_ROOM, Index

D, WEIGHT = 8, 0.7
HALF = 1e-3  # of numbers of half precision


def unit(*shape):
    vectors = np.random.default_rng(3).normal(size=shape).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


@pytest.fixture
def vectors():
    return unit(60, D)


@pytest.fixture
def index(vectors):
    """Twenty owners of three questions each; every second owner has a context."""
    made = Index(D, WEIGHT)
    for owner in range(20):
        contexts = [f"c{owner % 5}" if owner % 2 else ""] * 3
        made.add(owner, vectors[3 * owner : 3 * owner + 3], contexts, np.stack([vectors[owner % 5]] * 3))
    return made


def cosine(vectors, owner, question, context):
    """Of the concatenated vectors, in full."""
    own = np.concatenate([question[0], WEIGHT * (vectors[owner % 5] if owner % 2 else np.zeros(D))])
    other = np.concatenate([question[1], WEIGHT * (context if context is not None else np.zeros(D))])
    return own @ other / np.linalg.norm(own) / np.linalg.norm(other)


@pytest.mark.parametrize("with_context", [False, True])
def test_it_finds_what_the_plain_way_finds(index, vectors, with_context):
    asked = unit(4, D)[3]
    context = vectors[2] if with_context else None
    expected = {
        owner: max(cosine(vectors, owner, (vectors[3 * owner + i], asked), context) for i in range(3))
        for owner in range(20)
    }
    found = index.nearest(asked, context, 6)
    best = sorted(expected, key=lambda owner: -expected[owner])[:6]
    assert [owner for owner, _, _ in found] == best
    assert [similarity for _, _, similarity in found] == pytest.approx([expected[owner] for owner in best], abs=HALF)


def test_what_half_precision_cannot_tell_apart_is_in_its_order():
    asked, tiny = np.array([0.8, 0.6], np.float32), 2.0**-13  # by which products of .4 differ in single precision only
    made = Index(2, WEIGHT)
    for owner, vector in enumerate(np.array([[0.5, tiny], [0.5, 0], [0.5, 2 * tiny]], np.float32)):
        made.add(owner, vector[None], [""], vector[None])
    found = made.nearest(asked, None, 3)
    assert [owner for owner, _, _ in found] == [2, 0, 1]
    assert [similarity for _, _, similarity in found] == pytest.approx([0.4 + 0.6 * k * tiny for k in (2, 1, 0)])


def test_it_says_which_of_the_questions_is_nearest(index, vectors):
    assert index.nearest(vectors[13], None, 1)[0][:2] == (4, 1)


def test_what_does_not_fit_is_passed_over(index, vectors):
    assert 4 not in [owner for owner, _, _ in index.nearest(vectors[12], None, 20, lambda owner: owner != 4)]


def test_one_that_alone_fits_is_found_behind_all_others(index, vectors):
    [*_, (farthest, which, similarity)] = index.nearest(vectors[12], None, 20)
    found = index.nearest(vectors[12], None, 1, lambda owner: owner == farthest)
    assert [one[:2] for one in found] == [(farthest, which)]
    assert found[0][2] == pytest.approx(similarity, abs=HALF)


def test_what_was_dropped_is_gone_and_the_others_stay(index, vectors):
    for owner in (0, 7, 19):
        index.drop(owner)
    index.drop(99)
    assert len(index) == 17
    for owner in range(20):
        found = index.nearest(vectors[3 * owner + 2], None, 20)
        known = {which for o, which, s in found if o == owner and owner % 2 == 0 and s > 0.999}
        assert known == (set() if owner in (0, 7, 19) or owner % 2 else {2})


def test_it_grows(vectors):
    made = Index(D, WEIGHT)
    many = unit(LEAST_ROOM + 10, D)
    for owner, vector in enumerate(many):
        made.add(owner, vector[None], [""], vector[None])
    assert made.nearest(many[-1], None, 1)[0][0] == len(many) - 1
    assert len(made) == len(many)


def test_an_empty_one_finds_nothing():
    assert Index(D, WEIGHT).nearest(unit(D), None, 3) == []


def test_the_questions_of_some_owners_are_told_whole(index, vectors):
    index.drop(0)  # its rows are filled with the last ones
    whose, known = index.wordings([19, 4])
    assert whose.tolist() == [0, 0, 0, 1, 1, 1]
    asked = index.joined(vectors[50], vectors[3])
    for row, (owner, i) in enumerate([(19, 0), (19, 1), (19, 2), (4, 0), (4, 1), (4, 2)]):
        plain = cosine(vectors, owner, (vectors[3 * owner + i], vectors[50]), vectors[3])
        assert known[row] @ asked == pytest.approx(plain, abs=HALF)
    assert np.linalg.norm(known, axis=1) == pytest.approx(np.ones(6), abs=HALF)


def test_questions_without_any_context_have_none(vectors):
    made = Index(D, WEIGHT)
    made.add(1, vectors[:2], ["", ""], vectors[:2])
    _, known = made.wordings([1])
    assert known == pytest.approx(np.hstack([vectors[:2], np.zeros((2, D))]), abs=HALF)
    assert made.joined(vectors[0], None) == pytest.approx(known[0], abs=HALF)


def test_only_what_is_in_these_languages_is_found(vectors):
    made = Index(D, WEIGHT)
    for owner, language in enumerate(["zh", "en", "", "zh"]):
        made.add(owner, vectors[owner][None], [""], vectors[:1], language)
    made.drop(1)
    made.add(4, vectors[4][None], [""], vectors[:1], "en")

    def found(*languages):
        return {owner for owner, _, _ in made.nearest(vectors[0], None, 9, languages=languages)}

    assert (found("", "zh"), found("", "en"), found("fr")) == ({0, 2, 3}, {2, 4}, set())
