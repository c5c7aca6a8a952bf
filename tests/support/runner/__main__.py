"""`tests/run`: builds what is asked for and runs it."""

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import checks
import coverage
import tidy
from build import ROOT, BuildFailed, Preset
from programs import CatchProgram, Program, ScriptProgram, run_all, wants_to_be_alone
from report import Report, Result, headline

CATCH = ("unit", "actor", "integration")
# Without CAF, whose uninstrumented library both sanitizers would report for. TSan gets what has threads.
WITHOUT_CAF = {"ubsan": r"unit_(?!cli$)|integration_|fuzz_", "tsan": r"unit_(config|storage|http)$|integration_"}
PARTS = {
    "check": "what must hold of the sources: lengths, includes, formatting, links",
    "unit": "functions and cores, no I/O",
    "actor": "actors under a deterministic scheduler and a virtual clock",
    "integration": "real databases, sockets and TLS inside one process",
    "simulation": "whole engines in simulated worlds (--seeds N --first S; --seed S shows one step by step)",
    "mutations": "deliberate faults of the engine, each of which the simulation must find",
    "fuzz": "parsers on seeded mutations of a corpus (--runs N for longer)",
    "e2e": "the release build's program, from outside (--rounds N for more kills)",
    "asan": "unit, actor, integration and fuzz with AddressSanitizer and LeakSanitizer",
    "ubsan": "unit, integration and fuzz programs without CAF, with UndefinedBehaviorSanitizer",
    "tsan": "unit and integration programs that have threads but no CAF, with ThreadSanitizer",
    "coverage": "all of them on an instrumented build; fails below the floors (--files lists every file)",
    "tidy": "clang-tidy over config, storage, net and actors; takes half an hour",
    "bench": "how fast, how much memory (docs/performance.md); takes minutes",
}
# Without a part. The sanitized build stands in for the plain one: a third build would cost more than it finds.
USUAL = ("check", "asan", "simulation", "e2e")


def parse(words):
    listing = "\n".join(f"  {name:12} {text}" for name, text in PARTS.items())
    parser = argparse.ArgumentParser(
        prog="tests/run", formatter_class=argparse.RawDescriptionHelpFormatter,
        description=f"Builds troupe and runs its tests. Parts:\n{listing}\n\nWithout a part: {', '.join(USUAL)}, "
                    "which is what must pass before a change lands.\nThe last line is "
                    "`N passed, N failed, N skipped`; the exit code is 0 only if nothing failed.",
        epilog="Examples:\n  tests/run\n  tests/run unit --only json\n  tests/run e2e --only crash --rounds 50")
    parser.add_argument("parts", nargs="*", metavar="PART", help="one or several of the above")
    parser.add_argument("--only", metavar="PATTERN", help="only programs whose name matches this regular expression")
    parser.add_argument("--rounds", type=int, metavar="N", help="e2e: how often the program is killed per crash test")
    parser.add_argument("--runs", type=int, default=20_000, metavar="N", help="fuzz: inputs per target (20000)")
    parser.add_argument("--seed", type=int, metavar="S", help="e2e and fuzz: repeat a run with the seed it printed; "
                        "simulation: show this seed step by step")
    parser.add_argument("--seeds", type=int, default=20_000, metavar="N", help="simulation: how many (20000)")
    parser.add_argument("--first", type=int, default=1, metavar="S", help="simulation: the first one (1)")
    parser.add_argument("--faults", metavar="LIST", help="simulation: with --seed, only these of its faults")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), metavar="N", help="programs at a time (cores)")
    parser.add_argument("--files", action="store_true", help="coverage: list every file")
    chosen = parser.parse_args(words)
    for part in chosen.parts:
        if part not in PARTS:
            parser.error(f"there is no part {part!r}; there are {', '.join(PARTS)}")
    chosen.parts = chosen.parts or list(USUAL)
    return chosen


def wanted(chosen, name):
    return chosen.only is None or re.search(chosen.only, name)


def compiled(chosen, preset, kinds, only=None):
    """Builds the test programs of these kinds and gives them ready to run."""
    files = {name: file for kind in kinds for name, file in preset.programs(kind).items()
             if wanted(chosen, name) and (only is None or re.search(only, name))}
    preset.build(files)
    programs = []
    for name, file in files.items():
        if name.startswith("fuzz_"):
            corpora = corpora_of(name.removeprefix("fuzz_"))
            extra = ["--seed", chosen.seed] if chosen.seed is not None else []
            programs.append(FuzzProgram(name, file, [str(w) for w in ("--runs", chosen.runs, *extra, *corpora)]))
        else:
            programs.append(CatchProgram(name, file))
    return programs


def corpora_of(subject):
    """`http_request` finds `tests/fuzz/http/corpus/request`, `json` finds `tests/fuzz/json/corpus`."""
    folder, _, part = subject.partition("_")
    candidates = (ROOT / "tests/fuzz" / subject / "corpus", ROOT / "tests/fuzz" / folder / "corpus" / part)
    return [path for path in candidates if path.is_dir()]


