namespace NixAiModels.Validation.Formats;

/// <summary>What is known of the modules that Keras configurations name.</summary>
internal static class KerasModules
{
    private static readonly string[] Keras =
    [
        "keras",
        "tf_keras",
        "tensorflow.keras",
        "tensorflow.python.keras",
        "keras_hub",
        "keras_nlp",
        "keras_cv",
        "keras_core",
    ];

    private static readonly string[] Functions =
    [
        "keras.activations",
        "keras.initializers",
        "keras.losses",
        "keras.metrics",
        "keras.regularizers",
        "keras.constraints",
        "keras.ops",
        "keras.src.activations",
        "keras.src.losses",
        "keras.src.metrics",
        "keras.src.ops",
        "keras.applications",
    ];

    private static readonly HashSet<string> Libraries = new(StringComparer.Ordinal)
    {
        "os",
        "posix",
        "nt",
        "sys",
        "subprocess",
        "pty",
        "shutil",
        "socket",
        "runpy",
        "importlib",
        "imp",
        "code",
        "codeop",
        "ctypes",
        "cffi",
        "pickle",
        "_pickle",
        "cpickle",
        "dill",
        "cloudpickle",
        "joblib",
        "marshal",
        "builtins",
        "__builtin__",
        "operator",
        "functools",
        "types",
        "inspect",
        "timeit",
        "cprofile",
        "profile",
        "pdb",
        "bdb",
        "webbrowser",
        "urllib",
        "http",
        "requests",
        "pip",
        "ensurepip",
        "setuptools",
        "distutils",
        "asyncio",
        "multiprocessing",
        "threading",
        "concurrent",
        "tempfile",
        "pathlib",
        "io",
        "_io",
        "codecs",
        "zipimport",
        "pkgutil",
        "pydoc",
        "site",
        "test",
        "unittest",
        "doctest",
        "trace",
        "platform",
        "commands",
        "popen2",
        "nturl2path",
        "numpy",
        "torch",
        "tensorflow",
        "pandas",
        "sklearn",
        "scipy",
        "jax",
        "tree",
        "logging",
        "ast",
        "atexit",
        "signal",
        "weakref",
        "smtplib",
        "ftplib",
        "telnetlib",
        "xmlrpc",
    };

    private static readonly HashSet<string> Builtins = new(StringComparer.Ordinal)
    {
        "eval",
        "exec",
        "compile",
        "open",
        "input",
        "getattr",
        "setattr",
        "delattr",
        "vars",
        "globals",
        "locals",
        "breakpoint",
        "help",
        "exit",
        "quit",
        "print",
        "map",
        "filter",
        "type",
        "object",
        "memoryview",
        "classmethod",
        "staticmethod",
    };

    /// <summary>Whether the module is part of Keras.</summary>
    public static bool IsKeras(string module) => Array.Exists(Keras, known => IsUnder(module, known));

    /// <summary>Whether the functions of a module of Keras belong in configurations.</summary>
    public static bool HoldsFunctions(string module) =>
        module == "keras" || Array.Exists(Functions, known => IsUnder(module, known));

    /// <summary>Whether the module is of a library that runs programs or code, or reads and writes files.</summary>
    public static bool IsDangerousLibrary(string module) => Libraries.Contains(module.Split('.')[0].ToLowerInvariant());

    /// <summary>Whether Python itself has a function or class of this name.</summary>
    public static bool IsBuiltin(string name) => Builtins.Contains(name) || name.StartsWith('_');

    private static bool IsUnder(string module, string parent) =>
        module == parent || module.StartsWith(parent + ".", StringComparison.Ordinal);
}
