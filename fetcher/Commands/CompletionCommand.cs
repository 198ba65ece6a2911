using System.CommandLine;

namespace NixAiModels.Commands;

/// <summary><c>nix-ai-models completion SHELL</c>: a script that asks the executable itself for completions.</summary>
internal static class CompletionCommand
{
    public static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish." }.OneOf("bash", "zsh", "fish");
        var command = new Command(
            "completion",
            "Print a completion script for both commands: source <(nix-ai-models completion bash)"
        )
        {
            shell,
        };
        command.SetAction(parsed =>
        {
            Console.Out.Write(
                parsed.GetRequiredValue(shell) switch
                {
                    "bash" => Bash,
                    "zsh" => Zsh,
                    _ => Fish,
                }
            );
            return (int)ExitCode.Done;
        });
        return command;
    }

    // System.CommandLine answers "[suggest:POSITION] LINE" with a completion a line.
    private const string Bash = """
        _nix_ai_models() {
          local IFS=$'\n'
          COMPREPLY=($(compgen -W "$("$1" "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" -- "$2"))
        }
        complete -o default -F _nix_ai_models nix-ai-models nix-prefetch-hf

        """;

    // As a file in $fpath it is the function itself, and is called; sourced, it registers one.
    private const string Zsh = """
        #compdef nix-ai-models nix-prefetch-hf
        _nix-ai-models() {
          local -a found
          found=("${(@f)$("$words[1]" "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
          compadd -a found
          _files
        }
        if [ "$funcstack[1]" = _nix-ai-models ]; then
          _nix-ai-models "$@"
        else
          compdef _nix-ai-models nix-ai-models nix-prefetch-hf
        fi

        """;

    private const string Fish = """
        function __nix_ai_models
          set -l line (commandline -cp)
          set -l words (commandline -opc)
          $words[1] "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c nix-ai-models -a '(__nix_ai_models)'
        complete -c nix-prefetch-hf -a '(__nix_ai_models)'

        """;
}
