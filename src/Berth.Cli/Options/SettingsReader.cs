using System.CommandLine;
using Berth.Cli.Hosting;

namespace Berth.Cli.Options;

/// <summary>Reads one command's settings from all origins, and collects the faults to report them together.</summary>
internal sealed class SettingsReader
{
    private readonly ParseResult _parsed;
    private readonly ProgramHost _host;
    private readonly ConfigurationFile? _file;
    private readonly List<string> _faults = [];

    public SettingsReader(ParseResult parsed, ProgramHost host)
    {
        _parsed = parsed;
        _host = host;

        // Only a command with --config reads a file: BERTH_CONFIG, set for a server, must not affect other commands.
        if (!parsed.CommandResult.Command.Options.Contains(CommonSettings.Config.Option))
            return;
        (string? path, _) = TextOf(CommonSettings.Config);
        if (path is not null)
            _file = ConfigurationFile.Read(path, Fault);
    }

    /// <summary>The path of the configuration file, or null.</summary>
    public string? FilePath => _file?.Path;

    /// <summary>The settings as the file has them now.</summary>
    public SettingsReader Reread() => new(_parsed, _host);

    /// <summary>The faults, a sentence each.</summary>
    public IReadOnlyList<string> Faults => [.. _faults.Distinct(StringComparer.Ordinal)];

    /// <summary>Returns the value of a setting, or its default when it is not given or has a fault.</summary>
    public T Get<T>(Setting<T> setting)
    {
        (string? text, SettingOrigin origin) = TextOf(setting);
        if (text is null)
            return setting.Fallback;
        if (origin == SettingOrigin.CommandLine && setting.Separator is null && _parsed.GetValue(setting.Option)!.Length > 1)
            Fault($"--{setting.Name} is given more than once. Give it once.");
        T value = setting.Parse(text, out string? fault);
        if (fault is null)
            return value;
        Fault($"{DescribeOrigin(setting, origin)}: {fault}");
        return setting.Fallback;
    }

    public string? GetArgument(Argument<string?> argument) => _parsed.GetValue(argument);

    public IReadOnlyList<string> GetArguments(Argument<string[]> argument) => _parsed.GetValue(argument) ?? [];

    public bool GetFlag(Option<bool> flag) => _parsed.GetValue(flag);

    public SettingOrigin OriginOf(Setting setting) => TextOf(setting).Origin;

    public bool HasFaults => _faults.Count > 0;

    public void Fault(string sentence) => _faults.Add(sentence);

    /// <exception cref="CommandException">There are faults. The message contains all of them, one per line.</exception>
    public void ThrowIfFaulty()
    {
        if (_faults.Count > 0)
            throw CommandException.Usage(string.Join('\n', Faults));
    }

    private (string? Text, SettingOrigin Origin) TextOf(Setting setting)
    {
        if (_parsed.GetResult(setting.Option) is { Implicit: false } && _parsed.GetValue(setting.Option) is { Length: > 0 } values)
            return (setting.Separator is { } separator ? string.Join(separator, values) : values[^1], SettingOrigin.CommandLine);

        // An empty variable counts as not set, because manifests and shells often clear a variable like that.
        if (_host.Variable(setting.Variable) is { Length: > 0 } variable)
            return (variable, SettingOrigin.Environment);
        return _file?.Find(setting) is { } text ? (text, SettingOrigin.File) : (null, SettingOrigin.Nowhere);
    }

    private string DescribeOrigin(Setting setting, SettingOrigin origin) => origin switch
    {
        SettingOrigin.CommandLine => "--" + setting.Name,
        SettingOrigin.Environment => setting.Variable,
        _ => $"'{setting.Name}' in {_file!.Path}",
    };
}
