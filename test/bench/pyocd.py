"""Times pyOCD's own parser, semantic check and interpreter on texts that come as JSON on standard input.

Knows how pyOCD is called and nothing of dbgseq. Needs a pyOCD checkout (first argument) and the Python package lark;
the probe, the target and pyOCD's other dependencies are not touched, for the functions here do nothing.
"""

from __future__ import annotations

import json
import os
import sys
import types
from time import perf_counter

# pyOCD's own package file imports every probe and target; only the sequences are wanted, and the version is not.
checkout = sys.argv[1]
package = types.ModuleType("pyocd")
package.__path__ = [os.path.join(checkout, "pyocd")]
sys.modules["pyocd"] = package

from pyocd.debug.sequences import sequences as peer  # noqa: E402
from pyocd.debug.sequences.scope import Scope  # noqa: E402


class NullFunctions:
    """The functions that the texts call, with the parameters that pyOCD's check asks for. Reads answer 1."""

    def read8(self, addr: int) -> int:
        return 1

    def read16(self, addr: int) -> int:
        return 1

    def read32(self, addr: int) -> int:
        return 1

    def readap(self, addr: int) -> int:
        return 1

    def readdp(self, addr: int) -> int:
        return 1

    def write8(self, addr: int, val: int) -> None:
        pass

    def write16(self, addr: int, val: int) -> None:
        pass

    def write32(self, addr: int, val: int) -> None:
        pass

    def writeap(self, addr: int, val: int) -> None:
        pass

    def writedp(self, addr: int, val: int) -> None:
        pass

    def dap_delay(self, delay: int) -> None:
        pass

    def dap_writeabort(self, value: int) -> None:
        pass

    def dap_swj_pins(self, pinout: int, pinselect: int, pinwait: int) -> int:
        return 1

    def dap_swj_clock(self, val: int) -> None:
        pass

    def dap_swj_sequence(self, cnt: int, val: int) -> None:
        pass

    def dap_jtag_sequence(self, cnt: int, tms: int, tdi: int) -> int:
        return 1

    def message(self, type: int, format: str, *args) -> None:
        pass

    def query(self, type: int, message: str, default: int) -> int:
        return default

    def sequence(self, name: str) -> None:
        pass


class NullDelegate:
    """Answers what a running sequence asks its owner."""

    def __init__(self, names: set[str]) -> None:
        self._names = names
        self._functions = NullFunctions()
        self._root = Scope(name="root")

    def get_root_scope(self, context) -> Scope:
        return self._root

    def has_sequence_with_name(self, name: str, pname=None) -> bool:
        return name in self._names

    def get_sequence_functions(self) -> NullFunctions:
        return self._functions

    def get_protocol(self) -> int:
        return 2

    def get_connection_type(self) -> int:
        return 1

    def get_traceout(self) -> int:
        return 0

    def get_traceclockin(self) -> int:
        return 0

    def get_traceclockout(self) -> int:
        return 0


class NullSession:
    """A block asks whether there is a probe."""

    probe = True


def node_of(part):
    if "block" in part:
        return peer.Block(part["block"])
    loop = peer.WhileControl if "while" in part else peer.IfControl
    node = loop(part["while"] if "while" in part else part["if"])
    for child in part["parts"]:
        node.add_child(node_of(child))
    return node


def timed(action, rounds):
    seconds = []
    for _ in range(rounds):
        start = perf_counter()
        action()
        seconds.append(perf_counter() - start)
    return seconds


def main() -> None:
    wanted = json.load(sys.stdin)
    delegate = NullDelegate(set(wanted["names"]))
    context = peer.DebugSequenceExecutionContext(NullSession(), delegate, None)
    warm, rounds = wanted["warm"], wanted["rounds"]

    def parse_and_check() -> None:
        scope = Scope(name="check")
        for text in wanted["texts"]:
            peer.SemanticChecker(peer.Parser.parse(text), scope, context).check()

    timed(parse_and_check, warm)
    answer = {"check": timed(parse_and_check, rounds), "run": {}}

    for run in wanted["runs"]:
        sequence = peer.DebugSequence(run["name"])
        for part in run["parts"]:
            sequence.add_child(node_of(part))
        block = run["parts"][-1].get("block")
        with context:
            if block is None:
                # As pyOCD runs it: each block is checked again each time that it is reached.
                action = lambda: sequence.execute(context)
            else:
                # Without even that: the tree is checked and folded once, before the clock starts.
                scope = sequence._create_scope(context)
                for part in run["parts"][:-1]:
                    peer.Interpreter(peer.Parser.parse(part["block"]), scope, context).execute()
                action = peer.Interpreter(peer.Parser.parse(block), scope, context).execute
            timed(action, warm)
            answer["run"][run["name"]] = timed(action, rounds)
    json.dump(answer, sys.stdout)


main()
