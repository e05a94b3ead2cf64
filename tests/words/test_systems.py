from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import FUNCTIONS, WIDTHS, call, conditions, helpers, words

from archcore.errors import PortabilityError
from archcore.words import (
    Mask,
    add_bits,
    bits,
    both,
    clear,
    either,
    has_all,
    has_any,
    has_none,
    implies,
    negate,
    put,
    same,
    where,
    with_bits,
    xor,
)
from archcore.words.lineage import traced
from archcore.words.record import record
from archcore.words.strict import StrictTruth, StrictWord

LOW = Mask(0b1111)
DTYPES = {32: np.uint32, 64: np.uint64}
INPUTS = 2
of_width = pytest.mark.parametrize("width", WIDTHS)

MASKED = (clear, has_all, has_any, has_none, bits)
PAIRED = (put, xor, same)
LOGICAL = (both, either, implies)


def pairs(width):
    """Return a strategy for inputs of helpers with two words."""
    return st.tuples(words(width), words(width))


def programs(width):
    """Return a strategy for helpers and conditions over two words."""
    return helpers(width, INPUTS) | conditions(width, INPUTS)


class TestAgreement:
    """The same helper, whatever it is, gives the same answer in every number system."""

    @of_width
    @pytest.mark.parametrize("name", FUNCTIONS)
    @settings(max_examples=30)
    @given(st.data())
    def test_each_function_alone_agrees(self, name, width, data):
        """Every function gives the same on ints, arrays, strict words and run again from a tape."""
        program = data.draw(call(name, width, INPUTS))
        pair = data.draw(pairs(width))
        expected = program(*pair)
        array = program(*(np.array([word] * 2, DTYPES[width]) for word in pair))
        assert array.tolist() == [expected] * 2
        assert program(*(StrictWord(word, width) for word in pair)).value == expected
        assert record(program, INPUTS).run(*pair) == expected

    @of_width
    @given(st.data())
    def test_an_array_holds_what_each_of_its_words_gives(self, width, data):
        """An array computes, element by element, what an int computes."""
        program = data.draw(programs(width))
        given_words = data.draw(st.lists(pairs(width), min_size=1, max_size=12))
        columns = [np.array(column, DTYPES[width]) for column in zip(*given_words, strict=True)]
        result = program(*columns)
        assert result.dtype in (np.bool_, DTYPES[width])
        assert result.tolist() == [program(*pair) for pair in given_words]

    @of_width
    @given(st.data())
    def test_strict_words_forbid_nothing_that_the_vocabulary_does(self, width, data):
        """A strict word gives the answer of an int, in a word or truth of its own kind."""
        program, pair = data.draw(programs(width)), data.draw(pairs(width))
        expected = program(*pair)
        result = program(*(StrictWord(word, width) for word in pair))
        assert type(result) is (StrictTruth if isinstance(expected, bool) else StrictWord)
        assert result.value == expected

    @of_width
    @settings(max_examples=40)
    @given(st.data())
    def test_symbols_mean_what_ints_do(self, width, data):
        """A helper over constants of the solver simplifies to the answer of an int."""
        z3 = pytest.importorskip("z3")
        from archcore.words.symbols import constant

        program, pair = data.draw(programs(width)), data.draw(pairs(width))
        term = z3.simplify(program(*(constant(word, width) for word in pair)).term)
        result = z3.is_true(term) if z3.is_bool(term) else term.as_long()
        assert result == program(*pair)

    @of_width
    @given(st.data())
    def test_a_recording_is_the_helper(self, width, data):
        """The operations of a recording, run again, give the answer of the helper itself."""
        program, pair = data.draw(programs(width)), data.draw(pairs(width))
        assert record(program, INPUTS).run(*pair) == program(*pair)

    @of_width
    @given(st.data())
    def test_lineage_says_nothing_untrue_of_any_word(self, width, data):
        """Each bit is what its origin says, for every word that fulfils the assumptions."""
        program = data.draw(helpers(width))
        ones, rest = data.draw(words(width)), data.draw(words(width))
        zeros = data.draw(words(width)) & ~ones
        word = (rest | ones) & ~zeros
        tree = program(traced(width, Mask(ones, width), Mask(zeros, width)))
        result = program(word)
        assert result & tree.ones.value == tree.ones.value
        assert result & tree.zeros.value == 0
        assert (result ^ word) & tree.copied.value == 0
        assert (result ^ ~word) & tree.inverted.value == 0

    @of_width
    @given(st.data())
    def test_a_bit_depends_on_its_sources_only(self, width, data):
        """Changing input bits that are no source of a result bit does not change that bit."""
        program, word = data.draw(helpers(width)), data.draw(words(width))
        at = data.draw(st.integers(0, width - 1))
        sources = sum(1 << source for source in program(traced(width)).bits[at].sources)
        other = (word & sources) | (data.draw(words(width)) & ~sources)
        assert (program(word) ^ program(other)) >> at & 1 == 0


SYSTEMS = {
    "int": 5,
    "array": np.array([5], np.uint64),
    "strict": StrictWord(5),
    "traced": traced(),
}
TRUTHS = {
    "bool": True,
    "array": np.array([True]),
    "strict": StrictTruth(True),
    "traced": has_any(traced(), LOW),
}


def each(argument, values):
    """Parametrise over the values of a dictionary, named by its keys."""
    return pytest.mark.parametrize(argument, list(values.values()), ids=list(values))


each_word = each("word", SYSTEMS)
each_truth = each("truth", TRUTHS)
each_other_word = each("word", {name: word for name, word in SYSTEMS.items() if name != "int"})


