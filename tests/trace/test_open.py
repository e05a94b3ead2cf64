from __future__ import annotations

import gzip
import io
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from archcore.errors import ExitCode, TraceError, UnknownNameError
from archcore.trace import FORMATS, lackey, packaged, read, store

DATA = Path(__file__).parent / "data"


class TestRead:
    def test_lackey_text_is_recognised(self):
        """A banner or a reference at the top is enough, whatever the name."""
        assert read(DATA / "ls.lackey") == lackey.read(DATA / "ls.lackey")
        assert read(DATA / "pydict.lackey") == lackey.read(DATA / "pydict.lackey")

    @pytest.mark.parametrize("packed", [False, True])
    def test_a_stored_trace_is_recognised(self, tmp_path, packed):
        """Also inside gzip and under another name."""
        trace = packaged.load()[:100]
        path = tmp_path / "anything.txt"
        path.write_bytes(gzip.compress(store.encode(trace)) if packed else store.encode(trace))

        assert read(path).trace == trace

    def test_standard_input_is_recognised(self, monkeypatch):
        """A pipe is read as a file is."""
        stream = io.BytesIO(gzip.compress((DATA / "ls.lackey").read_bytes()))
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=stream))

        reading = read("-")

        assert len(reading.trace) == 294
        assert reading.trace.origin == "<stdin>"

    def test_a_bad_first_line_is_a_bad_line(self, tmp_path):
        """Something that is lackey from its second line on is lackey with a bad line 1."""
        path = tmp_path / "t"
        path.write_bytes(b"hello\n L 1000,8\n")

        with pytest.raises(TraceError, match=":1: expected a line"):
            read(path)
        assert read(path, skip_bad=1).skipped[0].number == 1

    def test_a_format_can_be_named(self, tmp_path):
        """A file of nothing but bad lines is lackey if the caller says so."""
        path = tmp_path / "t"
        path.write_bytes(b"hello\n")

        assert read(path, format="lackey", skip_bad=1).lines == 1

    @pytest.mark.parametrize(
        ("content", "found"),
        [
            (b"", "nothing in it"),
            (b"\n\n\n", "''"),
            (b"perf\nmem\n", "'perf'"),
            (bytes(1000), r"'\x00"),
            (gzip.compress(b"x" * 1000, mtime=0)[:9], "gzip stream ends early"),
        ],
    )
    def test_unknown_content_names_the_formats(self, tmp_path, content, found):
        """The error says what could be read, and what the file begins with."""
        path = tmp_path / "t"
        path.write_bytes(content)

        with pytest.raises(TraceError) as caught:
            read(path)

        assert "format 'lackey'" in str(caught.value)
        assert "'stored'" in str(caught.value)
        assert found in str(caught.value)
        assert caught.value.exit_code == ExitCode.INPUT

    def test_an_unknown_format_is_a_usage_error(self):
        """A name that is nearly right is put right."""
        with pytest.raises(UnknownNameError, match="did you mean lackey"):
            read(DATA / "ls.lackey", format="lacky")

    def test_the_formats_are_listed(self):
        """What an option may offer."""
        assert FORMATS == ("auto", "lackey", "stored")


class TestImport:
    @pytest.mark.parametrize("code", ["0", "archcore.trace.Schedule.parse('0:30%,1:70%')"])
    def test_naming_the_package_does_not_load_numpy(self, code):
        """A command that reads no trace starts without numpy, even one that takes a schedule."""
        program = f"import sys, archcore.trace; {code}; sys.exit('numpy' in sys.modules)"

        assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0

    def test_an_unknown_name_is_missing(self):
        """The lazy package answers as any module does."""
        import archcore.trace

        with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
            _ = archcore.trace.nothing
        assert "read" in dir(archcore.trace)