class FuzzProgram(Program):
    """Keeps the input that made it fail."""

    def command(self, scratch):
        self.scratch = Path(scratch)
        return ["env", "-C", scratch, *super().command(scratch)]

    def counts(self, code, output, scratch):
        for file in Path(scratch).glob("crash-*"):
            kept = ROOT / "build/crashes" / f"{self.name}-{file.name}"
            kept.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, kept)
            print(f"        the input is kept in {kept}")
        return super().counts(code, output, scratch)


def scripts(chosen, binary):
    environment = {"TROUPE_BIN": str(binary), "PYTHONPATH": str(ROOT / "tests/support"), "PYTHONDONTWRITEBYTECODE": "1"}
    if chosen.rounds:
        environment["TROUPE_TEST_ROUNDS"] = str(chosen.rounds)
    if chosen.seed is not None:
        environment["TROUPE_TEST_SEED"] = str(chosen.seed)
    files = sorted(path for path in (ROOT / "tests/e2e").rglob("e2e_*")
                   if path.is_file() and os.access(path, os.X_OK) and "node_modules" not in path.parts)
    return [ScriptProgram(path.stem, path, ["-v"], environment, 1800 if chosen.rounds else 600, wants_to_be_alone(path))
            for path in files if wanted(chosen, path.stem)]


def simulate(part, chosen, report):
    """Runs the simulation in the foreground: long runs tell how they get on."""
    preset = Preset("simulation")
    program = "simulation_mutants" if part == "mutations" else "simulation_engine"
    preset.build([program])
    command = [preset.folder / "tests/simulation" / program]
    if part == "mutations":
        command += ["--mutant", "all", "--seeds", "2000", "--jobs", chosen.jobs]
    elif chosen.seed is not None:
        command += ["--seed", chosen.seed, *(["--faults", chosen.faults] if chosen.faults else [])]
    else:
        command += ["--seeds", chosen.seeds, "--first", chosen.first, "--jobs", chosen.jobs]
    headline(f"Running {part}")
    started = time.monotonic()
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, text=True)
    last = ""
    for last in process.stdout:
        print("  " + last, end="", flush=True)
    code = process.wait()
    counts = re.fullmatch(r"(\d+) passed, (\d+) failed\n", last)
    passed, failed = (int(counts[1]), int(counts[2])) if counts else (int(code == 0), int(code != 0))
    report.add(Result(program, passed, max(failed, int(code != 0)), seconds=time.monotonic() - started))


def run_part(part, chosen, report):
    if part == "check":
        headline("Checking the sources")
        checks.run(report, chosen.only)
    elif part in (*CATCH, "fuzz"):
        programs = compiled(chosen, Preset("dev"), [part])
        if programs:
            headline(f"Running {part} tests")
            run_all(programs, report, chosen.jobs)
    elif part in ("simulation", "mutations"):
        simulate(part, chosen, report)
    elif part == "asan":
        programs = compiled(chosen, Preset("asan"), [*CATCH, "fuzz"])
        headline("Running with AddressSanitizer")
        run_all(programs, report, chosen.jobs)
    elif part in ("ubsan", "tsan"):
        programs = compiled(chosen, Preset(part), ["unit", "integration", "fuzz"], WITHOUT_CAF[part])
        for program in programs:
            program.environment.update(UBSAN_OPTIONS="halt_on_error=1:print_stacktrace=1")
        headline(f"Running with {part}")
        run_all(programs, report, chosen.jobs)
    elif part == "e2e":
        programs = scripts(chosen, ROOT / "build/release/troupe")
        if programs:
            Preset("release").build(["troupe"])
            headline("Running end-to-end tests")
            run_all(programs, report, chosen.jobs)
    elif part == "coverage":
        preset = Preset("coverage")
        preset.configure()
        coverage.forget(preset.folder)
        programs = compiled(chosen, preset, [*CATCH, "fuzz"])
        preset.build(["troupe"])
        headline("Running on the instrumented build")
        # Tests of load and crashes tell nothing about coverage and are slow here.
        programs += [p for p in scripts(chosen, preset.folder / "troupe") if not p.alone]
        run_all(programs, report, chosen.jobs)
        coverage.run(preset.folder, report, chosen.files, partial=chosen.only is not None)
    elif part == "tidy":
        preset = Preset("dev")
        preset.configure()
        tidy.run(preset.folder, report, lambda name: wanted(chosen, name))
    elif part == "bench":
        Preset("release").build(["troupe"])
        code = subprocess.run([ROOT / "tests/bench/run"]).returncode
        report.add(Result("bench", passed=int(code == 0), failed=int(code != 0)))


def main():
    chosen = parse(sys.argv[1:])
    report = Report()
    for part in chosen.parts:
        try:
            run_part(part, chosen, report)
        except BuildFailed as fault:
            report.add(Result(str(fault), failed=1, output="the compiler's messages stand above"))
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
