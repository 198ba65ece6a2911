"""Pickles from a grammar: every name that the scanner lets pass, with every opcode that can call it.

A pickle makes one to three objects, each by one of the opcodes that make objects, and fills them by those that
fill; values are constants, containers, names held as data, and more objects. A third are what a library wrote,
with opcodes exchanged. All of it follows from the seed.
"""
import bz2
import gzip
import io
import lzma
import pickle
import pickletools
import random
import struct
import zipfile
import zlib

# What a library could run, open or import, if it took a text for more than a text.
HOSTILE_TEXTS = [
    "__import__('os').system('echo fuzz')", "/tmp/fuzz-opened", "os", "os.system", "http://127.0.0.1:9/fuzz",
    "file:///tmp/fuzz-opened", "\ndef _parse_args(self): __import__('os').system('echo fuzz')\n", "|O", "O", "f8", "c",
    "latin1", "rot13", "zip", "..", "x ~ __import__('os')", "lambda: 1", "{0.__class__}", "cpu", "cuda", "meta", "",
]
# Attributes that Python, an opcode or a loader calls or reads, and some that libraries do.
HOSTILE_NAMES = [
    "__setstate__", "__reduce__", "__reduce_ex__", "__class__", "__dict__", "__getattr__", "__init__", "__new__",
    "__call__", "__del__", "__hash__", "__eq__", "__len__", "__iter__", "__getstate__", "__array_finalize__",
    "__array__", "__module__", "append", "extend", "add", "update", "get", "items", "keys", "setdefault", "read",
    "readline", "readinto", "find_class", "persistent_load", "_parse_arg_template", "formula", "restore_design_info",
    "filename", "func", "_mgr", "_data", "_attributes", "_metadata", "_modules", "_parameters", "steps", "dtype",
    "_libs", "_fields", "default_factory", "callback", "_rng", "random_state", "_hooks", "_forward_hooks",
    "_load_state_dict_pre_hooks", "handle", "_sklearn_version", "_constructor", "index", "name", "data", "base",
]
BASES = ["object", "dict", "list", "tuple", "set", "int", "str", "float"]
PREFIXES = {"zlib": b"ZF"}


def text(value):
    data = value.encode("utf-8", "surrogatepass")
    return b"X" + struct.pack("<I", len(data)) + data


def integer(value):
    return b"J" + struct.pack("<i", value)


def call(module, name, *arguments):
    return named(module, name) + b"(" + b"".join(arguments) + b"tR"


def named(module, name):
    return f"c{module}\n{name}\n".encode()


def dtype(code, flexible=False):
    state = b"(K\x03" + text("|" if code in "Ob" else "<") + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK" \
        + (b"\x3f" if code == "O" else b"\x00") + b"tb"
    return call("numpy", "dtype", text({"O": "O8", "f": "f8", "i": "i4"}[code]), b"\x89", b"\x88") + state


def array(code, items):
    data = b"C" + bytes([8 * items]) + bytes(8 * items) if code == "f" else b"](" + b"N" * items + b"e"
    return call("numpy.core.multiarray", "_reconstruct", named("numpy", "ndarray"), b"K\x00\x85", b"C\x01b") \
        + b"(K\x01" + b"K" + bytes([items]) + b"\x85" + dtype(code) + b"\x89" + data + b"tb"


