"""Runs pieces of Thumb code in Unicorn, as asked on standard input, and answers with what came of them.

Knows Unicorn and nothing of dbgseq's simulator. A request is a line of JSON and so many bytes; an answer is words.
"""

from __future__ import annotations

import array
import gc
import json
import struct
import sys
import zlib

import unicorn
from unicorn import arm_const as arm

MODELS = {
    "Cortex-M0": arm.UC_CPU_ARM_CORTEX_M0,
    "Cortex-M3": arm.UC_CPU_ARM_CORTEX_M3,
    "Cortex-M4": arm.UC_CPU_ARM_CORTEX_M4,
    "Cortex-M7": arm.UC_CPU_ARM_CORTEX_M7,
    "Cortex-M33": arm.UC_CPU_ARM_CORTEX_M33,
}
GENERAL = [arm.UC_ARM_REG_R0 + number for number in range(13)] + [arm.UC_ARM_REG_SP, arm.UC_ARM_REG_LR]
# The first write sets T and nothing else that the second, which reaches GE, does not.
WRITTEN = [arm.UC_ARM_REG_XPSR, arm.UC_ARM_REG_XPSR_NZCVQG, *GENERAL]
READ = [*GENERAL, arm.UC_ARM_REG_PC, arm.UC_ARM_REG_XPSR]
SPECIAL = [
    arm.UC_ARM_REG_MSP,
    arm.UC_ARM_REG_PSP,
    arm.UC_ARM_REG_CONTROL,
    arm.UC_ARM_REG_PRIMASK,
    arm.UC_ARM_REG_BASEPRI,
    arm.UC_ARM_REG_FAULTMASK,
]
CASE_WORDS = 19
# Where a case says so: what it does to special registers is told, and undone.
LASTING = 1
# It ends in what another case may have translated, or translates what another case starts at: where a run ends is part of that.
ELSEWHERE = 2


def machine(model: str) -> unicorn.Uc:
    engine = unicorn.Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_THUMB | unicorn.UC_MODE_MCLASS)
    engine.ctl_set_cpu_model(MODELS[model])
    return engine


# A case that went astray ends after so many blocks.
MOST_BLOCKS = 64


class Leash:
    def __init__(self, engine: unicorn.Uc) -> None:
        self.left = 0
        engine.hook_add(unicorn.UC_HOOK_BLOCK, self.block)

    def block(self, engine: unicorn.Uc, _address: int, _size: int, _data: object) -> None:
        self.left -= 1
        if self.left == 0:
            engine.emu_stop()


def run_cases(request: dict, body: bytes) -> array.array:
    code, ram = request["code"], request["ram"]
    code_bytes = body[: code["size"]]
    ram_bytes = body[code["size"] : code["size"] + ram["size"]]
    engine = machine(request["model"])
    engine.mem_map(code["base"], code["size"], unicorn.UC_PROT_READ | unicorn.UC_PROT_EXEC)
    engine.mem_map(ram["base"], ram["size"])
    engine.mem_write(code["base"], code_bytes)
    engine.mem_write(ram["base"], ram_bytes)
    untouched = zlib.crc32(ram_bytes)
    fresh = engine.context_save()
    leash = Leash(engine)
    words = array.array("I", body[code["size"] + ram["size"] :])
    answer = array.array("I")
    for at in range(0, len(words), CASE_WORDS):
        start, until, flags, *values = words[at : at + CASE_WORDS]
        engine.reg_write_batch(list(zip(WRITTEN, [values[0], *values])))
        fault = 0
        leash.left = MOST_BLOCKS
        if flags & ELSEWHERE:
            engine.ctl_flush_tb()
        try:
            engine.emu_start(start | 1, until)
        except unicorn.UcError as error:
            fault = error.errno
        if flags & ELSEWHERE:
            engine.ctl_flush_tb()
        answer.append(fault)
        answer.extend(value & 0xFFFFFFFF for value in engine.reg_read_batch(READ))
        check = zlib.crc32(engine.mem_read(ram["base"], ram["size"]))
        answer.append(check)
        if check != untouched:
            engine.mem_write(ram["base"], ram_bytes)
        answer.extend(engine.reg_read_batch(SPECIAL) if flags & LASTING else [0] * len(SPECIAL))
        # What faults may have run something else first, where it should have faulted and did not.
        if flags & LASTING or fault:
            engine.context_restore(fresh)
    return answer


NONE = 0xFFFFFFFF


class Replay:
    """What stood outside of RAM, as the other side saw it: reads are answered from that, writes held against it."""

    def __init__(self, engine: unicorn.Uc, accesses: array.array) -> None:
        self.engine = engine
        self.accesses = accesses
        self.done = 0
        self.strange = [NONE, 0, 0, 0]

    def expect(self, kind: int, address: int, value: int | None) -> int:
        at = 3 * self.done
        wanted = self.accesses[at : at + 3]
        if len(wanted) == 3 and wanted[0] == kind and wanted[1] == address and value in (None, wanted[2]):
            self.done += 1
            return wanted[2]
        if len(wanted) == 0:
            self.engine.emu_stop()
        elif self.strange[0] == NONE:
            self.strange = [self.done, kind, address, value or 0]
            self.engine.emu_stop()
        return 0

    def read(self, _engine: unicorn.Uc, offset: int, size: int, base: int) -> int:
        return self.expect(size, base + offset, None)

    def write(self, _engine: unicorn.Uc, offset: int, size: int, value: int, base: int) -> None:
        self.expect(0x100 | size, base + offset, value & ((1 << 8 * size) - 1))


def run_call(request: dict, body: bytes) -> array.array:
    ram = request["ram"]
    engine = machine(request["model"])
    engine.mem_map(ram["base"], ram["size"])
    engine.mem_write(ram["base"], body[: ram["size"]])
    replay = Replay(engine, array.array("I", body[ram["size"] :]))
    above = ram["base"] + ram["size"]
    for base, end in ((0, ram["base"]), (above, 1 << 32)):
        engine.mmio_map(base, end - base, replay.read, base, replay.write, base)
    engine.reg_write_batch(list(zip([arm.UC_ARM_REG_XPSR, *GENERAL], [0x01000000, *request["registers"]])))
    fault = 0
    try:
        engine.emu_start(request["start"] | 1, request["until"], 0, request["count"])
    except unicorn.UcError as error:
        fault = error.errno
    values = [value & 0xFFFFFFFF for value in engine.reg_read_batch(READ)]
    check = zlib.crc32(engine.mem_read(ram["base"], ram["size"]))
    return array.array("I", [fault, *values, check, replay.done, *replay.strange])


WORK = {"cases": run_cases, "call": run_call}


def main() -> None:
    while line := sys.stdin.buffer.readline():
        request = json.loads(line)
        answer = WORK[request["work"]](request, sys.stdin.buffer.read(request["bytes"])).tobytes()
        sys.stdout.buffer.write(struct.pack("<I", len(answer)) + answer)
        sys.stdout.buffer.flush()
        # An engine keeps much memory, and its hooks keep it.
        gc.collect()


main()
