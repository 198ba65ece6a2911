using System.CommandLine;
using NixAiModels.Locking;

namespace NixAiModels.Commands;

/// <summary><c>nix-prefetch-hf lock</c>: models of a lock file, each pinned file by file (docs/lock.md).</summary>
internal static class LockCommand
{
    public static readonly Option<string> LockFileOption = new("--lock-file")
    {
        Description = $"The lock file. Default: {LockCommandText.UsualPath}.",
        HelpName = "FILE",
        DefaultValueFactory = _ => LockCommandText.UsualPath,
        Recursive = true,
    };

    /// <summary>The entries that a command works on.</summary>
    public static readonly Argument<string[]> Names = new("NAME")
    {
        Description = "Entries of the lock file; all unless given.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    /// <summary>The entries that a command changes, at least one.</summary>
    public static readonly Argument<string[]> Required = new("NAME")
    {
        Description = "Entries of the lock file.",
        Arity = ArgumentArity.OneOrMore,
    };

    public static Command Create() =>
        new("lock", "Pin models file by file in a lock file, without downloading their weights.")
        {
            LockFileOption,
            LockAddCommand.Create(),
            LockUpdateCommand.Create(),
            LockRemoveCommand.Create(),
            LockRenameCommand.Create(),
            LockShowCommand.Create(),
            LockVerifyCommand.Create(),
            LockFetchCommand.Create(),
            LockFreezeCommand.Create(),
            LockFreezeCommand.CreateUndo(),
            LockSignCommand.Create(),
        };

    /// <summary>The lock file of the command line.</summary>
    public static string PathOf(ParseResult parsed) => parsed.GetRequiredValue(LockFileOption);
}
