from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import layouts, widths, words

from archcore.errors import LayoutError
from archcore.layout import Bit, Bits, Blank, EntryLayout
from archcore.words import Mask, bits

drawn = widths.flatmap(lambda width: st.tuples(layouts(width), words(width)))


class TestMasks:
    @given(drawn)
    def test_a_field_is_the_mask_of_its_positions(self, pair):
        """The mask of a name has the positions and the width that were given for it."""
        layout, _ = pair
        for one in layout.fields:
            assert layout[one.name].positions == tuple(range(one.low, one.high + 1))
            assert layout[one.name].width == layout.width

    @given(drawn)
    def test_several_names_give_their_union(self, pair):
        """All fields together are the sum of fields that do not overlap."""
        layout, _ = pair
        names = [one.name for one in layout.fields]
        assert layout.mask(*names).value == sum(layout[name].value for name in names)
        assert layout.mask() == Mask(0, layout.width)

    @given(drawn)
    def test_a_word_is_the_sum_of_its_fields_and_the_rest(self, pair):
        """Reading every field of a word loses nothing but the bits without a name."""
        layout, word = pair
        values = {one.name: value for one, value in layout.named(word, valid=True)}
        assert values == {name: bits(word, mask) for name, mask in layout.masks.items()}
        named = sum(values[one.name] << one.low for one in layout.fields)
        assert named == word & sum(mask.value for mask in layout.masks.values())

    def test_an_unknown_name_lists_the_known_ones(self):
        """A misspelt field is answered with the fields there are."""
        layout = EntryLayout("entry", (Bit("P", 0), Bit("W", 1)))
        with pytest.raises(LayoutError, match=r"entry has no field 'Q' \(fields: P, W\)"):
            layout["Q"]
        with pytest.raises(LayoutError, match="no field 'Q'"):
            layout.mask("P", "Q")

    def test_a_name_may_hold_for_some_entries_only(self):
        """One position has two names, one for entries the hardware may use, one for the others."""
        layout = EntryLayout(
            "entry", (Bit("GLOBAL", 8, when="valid"), Bit("NONE", 8, when="invalid"))
        )
        assert [one.name for one, _ in layout.named(0x100, valid=True)] == ["GLOBAL"]
        assert [one.name for one, _ in layout.named(0x100, valid=False)] == ["NONE"]

    def test_a_declared_overlay_shares_positions(self):
        """Two fields may share positions when one of them says so, in either order."""
        whole, part = Bits("ALL", 4, 7), Bit("PART", 5, overlays=("ALL",))
        for fields in ((whole, part), (part, whole)):
            layout = EntryLayout("entry", fields)
            assert layout["ALL"] & layout["PART"] == layout["PART"]


class TestRefused:
    @pytest.mark.parametrize(
        ("fields", "message"),
        [
            ((Bit("P", 0), Bit("W", 0)), "'P' and 'W' overlap at bit 0; move one"),
            ((Bits("A", 4, 9), Bits("B", 8, 12)), "'A' and 'B' overlap at bit 8"),
            ((Bit("A", 8, when="valid"), Bit("B", 8)), "'A' and 'B' overlap at bit 8"),
            ((Bit("P", 32),), r"field 'P' has bit 32, outside 0\.\.31"),
            ((Bits("F", 30, 40),), r"field 'F' has bit 30\.\.40, outside 0\.\.31"),
            ((Bit("P", -1),), r"field 'P' has bit -1, outside 0\.\.31"),
            ((Bits("F", 9, 4),), "field 'F' ends at 4, below its low 9"),
            ((Bit("P", 0), Bit("P", 1)), "two fields are called 'P'; rename one"),
            ((Bit("P", 0, overlays=("Q",)),), "'P' overlays 'Q', which is no field"),
            ((Bit("P", 0, when="never"),), "when='never'; say 'always' or 'valid' or 'invalid'"),
        ],
    )
    def test_a_contradiction_is_named(self, fields, message):
        """What is wrong with a layout is said when it is made, with the layout's name."""
        with pytest.raises(LayoutError, match=f"^sample: .*{message}"):
            EntryLayout("sample", fields, width=32)

    def test_entries_have_32_or_64_bits(self):
        """Another width is refused."""
        with pytest.raises(LayoutError, match="sample: entries are 32 or 64 bits wide, not 16"):
            EntryLayout("sample", (), width=16)


class TestBlanks:
    def test_a_layout_with_blanks_loads_and_knows_them(self):
        """An architecture that is being written can be looked at; what is named works."""
        layout = EntryLayout("entry", (Bit("P", 0), Blank("W", "stores are allowed")))

        assert [one.name for one in layout.blanks] == ["W"]
        assert layout["P"] == Mask(1)
        assert list(layout.masks) == ["P"]

    def test_asking_for_a_blank_says_what_to_do_where(self):
        """Which name, what it is for, and in which file it gets its bit."""
        blank = Blank("W", "stores are allowed")
        layout = EntryLayout("entry", (Bit("P", 0), blank), file="src/layout.py")

        said = r"entry: 'W' has no bit yet \(stores are allowed\); give it one in src/layout.py"
        with pytest.raises(LayoutError, match=said):
            layout["W"]
        with pytest.raises(LayoutError, match=said):
            layout.mask("P", "W")

    def test_an_unknown_name_says_where_to_name_it(self):
        """The file is told with it, if the layout knows its own."""
        layout = EntryLayout("entry", (Bit("P", 0),), file="src/layout.py")

        with pytest.raises(LayoutError, match=r"\(fields: P\); name it in src/layout.py"):
            layout["Q"]

    @pytest.mark.parametrize("asked", ["low", "high", "value"])
    def test_a_blank_has_no_position(self, asked):
        """Whoever draws or decodes it is told so, and not handed a wrong bit."""
        with pytest.raises(LayoutError, match="'W' has no bit yet; write a Bit or Bits"):
            getattr(Blank("W"), asked)

    def test_a_blank_is_a_name_like_others(self):
        """Two fields of one name are refused even before either has its bit."""
        with pytest.raises(LayoutError, match="two fields are called 'W'"):
            EntryLayout("entry", (Bit("W", 0), Blank("W")))
