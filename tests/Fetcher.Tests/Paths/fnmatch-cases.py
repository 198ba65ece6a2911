"""Prints COUNT cases of Python's own fnmatch as JSON: [[pattern, text, matches], ...].

fnmatch-cases.json was made with: python3 fnmatch-cases.py 1 3000 > fnmatch-cases.json
"""

import fnmatch
import json
import random
import sys
import warnings

# Python warns of sets that a later version may read in another way; today it reads them so.
warnings.simplefilter("ignore")

seed, count = map(int, sys.argv[1:])
choose = random.Random(seed)
ALPHABET = "aabbcz09AZ-^!&~|\\.+()$/ \n_é～😀]["


def characters(least, most):
    return "".join(choose.choice(ALPHABET) for _ in range(choose.randint(least, most)))


def inside():
    parts = [choose.choice(["", "", "!", "^", "]", "-", "!]", "!-"])]
    for _ in range(choose.randint(0, 4)):
        parts.append(choose.choice([characters(1, 1), characters(1, 1) + "-" + characters(1, 1), "a-c", "z-a", "0-9", "-"]))
    return "".join(parts)


def case():
    """A pattern, and a text that has a fair chance to match it."""
    pattern, text = "", ""
    for _ in range(choose.randint(0, 6)):
        kind = choose.randrange(6)
        if kind == 0:
            pattern, text = pattern + "*", text + characters(0, 4)
        elif kind == 1:
            pattern, text = pattern + "?", text + characters(1, 1)
        elif kind == 2:
            members = inside()
            pattern += "[" + members + choose.choice(["]", "]", "]", "]", ""])
            text += choose.choice(members or "a") if choose.random() < 0.6 else characters(0, 2)
        else:
            literal = characters(1, 2)
            pattern, text = pattern + literal, text + literal
    if choose.random() < 0.2:
        at = choose.randint(0, len(text))
        text = text[:at] + characters(0, 2) + text[at + 1:]
    return pattern, text


cases = [case() for _ in range(count)]
lines = (json.dumps([p, t, fnmatch.fnmatchcase(t, p)], ensure_ascii=False) for p, t in cases)
print("[\n" + ",\n".join(lines) + "\n]")
