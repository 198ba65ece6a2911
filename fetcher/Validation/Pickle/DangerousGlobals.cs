namespace NixAiModels.Validation.Pickle;

/// <summary>Names that are known to run code, load code, or reach files and the network, with what they do: a reader
/// should see at once why a file was refused. What is missing here is still refused, as unknown.</summary>
internal static class DangerousGlobals
{
    private const string RunsCommands = "runs programs on the machine that loads it";
    private const string RunsCode = "runs Python code from the file";
    private const string LoadsCode = "loads and runs code from elsewhere";
    private const string Reaches = "reaches any attribute or module by name, so blocked names can be called";
    private const string Files = "reads, writes or removes files";
    private const string Network = "uses the network";
    private const string Loads = "loads another pickle, which can run any code";
    private const string Debugs = "runs its arguments as code under a debugger or profiler";

    // Whole modules: whatever is named in them, and in modules below them.
    private static readonly Dictionary<string, string> Modules = Make(
        (
            RunsCommands,
            "os posix nt subprocess _posixsubprocess pty popen2 commands multiprocessing _winapi platform "
                + "webbrowser pydoc _pyrepl distutils setuptools "
                + "pip ensurepip venv sh pexpect fabric paramiko invoke asyncio concurrent signal resource "
                + "numpy.f2py numpy.distutils numpy.testing torch.utils.cpp_extension "
                + "torch.utils.collect_env torch.utils.bottleneck torch._inductor torch.distributed.run "
                + "torch.distributed.launch torch.distributed.elastic "
                + "torch.multiprocessing torch.utils.show_pickle idlelib turtledemo uuid._ipconfig_getter "
                + "joblib.externals.loky psutil antigravity test"
        ),
        (
            RunsCode,
            "code codeop ast compileall py_compile types marshal dill dill._dill cloudpickle timeit sympy "
                + "numexpr patsy formulaic pandas.eval pandas.core.computation "
                + "pandas.io lib2to3 typing_extensions annotationlib torch.jit torch.fx torch._dynamo "
                + "torch.package torch.testing torch.utils._config_module "
                + "torch.distributed.rpc torch.utils.data.datapipes numpy.lib sre_compile IPython jinja2 "
                + "mako yaml jsonpickle"
        ),
        (
            LoadsCode,
            "importlib imp zipimport runpy pkgutil pkg_resources ctypes _ctypes cffi torch.ops "
                + "torch.classes torch.hub torch.utils.model_zoo site "
                + "numpy.ctypeslib modulefinder zipapp tensorflow keras tf_keras ctypes.util _imp "
                + "_frozen_importlib _frozen_importlib_external unittest doctest"
        ),
        (
            Reaches,
            "sys gc inspect operator _operator functools _functools itertools weakref builtins copyreg "
                + "threading _thread logging traceback linecache "
                + "warnings contextlib atexit abc enum dataclasses copy"
        ),
        (Debugs, "bdb pdb cProfile profile trace tracemalloc torch.autograd.profiler pstats"),
        (
            Files,
            "io _io shutil tempfile glob fileinput zipfile tarfile gzip bz2 lzma shelve dbm sqlite3 csv "
                + "mmap fcntl os.path posixpath ntpath genericpath "
                + "pathlib configparser netrc mailbox"
        ),
        (
            Network,
            "socket _socket ssl http urllib urllib3 requests httpx aiohttp sklearn.datasets ftplib smtplib "
                + "poplib imaplib telnetlib nntplib xmlrpc socketserver wsgiref "
                + "websocket asyncore asynchat smtpd cgi"
        ),
        (
            Loads,
            "pickle cPickle _pickle pickletools joblib torch.serialization numpy.lib.npyio torch.load "
                + "pandas.read_pickle"
        )
    );

    private static readonly Dictionary<string, string> Names = Make(
        (RunsCode, "eval exec execfile compile runcode runctx runsource exec_module execWrapper run_code"),
        (
            RunsCommands,
            "system popen spawn spawnv spawnl execv execve execl startfile getoutput getstatusoutput "
                + "check_output check_call Popen"
        ),
        (
            LoadsCode,
            "__import__ import_module load_source load_module load_library load_dynamic reload CDLL "
                + "LoadLibrary LazyModule _LazyModule LazyLoader"
        ),
        (
            Reaches,
            "getattr setattr delattr attrgetter methodcaller itemgetter __builtins__ __dict__ __globals__ "
                + "__subclasses__ __class__ __bases__ __mro__ __code__ __getattribute__ "
                + "__reduce__ __reduce_ex__ globals locals vars apply partial reduce map filter breakpoint "
                + "type super property resolve_name"
        ),
        (
            Files,
            "TemporaryDirectory NamedTemporaryFile _TemporaryFileWrapper _TemporaryFileCloser open unlink "
                + "rmtree remove memmap fromfile tofile loadtxt genfromtxt DataSource savetxt"
        ),
        (Loads, "loads load read_pickle Unpickler")
    );

    /// <summary>The rule of a dangerous name, or <see langword="null"/>.</summary>
    public static GlobalRule? Find(string module, string name)
    {
        if (LibraryException(module, name))
            return null;
        if (module == "builtins" && name == "getattr")
            return Rule(Reaches) with { PermittedUses = PermittedUses.Call, Shape = CallShape.EnumerationMember };
        foreach (var part in name.Split('.'))
        {
            if (Names.TryGetValue(part, out var effect))
                return Rule(effect);
        }

        if (name.Contains('.', StringComparison.Ordinal) && name.Split('.').Any(IsModule))
            return Rule(Reaches);
        for (
            var root = module;
            root.Length > 0;
            root = root.LastIndexOf('.') is > 0 and var dot ? root[..dot] : string.Empty
        )
        {
            if (Modules.TryGetValue(root, out var effect))
                return Rule(effect);
        }

        return null;
    }

    /// <summary>Whether a bare name is that of a module with dangerous contents.</summary>
    public static bool IsModule(string name) => Modules.ContainsKey(name.TrimStart('_')) || Modules.ContainsKey(name);

    // Harmless classes of modules that are otherwise on the list.
    private static bool LibraryException(string module, string name) =>
        (module, name) switch
        {
            ("types", "SimpleNamespace") => true,
            ("pathlib" or "pathlib._local", not ("os" or "io" or "sys" or "shutil" or "glob")) => char.IsUpper(name[0])
                && !name.Contains('.', StringComparison.Ordinal),
            ("joblib.numpy_pickle" or "joblib.numpy_pickle_compat", "NDArrayWrapper" or "ZNDArrayWrapper") => true,
            _ => false,
        };

    private static GlobalRule Rule(string effect) => new(Severity.Dangerous, PermittedUses.Nothing, Effect: effect);

    private static Dictionary<string, string> Make(params ReadOnlySpan<(string Effect, string Names)> groups)
    {
        var table = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (effect, names) in groups)
        {
            foreach (var name in names.Split(' '))
                table.TryAdd(name, effect);
        }

        return table;
    }
}