class Grammar:
    """Makes pickles; `names` are (module, name, attributes, held only), `seeds` pickles of honest objects."""

    def __init__(self, names, seeds, seed):
        self.names = names
        self.seeds = seeds
        self.seed = seed
        self.makers = [self.reduce, self.newobj, self.newobj_ex, self.obj, self.inst, self.reconstructor,
                       self.newobj_function, self.rebuild, self.member, self.hold]
        self.fills = [self.build, self.build, self.build_pair, self.build_value, self.append, self.appends,
                      self.setitem, self.setitems, self.additems, self.build_name, self.again]
        self.random = random.Random(seed)

    def pickle(self, index):
        """The pickle of a number: the same for the same seed."""
        self.random = random.Random(f"{self.seed}/{index}")
        self.memo = 0
        if self.seeds and index % 3 == 2:
            return self.mutated(self.random.choice(self.seeds))
        count = len(self.names)
        name = self.names[index % count]
        maker = self.makers[(index // count + index) % len(self.makers)]
        body = self.filled(name, maker(name, 2), 2)
        for _ in range(self.random.choice([0, 0, 0, 1, 2])):
            other = self.random.choice(self.names)
            body += self.filled(other, self.random.choice(self.makers)(other, 1), 1)
        return b"\x80" + bytes([self.random.choice([2, 2, 3, 4])]) + body + b"."

    def filled(self, name, body, depth):
        body += self.put()
        for _ in range(self.random.choice([0, 1, 1, 2, 3])):
            body += self.random.choice(self.fills)(name, depth)
        return body

    def put(self):
        self.memo += 1
        return b"r" + struct.pack("<I", self.memo)

    def recall(self):
        return b"j" + struct.pack("<I", self.random.randint(1, self.memo)) if self.memo else b"N"

    # What makes an object.
    def reduce(self, name, depth):
        return named(*name[:2]) + self.arguments(depth) + b"R"

    def newobj(self, name, depth):
        return named(*name[:2]) + self.arguments(depth) + b"\x81"

    def newobj_ex(self, name, depth):
        return named(*name[:2]) + self.arguments(depth) + self.state(name, depth) + b"\x92"

    def obj(self, name, depth):
        return b"(" + named(*name[:2]) + self.values(depth) + b"o"

    def inst(self, name, depth):
        return b"(" + self.values(depth) + f"i{name[0]}\n{name[1]}\n".encode()

    def reconstructor(self, name, depth):
        base = self.random.choice(BASES)
        state = b"N" if base == "object" else self.value(depth)
        return call("copyreg", "_reconstructor", named(*name[:2]), named("builtins", base), state)

    def newobj_function(self, name, depth):
        return call("copyreg", "__newobj__", named(*name[:2]), self.values(depth))

    def rebuild(self, name, depth):
        return call("torch._tensor", "_rebuild_from_type_v2", named(*name[:2]), named("torch", "Tensor"),
                    self.arguments(depth), self.state(name, depth))

    def member(self, name, depth):
        return call("builtins", "getattr", named(*name[:2]), text(self.random.choice(["A", "NO", "Any", "GET"])))

    def hold(self, name, depth):
        return b"}" + text(self.random.choice(HOSTILE_NAMES)) + named(*name[:2]) + b"s"

    # What fills it.
    def build(self, name, depth):
        return self.state(name, depth) + b"b"

    def build_pair(self, name, depth):
        first = self.random.choice([b"N", self.state(name, depth)])
        return first + self.state(name, depth) + b"\x86b"

    def build_value(self, name, depth):
        return self.value(depth) + b"b"

    def build_name(self, name, depth):
        held = self.random.choice(self.names)
        key = self.random.choice(name[2] or HOSTILE_NAMES)
        return b"}" + text(key) + named(*held[:2]) + b"sb"

    def append(self, name, depth):
        return self.value(depth) + b"a"

    def appends(self, name, depth):
        return b"(" + self.values(depth) + b"e"

    def setitem(self, name, depth):
        return self.key(name, depth) + self.value(depth) + b"s"

    def setitems(self, name, depth):
        return b"(" + self.key(name, depth) + self.value(depth) + self.key(name, depth) + self.value(depth) + b"u"

    def additems(self, name, depth):
        return b"(" + self.values(depth) + b"\x90"

    def again(self, name, depth):
        return self.recall() + self.random.choice(self.fills[:-1])(name, depth) + b"0"

    # Values.
    def key(self, name, depth):
        pick = self.random.random()
        if pick < 0.45 and name[2]:
            return text(self.random.choice(name[2]))
        if pick < 0.8:
            return text(self.random.choice(HOSTILE_NAMES))
        if pick < 0.9:
            return self.constant()
        return self.value(depth - 1)

    def state(self, name, depth):
        body = b"}("
        for _ in range(self.random.choice([0, 1, 1, 2, 4])):
            body += self.key(name, depth) + self.value(depth - 1)
        return body + b"u"

    def arguments(self, depth):
        return self.random.choice([b")", b"(" + self.values(depth) + b"t", self.constant() + b"\x85"])

    def values(self, depth):
        return b"".join(self.value(depth - 1) for _ in range(self.random.choice([0, 1, 2, 3])))

    def constant(self):
        pick = self.random.randrange(9)
        if pick < 3:
            return text(self.random.choice(HOSTILE_TEXTS))
        return [b"N", b"\x88", integer(self.random.choice([0, 1, -1, 3, 2**31 - 1])), b"G" + struct.pack(">d", 0.5),
                b"C\x04abcd", text(self.random.choice(HOSTILE_NAMES))][pick - 3]

    def value(self, depth):
        pick = self.random.random()
        if depth <= 0 or pick < 0.45:
            return self.constant()
        if pick < 0.55:
            held = self.random.choice(self.names)
            return named(*held[:2])
        if pick < 0.6:
            return self.recall()
        if pick < 0.75:
            open_, close = self.random.choice([(b"(", b"t"), (b"](", b"e"), (b"\x8f(", b"\x90"), (b"(", b"\x91")])
            return open_ + self.values(depth) + close
        if pick < 0.82:
            return self.state(self.random.choice(self.names), depth)
        if pick < 0.87:
            return array(self.random.choice("fO"), self.random.randrange(3))
        if pick < 0.9:
            return dtype(self.random.choice("Ofi"))
        other = self.random.choice(self.names)
        return self.filled(other, self.random.choice(self.makers)(other, depth - 1), depth - 1)

    # What a library wrote, with a few opcodes exchanged.
    def mutated(self, seed):
        ops = seed
        pieces = list(ops)
        for _ in range(self.random.choice([1, 1, 2, 3])):
            at = self.random.randrange(1, len(pieces))
            opcode, data = pieces[at]
            name = self.random.choice(self.names)
            if opcode in ("GLOBAL", "STACK_GLOBAL"):
                new = named(*name[:2]) if opcode == "GLOBAL" else b"00" + named(*name[:2])
            elif opcode in ("BINUNICODE", "SHORT_BINUNICODE"):
                new = self.random.choice([text(self.random.choice(HOSTILE_NAMES)), self.constant()])
            elif opcode in ("NONE", "NEWTRUE", "NEWFALSE", "BININT1", "BININT", "BINFLOAT", "EMPTY_TUPLE", "EMPTY_LIST"):
                new = self.value(2)
            elif opcode in ("BUILD", "NEWOBJ", "REDUCE"):
                new = data + self.random.choice(self.fills[:-1])(name, 1)
            else:
                new = self.random.choice([data, data + self.value(1) + b"0"])
            pieces[at] = (opcode, new)
        return b"".join(data for _, data in pieces)


def opcodes(data):
    """A pickle as (opcode, its bytes); frames are left out, for their lengths would not fit."""
    found = [(opcode.name, position) for opcode, _, position in pickletools.genops(data)]
    ends = [position for _, position in found[1:]] + [found[-1][1] + 1]
    return [(name, data[start:end]) for (name, start), end in zip(found, ends) if name != "FRAME"]


# Containers.
def torch_zip(data):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("archive/data.pkl", data)
        archive.writestr("archive/version", "3\n")
    return buffer.getvalue()


def torch_legacy(data):
    parts = [0x1950A86A20F9469CFC6C, 1001, {"protocol_version": 1001, "little_endian": True, "type_sizes": {}}]
    return b"".join(pickle.dumps(part, 2) for part in parts) + data + pickle.dumps([], 2)


def npy(data):
    header = "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"
    header += " " * (118 - len(header) - 1) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + data


def npz(data):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.npy", npy(data))
    return buffer.getvalue()


def lz4(data):
    import lz4.frame
    return lz4.frame.compress(data)


# Of ten pickles four are bare. A container has its extension, since that is how pandas knows it.
CONTAINERS = [
    (".pkl", bytes), (".pkl", bytes), (".pkl", bytes), (".joblib", bytes), (".pkl.gz", lambda data: gzip.compress(data, 1)),
    (".pkl.bz2", bz2.compress), (".pkl.xz", lambda data: lzma.compress(data, preset=0)), (".pkl.z", zlib.compress),
    (".pkl.lz4", lz4), (".pt", torch_zip), (".pth", torch_legacy), (".npy", npy), (".npz", npz),
]