class TestMixing:
    """Two number systems, two widths, or a truth for a word are refused by name."""

    @pytest.mark.parametrize("function", PAIRED)
    def test_two_systems_do_not_meet(self, function):
        """A strict word beside an array is refused, naming both."""
        with pytest.raises(PortabilityError, match="arrays and strict"):
            function(np.array([1], np.uint64), StrictWord(1))

    @pytest.mark.parametrize("function", PAIRED)
    @each_other_word
    def test_two_widths_do_not_meet(self, function, word):
        """A word of 64 bits takes no mask of 32."""
        with pytest.raises(PortabilityError, match="two widths"):
            function(word, Mask(1, 32))

    @pytest.mark.parametrize("function", MASKED)
    @each_other_word
    def test_a_mask_has_the_width_of_the_word(self, function, word):
        """Where a mask is asked for, it is one of the word's width."""
        with pytest.raises(PortabilityError, match="two widths"):
            function(word, Mask(1, 32))

    @pytest.mark.parametrize("function", MASKED)
    @each_word
    def test_a_number_is_no_mask(self, function, word):
        """A mask knows its width; a number does not, so it is refused."""
        with pytest.raises(PortabilityError, match="1 is no Mask; take one from a layout"):
            function(word, 1)

    @pytest.mark.parametrize("function", PAIRED)
    @each_word
    @pytest.mark.parametrize("constant", [-1, -(1 << 40)])
    def test_no_constant_is_negative(self, function, word, constant):
        """A negative constant has no width and is refused in every system."""
        with pytest.raises(PortabilityError, match="never negative"):
            function(word, constant)

    @each_word
    def test_no_chosen_constant_is_negative(self, word):
        """Neither arm of a choice is negative, not even the one that is not chosen."""
        with pytest.raises(PortabilityError, match="never negative"):
            where(True, word, -1)
        with pytest.raises(PortabilityError, match="never negative"):
            with_bits(word, LOW, -1)

    @pytest.mark.parametrize("function", PAIRED)
    @each_other_word
    def test_a_constant_fits_the_word(self, function, word):
        """A constant wider than the word is refused, not cut off."""
        with pytest.raises(PortabilityError, match="not a word of 64 bits"):
            function(word, 1 << 64)

    @pytest.mark.parametrize("amount", [True, 1.0, np.int64(1), StrictWord(1)])
    def test_a_count_is_a_plain_int(self, amount):
        """What add_bits adds is no word: it may be negative and has no width."""
        with pytest.raises(PortabilityError, match="adds a plain int"):
            add_bits(0, LOW, amount)

    @pytest.mark.parametrize(
        "function", [bits, lambda w, m: with_bits(w, m, 0), lambda w, m: add_bits(w, m, 1)]
    )
    @each_word
    @pytest.mark.parametrize("value", [0, 0b101])
    def test_only_a_run_of_bits_holds_a_number(self, function, word, value):
        """A mask with a gap, or without a bit, is no field."""
        with pytest.raises(PortabilityError, match="not one run of bits"):
            function(word, Mask(value))


class TestKinds:
    """A truth is no word and a word is no truth, in any system."""

    @each_truth
    @pytest.mark.parametrize("function", MASKED)
    def test_a_truth_is_no_word(self, function, truth):
        """A truth where a word belongs is refused."""
        with pytest.raises(PortabilityError, match=r"stands where a word belongs; use where\(\)"):
            function(truth, LOW)

    @each_truth
    @pytest.mark.parametrize("function", PAIRED)
    def test_a_truth_is_no_operand(self, function, truth):
        """A truth is not taken for 0 or 1 beside a word."""
        with pytest.raises(PortabilityError, match="stands where a word belongs"):
            function(1, truth)

    @each("word", {**SYSTEMS, "mask": LOW, "zero": 0})
    @pytest.mark.parametrize("function", LOGICAL)
    def test_a_word_is_no_truth(self, function, word):
        """0 and 1 are words; what is meant must be asked of them."""
        with pytest.raises(PortabilityError, match=r"is not a truth; ask has_any\(\) or same\(\)"):
            function(True, word)
        with pytest.raises(PortabilityError, match="is not a truth"):
            negate(word)

    @each_word
    def test_a_word_is_no_condition(self, word):
        """A choice is made by a truth."""
        with pytest.raises(PortabilityError, match="is not a truth"):
            where(word, 1, 2)

    @pytest.mark.parametrize(
        ("operand", "remedy"),
        [
            (np.uint64(1), r"convert it with int\(\) or bool\(\)"),
            (np.bool_(1), r"convert it with int\(\) or bool\(\)"),
            (np.array(1, np.uint64), r"convert it with int\(\) or bool\(\)"),
            (np.ma.array([1], dtype=np.uint64), r"convert it with numpy.asarray\(\)"),
            (1.0, "builtins.float is of no number system"),
            (None, "builtins.NoneType is of no number system"),
        ],
        ids=lambda value: type(value).__name__,
    )
    def test_anything_else_is_refused_with_a_remedy(self, operand, remedy):
        """What only looks like a word is not computed on."""
        with pytest.raises(PortabilityError, match=remedy):
            put(operand, LOW)
        with pytest.raises(PortabilityError, match=remedy):
            negate(operand)

    @pytest.mark.parametrize("dtype", [np.int64, ">u8", "<u2", np.float64, object])
    def test_an_array_of_another_kind_is_refused(self, dtype):
        """Words are unsigned, of 32 or 64 bits, in this machine's byte order."""
        with pytest.raises(
            PortabilityError, match=r"convert them once with .astype\(numpy.uint64\)"
        ):
            clear(np.ones(2, dtype), LOW)
        with pytest.raises(PortabilityError, match="convert them once"):
            put(np.ones(2, np.uint64), np.ones(2, dtype))
