using System.CommandLine;

namespace Berth.Cli.Options;

/// <summary>
/// One option of the program: on the command line <c>--base-port</c>, in the environment <c>BERTH_BASE_PORT</c>, in a configuration file
/// <c>base-port</c>. The command line has precedence over the environment, and the environment over the file.
/// </summary>
internal abstract class Setting
{
    private protected Setting(string name, string placeholder, string description, char? separator, string[] aliases)
    {
        Name = name;
        Separator = separator;
        Variable = "BERTH_" + name.ToUpperInvariant().Replace('-', '_');
        Option = new Option<string[]>("--" + name, aliases)
        {
            Description = $"{description} [env {Variable}]",
            HelpName = placeholder,
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = false,
        };
    }

    /// <summary>The key in a configuration file.</summary>
    public string Name { get; }

    public string Variable { get; }

    /// <summary>The separator of several values in one text, or null for one value.</summary>
    public char? Separator { get; }

    /// <summary>The option for the command line parser. It accepts any text, so that our parsers find all faults together.</summary>
    public Option<string[]> Option { get; }
}

/// <summary>A setting with its type, default and parser.</summary>
internal sealed class Setting<T> : Setting
{
    public Setting(
        string name, string placeholder, string description, SettingParser<T> parse, T fallback, char? separator = null,
        params string[] aliases)
        : base(name, placeholder, description, separator, aliases)
    {
        Parse = parse;
        Fallback = fallback;
    }

    public SettingParser<T> Parse { get; }

    /// <summary>The value when none is given.</summary>
    public T Fallback { get; }
}
