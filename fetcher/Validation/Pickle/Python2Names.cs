namespace NixAiModels.Validation.Pickle;

/// <summary>Python 2's names, which every unpickler of Python 3 still maps in streams of protocol 0 to 2
/// (Lib/_compat_pickle.py).</summary>
internal static class Python2Names
{
    private static readonly Dictionary<string, string> Modules = new(StringComparer.Ordinal)
    {
        ["__builtin__"] = "builtins",
        ["copy_reg"] = "copyreg",
        ["cPickle"] = "pickle",
        ["_pickle"] = "pickle",
        ["Queue"] = "queue",
        ["SocketServer"] = "socketserver",
        ["ConfigParser"] = "configparser",
        ["repr"] = "reprlib",
        ["commands"] = "subprocess",
        ["UserDict"] = "collections",
        ["UserList"] = "collections",
        ["UserString"] = "collections",
        ["urllib2"] = "urllib.request",
        ["httplib"] = "http.client",
        ["__main__"] = "__main__",
    };

    /// <summary>Module and name as Python 3 has them.</summary>
    public static (string Module, string Name) ToPython3(string module, string name) =>
        (module, name) switch
        {
            ("UserDict", "IterableUserDict") => ("collections", "UserDict"),
            ("__builtin__", "xrange") => ("builtins", "range"),
            ("__builtin__", "unicode") => ("builtins", "str"),
            ("__builtin__", "long") => ("builtins", "int"),
            ("__builtin__", "basestring") => ("builtins", "str"),
            ("__builtin__", "intern") => ("sys", "intern"),
            _ => (Modules.GetValueOrDefault(module, module), name),
        };
}
