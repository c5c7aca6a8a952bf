"""Builds the mutations into copies of their sources.

    mutate.py FOLDER FILE       writes FOLDER/FILE
    mutate.py FOLDER            writes FOLDER/mutations.cpp, the names
"""

import sys
from pathlib import Path

from mutations import MUTATIONS

ROOT = Path(__file__).resolve().parents[3]
SWITCH = "namespace troupe::simulation {\nextern unsigned mutant;\n}\n"


def mutated(file):
    text = (ROOT / file).read_text()
    for number, each in enumerate(MUTATIONS, 1):
        if each.file == file:
            found = text.count(each.old)
            if found != 1:
                sys.exit(f"mutation {each.name}: its piece stands {found} times in {file}:\n{each.old}")
            text = text.replace(each.old, each.new.replace("MUTANT", f"(troupe::simulation::mutant == {number})"))
    guard = "#pragma once\n"
    return guard + SWITCH + text.replace(guard, "", 1) if file.endswith(".hpp") else SWITCH + text


def names():
    listed = "".join(f'    "{each.name}",\n' for each in MUTATIONS)
    return ('#include "tests/simulation/mutants.hpp"\n\nnamespace troupe::simulation {\n\nunsigned mutant = 0;\n\n'
            "std::vector<std::string_view> mutants() {\n  return {\n" + listed + "  };\n}\n\n"
            "void switch_on(unsigned number) {\n  mutant = number;\n}\n\n} // namespace troupe::simulation\n")


def main(folder, file=None):
    target = Path(folder) / (file or "mutations.cpp")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(mutated(file) if file else names())


if __name__ == "__main__":
    main(*sys.argv[1:])
