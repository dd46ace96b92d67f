using System.CommandLine;
using Berth.Cli.Hosting;

namespace Berth.Cli.Options;

/// <summary>Reads one command's settings from all their places, and keeps every fault until they are told together.</summary>
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

        // Only a command that takes --config reads one: BERTH_CONFIG, set for a server, must not trouble the others.
        if (!parsed.CommandResult.Command.Options.Contains(CommonSettings.Config.Option))
            return;
        (string? path, _) = TextOf(CommonSettings.Config);
        if (path is not null)
            _file = ConfigurationFile.Read(path, Fault);
    }

    /// <summary>The value of a setting, or its default where it is given nowhere or has a fault.</summary>
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

    public SettingOrigin OriginOf(Setting setting) => TextOf(setting).Origin;

    public bool HasFaults => _faults.Count > 0;

    public void Fault(string sentence) => _faults.Add(sentence);

    /// <exception cref="CommandException">There is a fault; the message holds them all, one a line.</exception>
    public void ThrowIfFaulty()
    {
        if (_faults.Count > 0)
            throw CommandException.Usage(string.Join('\n', _faults.Distinct(StringComparer.Ordinal)));
    }

    private (string? Text, SettingOrigin Origin) TextOf(Setting setting)
    {
        if (_parsed.GetResult(setting.Option) is { Implicit: false } && _parsed.GetValue(setting.Option) is { Length: > 0 } values)
            return (setting.Separator is { } separator ? string.Join(separator, values) : values[^1], SettingOrigin.CommandLine);

        // A variable that is set and empty counts as not set: that is how manifests and shells leave one out.
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
